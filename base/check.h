#ifndef PERDURA_BASE_CHECK_H_
#define PERDURA_BASE_CHECK_H_

namespace perdura::base {

// Logs the place and the expression, then aborts. Called by PERDURA_CHECK only.
[[noreturn]] void CheckFailed(const char* file, int line, const char* expression);

}  // namespace perdura::base

// Ends the process unless `condition` holds. For programmer errors only: whatever input, a file or
// the operating system can cause is an absl::Status. The expression's text is logged, its values
// are not.
#define PERDURA_CHECK(condition)                                    \
  do {                                                              \
    if (!(condition)) [[unlikely]]                                  \
      ::perdura::base::CheckFailed(__FILE__, __LINE__, #condition); \
  } while (false)

#endif  // PERDURA_BASE_CHECK_H_
