#include "cli/commands/output_folder.h"

#include <sys/stat.h>

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

// The new file, with the old one's lines of other releases and other readings in between. A file
// with another header is replaced.
std::string Merge(const std::string& old, const std::string& fresh,
                  const query::Estimates& estimates) {
  const size_t header_end = fresh.find('\n') + 1;
  const std::string header = fresh.substr(0, header_end);
  if (!absl::StartsWith(old, header)) return fresh;
  std::string merged = header;
  const std::string release = absl::StrCat(base::HexEncode(estimates.release_id), ",");
  const std::string reading = absl::StrCat(",", query::ReadingColumns(estimates), ",");
  for (const absl::string_view line :
       absl::StrSplit(old.substr(header_end), '\n', absl::SkipEmpty())) {
    if (absl::StartsWith(line, release) && absl::StrContains(line, reading)) continue;
    absl::StrAppend(&merged, line, "\n");
  }
  return absl::StrCat(merged, fresh.substr(header_end));
}

std::string NameOnly(const std::string& versioned) {
  return versioned.substr(0, versioned.find('@'));
}

}  // namespace

absl::Status WriteAnswer(const std::string& folder, const query::Estimates& estimates,
                         const std::string& bundle) {
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return absl::FailedPreconditionError(absl::StrCat("--out: cannot make the folder ", folder));
  }
  for (const query::OutputFile& file : query::CsvFiles(estimates)) {
    const std::string path = absl::StrCat(folder, "/", file.name);
    const auto old = base::ReadFile(path, kCsvLimit);
    PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(
        path, old.ok() ? Merge(*old, file.contents, estimates) : file.contents, 0644));
  }
  return base::WriteFileAtomic(absl::StrCat(folder, "/", NameOnly(estimates.endpoint), ".release"),
                               bundle, 0644);
}

}  // namespace perdura::cli
