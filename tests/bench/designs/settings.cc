#include "tests/bench/designs/settings.h"

#include "absl/strings/str_format.h"

namespace perdura::bench {
namespace {

const Population kCliff = {.cohort = {.hazard = 0.003, .dropout = 0.006},
                           .cliff = {.share = 0.30, .from = 10, .to = 12}};
const Population kEarly = {.cohort = {.hazard = 0.004, .dropout = 0.01},
                           .cliff = {.share = 0.25, .from = 0, .to = 1}};

}  // namespace

std::string Label(const Setting& setting) {
  return absl::StrFormat("%s %d eps %g", setting.cohort, setting.size, setting.epsilon);
}

Population PopulationOf(const Setting& setting) {
  if (setting.cohort == "CLIFF") return kCliff;
  if (setting.cohort == "EARLY") return kEarly;
  if (setting.cohort == "GENE") return {.cohort = privacy_design::GeneCohort()};
  return {.cohort = privacy_design::CartCohort()};
}

privacy_design::Cohort PriorOf(const Setting& setting) {
  return setting.cohort == "GENE" ? privacy_design::DurablePrior()
                                  : privacy_design::CurativePrior();
}

}  // namespace perdura::bench
