#ifndef PERDURA_TESTS_BENCH_DESIGNS_SETTINGS_H_
#define PERDURA_TESTS_BENCH_DESIGNS_SETTINGS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "privacy/design/cohort.h"
#include "tests/bench/accuracy_cohort.h"

// Cohorts and budgets of the accuracy tables.
namespace perdura::bench {

struct Setting {
  // CART and GENE (privacy/design/cohort.h), or one whose hazards jump: CLIFF, 30 % relapse between
  // months 10 and 12; EARLY, 25 % die in the first month.
  absl::string_view cohort;
  int size;
  double epsilon;
};

// Columns of the tables of mechanisms.
inline constexpr Setting kSettings[] = {
    {"CART", 300, 0.5}, {"CART", 300, 1},  {"CART", 300, 2}, {"CART", 1000, 0.5}, {"CART", 1000, 1},
    {"CART", 1000, 2},  {"CART", 5000, 1}, {"GENE", 300, 1}, {"GENE", 1000, 1},   {"GENE", 5000, 1},
};

// As the reference table writes it: "CART 300 eps 0.5".
std::string Label(const Setting& setting);
Population PopulationOf(const Setting& setting);
// The prior that a charter would choose for it: `durable` for GENE, else `curative`.
privacy_design::Cohort PriorOf(const Setting& setting);

}  // namespace perdura::bench

#endif  // PERDURA_TESTS_BENCH_DESIGNS_SETTINGS_H_
