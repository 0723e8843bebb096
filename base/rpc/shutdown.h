#ifndef PERDURA_BASE_RPC_SHUTDOWN_H_
#define PERDURA_BASE_RPC_SHUTDOWN_H_

#include "absl/time/time.h"

namespace perdura::base {

// How long calls in flight may take to finish once the daemon is told to stop.
inline constexpr absl::Duration kDrainLimit = absl::Seconds(30);

// Blocks SIGTERM, SIGINT and SIGHUP and ignores SIGPIPE. Must be the first statement of main():
// a thread that exists before inherits no mask, and the signal then kills calls in flight (trap
// G4).
void BlockShutdownSignals();

// Waits for one of the blocked signals and returns its number. Called by main() once it serves.
int WaitForShutdownSignal();

}  // namespace perdura::base

#endif  // PERDURA_BASE_RPC_SHUTDOWN_H_
