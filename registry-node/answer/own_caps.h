#ifndef PERDURA_REGISTRY_NODE_ANSWER_OWN_CAPS_H_
#define PERDURA_REGISTRY_NODE_ANSWER_OWN_CAPS_H_

#include <algorithm>
#include <cstdint>

#include "perdura/v1/charter.pb.h"

namespace perdura::registry_node {

// What a node's own policy allows on every budget line of a compartment, units of 2^-40 (of rho, of
// epsilon). 0: no policy of its own.
struct OwnCaps {
  uint64_t adhoc_units = 0;
  uint64_t flagship_units = 0;

  // The lower of the charter's cap of a line in `compartment` and this node's.
  uint64_t Lower(v1::Compartment compartment, uint64_t charter_cap) const {
    const uint64_t own = compartment == v1::COMPARTMENT_FLAGSHIP ? flagship_units : adhoc_units;
    return own == 0 ? charter_cap : std::min(charter_cap, own);
  }
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_ANSWER_OWN_CAPS_H_
