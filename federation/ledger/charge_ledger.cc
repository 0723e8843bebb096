#include "federation/ledger/charge_ledger.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/ledger/columns.h"

namespace perdura::federation {
namespace {

using base::Blob;
using base::Statement;

constexpr absl::string_view kAttemptColumns =
    "SELECT analyst, question, attempt, plan, manifest_hash, manifest, ask_hash, state, reason, "
    "debited_at,"
    " (SELECT COALESCE(MAX(purpose), '') FROM attempt_purpose"
    "  WHERE attempt_purpose.attempt = attempt.id),"
    " (SELECT COALESCE(MAX(units), 0) FROM charge_line WHERE charge_line.attempt = attempt.id)"
    " FROM attempt ";

absl::StatusOr<AttemptRecord> ReadAttempt(const Statement& row) {
  AttemptRecord record;
  PERDURA_ASSIGN_OR_RETURN(record.id, ReadAttemptId(row));
  PERDURA_ASSIGN_OR_RETURN(record.plan, row.TextAt(3));
  PERDURA_ASSIGN_OR_RETURN(record.manifest_hash, row.BlobAt(4));
  PERDURA_ASSIGN_OR_RETURN(record.manifest, row.BlobAt(5));
  PERDURA_ASSIGN_OR_RETURN(record.ask_hash, row.BlobAt(6));
  PERDURA_ASSIGN_OR_RETURN(record.state, row.TextAt(7));
  PERDURA_ASSIGN_OR_RETURN(record.reason, row.TextAt(8));
  PERDURA_ASSIGN_OR_RETURN(record.debited_at, row.Int64At(9));
  PERDURA_ASSIGN_OR_RETURN(record.purpose, row.TextAt(10));
  PERDURA_ASSIGN_OR_RETURN(const int64_t units, row.Int64At(11));
  record.units = static_cast<uint64_t>(units);
  return record;
}

absl::StatusOr<std::vector<AttemptRecord>> ReadAttempts(Statement& rows) {
  std::vector<AttemptRecord> records;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return records;
    PERDURA_ASSIGN_OR_RETURN(AttemptRecord record, ReadAttempt(rows));
    records.push_back(std::move(record));
  }
}

absl::StatusOr<std::optional<AttemptRecord>> ReadOneAttempt(Statement& rows) {
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(AttemptRecord record, ReadAttempt(rows));
  return record;
}

}  // namespace

const absl::string_view kChargeLedgerSchema = R"sql(
-- One row for each charged attempt of a question. All states count; rows never go away.
CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  analyst TEXT NOT NULL CHECK (length(analyst) <= 40),      -- who signed the ask
  question BLOB NOT NULL CHECK (length(question) = 16),     -- the client's random question id
  attempt INTEGER NOT NULL CHECK (attempt > 0),
  plan TEXT NOT NULL,                                       -- canonical text
  plan_hash BLOB NOT NULL CHECK (length(plan_hash) = 32),
  manifest_hash BLOB NOT NULL UNIQUE CHECK (length(manifest_hash) = 32),
  manifest BLOB NOT NULL,                                   -- the signed envelope as it came
  ask_hash BLOB NOT NULL CHECK (length(ask_hash) = 32),
  cut_known_at INTEGER NOT NULL,                            -- K of the cut, microseconds
  debited_at INTEGER NOT NULL,                              -- microseconds, this party's clock
  state TEXT NOT NULL,                                      -- mutable: word of the round's state
  reason TEXT NOT NULL DEFAULT '',                          -- mutable: why it ended
  UNIQUE (analyst, question, attempt)
) STRICT;
-- What the attempt charges, in units of 2^-40: one line for each product of the plan.
CREATE TABLE charge_line (
  attempt INTEGER NOT NULL REFERENCES attempt (id),
  compartment INTEGER NOT NULL,
  product TEXT NOT NULL,
  period TEXT NOT NULL,
  units INTEGER NOT NULL CHECK (units > 0),
  UNIQUE (attempt, compartment, product, period)
) STRICT;
CREATE INDEX charge_line_by_line ON charge_line (compartment, product, period);
CREATE INDEX attempt_by_state ON attempt (state);
CREATE TRIGGER attempt_stays BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'no refunds'); END;
CREATE TRIGGER attempt_fixed BEFORE UPDATE OF id, analyst, question, attempt, plan, plan_hash, manifest_hash, manifest,
  ask_hash, cut_known_at, debited_at ON attempt BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER charge_line_stays BEFORE DELETE ON charge_line BEGIN SELECT RAISE(ABORT, 'no refunds'); END;
CREATE TRIGGER charge_line_fixed BEFORE UPDATE ON charge_line BEGIN SELECT RAISE(ABORT, 'no refunds'); END;
)sql";

const absl::string_view kChargePurposeSchema = R"sql(
-- The purpose that the ask of an attempt names; attempts from before this table have none.
CREATE TABLE attempt_purpose (
  attempt INTEGER PRIMARY KEY REFERENCES attempt (id),
  purpose TEXT NOT NULL CHECK (length(purpose) <= 40)
) STRICT;
CREATE INDEX attempt_purpose_by_purpose ON attempt_purpose (purpose);
CREATE INDEX attempt_by_plan ON attempt (plan_hash);
CREATE TRIGGER attempt_purpose_stays BEFORE DELETE ON attempt_purpose BEGIN SELECT RAISE(ABORT, 'no refunds'); END;
CREATE TRIGGER attempt_purpose_fixed BEFORE UPDATE ON attempt_purpose BEGIN SELECT RAISE(ABORT, 'immutable'); END;
)sql";

absl::StatusOr<Reservation> ChargeLedger::Write(const Debit& debit, absl::string_view state) {
  if (!debit.charges_nothing) {
    PERDURA_RETURN_IF_ERROR(
        CheckCaps({debit.id.analyst, debit.purpose, debit.plan_hash}, debit.lines));
  }
  PERDURA_RETURN_IF_ERROR(WriteCharged(debit, state));
  return Reservation(debit.manifest_hash);
}

absl::Status ChargeLedger::WriteCharged(const Debit& debit, absl::string_view state) {
  // A question whose lines got lost on the way must never pass as one that costs nothing.
  if (debit.lines.empty() != debit.charges_nothing) {
    return absl::InvalidArgumentError("debit: lines and charges_nothing do not fit");
  }
  const absl::Status inserted = database_.Execute(
      "INSERT INTO attempt (analyst, question, attempt, plan, plan_hash, manifest_hash, manifest, "
      "ask_hash,"
      " cut_known_at, debited_at, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
      {debit.id.analyst, Blob{debit.id.question_id}, int64_t{debit.id.attempt}, debit.plan,
       Blob{debit.plan_hash}, Blob{debit.manifest_hash}, Blob{debit.manifest}, Blob{debit.ask_hash},
       debit.cut_known_at, debit.debited_at, state});
  if (absl::IsAlreadyExists(inserted)) {
    return base::Refuse(absl::StatusCode::kAlreadyExists, "attempt_reused",
                        "this attempt of the question is charged already");
  }
  PERDURA_RETURN_IF_ERROR(inserted);
  const int64_t id = database_.last_insert_rowid();
  if (!debit.purpose.empty()) {
    PERDURA_RETURN_IF_ERROR(database_.Execute(
        "INSERT INTO attempt_purpose (attempt, purpose) VALUES (?1, ?2)", {id, debit.purpose}));
  }
  for (const CappedLine& capped : debit.lines) {
    PERDURA_RETURN_IF_ERROR(
        database_.Execute("INSERT INTO charge_line (attempt, compartment, product, period, units) "
                          "VALUES (?1, ?2, ?3, ?4, ?5)",
                          {id, static_cast<int64_t>(capped.line.compartment), capped.line.product,
                           capped.line.period, static_cast<int64_t>(capped.line.units)}));
  }
  return absl::OkStatus();
}

absl::StatusOr<Reservation> ChargeLedger::Resume(absl::string_view manifest_hash) {
  PERDURA_ASSIGN_OR_RETURN(const auto record, FindByManifest(manifest_hash));
  if (!record.has_value()) return absl::NotFoundError("no attempt under this manifest");
  return Reservation(std::string(manifest_hash));
}

absl::Status ChargeLedger::SetState(absl::string_view manifest_hash, absl::string_view state,
                                    absl::string_view reason) {
  PERDURA_RETURN_IF_ERROR(
      database_.Execute("UPDATE attempt SET state = ?2, reason = ?3 WHERE manifest_hash = ?1",
                        {Blob{manifest_hash}, state, reason}));
  if (database_.changes() == 0) return absl::NotFoundError("no attempt under this manifest");
  return absl::OkStatus();
}

absl::StatusOr<std::optional<AttemptRecord>> ChargeLedger::Find(const AttemptId& id) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database_.Prepare(
          absl::StrCat(kAttemptColumns, "WHERE analyst = ?1 AND question = ?2 AND attempt = ?3")));
  PERDURA_RETURN_IF_ERROR(rows.Bind({id.analyst, Blob{id.question_id}, int64_t{id.attempt}}));
  return ReadOneAttempt(rows);
}

absl::StatusOr<std::optional<AttemptRecord>> ChargeLedger::FindByManifest(
    absl::string_view manifest_hash) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows, database_.Prepare(absl::StrCat(kAttemptColumns, "WHERE manifest_hash = ?1")));
  PERDURA_RETURN_IF_ERROR(rows.Bind({Blob{manifest_hash}}));
  return ReadOneAttempt(rows);
}

absl::StatusOr<std::vector<AttemptRecord>> ChargeLedger::Attempts(absl::string_view analyst,
                                                                  int limit) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database_.Prepare(absl::StrCat(kAttemptColumns,
                                     "WHERE ?1 = '' OR analyst = ?1 ORDER BY id DESC LIMIT ?2")));
  PERDURA_RETURN_IF_ERROR(rows.Bind({analyst, limit}));
  return ReadAttempts(rows);
}

absl::StatusOr<std::vector<AttemptRecord>> ChargeLedger::InStates(
    const std::vector<std::string>& states) {
  std::vector<AttemptRecord> found;
  for (const std::string& state : states) {
    PERDURA_ASSIGN_OR_RETURN(Statement rows, database_.Prepare(absl::StrCat(
                                                 kAttemptColumns, "WHERE state = ?1 ORDER BY id")));
    PERDURA_RETURN_IF_ERROR(rows.Bind({state}));
    PERDURA_ASSIGN_OR_RETURN(std::vector<AttemptRecord> records, ReadAttempts(rows));
    std::move(records.begin(), records.end(), std::back_inserter(found));
  }
  std::stable_sort(found.begin(), found.end(), [](const AttemptRecord& a, const AttemptRecord& b) {
    return a.debited_at < b.debited_at;
  });
  return found;
}

absl::StatusOr<int64_t> ChargeLedger::NewestCutKnownAt() {
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           database_.Prepare("SELECT COALESCE(MAX(cut_known_at), 0) FROM attempt"));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return absl::InternalError("a maximum gave no row");
  return rows.Int64At(0);
}

}  // namespace perdura::federation
