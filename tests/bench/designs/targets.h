#ifndef PERDURA_TESTS_BENCH_DESIGNS_TARGETS_H_
#define PERDURA_TESTS_BENCH_DESIGNS_TARGETS_H_

#include <map>
#include <optional>
#include <string>

namespace perdura::bench {

// Figures to reach, from the reference table beside the checkout (reference/dp_golden.csv: check,
// inputs, value, source). Without that file there are no targets and nothing is judged.
class Targets final {
 public:
  static Targets FromReference();

  bool empty() const { return values_.empty(); }
  // The number under `check` and `inputs`. A value of several parts ("max=0.02 S12=0.01") is read
  // by the name of its `part`.
  std::optional<double> Find(const std::string& check, const std::string& inputs,
                             const std::string& part = "") const;

 private:
  std::map<std::string, std::string> values_;  // "check|inputs" -> value
};

// A figure reaches its target if it is within 10 % of it or .001, whichever is larger.
bool Reaches(double figure, double target);

}  // namespace perdura::bench

#endif  // PERDURA_TESTS_BENCH_DESIGNS_TARGETS_H_
