#ifndef PERDURA_TESTS_BENCH_DESIGNS_TABLES_H_
#define PERDURA_TESTS_BENCH_DESIGNS_TABLES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/bench/accuracy_cohort.h"
#include "tests/bench/designs/experiment.h"
#include "tests/bench/designs/targets.h"

// The accuracy tables, printed as Markdown: our figure, its standard error, the target behind a
// slash, and " MISS" or " BETTER" where it lies outside the tolerance, above or below.
namespace perdura::bench {

class Tables final {
 public:
  Tables(Targets targets, int runs, uint64_t seed);

  // Largest error by design, cohort and budget: the usual designs, default and flagship at phi = 1,
  // and the latter two at phi = 1.5. Then bias, and coverage of the product's own.
  void PrintMechanisms();
  void PrintSurplus();
  // k releases on one budget.
  void PrintReleases();
  // Several estimates of one release, phi = 1.5.
  void PrintEstimates();
  // Both decoders of the default design, phi = 1.5, also on grids g8 and g10; and on two cohorts
  // whose hazards jump.
  void PrintDecoders();
  // Mean error over months of `flagship` on one given cohort (days and causes).
  void PrintCohort(std::span<const Patient> patients);

  int judged() const { return judged_; }
  int missed() const { return missed_; }

 private:
  // One row for each design, its largest error in every setting beside the target at `phi`.
  // `figures`: by setting, then by design.
  void PrintErrors(std::span<const Design> designs,
                   const std::vector<std::vector<Figures>>& figures, const char* phi);
  std::string Cell(const Mean& figure, std::optional<double> target);

  Targets targets_;
  int runs_;
  uint64_t seed_;
  int judged_ = 0;
  int missed_ = 0;
};

}  // namespace perdura::bench

#endif  // PERDURA_TESTS_BENCH_DESIGNS_TABLES_H_
