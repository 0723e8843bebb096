#ifndef PERDURA_BASE_FAILPOINT_H_
#define PERDURA_BASE_FAILPOINT_H_

// A named place where a test may kill the process, to show that a crash there loses nothing.
// Compiled to nothing unless PERDURA_FAILPOINTS is defined. With it, the environment variable
// PERDURA_FAILPOINT = "name" or "name:n" makes the process kill itself with SIGKILL on its first
// (n-th, n >= 1) pass of PERDURA_FAILPOINT("name"). The variable is read once, at the first pass of
// any point; a malformed one ends the process. Thread-safe.
#if defined(PERDURA_FAILPOINTS)
namespace perdura::base {
void PassFailpoint(const char* name);
}  // namespace perdura::base
#define PERDURA_FAILPOINT(name) ::perdura::base::PassFailpoint(name)
#else
#define PERDURA_FAILPOINT(name) static_cast<void>(0)
#endif

#endif  // PERDURA_BASE_FAILPOINT_H_
