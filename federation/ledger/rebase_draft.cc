#include "federation/ledger/rebase_draft.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "federation/charter.h"
#include "federation/charter_chain.h"
#include "federation/envelope.h"
#include "federation/ledger/charge_ledger.h"
#include "federation/ledger/party_tables.h"
#include "federation/ledger/rebase_install.h"
#include "federation/log/merkle_log.h"
#include "federation/log/sqlite_head_store.h"
#include "federation/rebase.h"

namespace perdura::federation {
namespace {

using base::Statement;

absl::StatusOr<v1::LineAmount> ReadAmount(const Statement& row, int first) {
  v1::LineAmount amount;
  PERDURA_ASSIGN_OR_RETURN(const int64_t compartment, row.Int64At(first));
  amount.set_compartment(static_cast<v1::Compartment>(compartment));
  PERDURA_ASSIGN_OR_RETURN(*amount.mutable_product(), row.TextAt(first + 1));
  PERDURA_ASSIGN_OR_RETURN(*amount.mutable_period(), row.TextAt(first + 2));
  PERDURA_ASSIGN_OR_RETURN(const int64_t units, row.Int64At(first + 3));
  amount.set_units(static_cast<uint64_t>(units));
  return amount;
}

// All that the database holds, version 1 first; at least one.
absl::StatusOr<std::vector<std::shared_ptr<const Charter>>> ChartersHeld(base::Database& database) {
  PERDURA_ASSIGN_OR_RETURN(const auto envelopes, CharterTable(database).Envelopes());
  if (envelopes.empty()) return absl::FailedPreconditionError("the database holds no charter");
  std::vector<std::shared_ptr<const Charter>> charters;
  for (const std::string& bytes : envelopes) {
    v1::Envelope envelope;
    if (!envelope.ParseFromString(bytes)) return absl::DataLossError("a kept charter is damaged");
    PERDURA_ASSIGN_OR_RETURN(charters.emplace_back(), Charter::Create(envelope.payload()));
  }
  return charters;
}

absl::StatusOr<std::unique_ptr<base::Database>> OpenCopy(const std::string& path) {
  return base::Database::Open({.path = path, .read_only = true, .statement_limit_ms = 600'000});
}

// The party's log with the largest generation.
struct NewestLog {
  log::LogOrigin origin;
  // Its newest signed note; empty if it has signed none.
  std::string note;
};

absl::StatusOr<std::string> NewestNote(base::Database& database, const std::string& origin) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database.Prepare("SELECT note FROM log_checkpoint JOIN log ON log.id = log_checkpoint.log"
                       " WHERE origin = ?1 ORDER BY log_checkpoint.size DESC LIMIT 1"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({origin}));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  return found ? rows.TextAt(0) : absl::StatusOr<std::string>("");
}

absl::StatusOr<NewestLog> FindNewestLog(base::Database& database) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows, database.Prepare("SELECT origin FROM log LIMIT 1"));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return absl::FailedPreconditionError("the database holds no log");
  PERDURA_ASSIGN_OR_RETURN(const std::string text, rows.TextAt(0));
  NewestLog newest;
  PERDURA_ASSIGN_OR_RETURN(newest.origin, log::LogOrigin::Parse(text));
  PERDURA_ASSIGN_OR_RETURN(newest.origin.generation,
                           log::NewestGeneration(database, newest.origin));
  PERDURA_ASSIGN_OR_RETURN(newest.note, NewestNote(database, newest.origin.ToText()));
  return newest;
}

// The newest note of `origin` that is known here: one that came from elsewhere showed that this
// database is an old copy, so it is newer than its own.
absl::StatusOr<std::string> KnownNote(base::Database& database, const log::LogOrigin& origin) {
  PERDURA_ASSIGN_OR_RETURN(const auto seen, log::SqliteHeadStore(database).Find(origin.ToText()));
  if (seen.has_value()) return seen->note;
  return NewestNote(database, origin.ToText());
}

// Generation and checkpoint. A process that found itself restored has begun the next generation;
// where the log is forked though its database is whole, nothing has begun.
absl::Status SetLog(base::Database& database, uint64_t generation, v1::Rebase& rebase) {
  PERDURA_ASSIGN_OR_RETURN(const NewestLog newest, FindNewestLog(database));
  PERDURA_ASSIGN_OR_RETURN(const auto accepted, RebaseTable(database).Newest());
  const auto own = accepted.find(newest.origin.party);
  const uint64_t authorised = own == accepted.end() ? 1 : own->second.generation;
  const bool begun = newest.origin.generation > authorised;
  if (generation == 0) generation = newest.origin.generation + (begun ? 0 : 1);
  if (generation <= authorised) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, "rebase_old",
                        absl::StrCat("generation: must be above ", authorised,
                                     ", the one that this party's log is in"));
  }
  rebase.set_party(newest.origin.party);
  rebase.set_generation(generation);
  log::LogOrigin before = newest.origin;
  before.generation = generation - 1;
  PERDURA_ASSIGN_OR_RETURN(*rebase.mutable_checkpoint(), KnownNote(database, before));
  return absl::OkStatus();
}

// The attempts that the ledger does not have, each once, with their hashes in the payload.
absl::StatusOr<std::vector<Debit>> AddMissing(base::Database& database,
                                              const RebaseDraftOptions& options,
                                              v1::RebaseFile& file, v1::Rebase& rebase) {
  std::map<std::string, std::string> by_hash;
  for (const v1::KnownAttempts& known : options.known) {
    for (const std::string& bytes : known.attempts()) by_hash[crypto::Sha256(bytes)] = bytes;
  }
  std::vector<Debit> missing;
  for (const auto& [hash, bytes] : by_hash) {
    v1::RebaseFile one;
    one.add_known(bytes);
    PERDURA_ASSIGN_OR_RETURN(std::vector<Debit> debits, KnownDebits(one));
    PERDURA_ASSIGN_OR_RETURN(const auto held,
                             ChargeLedger(database).FindByManifest(debits[0].manifest_hash));
    if (held.has_value()) continue;
    const bool twice = std::any_of(missing.begin(), missing.end(), [&](const Debit& debit) {
      return debit.manifest_hash == debits[0].manifest_hash;
    });
    if (twice) continue;
    file.add_known(bytes);
    rebase.add_known(hash);
    missing.push_back(std::move(debits[0]));
  }
  return missing;
}

// What is left of every line that a charter ever had, up to its largest cap, once the known
// attempts are charged.
absl::Status AssumeRest(base::Database& database,
                        const std::vector<std::shared_ptr<const Charter>>& charters,
                        const std::vector<Debit>& known, v1::Rebase& rebase) {
  std::map<BudgetLine, uint64_t> charged;
  for (const Debit& debit : known) {
    for (const CappedLine& capped : debit.lines) {
      const ChargeLine& line = capped.line;
      charged[{line.compartment, line.product, line.period}] += line.units;
    }
  }
  for (const auto& [name, cap] : LargestCaps(charters)) {
    const auto& [compartment, product, period] = name;
    PERDURA_ASSIGN_OR_RETURN(const uint64_t spent,
                             ChargeLedger(database).Spent({compartment, product, period, 0}));
    const uint64_t stands = spent + charged[name];
    if (stands >= cap) continue;
    v1::LineAmount& amount = *rebase.add_assumed();
    amount.set_compartment(compartment);
    amount.set_product(product);
    amount.set_period(period);
    amount.set_units(cap - stands);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::KnownAttempts> KnownAttemptsIn(base::Database& database) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database.Prepare("SELECT attempt.id, manifest, compartment, product, period, units"
                       " FROM attempt LEFT JOIN charge_line ON charge_line.attempt = attempt.id"
                       " WHERE analyst <> ?1 ORDER BY attempt.id, compartment, product, period"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({kRebaseAnalyst}));
  std::map<int64_t, v1::KnownAttempt> attempts;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) break;
    PERDURA_ASSIGN_OR_RETURN(const int64_t id, rows.Int64At(0));
    PERDURA_ASSIGN_OR_RETURN(const std::string manifest, rows.BlobAt(1));
    v1::KnownAttempt& attempt = attempts[id];
    if (!attempt.mutable_manifest()->ParseFromString(manifest)) {
      return absl::DataLossError("a stored manifest is damaged");
    }
    // A canary round has no line.
    if (rows.IsNullAt(2)) continue;
    PERDURA_ASSIGN_OR_RETURN(*attempt.add_charge(), ReadAmount(rows, 2));
  }
  v1::KnownAttempts known;
  for (const auto& [id, attempt] : attempts) known.add_attempts(attempt.SerializeAsString());
  return known;
}

absl::StatusOr<v1::RebaseFile> DraftRebase(base::Database& database,
                                           const RebaseDraftOptions& options) {
  PERDURA_ASSIGN_OR_RETURN(const auto charters, ChartersHeld(database));
  v1::RebaseFile file;
  v1::Rebase rebase;
  rebase.set_charter_hash(charters.back()->hash());
  PERDURA_RETURN_IF_ERROR(SetLog(database, options.generation, rebase));
  PERDURA_ASSIGN_OR_RETURN(const std::vector<Debit> missing,
                           AddMissing(database, options, file, rebase));
  if (!options.gap_is_known) {
    PERDURA_RETURN_IF_ERROR(AssumeRest(database, charters, missing, rebase));
  }
  rebase.set_reason(options.reason);
  rebase.set_operator_(options.operator_name);
  PERDURA_RETURN_IF_ERROR(CheckRebaseContent(rebase));
  file.mutable_rebase()->set_payload(rebase.SerializeAsString());
  file.mutable_rebase()->set_payload_type(std::string(PayloadType(MessageType::kRebase)));
  return file;
}

absl::StatusOr<v1::KnownAttempts> KnownAttemptsInFile(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(const auto database, OpenCopy(path));
  return KnownAttemptsIn(*database);
}

absl::StatusOr<v1::RebaseFile> DraftRebaseOfFile(const std::string& path,
                                                 const RebaseDraftOptions& options) {
  PERDURA_ASSIGN_OR_RETURN(const auto database, OpenCopy(path));
  return DraftRebase(*database, options);
}

}  // namespace perdura::federation
