#include "aggregator/rounds/stored_answer.h"

#include <memory>
#include <string>
#include <vector>

#include "base/status_macros.h"
#include "query/derived_answer.h"
#include "query/layout.h"
#include "query/plan_charge.h"
#include "query/round_terms.h"
#include "query/row_noise.h"
#include "query/table_reading.h"

namespace perdura::aggregator {
namespace {

// The charter of the release's round; nullptr if it is not held.
absl::StatusOr<std::shared_ptr<const federation::Charter>> CharterOf(
    const StoredRelease& stored, const federation::CharterChain& chain, RoundStore& store) {
  PERDURA_ASSIGN_OR_RETURN(const auto whole, store.ReleaseById(stored.id));
  v1::ReleaseBundle bundle;
  v1::Release release;
  if (!whole.has_value() || !bundle.ParseFromString(whole->bundle) ||
      !release.ParseFromString(bundle.release().payload())) {
    return absl::DataLossError("a stored release is damaged");
  }
  return chain.ByHash(release.charter_hash());
}

// Rules most releases out before their bundles are read.
bool PaidEnough(const query::PlanCharge& asked, const StoredRelease& stored) {
  const auto paid = query::ChargeOfPlanText(stored.plan);
  return paid.ok() && paid->compartment == asked.compartment && paid->units >= asked.units;
}

// How noisy an answer to `text` from `stored` is; nullopt if it does not follow, or if that charter
// did not know what is asked.
absl::StatusOr<std::optional<double>> NoiseOfAnswer(const std::string& text,
                                                    const StoredRelease& stored,
                                                    const federation::Charter& charter) {
  const auto asked = query::Plan::Parse(text, charter);
  if (!asked.ok()) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(const query::Plan released, query::Plan::Parse(stored.plan, charter));
  if (!query::Follows(*asked, released, charter).has_value()) return std::nullopt;
  const auto layout = query::Layout::Create(*asked, charter);
  if (!layout.ok()) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(const query::RoundTerms terms,
                           query::RoundTerms::Create(released, charter));
  PERDURA_ASSIGN_OR_RETURN(
      const query::TableReading reading,
      query::TableReading::Create(
          *asked, *layout, released, charter,
          query::RowNoiseVariance(terms.noise(), charter.quorum().q, charter.quorum().h)));
  return reading.NoiseOnCounts();
}

}  // namespace

bool IsPublic(const StoredRelease& release, absl::Time now) {
  return absl::FromUnixMicros(release.answered_at) <= now;
}

absl::StatusOr<std::optional<StoredRelease>> FindStoredAnswer(const query::Plan& plan,
                                                              const federation::CharterChain& chain,
                                                              RoundStore& store, absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const std::vector<StoredRelease> candidates,
                           store.ReleasesOf(plan.overlap_key()));
  std::optional<std::string> best;
  double least = 0;
  for (const StoredRelease& candidate : candidates) {
    if (!IsPublic(candidate, now) || !PaidEnough(plan.charge(), candidate)) continue;
    PERDURA_ASSIGN_OR_RETURN(const auto charter, CharterOf(candidate, chain, store));
    if (charter == nullptr) continue;
    PERDURA_ASSIGN_OR_RETURN(const auto noise, NoiseOfAnswer(plan.text(), candidate, *charter));
    if (!noise.has_value() || (best.has_value() && *noise >= least)) continue;
    least = *noise;
    best = candidate.id;
  }
  if (!best.has_value()) return std::nullopt;
  return store.ReleaseById(*best);
}

}  // namespace perdura::aggregator
