#ifndef PERDURA_PRIVACY_CHARGE_H_
#define PERDURA_PRIVACY_CHARGE_H_

#include <compare>
#include <cstdint>

#include "absl/status/statusor.h"

namespace perdura::privacy {

// A charge or a cap is a whole number of units of 2^-kChargeUnitBits.
inline constexpr int kChargeUnitBits = 40;

// What one release costs: rho = units / 2^40 in the compartment `adhoc` (zCDP), epsilon = units /
// 2^40 in `flagship` (pure DP). Always positive: a free release does not exist. The compartment is
// kept by the ledger line, not here.
//
// Worked numbers: rho(1, 1e-6) = 0.02435597... is 26779672616 units (a cap, rounded down). A wanted
// charge is rounded up; both roundings are in privacy/design/conversion.h, the only place that
// knows real numbers. A value type, safe to copy and to share.
class Charge final {
 public:
  // Returns InvalidArgument if `units` is 0.
  static absl::StatusOr<Charge> Create(uint64_t units);

  uint64_t units() const { return units_; }

  // The cost of both releases together: charges add up in zCDP and in pure DP.
  // Returns OutOfRange if the sum exceeds 64 bits; it never wraps.
  absl::StatusOr<Charge> Plus(Charge other) const;

  friend auto operator<=>(Charge, Charge) = default;

 private:
  explicit Charge(uint64_t units) : units_(units) {}
  uint64_t units_;
};

}  // namespace perdura::privacy

#endif  // PERDURA_PRIVACY_CHARGE_H_
