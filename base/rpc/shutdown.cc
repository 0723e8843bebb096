#include "base/rpc/shutdown.h"

#include <pthread.h>

#include <csignal>

#include "base/check.h"

namespace perdura::base {
namespace {

sigset_t ShutdownSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  return signals;
}

}  // namespace

void BlockShutdownSignals() {
  const sigset_t signals = ShutdownSignals();
  PERDURA_CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0);
  PERDURA_CHECK(std::signal(SIGPIPE, SIG_IGN) != SIG_ERR);
}

int WaitForShutdownSignal() {
  const sigset_t signals = ShutdownSignals();
  int number = 0;
  PERDURA_CHECK(sigwait(&signals, &number) == 0);
  return number;
}

}  // namespace perdura::base
