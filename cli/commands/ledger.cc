#include "cli/commands/ledger.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "cli/commands/evidence_files.h"
#include "federation/audit/ledger_audit.h"

namespace perdura::cli {

absl::StatusOr<std::string> LedgerVerify(const std::string& file, const std::string& pin_file) {
  PERDURA_ASSIGN_OR_RETURN(const federation::AuthorityPin pin, ReadPin(pin_file));
  PERDURA_ASSIGN_OR_RETURN(const auto lines, federation::VerifyLedgerFile(file, pin));
  return absl::StrCat(absl::StrJoin(lines, "\n"), "\n");
}

}  // namespace perdura::cli
