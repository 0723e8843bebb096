#include "tests/statistical/attacks/attacked_registry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/reason.h"
#include "federation/ledger/charge_ledger.h"

namespace perdura::attacks {
namespace {

struct Person {
  const char* disease;
  const char* age_band;
};

constexpr std::array<Person, kPeople> kPersons = {{{"all", "under-20"},
                                                   {"aml-low", "under-20"},
                                                   {"aml-low", "20-39"},
                                                   {"aml-low", "40-plus"},
                                                   {"aml-high", "under-20"},
                                                   {"aml-high", "20-39"},
                                                   {"aml-high", "40-plus"}}};

constexpr char kHospital[] = "ohio";

std::string CategoryOf(const Person& person, const std::string& attribute) {
  if (attribute == "disease") return person.disease;
  PERDURA_CHECK(attribute == "age-band");
  return person.age_band;
}

bool IsInCohort(const Person& person, const query::Plan& plan) {
  return std::all_of(plan.cohort().begin(), plan.cohort().end(), [&](const auto& clause) {
    return std::count(clause.categories.begin(), clause.categories.end(),
                      CategoryOf(person, clause.attribute)) > 0;
  });
}

// Every patient died before the first knot.
std::vector<int64_t> CellsOf(World world, const query::Plan& plan, const query::Layout& layout) {
  std::vector<int64_t> cells(static_cast<size_t>(layout.cells()), 0);
  const std::string& attribute = plan.groups().attribute;
  for (size_t i = 0; i < kPersons.size(); ++i) {
    if ((world >> i & 1) == 0 || !IsInCohort(kPersons[i], plan)) continue;
    const std::string name = attribute.empty() ? "" : CategoryOf(kPersons[i], attribute);
    const auto& groups = layout.groups();
    const auto group = std::find(groups.begin(), groups.end(), name);
    PERDURA_CHECK(group != groups.end());
    ++cells[static_cast<size_t>(
        layout.CellOf(static_cast<int>(group - groups.begin()), /*bin=*/0, /*cause=*/1))];
  }
  return cells;
}

}  // namespace

AttackedRegistry::AttackedRegistry(World truth, const test_support::TestOptions& options,
                                   uint64_t seed)
    : sim_(test_support::TestFederation::Make(options), seed, simulation::Faults{},
           {{kHospital, [truth](const query::Plan& plan, const query::Layout& layout) {
               return CellsOf(truth, plan, layout);
             }}}) {
  sim_.Settle();
}

std::string AttackedRegistry::Ask(query::PlanRequest request) {
  request.endpoint = "overall-survival";
  request.role = "researcher";
  const auto plan = query::Plan::Build(request, *sim_.charter());
  PERDURA_CHECK(plan.ok());
  const auto answer = sim_.Ask(sim_.MakeAsk(plan->text()));
  if (!answer.ok()) return base::ReasonOf(answer.status());
  Keep(*answer);
  return "";
}

void AttackedRegistry::Keep(const v1::Answer& answer) {
  v1::ReleaseBundle bundle;
  v1::Release release;
  PERDURA_CHECK(bundle.ParseFromString(answer.bundle()));
  PERDURA_CHECK(release.ParseFromString(bundle.release().payload()));
  std::vector<int64_t> rows(release.values().begin(), release.values().end());
  tables_.insert(rows);
  if (!release_ids_.insert(answer.release_id()).second) return;
  auto plan = query::Plan::Parse(release.plan(), *sim_.charter());
  PERDURA_CHECK(plan.ok());
  auto layout = query::Layout::Create(*plan, *sim_.charter());
  PERDURA_CHECK(layout.ok());
  const double weight =
      static_cast<double>(plan->charge().units) / static_cast<double>(layout->l2_squared());
  evidence_.push_back({*std::move(plan), *std::move(layout), std::move(rows), weight});
}

World AttackedRegistry::Likeliest(std::span<const World> candidates) const {
  World best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (const World world : candidates) {
    double distance = 0;
    for (const Evidence& one : evidence_) {
      const std::vector<int64_t> exact = one.layout.Measure(CellsOf(world, one.plan, one.layout));
      for (size_t row = 0; row < exact.size(); ++row) {
        distance += one.weight * std::pow(static_cast<double>(one.rows[row] - exact[row]), 2);
      }
    }
    if (distance < least) {
      least = distance;
      best = world;
    }
  }
  return best;
}

uint64_t AttackedRegistry::Charged(v1::Compartment compartment) {
  const federation::ChargeLine line = {compartment, "allo-hct@1", "2026", 0};
  const auto node = federation::ChargeLedger(sim_.registry(kHospital)).Spent(line);
  const auto desk = sim_.store().Spent(line);
  PERDURA_CHECK(node.ok() && desk.ok() && *node == *desk);
  return *node;
}

}  // namespace perdura::attacks
