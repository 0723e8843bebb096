#include "base/check.h"

#include <cstdlib>

#include "base/logging.h"

namespace perdura::base {

void CheckFailed(const char* file, int line, const char* expression) {
  LogError("check.failed", {{"file", file}, {"line", line}, {"expression", expression}});
  std::abort();
}

}  // namespace perdura::base
