#include "registry-node/derive/consent.h"

#include <algorithm>

namespace perdura::registry_node {
namespace {

bool HoldsOn(const ConsentFact& given, int64_t today) {
  return given.from.hi <= today && (!given.to.has_value() || given.to->lo >= today);
}

}  // namespace

bool HasConsent(std::span<const ConsentFact* const> consents, absl::string_view scope,
                int64_t today) {
  const auto is_refused_since = [&](const ConsentFact& given) {
    return std::any_of(consents.begin(), consents.end(), [&](const ConsentFact* other) {
      return other->scope == scope && other->status != "given" && other->from.lo <= today &&
             other->from.hi >= given.from.lo;
    });
  };
  return std::any_of(consents.begin(), consents.end(), [&](const ConsentFact* row) {
    return row->scope == scope && row->status == "given" && HoldsOn(*row, today) &&
           !is_refused_since(*row);
  });
}

}  // namespace perdura::registry_node
