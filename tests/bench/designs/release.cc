#include "tests/bench/designs/release.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "privacy/charge.h"
#include "privacy/design/conversion.h"
#include "privacy/discrete_gaussian.h"
#include "statistics/cell_covariance.h"
#include "statistics/isotonic.h"
#include "tests/bench/designs/laplace_draw.h"

namespace perdura::bench {
namespace {

using statistics::BinnedSurvival;
using statistics::CellCovariance;
using test_support::SeededRandom;

// The least that is not refused.
constexpr double kNoMinimum = 1e-9;
constexpr double kLeastFactor = 0.05;
constexpr double kMostFactor = 1.5;

template <typename T>
T Must(absl::StatusOr<T> result) {
  PERDURA_CHECK(result.ok());
  return *std::move(result);
}

bool IsGaussian(const Design& design) { return design.law == privacy::NoiseLaw::kDiscreteGaussian; }

uint64_t DealtVariance(const Design& design, const Budget& budget) {
  const uint64_t units =
      Must(privacy_design::CapFromEpsilon(budget.epsilon, kBudgetDelta)).units() /
      static_cast<uint64_t>(budget.parts);
  return Must(privacy::DealerVariance(design.strategy.l2_squared(),
                                      Must(privacy::Charge::Create(units)),
                                      budget.committee.honest_dealers));
}

double LaplaceParameter(const Design& design, const Budget& budget) {
  const double sensitivity = static_cast<double>(design.strategy.l1());
  return std::exp(-budget.epsilon / budget.parts / sensitivity);
}

double Surplus(const Budget& budget) {
  return static_cast<double>(budget.committee.dealers) / budget.committee.honest_dealers;
}

CellCovariance NoiseOf(const Design& design, const Budget& budget) {
  const privacy::Strategy& strategy = design.strategy;
  if (IsGaussian(design)) {
    const double row_variance =
        static_cast<double>(DealtVariance(design, budget)) * budget.committee.dealers;
    return Must(CellCovariance::FromStrategy(strategy.rows(), strategy.columns(),
                                             strategy.entries(), row_variance));
  }
  const double p = LaplaceParameter(design, budget);
  return Must(
      CellCovariance::Diagonal(strategy.columns(), Surplus(budget) * 2 * p / ((1 - p) * (1 - p))));
}

ReleasedCurve CurveOf(const Design& design, std::vector<double> cells, CellCovariance covariance) {
  ReleasedCurve curve{.fit = Must(BinnedSurvival::Fit({.knots = design.grid.knots(),
                                                       .causes = design.causes,
                                                       .minimum_cohort = kNoMinimum,
                                                       .decoder = design.decoder},
                                                      std::move(cells), std::move(covariance)))};
  for (int month = 1; month <= design.grid.knots().back(); ++month) {
    curve.survival.push_back(Must(curve.fit->SurvivalAt(month)).value);
  }
  return curve;
}

std::vector<double> Negated(std::vector<double> values) {
  for (double& value : values) value = -value;
  return values;
}

std::vector<double> IsotonicDecreasing(std::vector<double> values) {
  return Negated(statistics::IsotonicIncreasing(Negated(std::move(values))));
}

std::vector<double> CurveOfDeathsAtRisk(std::span<const int64_t> rows, double scale) {
  const size_t months = rows.size() / 2;
  std::vector<double> at_risk;
  for (size_t k = 0; k < months; ++k) {
    at_risk.push_back(static_cast<double>(rows[months + k]) / scale);
  }
  at_risk = IsotonicDecreasing(std::move(at_risk));
  std::vector<double> survival;
  double product = 1;
  for (size_t k = 0; k < months; ++k) {
    const double deaths = static_cast<double>(rows[k]) / scale;
    product *= std::clamp(1 - deaths / std::max(1.0, at_risk[k]), kLeastFactor, kMostFactor);
    survival.push_back(std::min(1.0, product));
  }
  return IsotonicDecreasing(std::move(survival));
}

std::vector<double> LinearCells(const Design& design, std::span<const int64_t> rows) {
  Eigen::VectorXd measured(static_cast<Eigen::Index>(rows.size()));
  std::copy(rows.begin(), rows.end(), measured.begin());
  const Eigen::VectorXd cells = design.cells_of_rows * measured;
  return {cells.begin(), cells.end()};
}

}  // namespace

std::vector<int64_t> CountCells(const Design& design, std::span<const Patient> patients) {
  const int bins = design.grid.bins();
  std::vector<int64_t> cells(static_cast<size_t>((design.causes + 1) * bins), 0);
  for (const Patient& patient : patients) {
    const auto bin = design.grid.BinOf(patient.exit_day);
    const bool exited = bin.has_value() && patient.cause > 0;
    const int cause = std::min(patient.cause, design.causes);
    const int kind = exited ? cause - 1 : design.causes;
    ++cells[static_cast<size_t>(kind * bins + bin.value_or(bins - 1))];
  }
  return cells;
}

std::vector<int64_t> Measure(const Design& design, const Budget& budget,
                             std::span<const int64_t> cells, SeededRandom& random) {
  std::vector<int64_t> rows = design.strategy.Apply(cells);
  if (IsGaussian(design)) {
    const auto sampler = Must(privacy::DiscreteGaussian::Create(DealtVariance(design, budget)));
    for (int64_t& row : rows) {
      for (int dealer = 0; dealer < budget.committee.dealers; ++dealer) row += sampler.Draw(random);
    }
    return rows;
  }
  const double p = LaplaceParameter(design, budget);
  for (int64_t& row : rows) row += DrawLaplaceShares(Surplus(budget), p, random);
  return rows;
}

ReleasedCurve ReadCurve(const Design& design, const Budget& budget, std::span<const int64_t> rows) {
  const privacy::Strategy& strategy = design.strategy;
  if (design.reading == Reading::kTriangular) {
    return CurveOf(design,
                   Must(statistics::InvertStrategy(strategy.rows(), strategy.columns(),
                                                   strategy.entries(), rows)),
                   NoiseOf(design, budget));
  }
  if (design.reading == Reading::kDeathsAtRisk) {
    const double scale = static_cast<double>(strategy.max_abs());
    return {.fit = std::nullopt, .survival = CurveOfDeathsAtRisk(rows, scale)};
  }
  std::vector<double> cells = LinearCells(design, rows);
  if (design.reading == Reading::kClipped) {
    for (double& cell : cells) cell = std::max(0.0, cell);
  }
  return CurveOf(design, std::move(cells), Must(CellCovariance::Diagonal(strategy.columns(), 0)));
}

}  // namespace perdura::bench
