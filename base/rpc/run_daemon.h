#ifndef PERDURA_BASE_RPC_RUN_DAEMON_H_
#define PERDURA_BASE_RPC_RUN_DAEMON_H_

#include <functional>
#include <string>

#include "absl/status/status.h"

namespace perdura::base {

// A daemon from its command line to its exit code: what the mains of all daemons share.
struct DaemonSteps {
  // As the log and messages name it, and what --help prints.
  std::string name;
  std::string help;
  // Reads the configuration; comes before the others.
  std::function<absl::Status(const std::string& config_path)> load;
  // --check-config: reads the files that the configuration names.
  std::function<absl::Status()> check;
  // Serves until a signal comes, in a process without core dumps (HardenProcess). `init`: makes
  // databases that are not there (--init).
  std::function<absl::Status(bool init)> run;
};

// Takes `--config FILE [--check-config] [--init] | --help`. Shutdown signals are blocked first, so
// it comes before any other thread. Returns the exit code: 0; kExitUsage for a command line that
// cannot be read; kExitConfig where `load` or `check` fails; 1, with a log line, where `run` fails.
int RunDaemon(const DaemonSteps& steps, int argc, char** argv);

}  // namespace perdura::base

#endif  // PERDURA_BASE_RPC_RUN_DAEMON_H_
