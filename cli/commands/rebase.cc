#include "cli/commands/rebase.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "base/status_macros.h"
#include "cli/commands/key_files.h"
#include "cli/user_file.h"
#include "federation/envelope.h"
#include "federation/ledger/rebase_draft.h"
#include "federation/rebase.h"

namespace perdura::cli {
namespace {

absl::StatusOr<v1::RebaseFile> ReadRebaseFile(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(const std::string bytes, ReadUserFile(path, federation::kMaxRebaseFile));
  v1::RebaseFile file;
  if (!federation::ParseStrictly(bytes, file).ok() ||
      file.rebase().payload_type() != federation::PayloadType(federation::MessageType::kRebase)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": no rebase file; `perdura rebase draft` makes one"));
  }
  return file;
}

}  // namespace

absl::StatusOr<std::string> RebaseAttempts(const std::string& database, const std::string& out) {
  PERDURA_ASSIGN_OR_RETURN(const v1::KnownAttempts known,
                           federation::KnownAttemptsInFile(database));
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(out, known.SerializeAsString(), 0644));
  return absl::StrCat("wrote ", out, ": ", known.attempts_size(),
                      " questions with their charges\n");
}

absl::StatusOr<std::string> RebaseDraft(const RebaseDraftArguments& arguments) {
  federation::RebaseDraftOptions options{.known = {},
                                         .gap_is_known = arguments.gap_is_known,
                                         .reason = arguments.reason,
                                         .operator_name = arguments.operator_name,
                                         .generation = arguments.generation};
  for (const std::string& path : arguments.known) {
    PERDURA_ASSIGN_OR_RETURN(const std::string bytes,
                             ReadUserFile(path, federation::kMaxRebaseFile));
    if (!federation::ParseStrictly(bytes, options.known.emplace_back()).ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": not what `perdura rebase attempts` writes"));
    }
  }
  PERDURA_ASSIGN_OR_RETURN(const v1::RebaseFile file,
                           federation::DraftRebaseOfFile(arguments.database, options));
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(arguments.out, file.SerializeAsString(), 0644));
  PERDURA_ASSIGN_OR_RETURN(const std::string text, RebaseShow(arguments.out));
  return absl::StrCat(text, "wrote ", arguments.out,
                      "; the authority signs it: perdura rebase sign ", arguments.out,
                      " --key FILE\n");
}

absl::StatusOr<std::string> RebaseShow(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(const v1::RebaseFile file, ReadRebaseFile(path));
  v1::Rebase rebase;
  PERDURA_RETURN_IF_ERROR(federation::ParseStrictly(file.rebase().payload(), rebase));
  std::string text =
      absl::StrCat(rebase.party(), " goes on in generation ", rebase.generation(),
                   "\nreason: ", rebase.reason(), "\noperator: ", rebase.operator_(), "\n");
  if (!rebase.checkpoint().empty()) {
    absl::StrAppend(&text, "newest checkpoint known of the generation before:\n",
                    rebase.checkpoint());
  }
  absl::StrAppend(&text, "charged as recorded elsewhere: ", rebase.known_size(), " questions\n");
  for (const v1::LineAmount& line : rebase.assumed()) {
    absl::StrAppend(&text, "assumed spent: ", line.units(), " units on ",
                    v1::Compartment_Name(line.compartment()), " ", line.product(), " ",
                    line.period(), "\n");
  }
  absl::StrAppend(&text, "signatures: ", file.rebase().signatures_size(), "\n");
  return text;
}

absl::StatusOr<std::string> RebaseSign(const std::string& path,
                                       const std::vector<std::string>& keys) {
  PERDURA_ASSIGN_OR_RETURN(v1::RebaseFile file, ReadRebaseFile(path));
  PERDURA_ASSIGN_OR_RETURN(std::string text, SignWithKeyFiles(keys, path, *file.mutable_rebase()));
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(path, file.SerializeAsString(), 0644));
  return text;
}

}  // namespace perdura::cli
