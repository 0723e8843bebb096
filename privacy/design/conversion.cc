#include "privacy/design/conversion.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"

namespace perdura::privacy_design {
namespace {

// 64 bits of mantissa: a cap of 10^12 units is floored rightly unless its value lies within 10^-7
// of a whole unit.
using Real = long double;

constexpr int kBisections = 200;
constexpr double kMaxRho = 1 << 20;
constexpr double kMaxEpsilon = 1 << 10;

absl::Status CheckInside(absl::string_view field, double value, double most) {
  if (value > 0 && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, ": must be in (0, ", most, "]"));
}

absl::Status CheckDelta(double delta) {
  if (delta > 0 && delta < 1) return absl::OkStatus();
  return absl::InvalidArgumentError("delta: must be in (0, 1)");
}

// The point where `positive` turns from false to true on [low, high], from below.
template <typename Predicate>
Real Bisect(Real low, Real high, const Predicate& positive) {
  for (int i = 0; i < kBisections; ++i) {
    const Real middle = (low + high) / 2;
    (positive(middle) ? high : low) = middle;
  }
  return low;
}

// ln delta(rho, epsilon). With b = alpha - 1 the exponent is b (alpha rho - epsilon) - alpha ln(1 +
// 1/b) - ln b; its derivative (2b + 1) rho - epsilon - ln(1 + 1/b) grows with b, so the infimum is
// where it changes sign.
Real LogDelta(Real rho, Real epsilon) {
  const Real log_b = Bisect(-100, 100, [&](Real t) {
    const Real b = std::exp(t);
    return (2 * b + 1) * rho - epsilon - std::log1p(1 / b) > 0;
  });
  const Real b = std::exp(log_b);
  return b * ((b + 1) * rho - epsilon) - (b + 1) * std::log1p(1 / b) - log_b;
}

// The largest rho with delta(rho, epsilon) <= delta; delta grows with rho.
Real LargestRho(Real epsilon, Real delta) {
  const Real target = std::log(delta);
  Real high = epsilon;
  while (LogDelta(high, epsilon) <= target) high *= 2;
  return Bisect(0, high, [&](Real rho) { return LogDelta(rho, epsilon) > target; });
}

Real Units(Real value) { return std::ldexp(value, privacy::kChargeUnitBits); }

absl::StatusOr<privacy::Charge> Floor(Real value) {
  return privacy::Charge::Create(static_cast<uint64_t>(std::floor(Units(value))));
}

absl::StatusOr<privacy::Charge> Ceil(Real value) {
  return privacy::Charge::Create(static_cast<uint64_t>(std::ceil(Units(value))));
}

absl::Status CheckEpsilonDelta(double epsilon, double delta) {
  PERDURA_RETURN_IF_ERROR(CheckInside("epsilon", epsilon, kMaxEpsilon));
  return CheckDelta(delta);
}

}  // namespace

absl::StatusOr<double> DeltaFromRho(double rho, double epsilon) {
  PERDURA_RETURN_IF_ERROR(CheckInside("rho", rho, kMaxRho));
  if (!(epsilon >= 0 && epsilon <= kMaxRho)) {
    return absl::InvalidArgumentError("epsilon: must be in [0, 2^20]");
  }
  return static_cast<double>(std::exp(std::min<Real>(0, LogDelta(rho, epsilon))));
}

absl::StatusOr<double> EpsilonFromRho(double rho, double delta) {
  PERDURA_RETURN_IF_ERROR(CheckInside("rho", rho, kMaxRho));
  PERDURA_RETURN_IF_ERROR(CheckDelta(delta));
  const Real target = std::log(static_cast<Real>(delta));
  // The simple bound rho + 2 sqrt(rho ln(1/delta)) is always enough (Bun, Steinke 2016).
  const Real high = rho + 2 * std::sqrt(rho * -target);
  return static_cast<double>(
      Bisect(0, high, [&](Real epsilon) { return LogDelta(rho, epsilon) <= target; }));
}

absl::StatusOr<double> RhoFromEpsilon(double epsilon, double delta) {
  PERDURA_RETURN_IF_ERROR(CheckEpsilonDelta(epsilon, delta));
  return static_cast<double>(LargestRho(epsilon, delta));
}

absl::StatusOr<privacy::Charge> ChargeFromValue(double value) {
  PERDURA_RETURN_IF_ERROR(CheckInside("value", value, kMaxRho));
  return Ceil(value);
}

absl::StatusOr<privacy::Charge> CapFromValue(double value) {
  PERDURA_RETURN_IF_ERROR(CheckInside("value", value, kMaxRho));
  return Floor(value);
}

absl::StatusOr<privacy::Charge> ChargeFromEpsilon(double epsilon, double delta) {
  PERDURA_RETURN_IF_ERROR(CheckEpsilonDelta(epsilon, delta));
  return Ceil(LargestRho(epsilon, delta));
}

absl::StatusOr<privacy::Charge> CapFromEpsilon(double epsilon, double delta) {
  PERDURA_RETURN_IF_ERROR(CheckEpsilonDelta(epsilon, delta));
  return Floor(LargestRho(epsilon, delta));
}

double ValueOf(privacy::Charge charge) {
  return std::ldexp(static_cast<double>(charge.units()), -privacy::kChargeUnitBits);
}

}  // namespace perdura::privacy_design
