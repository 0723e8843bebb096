#include "base/rpc/run_daemon.h"

#include <iostream>

#include "base/logging.h"
#include "base/rpc/daemon.h"
#include "base/rpc/library_logs.h"
#include "base/rpc/shutdown.h"

namespace perdura::base {

int RunDaemon(const DaemonSteps& steps, int argc, char** argv) {
  BlockShutdownSignals();
  const auto arguments = ParseArguments(argc, argv);
  if (!arguments.ok()) {
    std::cerr << steps.name << ": " << arguments.status().message() << "; try --help\n";
    return kExitUsage;
  }
  if (arguments->help) {
    std::cout << steps.help;
    return 0;
  }
  CaptureLibraryLogs();
  absl::Status status = steps.load(arguments->config_path);
  if (status.ok() && arguments->check_config) status = steps.check();
  if (!status.ok()) {
    std::cerr << steps.name << ": " << status.message() << "\n";
    return kExitConfig;
  }
  if (arguments->check_config) return 0;
  status = HardenProcess();
  if (status.ok()) status = steps.run(arguments->init);
  if (status.ok()) return 0;
  LogError("stopped",
           {{"code", absl::StatusCodeToString(status.code())}, {"message", status.message()}});
  return 1;
}

}  // namespace perdura::base
