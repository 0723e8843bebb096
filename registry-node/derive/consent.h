#ifndef PERDURA_REGISTRY_NODE_DERIVE_CONSENT_H_
#define PERDURA_REGISTRY_NODE_DERIVE_CONSENT_H_

#include <cstdint>
#include <span>

#include "absl/strings/string_view.h"
#include "registry-node/store/fact_rows.h"

namespace perdura::registry_node {

// Whether a patient with these consent rows agrees to `scope` on `today`. No row means no, and so
// does doubt: a `given` row counts from the last day that its start may be to the first day that
// its end may be, and only if every refusal or withdrawal that may have begun by today surely began
// before it. On one day a refusal wins.
bool HasConsent(std::span<const ConsentFact* const> consents, absl::string_view scope,
                int64_t today);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_DERIVE_CONSENT_H_
