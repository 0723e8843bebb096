#include "query/lifetimes.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "base/status_macros.h"

namespace perdura::query {
namespace {

using ProductKey = std::pair<v1::Compartment, std::string>;

// Sums over the periods of each product.
std::map<ProductKey, uint64_t> CapsOfAllPeriods(const federation::CharterChain& chain) {
  std::map<ProductKey, uint64_t> sums;
  for (const auto& [line, cap] : federation::LargestCaps(chain.charters())) {
    uint64_t& sum = sums[{std::get<0>(line), std::get<1>(line)}];
    sum += std::min(cap, std::numeric_limits<uint64_t>::max() - sum);
  }
  return sums;
}

}  // namespace

absl::StatusOr<std::vector<v1::LifetimeState>> LifetimesOf(const federation::CharterChain& chain,
                                                           LifetimeSpent spent) {
  std::vector<v1::LifetimeState> states;
  for (const auto& [key, caps] : CapsOfAllPeriods(chain)) {
    const auto& [compartment, product] = key;
    v1::LifetimeState& lifetime = states.emplace_back();
    lifetime.set_compartment(compartment);
    lifetime.set_product(product);
    PERDURA_ASSIGN_OR_RETURN(const uint64_t units, spent(compartment, product));
    lifetime.set_spent_units(units);
    lifetime.set_caps_units(caps);
    const auto cap = chain.current()->LifetimeCapUnits(compartment, product);
    if (cap.has_value()) lifetime.set_lifetime_cap_units(*cap);
  }
  return states;
}

}  // namespace perdura::query
