#include "cli/commands/audit.h"

#include <sys/stat.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/in_file.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "cli/commands/evidence_files.h"
#include "cli/user_file.h"
#include "federation/audit/copy_comparison.h"
#include "federation/audit/entry_proof.h"
#include "federation/audit/ledger_audit.h"
#include "federation/audit/log_copy.h"
#include "federation/audit/sibling_audit.h"
#include "federation/party_folder.h"

namespace perdura::cli {
namespace {

// The files of one audit, each verified by itself.
struct AuditedFiles {
  std::vector<std::unique_ptr<federation::LogCopy>> copies;
  std::vector<federation::OpenedBundle> bundles;
  std::vector<std::string> lines;
};

using base::InFile;

absl::Status AddDatabase(const std::string& file, const federation::AuthorityPin& pin,
                         AuditedFiles& audited) {
  auto copy = federation::LogCopy::Open(file, pin);
  if (!copy.ok()) return InFile(file, copy.status());
  const auto lines = federation::VerifyCharges(**copy);
  if (!lines.ok()) return InFile(file, lines.status());
  for (const std::string& line : *lines) {
    audited.lines.push_back(absl::StrCat((*copy)->party(), ": ", line));
  }
  audited.copies.push_back(*std::move(copy));
  return absl::OkStatus();
}

absl::Status AddRelease(const std::string& file, const federation::AuthorityPin& pin,
                        AuditedFiles& audited) {
  PERDURA_ASSIGN_OR_RETURN(federation::OpenedBundle opened, OpenReleaseFile(file, pin));
  audited.lines.push_back(absl::StrCat("release ", base::HexEncode(opened.release_id),
                                       ": genuine, ", opened.checks.size(), " checks"));
  audited.bundles.push_back(std::move(opened));
  return absl::OkStatus();
}

absl::StatusOr<std::string> WriteEntry(federation::LogCopy& copy, uint64_t seq,
                                       const std::string& out) {
  PERDURA_ASSIGN_OR_RETURN(const federation::EntryProof proof, federation::ProveEntry(copy, seq));
  const std::string path = absl::StrCat(out, "/entry-", seq);
  PERDURA_RETURN_IF_ERROR(WriteUserFile(path + ".json", proof.entry));
  PERDURA_RETURN_IF_ERROR(WriteUserFile(path + ".tlog-proof", proof.receipt));
  return absl::StrCat("entry ", seq, " of ", copy.origin().ToText(), ", under its checkpoint of ",
                      proof.size, " entries, cosigned by ", proof.cosignatures, " stewards: ", path,
                      ".json, ", path, ".tlog-proof\n");
}

absl::StatusOr<std::string> WriteGrowth(federation::LogCopy& copy, uint64_t from,
                                        const std::string& out) {
  PERDURA_ASSIGN_OR_RETURN(const std::string text, federation::ProveGrowth(copy, from));
  const std::string path = absl::StrCat(out, "/growth-", from, ".txt");
  PERDURA_RETURN_IF_ERROR(WriteUserFile(path, text));
  return absl::StrCat("the first ", from, " entries are a prefix of the log: ", path, "\n");
}

absl::StatusOr<std::vector<uint64_t>> EntriesOf(const std::string& manifest,
                                                federation::LogCopy& copy) {
  const auto hash = base::HexDecode(manifest);
  if (!hash.ok() || hash->size() != 32) {
    return absl::InvalidArgumentError("--manifest: 64 hex digits");
  }
  return federation::EntriesOfManifest(copy, *hash);
}

// The newest entries of a log are often under no checkpoint yet: said, and no reason to write none.
absl::StatusOr<std::string> WriteEntriesOf(federation::LogCopy& copy, const std::string& manifest,
                                           const std::string& out) {
  PERDURA_ASSIGN_OR_RETURN(const auto entries, EntriesOf(manifest, copy));
  std::string text;
  for (const uint64_t seq : entries) {
    const auto line = WriteEntry(copy, seq, out);
    if (!line.ok() && !absl::IsNotFound(line.status())) return line.status();
    text += line.ok() ? *line : absl::StrCat("entry ", seq, ": ", line.status().message(), "\n");
  }
  return text;
}

}  // namespace

absl::StatusOr<std::string> AuditVerify(const std::vector<std::string>& files,
                                        const std::string& pin_file) {
  PERDURA_ASSIGN_OR_RETURN(const federation::AuthorityPin pin,
                           federation::ReadAuthorityPin(pin_file));
  AuditedFiles audited;
  for (const std::string& file : files) {
    PERDURA_RETURN_IF_ERROR(LooksLikeDatabase(file) ? AddDatabase(file, pin, audited)
                                                    : AddRelease(file, pin, audited));
  }
  federation::AuditReport report;
  report.lines = std::move(audited.lines);
  PERDURA_RETURN_IF_ERROR(federation::CompareCopies(audited.copies, report));
  PERDURA_RETURN_IF_ERROR(federation::AuditSiblings(audited.bundles, audited.copies, report));
  const std::string text = absl::StrJoin(report.lines, "\n");
  if (report.problems == 0) return absl::StrCat(text, "\n");
  return base::Refuse(absl::StatusCode::kDataLoss, "audit_failed",
                      absl::StrCat(report.problems, " problem(s)\n", text));
}

absl::StatusOr<std::string> AuditProve(const AuditProveOptions& options) {
  PERDURA_ASSIGN_OR_RETURN(const federation::AuthorityPin pin,
                           federation::ReadAuthorityPin(options.pin));
  const auto copy = federation::LogCopy::Open(options.file, pin);
  if (!copy.ok()) return InFile(options.file, copy.status());
  if (options.entries.empty() && options.manifest.empty() && options.from.empty()) {
    return absl::InvalidArgumentError("what to prove: --entry, --manifest or --from");
  }
  ::mkdir(options.out.c_str(), 0755);  // where it cannot be made, the first file says so
  PERDURA_ASSIGN_OR_RETURN(const std::string keys, federation::VerifierKeys(**copy));
  PERDURA_RETURN_IF_ERROR(WriteUserFile(options.out + "/keys.txt", keys));
  std::string text;
  for (const uint64_t seq : options.entries) {
    PERDURA_ASSIGN_OR_RETURN(const std::string line, WriteEntry(**copy, seq, options.out));
    text += line;
  }
  if (!options.manifest.empty()) {
    PERDURA_ASSIGN_OR_RETURN(const std::string lines,
                             WriteEntriesOf(**copy, options.manifest, options.out));
    text += lines;
  }
  for (const uint64_t from : options.from) {
    PERDURA_ASSIGN_OR_RETURN(const std::string line, WriteGrowth(**copy, from, options.out));
    text += line;
  }
  return absl::StrCat(text, "verifier keys: ", options.out, "/keys.txt\n");
}

}  // namespace perdura::cli
