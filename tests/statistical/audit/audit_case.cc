#include "tests/statistical/audit/audit_case.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>

#include "base/check.h"
#include "query/layout.h"
#include "query/plan.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/test_charter.h"

namespace perdura::audit {
namespace {

using simulation::CellTable;
using simulation::SimulatedFederation;
using test_support::TestFederation;

constexpr uint64_t kUnit = uint64_t{1} << 40;
// Above thousands of the largest charges.
constexpr uint64_t kEndlessBudget = uint64_t{1} << 58;
// sqrt(2 rho / phi) = 10.
constexpr uint64_t kRho = 75 * kUnit;
// v = 9 for a row of 256.
constexpr uint64_t kLargestRho = 2048 * kUnit;
// Ended rounds stay in an aggregator's memory and slow it down.
constexpr int kRunsOfOneFederation = 50;
// Of the (4, 2) committee.
constexpr int kDealers = 3;
constexpr int kHonest = 2;

query::Plan PlanOf(const AuditCase& one, uint64_t units, const federation::Charter& charter) {
  query::PlanRequest request;
  request.endpoint = one.endpoint;
  request.role = "researcher";
  request.compartment = one.compartment;
  request.charge_units = units;
  auto plan = query::Plan::Build(request, charter);
  PERDURA_CHECK(plan.ok());
  return *std::move(plan);
}

query::Layout LayoutOf(const AuditCase& one, const federation::Charter& charter) {
  auto layout = query::Layout::Create(PlanOf(one, one.units, charter), charter);
  PERDURA_CHECK(layout.ok());
  return *std::move(layout);
}

double NormSquared(const privacy::Strategy& matrix, int column) {
  double sum = 0;
  for (int row = 0; row < matrix.rows(); ++row) {
    sum += std::pow(static_cast<double>(matrix.at(row, column)), 2);
  }
  return sum;
}

// Cells of the patient who moves the rows farthest: as many as the cap allows, largest first.
std::vector<int> WorstPatient(const query::Layout& layout) {
  const privacy::Strategy& matrix = *layout.shape().matrix;
  std::vector<int> cells(static_cast<size_t>(matrix.columns()));
  std::iota(cells.begin(), cells.end(), 0);
  std::stable_sort(cells.begin(), cells.end(),
                   [&](int a, int b) { return NormSquared(matrix, a) > NormSquared(matrix, b); });
  cells.resize(static_cast<size_t>(layout.shape().cap));
  return cells;
}

// A federation whose tables change from question to question, and everything that it released.
class AuditedFederation final {
 public:
  AuditedFederation(const AuditCase& one, uint64_t seed)
      : one_(one),
        simulation_(
            TestFederation::Make(
                {.cap_units = kEndlessBudget, .flagship_cap_units = kEndlessBudget}),
            seed, simulation::Faults{},
            {{"ohio", [this](const query::Plan&, const query::Layout&) { return cells_; }}}) {
    simulation_.Settle();
  }
  AuditedFederation(const AuditedFederation&) = delete;
  AuditedFederation& operator=(const AuditedFederation&) = delete;

  // The released rows of `cells`, all of them at one hospital.
  std::vector<int64_t> Release(const std::vector<int64_t>& cells) {
    cells_ = cells;
    // In `adhoc` a unit more is another plan; the levels of `flagship` are a list, so there the
    // same plan is drawn again.
    const bool adhoc = one_.compartment == v1::COMPARTMENT_ADHOC;
    const query::Plan plan =
        PlanOf(one_, one_.units + (adhoc ? asked_++ : 0), *simulation_.charter());
    const auto answer = simulation_.Ask(simulation_.MakeAsk(plan.text(), adhoc ? "" : last_));
    PERDURA_CHECK(answer.ok());
    last_ = answer->release_id();
    v1::ReleaseBundle bundle;
    v1::Release release;
    PERDURA_CHECK(bundle.ParseFromString(answer->bundle()));
    PERDURA_CHECK(release.ParseFromString(bundle.release().payload()));
    return {release.values().begin(), release.values().end()};
  }

  query::Layout layout() const { return LayoutOf(one_, *simulation_.charter()); }

 private:
  const AuditCase one_;
  std::vector<int64_t> cells_;
  SimulatedFederation simulation_;
  uint64_t asked_ = 0;
  std::string last_;
};

// One side of the pair: its exact cells and rows, and what is gathered of its releases.
struct Side {
  std::vector<int64_t> cells;
  std::vector<int64_t> exact;
  std::vector<double>* projections;
};

double Project(const std::vector<int64_t>& rows, const std::vector<int64_t>& column) {
  double product = 0;
  double norm = 0;
  for (size_t row = 0; row < rows.size(); ++row) {
    product += static_cast<double>(rows[row]) * static_cast<double>(column[row]);
    norm += std::pow(static_cast<double>(column[row]), 2);
  }
  return product / norm;
}

// Mass at zero of the sum of `dealers` discrete Gaussians of variance v.
double GaussianZeroMass(double v, int dealers) {
  const int reach = static_cast<int>(std::ceil(12 * std::sqrt(v)));
  std::vector<double> one(static_cast<size_t>(2 * reach + 1));
  for (int z = -reach; z <= reach; ++z) {
    one[static_cast<size_t>(z + reach)] = std::exp(-static_cast<double>(z) * z / (2 * v));
  }
  const double total = std::accumulate(one.begin(), one.end(), 0.0);
  for (double& mass : one) mass /= total;
  std::vector<double> sum = one;
  for (int dealer = 1; dealer < dealers; ++dealer) {
    std::vector<double> next(sum.size() + one.size() - 1, 0);
    for (size_t i = 0; i < sum.size(); ++i) {
      for (size_t j = 0; j < one.size(); ++j) next[i + j] += sum[i] * one[j];
    }
    sum = std::move(next);
  }
  return sum[sum.size() / 2];
}

// Mass at zero of the difference of two negative binomials of shape r and success p.
double LaplaceZeroMass(double p, double r) {
  double mass = std::pow(1 - p, r);
  double zero = 0;
  for (int k = 0; k < 2000; ++k) {
    zero += mass * mass;
    mass *= p * (k + r) / (k + 1);
  }
  return zero;
}

Claim GaussianClaim(const AuditCase& one, double sensitivity_squared) {
  const double rho = std::ldexp(static_cast<double>(one.units), -40);
  // The product's v is the ceiling and one more (noise.h): the exact law, not the least that would
  // do.
  const double v = std::ceil(sensitivity_squared / (2 * rho * kHonest)) + 1;
  const double phi = static_cast<double>(kDealers) / kHonest;
  return {.variance = kDealers * v,
          .p_zero = GaussianZeroMass(v, kDealers),
          .separation = std::sqrt(2 * rho / phi),
          .separation_known = std::sqrt(2 * rho),
          .epsilon = 0};
}

Claim LaplaceClaim(const AuditCase& one, double sensitivity) {
  const double epsilon = std::ldexp(static_cast<double>(one.units), -40);
  const double p = std::exp(-epsilon / sensitivity);
  const double phi = static_cast<double>(kDealers) / kHonest;
  return {.variance = phi * 2 * p / ((1 - p) * (1 - p)),
          .p_zero = LaplaceZeroMass(p, phi),
          .separation = 0,
          .separation_known = 0,
          .epsilon = epsilon};
}

}  // namespace

std::vector<AuditCase> AllCases() {
  constexpr v1::Compartment kAdhoc = v1::COMPARTMENT_ADHOC;
  constexpr v1::Compartment kFlagship = v1::COMPARTMENT_FLAGSHIP;
  return {{"event-adhoc", "overall-survival@1", kAdhoc, kRho},
          {"entry-adhoc", "late-entry-survival@1", kAdhoc, kRho},
          {"category-adhoc", "status-12@1", kAdhoc, kRho},
          {"flags-adhoc", "safety-12@1", kAdhoc, kRho},
          {"moment-adhoc", "age@1", kAdhoc, kRho},
          {"event-flagship", "overall-survival@1", kFlagship, kUnit},
          {"entry-flagship", "late-entry-survival@1", kFlagship, 2 * kUnit},
          {"category-flagship", "status-12@1", kFlagship, kUnit},
          {"flags-flagship", "safety-12@1", kFlagship, 3 * kUnit}};
}

AuditCase SmallestGaussian() {
  return {"smallest-gaussian", "status-12@1", v1::COMPARTMENT_ADHOC, kLargestRho};
}

Samples Draw(const AuditCase& one, int runs, uint64_t seed) {
  Samples samples;
  std::unique_ptr<AuditedFederation> federation;
  for (int run = 0; run < runs; ++run) {
    if (run % kRunsOfOneFederation == 0) {
      federation = std::make_unique<AuditedFederation>(one, seed + static_cast<uint64_t>(run));
    }
    const query::Layout layout = federation->layout();
    std::vector<int64_t> usual(static_cast<size_t>(layout.cells()), 0);
    usual.front() = 5;
    usual[usual.size() - 2] = 3;
    std::vector<int64_t> patient(usual.size(), 0);
    for (const int cell : WorstPatient(layout)) patient[static_cast<size_t>(cell)] = 1;
    std::vector<int64_t> more = usual;
    for (size_t cell = 0; cell < more.size(); ++cell) more[cell] += patient[cell];
    const std::vector<int64_t> column = layout.Measure(patient);
    for (const Side& side : {Side{usual, layout.Measure(usual), &samples.without},
                             Side{more, layout.Measure(more), &samples.with}}) {
      const std::vector<int64_t> rows = federation->Release(side.cells);
      PERDURA_CHECK(rows.size() == side.exact.size());
      side.projections->push_back(Project(rows, column));
      for (size_t row = 0; row < rows.size(); ++row) {
        samples.noise.push_back(rows[row] - side.exact[row]);
      }
    }
  }
  return samples;
}

Claim ClaimOf(const AuditCase& one) {
  const TestFederation federation = TestFederation::Make({.flagship_cap_units = kEndlessBudget});
  const auto charter = federation::Charter::Create(federation.charter.SerializeAsString());
  PERDURA_CHECK(charter.ok());
  const query::Layout layout = LayoutOf(one, **charter);
  const privacy::Strategy& matrix = *layout.shape().matrix;
  double squared = 0;
  double absolute = 0;
  for (const int cell : WorstPatient(layout)) {
    squared += NormSquared(matrix, cell);
    for (int row = 0; row < matrix.rows(); ++row) {
      absolute += std::abs(static_cast<double>(matrix.at(row, cell)));
    }
  }
  return one.compartment == v1::COMPARTMENT_ADHOC ? GaussianClaim(one, squared)
                                                  : LaplaceClaim(one, absolute);
}

}  // namespace perdura::audit
