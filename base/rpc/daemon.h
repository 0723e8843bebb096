#ifndef PERDURA_BASE_RPC_DAEMON_H_
#define PERDURA_BASE_RPC_DAEMON_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/key_text.h"
#include "google/protobuf/message.h"

namespace perdura::base {

// What every daemon does before it serves.

// Exit codes, after sysexits.h.
inline constexpr int kExitUsage = 64;
inline constexpr int kExitStorage = 70;
inline constexpr int kExitConfig = 78;

struct DaemonArguments {
  std::string config_path;
  bool check_config = false;
  // Databases that are absent are made. Without it they must be there: a mistyped folder is found
  // out.
  bool init = false;
  bool help = false;
};
// --config FILE [--check-config | --init] | --help. Returns InvalidArgument naming what is wrong.
absl::StatusOr<DaemonArguments> ParseArguments(int argc, char** argv);

// Reads protobuf text into `config`. Unknown or repeated fields, unknown enum values and wrong
// types are InvalidArgument with file, line and column.
absl::Status ReadConfigFile(const std::string& path, google::protobuf::Message& config);

// No core dumps, no ptrace by others of the same user, files for the owner only. Returns
// FailedPrecondition naming RLIMIT_MEMLOCK if memory for keys cannot be locked against swapping.
absl::Status HardenProcess();

// Creates the last folder of `path` with mode 0700 if it is absent. Returns FailedPrecondition if
// group or others may enter it.
absl::Status MakePrivateFolder(const std::string& path);

// Returns FailedPrecondition naming `field` of the configuration unless `path` is a folder.
absl::Status CheckFolder(absl::string_view field, const std::string& path);

// The 32 bytes of a file with a secret of this kind (base/key_text.h). The caller wipes them.
// Returns FailedPrecondition if group or others may read the file, InvalidArgument for another
// form; each names the file.
absl::StatusOr<std::string> ReadSeedFile(const std::string& path, KeyKind kind);

// One log line, then _exit(70): after a failed write only a restart from what is durable is safe
// (trap DB4).
[[noreturn]] void ExitOnStorageFailure(const absl::Status& status);

}  // namespace perdura::base

#endif  // PERDURA_BASE_RPC_DAEMON_H_
