#include "cli/commands/output_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/files.h"
#include "base/status_macros.h"
#include "query/output_files.h"

namespace perdura::cli {
namespace {

constexpr size_t kCsvLimit = 64 * 1024 * 1024;
constexpr size_t kIdDigitsInName = 12;

absl::Status CannotWrite(absl::string_view name, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("--out: ", name, ": ", why));
}

// The lines that a CSV file holds already, without its header; none where there is no file.
absl::StatusOr<std::string> OldLines(const std::string& path, const std::string& header) {
  auto old = base::ReadFile(path, kCsvLimit);
  if (absl::IsNotFound(old.status())) return std::string();
  if (!old.ok()) return CannotWrite(path, old.status().message());
  if (!absl::StartsWith(*old, header)) {
    return CannotWrite(path, "has other columns; move it away or name another folder");
  }
  return old->substr(header.size());
}

std::string HeaderOf(const query::OutputFile& file) {
  return file.contents.substr(0, file.contents.find('\n') + 1);
}

// The new file, with the old one's lines of other releases and other readings in between.
std::string Merge(absl::string_view old_lines, const query::OutputFile& file,
                  const query::Estimates& estimates) {
  const std::string header = HeaderOf(file);
  std::string merged = header;
  const std::string release = absl::StrCat(base::HexEncode(estimates.release_id), ",");
  const std::string reading = absl::StrCat(",", query::ReadingColumns(estimates), ",");
  for (const absl::string_view line : absl::StrSplit(old_lines, '\n', absl::SkipEmpty())) {
    if (absl::StartsWith(line, release) && absl::StrContains(line, reading)) continue;
    absl::StrAppend(&merged, line, "\n");
  }
  return absl::StrCat(merged, file.contents.substr(header.size()));
}

std::string NameOnly(const std::string& versioned) {
  return versioned.substr(0, versioned.find('@'));
}

std::string ReleaseFile(const query::Estimates& estimates) {
  return absl::StrCat(NameOnly(estimates.endpoint), "-",
                      base::HexEncode(estimates.release_id).substr(0, kIdDigitsInName), ".release");
}

}  // namespace

absl::Status PrepareFolder(const std::string& folder, v1::TableKind kind) {
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return CannotWrite(folder, "the folder cannot be made");
  }
  struct stat facts;
  if (::stat(folder.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) {
    return CannotWrite(folder, "is no folder");
  }
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    return CannotWrite(folder, "nothing may be written there");
  }
  // Without groups they are headers alone.
  query::Estimates no_groups;
  no_groups.kind = kind;
  for (const query::OutputFile& file : query::CsvFiles(no_groups)) {
    const std::string path = absl::StrCat(folder, "/", file.name);
    PERDURA_RETURN_IF_ERROR(OldLines(path, HeaderOf(file)).status());
  }
  return absl::OkStatus();
}

absl::Status WriteAnswer(const std::string& folder, const query::Estimates& estimates,
                         const std::string& bundle) {
  PERDURA_RETURN_IF_ERROR(PrepareFolder(folder, estimates.kind));
  for (const query::OutputFile& file : query::CsvFiles(estimates)) {
    const std::string path = absl::StrCat(folder, "/", file.name);
    PERDURA_ASSIGN_OR_RETURN(const std::string old_lines, OldLines(path, HeaderOf(file)));
    PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(path, Merge(old_lines, file, estimates), 0644));
  }
  return base::WriteFileAtomic(absl::StrCat(folder, "/", ReleaseFile(estimates)), bundle, 0644);
}

}  // namespace perdura::cli
