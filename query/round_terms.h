#ifndef PERDURA_QUERY_ROUND_TERMS_H_
#define PERDURA_QUERY_ROUND_TERMS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "federation/ledger/charge_line.h"
#include "perdura/v1/round.pb.h"
#include "privacy/dealer_noise.h"
#include "query/layout.h"
#include "query/plan.h"

namespace perdura::query {

// One budget line that a plan charges: `units` on (compartment, product, period).
using Line = federation::ChargeLine;

// Everything about a round that follows from plan and charter alone. The aggregator writes it into
// the manifest; every node and steward derives it again and refuses what differs (NC13 to NC17).
class RoundTerms final {
 public:
  // Returns the errors of Layout, FailedPrecondition `noise_mismatch` where the charge cannot be
  // offered (a dealer's sigma below 3 in `adhoc`; a level off the list in `flagship`),
  // InvalidArgument `overflow`. `charter` must outlive the result.
  static absl::StatusOr<RoundTerms> Create(const Plan& plan, const federation::Charter& charter);

  const Plan& plan() const { return plan_; }
  const Layout& layout() const { return layout_; }
  // What ONE dealer draws.
  const privacy::DealerNoise& noise() const { return noise_; }
  // Largest absolute value that a correct lifted sum can have.
  uint64_t sum_bound() const { return sum_bound_; }
  // One line for each product of the plan; none for a canary.
  const std::vector<Line>& lines() const { return lines_; }
  const std::string& period() const { return period_; }

  // Writes plan, layout_hash, rows, patient_bound, noise, charge and min_entities.
  void WriteTo(v1::Manifest& manifest) const;
  // NC13 `layout_mismatch`, NC14 `overflow`, NC15 `noise_mismatch`, NC16 `charge_mismatch`, NC17
  // `too_few_entities`.
  absl::Status CheckManifest(const v1::Manifest& manifest) const;

 private:
  RoundTerms(Plan plan, Layout layout, privacy::DealerNoise noise)
      : plan_(std::move(plan)), layout_(std::move(layout)), noise_(std::move(noise)) {}

  Plan plan_;
  Layout layout_;
  privacy::DealerNoise noise_;
  uint64_t sum_bound_ = 0;
  uint32_t min_entities_ = 0;
  std::string period_;
  std::vector<Line> lines_;
};

// NC4 and NC19 as far as plan and charter decide: the ask names an analyst, its role maps to the
// plan's scope, purpose and products are the analyst's, `cross_border` where analyst or a member
// sits abroad; a planned release is not drawn again. Returns PermissionDenied `not_allowed`,
// NotFound `unknown_name`, FailedPrecondition `released_once`.
absl::Status CheckEntitled(const v1::Ask& ask, const Plan& plan,
                           const federation::Charter& charter);

// NC19 of a release that is there already: what CheckEntitled says of products and borders, for
// reading without an ask. Returns PermissionDenied `not_allowed`.
absl::Status CheckMayRead(const v1::Analyst& analyst, const Plan& plan,
                          const federation::Charter& charter);

// NC21: the plan's cut is open and its K has passed at `now`. Returns FailedPrecondition
// `cut_not_ready`.
absl::Status CheckCut(const Plan& plan, const federation::Charter& charter, absl::Time now);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_ROUND_TERMS_H_
