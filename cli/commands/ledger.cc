#include "cli/commands/ledger.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/in_file.h"
#include "base/status_macros.h"
#include "cli/commands/evidence_files.h"
#include "federation/audit/ledger_audit.h"

namespace perdura::cli {

absl::StatusOr<std::string> LedgerVerify(const std::string& file, const std::string& pin_file) {
  PERDURA_ASSIGN_OR_RETURN(const federation::AuthorityPin pin,
                           federation::ReadAuthorityPin(pin_file));
  const auto lines = federation::VerifyLedgerFile(file, pin);
  if (!lines.ok()) return base::InFile(file, lines.status());
  return absl::StrCat(absl::StrJoin(*lines, "\n"), "\n");
}

}  // namespace perdura::cli
