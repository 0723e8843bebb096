#include "cli/commands/ledger.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "cli/user_file.h"
#include "federation/ledger/ledger_audit.h"

namespace perdura::cli {
namespace {

constexpr size_t kPinLimit = 16 * 1024;

}  // namespace

absl::StatusOr<std::string> LedgerVerify(const std::string& file, const std::string& pin_file) {
  PERDURA_ASSIGN_OR_RETURN(const std::string text, ReadUserFile(pin_file, kPinLimit));
  PERDURA_ASSIGN_OR_RETURN(const federation::AuthorityPin pin, federation::ParseAuthorityPin(text));
  PERDURA_ASSIGN_OR_RETURN(const auto lines, federation::VerifyLedgerFile(file, pin));
  return absl::StrCat(absl::StrJoin(lines, "\n"), "\n");
}

}  // namespace perdura::cli
