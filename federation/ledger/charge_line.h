#ifndef PERDURA_FEDERATION_LEDGER_CHARGE_LINE_H_
#define PERDURA_FEDERATION_LEDGER_CHARGE_LINE_H_

#include <cstdint>
#include <string>

#include "perdura/v1/charter.pb.h"

namespace perdura::federation {

// Largest charge of a line: more than any cap, and sums of such charges still fit 63 bits in
// SQLite.
inline constexpr uint64_t kMaxChargeUnits = uint64_t{1} << 58;

// One budget line that a question charges: `units` (of 2^-40, > 0) on (compartment, product, policy
// period).
struct ChargeLine {
  v1::Compartment compartment = v1::COMPARTMENT_UNSPECIFIED;
  std::string product;
  std::string period;
  uint64_t units = 0;
};

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_LEDGER_CHARGE_LINE_H_
