#include "base/failpoint.h"

#if defined(PERDURA_FAILPOINTS)

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "base/check.h"

namespace perdura::base {
namespace {

// The point that the environment arms; `pass` 0 means none.
struct ArmedFailpoint {
  std::string name;
  int pass = 0;
};

ArmedFailpoint ReadArmedFailpoint() {
  const char* const variable = std::getenv("PERDURA_FAILPOINT");
  if (variable == nullptr) return {};
  const absl::string_view text = variable;
  const size_t colon = text.find(':');
  ArmedFailpoint armed{std::string(text.substr(0, colon)), 1};
  if (colon != absl::string_view::npos) {
    PERDURA_CHECK(absl::SimpleAtoi(text.substr(colon + 1), &armed.pass) && armed.pass >= 1);
  }
  return armed;
}

}  // namespace

void PassFailpoint(const char* name) {
  static const ArmedFailpoint* const armed = new ArmedFailpoint(ReadArmedFailpoint());
  static std::atomic<int> passes = 0;
  if (armed->pass == 0 || armed->name != name) return;
  if (++passes == armed->pass) ::kill(::getpid(), SIGKILL);
}

}  // namespace perdura::base

#endif  // PERDURA_FAILPOINTS
