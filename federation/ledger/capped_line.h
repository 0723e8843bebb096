#ifndef PERDURA_FEDERATION_LEDGER_CAPPED_LINE_H_
#define PERDURA_FEDERATION_LEDGER_CAPPED_LINE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "federation/ledger/charge_line.h"

namespace perdura::federation {

// The charge that the charter keeps on a compartment and product for one plan, a planned release of
// an open cut, until that plan is charged for.
struct PlannedCharge {
  std::string plan_hash;
  std::string period;
  uint64_t units = 0;
};

// A line with what this party allows on it, units of 2^-40: the lower of charter and own policy. 0
// refuses.
struct CappedLine {
  ChargeLine line;
  // For everybody; for one analyst; for all analysts together with one purpose.
  uint64_t cap_units = 0;
  uint64_t analyst_cap_units = 0;
  uint64_t purpose_cap_units = 0;
  // For everybody over all periods of the product; nullopt: no such cap.
  std::optional<uint64_t> lifetime_cap_units = {};
  // Of all periods. Every other plan sees the caps for everybody lowered by them.
  std::vector<PlannedCharge> planned = {};
};

// Whose charge it is, for what: sub-limits count by analyst and purpose, planned charges by plan.
struct ChargeOrigin {
  std::string analyst;
  std::string purpose;
  std::string plan_hash;
};

// What stands against the caps of a line, units of 2^-40.
struct LineUse {
  // Charged by everybody; by the analyst; for the purpose.
  uint64_t spent = 0;
  uint64_t analyst_spent = 0;
  uint64_t purpose_spent = 0;
  // Charged by everybody over all periods of the product.
  uint64_t lifetime_spent = 0;
  // Kept for planned releases of other plans that are not charged for yet: in the line's period; in
  // all periods.
  uint64_t set_aside = 0;
  uint64_t lifetime_set_aside = 0;
};

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_LEDGER_CAPPED_LINE_H_
