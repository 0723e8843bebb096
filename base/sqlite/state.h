#ifndef PERDURA_BASE_SQLITE_STATE_H_
#define PERDURA_BASE_SQLITE_STATE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/sqlite/database.h"

struct sqlite3;

namespace perdura::base {

// Internal to base/sqlite: what a connection owns.
struct Database::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();

  sqlite3* handle = nullptr;
  int lock_fd = -1;  // holds the lock of the one read-write connection
  std::map<std::string, std::vector<sqlite3_stmt*>, std::less<>> idle;  // by SQL text
  int on_loan = 0;         // statements that their users hold
  bool migrating = false;  // read by the authorizer
  bool poisoned = false;   // set just before the process ends
  absl::Duration step_limit;
  int64_t deadline_ns = 0;  // of the step that runs, on the monotonic clock
};

}  // namespace perdura::base

#endif  // PERDURA_BASE_SQLITE_STATE_H_
