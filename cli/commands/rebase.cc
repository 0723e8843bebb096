#include "cli/commands/rebase.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/in_file.h"
#include "base/status_macros.h"
#include "cli/commands/amounts.h"
#include "cli/commands/authority_signatures.h"
#include "cli/commands/evidence_files.h"
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

std::string ShowAssumed(const v1::Rebase& rebase) {
  if (rebase.assumed().empty()) {
    return "assumed spent beyond them: nothing; the operator says that this list is complete, or "
           "no "
           "line had anything left\n";
  }
  std::string text;
  for (const v1::LineAmount& line : rebase.assumed()) {
    absl::StrAppend(
        &text, "assumed spent beyond them: ", ShowUnits(line.compartment(), line.units()), ", ",
        LawWord(line.compartment()), ", ", line.product(), ", period ", line.period(), "\n");
  }
  return text;
}

std::string ShowRebase(const v1::Rebase& rebase) {
  std::string text =
      absl::StrCat(rebase.party(), " goes on in generation ", rebase.generation(),
                   "\nreason: ", rebase.reason(), "\noperator: ", rebase.operator_(), "\n");
  if (!rebase.checkpoint().empty()) {
    absl::StrAppend(&text, "newest checkpoint known of the generation before:\n",
                    rebase.checkpoint());
  }
  return absl::StrCat(text, "charged as recorded elsewhere: ", rebase.known_size(), " questions\n",
                      ShowAssumed(rebase));
}

// Who has signed; without a charter nobody can tell whose signatures count.
absl::StatusOr<std::string> ShowSigners(const v1::Envelope& envelope,
                                        const std::string& charter_file) {
  if (charter_file.empty()) {
    return absl::StrCat("signatures: ", envelope.signatures_size(),
                        "; --charter FILE, the one in force, says whose\n");
  }
  PERDURA_ASSIGN_OR_RETURN(const CharterFile charter, ReadCharterFile(charter_file));
  return absl::StrCat(ShowSignatures(envelope, AuthorityOf(charter.charter)), "\n");
}

}  // namespace

absl::StatusOr<std::string> RebaseAttempts(const std::string& database, const std::string& out) {
  const auto known = federation::KnownAttemptsInFile(database);
  if (!known.ok()) return base::InFile(database, known.status());
  PERDURA_RETURN_IF_ERROR(WriteUserFile(out, known->SerializeAsString()));
  return absl::StrCat("wrote ", out, ": ", known->attempts_size(),
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
  const auto file = federation::DraftRebaseOfFile(arguments.database, options);
  if (!file.ok()) return base::InFile(arguments.database, file.status());
  PERDURA_RETURN_IF_ERROR(WriteUserFile(arguments.out, file->SerializeAsString()));
  v1::Rebase rebase;
  PERDURA_RETURN_IF_ERROR(federation::ParseStrictly(file->rebase().payload(), rebase));
  return absl::StrCat(ShowRebase(rebase), "wrote ", arguments.out,
                      "; the authority signs it: perdura rebase sign ", arguments.out,
                      " --charter FILE --key FILE\n");
}

absl::StatusOr<std::string> RebaseShow(const std::string& path, const std::string& charter_file) {
  PERDURA_ASSIGN_OR_RETURN(const v1::RebaseFile file, ReadRebaseFile(path));
  v1::Rebase rebase;
  PERDURA_RETURN_IF_ERROR(
      base::InFile(path, federation::ParseStrictly(file.rebase().payload(), rebase)));
  PERDURA_ASSIGN_OR_RETURN(const std::string signers, ShowSigners(file.rebase(), charter_file));
  return absl::StrCat(ShowRebase(rebase), signers);
}

absl::StatusOr<std::string> RebaseSign(const std::string& path,
                                       const std::vector<std::string>& keys,
                                       const std::string& charter_file) {
  PERDURA_ASSIGN_OR_RETURN(v1::RebaseFile file, ReadRebaseFile(path));
  PERDURA_ASSIGN_OR_RETURN(const CharterFile charter, ReadCharterFile(charter_file));
  PERDURA_ASSIGN_OR_RETURN(std::string text, SignWithKeyFiles(keys, AuthorityOf(charter.charter),
                                                              path, *file.mutable_rebase()));
  PERDURA_RETURN_IF_ERROR(WriteUserFile(path, file.SerializeAsString()));
  return text;
}

}  // namespace perdura::cli
