#include "cli/commands/checkpoints.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "base/in_file.h"
#include "base/status_macros.h"
#include "cli/commands/evidence_files.h"
#include "cli/user_file.h"
#include "federation/audit/newest_checkpoints.h"
#include "federation/party_folder.h"
#include "federation/witnesses.h"

namespace perdura::cli {
namespace {

constexpr size_t kCheckpointFileLimit = 256 * 1024;

// Parties of the newest charter that have a log and are in no copy.
std::string Missing(const federation::Charter& charter,
                    const federation::NewestCheckpoints& newest) {
  std::string text;
  const auto look = [&](const std::string& party) {
    if (!federation::LogKeyOf(charter, party, {}).ok() || newest.contains(party)) return;
    absl::StrAppend(&text, party, "  none: it has to be in one of the copies\n");
  };
  look(charter.proto().aggregator().id());
  for (const v1::Member& member : charter.proto().members()) look(member.id());
  return text;
}

}  // namespace

absl::StatusOr<std::string> CharterCheckpoints(const CheckpointsOptions& options) {
  PERDURA_ASSIGN_OR_RETURN(const federation::AuthorityPin pin,
                           federation::ReadAuthorityPin(options.pin));
  federation::NewestCheckpoints newest;
  std::shared_ptr<const federation::Charter> charter;
  for (const std::string& path : options.databases) {
    const auto copy = federation::LogCopy::Open(path, pin);
    if (!copy.ok()) return base::InFile(path, copy.status());
    const absl::Status added = AddNewestCheckpoints(**copy, newest);
    if (!added.ok()) return base::InFile(path, added);
    const auto held = (*copy)->chain().current();
    if (charter == nullptr || held->version() > charter->version()) charter = held;
  }
  v1::CheckpointFile file;
  std::string text;
  for (const auto& [party, seen] : newest) {
    file.add_notes(PrintNote(seen.note));
    absl::StrAppend(&text, party, "  ", seen.checkpoint.size, " entries of ",
                    seen.checkpoint.origin, "\n");
  }
  PERDURA_RETURN_IF_ERROR(WriteUserFile(options.out, file.SerializeAsString()));
  return absl::StrCat(text, Missing(*charter, newest), "wrote ", options.out,
                      "; next: perdura charter build ... --checkpoints ", options.out, "\n");
}

absl::Status AddCheckpoints(const std::string& path, v1::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(const std::string bytes, ReadUserFile(path, kCheckpointFileLimit));
  v1::CheckpointFile file;
  if (!file.ParseFromString(bytes) || file.notes().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": no checkpoints; `perdura charter checkpoints` writes them"));
  }
  charter.mutable_checkpoints()->CopyFrom(file.notes());
  return absl::OkStatus();
}

}  // namespace perdura::cli
