#include "tests/bench/accuracy_federation.h"

#include <cstdio>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/check.h"
#include "federation/noise_field.h"
#include "query/row_noise.h"
#include "statistics/cell_covariance.h"
#include "tests/support/test_charter.h"

namespace perdura::bench {
namespace {

using simulation::CellTable;
using statistics::BinnedSurvival;
using statistics::CellCovariance;
using test_support::TestFederation;

constexpr const char* kHospitalIds[kHospitals] = {"ohio", "alfred", "st-vincent", "hahnemann"};
// Above thousands of the largest charges.
constexpr uint64_t kEndlessBudget = uint64_t{1} << 57;

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) std::fprintf(stderr, "accuracy: %s\n", result.status().ToString().c_str());
  PERDURA_CHECK(result.ok());
  return *std::move(result);
}

// Exact cells of one hospital's patients, or of all for hospital -1.
std::vector<int64_t> CountCells(const query::Layout& layout, std::span<const Patient> patients,
                                int hospital) {
  std::vector<int64_t> cells(static_cast<size_t>(layout.cells()), 0);
  for (const Patient& patient : patients) {
    if (hospital >= 0 && patient.hospital != hospital) continue;
    const auto bin = layout.grid().BinOf(patient.exit_day);
    const int cell = bin.has_value() ? layout.CellOf(0, *bin, patient.cause)
                                     : layout.CellOf(0, layout.bins() - 1, 0);
    ++cells[static_cast<size_t>(cell)];
  }
  return cells;
}

std::map<std::string, CellTable::Function> TablesOf(const std::vector<Patient>& patients) {
  std::map<std::string, CellTable::Function> tables;
  for (int hospital = 0; hospital < kHospitals; ++hospital) {
    tables[kHospitalIds[hospital]] = [&patients, hospital](const query::Plan&,
                                                           const query::Layout& layout) {
      return CountCells(layout, patients, hospital);
    };
  }
  return tables;
}

BinnedSurvival FitCells(const query::Layout& layout, std::vector<double> cells,
                        CellCovariance covariance) {
  // The least that is not refused: figures are about every run.
  constexpr double kNoMinimum = 1e-9;
  return Must(BinnedSurvival::Fit(
      {.knots = layout.grid().knots(), .causes = layout.causes(), .minimum_cohort = kNoMinimum},
      std::move(cells), std::move(covariance)));
}

}  // namespace

AccuracyFederation::AccuracyFederation(uint64_t seed)
    : simulation_(
          TestFederation::Make({.cap_units = kEndlessBudget, .flagship_cap_units = kEndlessBudget}),
          seed, simulation::Faults{}, TablesOf(patients_)) {
  simulation_.Settle();
  charter_ = simulation_.charter();
}

query::Plan AccuracyFederation::MakePlan(const std::string& endpoint, const std::string& prior,
                                         const query::PlanCharge& charge) const {
  query::PlanRequest request;
  request.endpoint = endpoint;
  request.grid = "g15@1";
  request.role = "researcher";
  request.compartment = charge.compartment;
  request.charge_units = charge.units;
  const query::Plan first = Must(query::Plan::Build(request, *charter_));
  // Build takes the first strategy that fits; the other differs in this one word.
  return Must(query::Plan::Parse(
      absl::StrReplaceAll(first.text(), {{"strategy=curative", absl::StrCat("strategy=", prior)}}),
      *charter_));
}

v1::ReleaseBundle AccuracyFederation::Ask(const query::Plan& plan,
                                          std::span<const Patient> patients) {
  patients_.assign(patients.begin(), patients.end());
  std::string& newest = released_[plan.text()];
  const v1::Answer answer = Must(simulation_.Ask(simulation_.MakeAsk(plan.text(), newest)));
  newest = answer.release_id();
  v1::ReleaseBundle bundle;
  PERDURA_CHECK(bundle.ParseFromString(answer.bundle()));
  return bundle;
}

federation::OpenedBundle AccuracyFederation::Open(const v1::ReleaseBundle& bundle) const {
  return Must(federation::OpenBundle(bundle, simulation_.federation().pin));
}

query::Layout AccuracyFederation::LayoutOf(const query::Plan& plan) const {
  return Must(query::Layout::Create(plan, *charter_));
}

BinnedSurvival AccuracyFederation::Fit(const query::Plan& plan, const v1::Release& release) const {
  const query::Layout layout = LayoutOf(plan);
  const privacy::Strategy& strategy = *layout.shape().exit;
  PERDURA_CHECK(release.values_size() == layout.rows());
  const std::span<const int64_t> rows(release.values().data(),
                                      static_cast<size_t>(strategy.rows()));
  const crypto::Quorum& quorum = charter_->quorum();
  const double row_variance = query::RowNoiseVariance(
      Must(federation::ReadNoise(release.noise(), quorum.h)), quorum.q, quorum.h);
  return FitCells(layout,
                  Must(statistics::InvertStrategy(strategy.rows(), strategy.columns(),
                                                  strategy.entries(), rows)),
                  Must(CellCovariance::FromStrategy(strategy.rows(), strategy.columns(),
                                                    strategy.entries(), row_variance)));
}

BinnedSurvival AccuracyFederation::FitPooled(const query::Plan& plan,
                                             std::span<const Patient> patients) const {
  const query::Layout layout = LayoutOf(plan);
  const std::vector<int64_t> counts = CountCells(layout, patients, -1);
  // Without the row `not_evaluable`, which is last.
  std::vector<double> cells(counts.begin(), counts.end() - 1);
  auto no_noise = Must(CellCovariance::Diagonal(static_cast<int>(cells.size()), 0));
  return FitCells(layout, std::move(cells), std::move(no_noise));
}

}  // namespace perdura::bench
