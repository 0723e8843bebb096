#include "federation/ledger/ledger_audit.h"

#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "base/sqlite/database.h"
#include "base/status_macros.h"
#include "federation/ledger/charge_entry.h"
#include "federation/ledger/charge_ledger.h"
#include "federation/ledger/party_tables.h"
#include "federation/log/cosignature.h"
#include "federation/log/entry.h"
#include "federation/log/stored_tree.h"
#include "federation/witnesses.h"

namespace perdura::federation {
namespace {

using base::Statement;

absl::Status Mismatch(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kDataLoss, "ledger_mismatch",
                      absl::StrCat("ledger: ", what));
}

// One run over one file; each step adds its line.
class LedgerAudit final {
 public:
  LedgerAudit(base::Database& database, const AuthorityPin& pin)
      : database_(database), chain_(pin) {}

  absl::StatusOr<std::vector<std::string>> Run() {
    PERDURA_RETURN_IF_ERROR(ReadCharters());
    PERDURA_RETURN_IF_ERROR(FindLogs());
    for (const auto& [id, origin] : logs_) PERDURA_RETURN_IF_ERROR(CheckTree(id, origin));
    PERDURA_RETURN_IF_ERROR(ReadChargeEntries());
    PERDURA_RETURN_IF_ERROR(CheckCharges());
    return std::move(lines_);
  }

 private:
  absl::Status ReadCharters() {
    PERDURA_ASSIGN_OR_RETURN(const auto envelopes, CharterTable(database_).Envelopes());
    for (const std::string& bytes : envelopes) {
      v1::Envelope envelope;
      if (!envelope.ParseFromString(bytes)) return Mismatch("a stored charter cannot be read");
      PERDURA_RETURN_IF_ERROR(chain_.Accept(envelope, absl::UnixEpoch(), /*replay=*/true));
    }
    if (chain_.current() == nullptr) return Mismatch("it holds no charter");
    lines_.push_back(
        absl::StrCat("charters: 1 to ", chain_.version(), ", signed by the authority"));
    return absl::OkStatus();
  }

  // One for each generation.
  absl::Status FindLogs() {
    PERDURA_ASSIGN_OR_RETURN(Statement rows,
                             database_.Prepare("SELECT id, origin FROM log ORDER BY id"));
    PERDURA_RETURN_IF_ERROR(rows.Bind({}));
    for (;;) {
      PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
      if (!more) return logs_.empty() ? Mismatch("it holds no log") : absl::OkStatus();
      PERDURA_ASSIGN_OR_RETURN(const int64_t id, rows.Int64At(0));
      PERDURA_ASSIGN_OR_RETURN(const std::string origin, rows.TextAt(1));
      PERDURA_ASSIGN_OR_RETURN(logs_[id], log::LogOrigin::Parse(origin));
    }
  }

  // The newest signed checkpoint; nothing before the first, and where the charter has no log key to
  // verify it.
  absl::StatusOr<std::optional<log::SignedCheckpoint>> NewestSigned(int64_t id,
                                                                    const log::LogOrigin& origin) {
    PERDURA_ASSIGN_OR_RETURN(
        Statement rows,
        database_.Prepare(
            "SELECT note FROM log_checkpoint WHERE log = ?1 ORDER BY size DESC LIMIT 1"));
    PERDURA_RETURN_IF_ERROR(rows.Bind({id}));
    PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
    const auto key = LogKeyOf(*chain_.current(), origin.party, {{origin.party, origin.generation}});
    if (!found || !key.ok()) return std::nullopt;
    PERDURA_ASSIGN_OR_RETURN(const std::string note, rows.TextAt(0));
    PERDURA_ASSIGN_OR_RETURN(log::SignedCheckpoint newest, log::OpenCheckpoint(note, *key));
    return newest;
  }

  absl::Status CheckTree(int64_t id, const log::LogOrigin& origin) {
    PERDURA_ASSIGN_OR_RETURN(const auto newest, NewestSigned(id, origin));
    PERDURA_RETURN_IF_ERROR(VerifyStoredTree(
        database_, id,
        newest.has_value() ? std::optional<log::Checkpoint>(newest->checkpoint) : std::nullopt));
    lines_.push_back(absl::StrCat("log: ", origin.ToText(), ", tree recomputed"));
    if (!newest.has_value()) {
      lines_.push_back("checkpoints: none that the charter's keys can verify");
      return absl::OkStatus();
    }
    const std::vector<log::NoteKey> cosigners = CosignKeysOf(*chain_.current());
    PERDURA_ASSIGN_OR_RETURN(const auto cosignatures,
                             log::VerifiedCosignatures(newest->note, cosigners));
    lines_.push_back(absl::StrCat("checkpoints: the newest, of ", newest->checkpoint.size,
                                  " entries, lies on it; cosigned by ", cosignatures.size(), " of ",
                                  cosigners.size(), " stewards"));
    return absl::OkStatus();
  }

  absl::Status ReadChargeEntries() {
    PERDURA_ASSIGN_OR_RETURN(Statement rows,
                             database_.Prepare("SELECT line FROM log_entry ORDER BY log, seq"));
    for (;;) {
      PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
      if (!more) return absl::OkStatus();
      PERDURA_ASSIGN_OR_RETURN(const std::string line, rows.TextAt(0));
      PERDURA_ASSIGN_OR_RETURN(const log::Entry entry, log::ParseEntry(line));
      if (entry.kind != "reserved" && entry.kind != "debited") continue;
      const std::string manifest = std::get<std::string>(entry.fields.at("manifest"));
      if (!charges_.emplace(manifest, std::make_pair(entry.kind, line)).second) {
        return Mismatch(absl::StrCat("manifest ", manifest, " is charged by two entries"));
      }
    }
  }

  absl::StatusOr<std::vector<ChargeLine>> LinesOf(const std::string& manifest_hash) {
    PERDURA_ASSIGN_OR_RETURN(
        Statement rows,
        database_.Prepare("SELECT compartment, product, period, units FROM charge_line"
                          " JOIN attempt ON attempt.id = charge_line.attempt"
                          " WHERE manifest_hash = ?1"));
    PERDURA_RETURN_IF_ERROR(rows.Bind({base::Blob{manifest_hash}}));
    std::vector<ChargeLine> lines;
    for (;;) {
      PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
      if (!more) return lines;
      ChargeLine line;
      PERDURA_ASSIGN_OR_RETURN(const int64_t compartment, rows.Int64At(0));
      line.compartment = static_cast<v1::Compartment>(compartment);
      PERDURA_ASSIGN_OR_RETURN(line.product, rows.TextAt(1));
      PERDURA_ASSIGN_OR_RETURN(line.period, rows.TextAt(2));
      PERDURA_ASSIGN_OR_RETURN(const int64_t units, rows.Int64At(3));
      line.units = static_cast<uint64_t>(units);
      lines.push_back(std::move(line));
    }
  }

  absl::Status CheckCharges() {
    PERDURA_ASSIGN_OR_RETURN(const auto attempts,
                             ChargeLedger(database_).Attempts("", std::numeric_limits<int>::max()));
    for (const AttemptRecord& attempt : attempts) {
      const std::string manifest = base::HexEncode(attempt.manifest_hash);
      const auto entry = charges_.find(manifest);
      if (entry == charges_.end()) {
        return Mismatch(absl::StrCat("the charge of manifest ", manifest, " is in no entry"));
      }
      PERDURA_ASSIGN_OR_RETURN(const auto lines, LinesOf(attempt.manifest_hash));
      const auto& [kind, line] = entry->second;
      const absl::Status same = CheckCharged(kind, line, attempt.id, attempt.manifest_hash, lines);
      if (!same.ok()) return Mismatch(absl::StrCat("manifest ", manifest, ": ", same.message()));
      charges_.erase(entry);
    }
    if (!charges_.empty()) {
      return Mismatch(absl::StrCat("the entry that charges manifest ", charges_.begin()->first,
                                   " has no attempt in the ledger"));
    }
    lines_.push_back(
        absl::StrCat("charges: ", attempts.size(), ", each in its entry and nowhere else"));
    return absl::OkStatus();
  }

  base::Database& database_;
  CharterChain chain_;
  // By their number in the database.
  std::map<int64_t, log::LogOrigin> logs_;
  // By manifest hash in hex: kind and line of the entry.
  std::map<std::string, std::pair<std::string, std::string>> charges_;
  std::vector<std::string> lines_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> VerifyLedgerFile(const std::string& path,
                                                          const AuthorityPin& pin) {
  PERDURA_ASSIGN_OR_RETURN(
      const auto database,
      base::Database::Open({.path = path, .read_only = true, .statement_limit_ms = 600'000}));
  return LedgerAudit(*database, pin).Run();
}

}  // namespace perdura::federation
