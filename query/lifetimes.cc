#include "query/lifetimes.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "base/status_macros.h"

namespace perdura::query {
namespace {

using LineKey = std::tuple<v1::Compartment, std::string, std::string>;
using ProductKey = std::pair<v1::Compartment, std::string>;

// The largest cap that any charter held gives a line: what may have been spent on it at most.
std::map<LineKey, uint64_t> LargestCaps(const federation::CharterChain& chain) {
  std::map<LineKey, uint64_t> caps;
  for (const auto& charter : chain.charters()) {
    for (const v1::Budget& budget : charter->proto().budgets()) {
      uint64_t& cap = caps[{budget.compartment(), budget.product(), budget.period()}];
      cap = std::max(cap, budget.cap().units());
    }
  }
  return caps;
}

// Sums over the periods of each product.
std::map<ProductKey, uint64_t> CapsOfAllPeriods(const federation::CharterChain& chain) {
  std::map<ProductKey, uint64_t> sums;
  for (const auto& [line, cap] : LargestCaps(chain)) {
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
