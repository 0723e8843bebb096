#include "federation/audit/ledger_audit.h"

#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/sqlite/database.h"
#include "base/status_macros.h"
#include "federation/ledger/charge_entry.h"
#include "federation/ledger/charge_ledger.h"
#include "federation/log/entry.h"

namespace perdura::federation {
namespace {

using base::Statement;

// The charges of one copy against its log, in all its generations.
class LedgerAudit final {
 public:
  explicit LedgerAudit(LogCopy& copy) : copy_(copy), lines_(copy.lines()) {}

  absl::StatusOr<std::vector<std::string>> Run() {
    PERDURA_RETURN_IF_ERROR(ReadChargeEntries());
    PERDURA_RETURN_IF_ERROR(CheckCharges());
    return std::move(lines_);
  }

 private:
  absl::Status ReadChargeEntries() {
    return copy_.ForEachEntryEver(
        [this](const log::LogOrigin& /*origin*/, const log::Entry& entry, const std::string& line) {
          if (entry.kind != "reserved" && entry.kind != "debited") return absl::OkStatus();
          const std::string manifest = std::get<std::string>(entry.fields.at("manifest"));
          if (charges_.emplace(manifest, std::make_pair(entry.kind, line)).second) {
            return absl::OkStatus();
          }
          return LedgerMismatch(absl::StrCat("manifest ", manifest, " is charged by two entries"));
        });
  }

  absl::StatusOr<std::vector<ChargeLine>> LinesOf(const std::string& manifest_hash) {
    PERDURA_ASSIGN_OR_RETURN(
        Statement rows,
        copy_.database().Prepare("SELECT compartment, product, period, units FROM charge_line"
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
    PERDURA_ASSIGN_OR_RETURN(
        const auto attempts,
        ChargeLedger(copy_.database()).Attempts("", std::numeric_limits<int>::max()));
    for (const AttemptRecord& attempt : attempts) {
      const std::string manifest = base::HexEncode(attempt.manifest_hash);
      const auto entry = charges_.find(manifest);
      if (entry == charges_.end()) {
        return LedgerMismatch(absl::StrCat("the charge of manifest ", manifest, " is in no entry"));
      }
      PERDURA_ASSIGN_OR_RETURN(const auto lines, LinesOf(attempt.manifest_hash));
      const auto& [kind, line] = entry->second;
      const absl::Status same = CheckCharged(kind, line, attempt.id, attempt.manifest_hash, lines);
      if (!same.ok())
        return LedgerMismatch(absl::StrCat("manifest ", manifest, ": ", same.message()));
      charges_.erase(entry);
    }
    if (!charges_.empty()) {
      return LedgerMismatch(absl::StrCat("the entry that charges manifest ",
                                         charges_.begin()->first, " has no attempt in the ledger"));
    }
    lines_.push_back(
        absl::StrCat("charges: ", attempts.size(), ", each in its entry and nowhere else"));
    return absl::OkStatus();
  }

  LogCopy& copy_;
  // By manifest hash in hex: kind and line of the entry.
  std::map<std::string, std::pair<std::string, std::string>> charges_;
  std::vector<std::string> lines_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> VerifyLedgerFile(const std::string& path,
                                                          const AuthorityPin& pin) {
  PERDURA_ASSIGN_OR_RETURN(const auto copy, LogCopy::Open(path, pin));
  return VerifyCharges(*copy);
}

absl::StatusOr<std::vector<std::string>> VerifyCharges(LogCopy& copy) {
  return LedgerAudit(copy).Run();
}

}  // namespace perdura::federation
