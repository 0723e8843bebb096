#include "cli/commands/evidence_files.h"

#include <array>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "base/in_file.h"
#include "base/status_macros.h"
#include "cli/user_file.h"
#include "federation/envelope.h"
#include "query/plan.h"
#include "query/round_terms.h"

namespace perdura::cli {
namespace {

constexpr size_t kCharterFileLimit = 512 * 1024;
constexpr size_t kReleaseFileLimit = 16 * 1024 * 1024;

}  // namespace

absl::StatusOr<federation::OpenedBundle> OpenRelease(const v1::ReleaseBundle& bundle,
                                                     const federation::AuthorityPin& pin) {
  PERDURA_ASSIGN_OR_RETURN(federation::OpenedBundle opened, federation::OpenBundle(bundle, pin));
  PERDURA_ASSIGN_OR_RETURN(const query::Plan plan,
                           query::Plan::Parse(opened.release.plan(), *opened.charter));
  PERDURA_ASSIGN_OR_RETURN(const query::RoundTerms terms,
                           query::RoundTerms::Create(plan, *opened.charter));
  PERDURA_RETURN_IF_ERROR(terms.CheckManifest(opened.manifest));
  opened.checks.push_back("plan, layout, noise and charge are those that the charter gives");
  return opened;
}

absl::StatusOr<CharterFile> ReadCharterFile(const std::string& file) {
  PERDURA_ASSIGN_OR_RETURN(const std::string bytes, ReadUserFile(file, kCharterFileLimit));
  CharterFile read;
  if (!read.envelope.ParseFromString(bytes) ||
      read.envelope.payload_type() != federation::PayloadType(federation::MessageType::kCharter)) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ": no charter file; `perdura charter build` makes one from a draft"));
  }
  const absl::Status parsed = federation::ParseStrictly(read.envelope.payload(), read.charter);
  if (!parsed.ok()) return base::InFile(file, parsed);
  return read;
}

absl::StatusOr<federation::OpenedBundle> OpenReleaseFile(const std::string& file,
                                                         const federation::AuthorityPin& pin) {
  PERDURA_ASSIGN_OR_RETURN(const std::string bytes, ReadUserFile(file, kReleaseFileLimit));
  v1::ReleaseBundle bundle;
  if (!federation::ParseStrictly(bytes, bundle).ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        file, ": cannot be read as a release; `perdura ask --out DIR` writes them as *.release"));
  }
  auto opened = OpenRelease(bundle, pin);
  if (!opened.ok()) return base::InFile(file, opened.status());
  return opened;
}

bool LooksLikeDatabase(const std::string& file) {
  constexpr absl::string_view kMagic("SQLite format 3\0", 16);
  std::array<char, kMagic.size()> head{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(head.data(), head.size());
  return stream.good() && absl::string_view(head.data(), head.size()) == kMagic;
}

}  // namespace perdura::cli
