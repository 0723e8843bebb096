#ifndef PERDURA_QUERY_PLANNED_RELEASES_H_
#define PERDURA_QUERY_PLANNED_RELEASES_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/charter.h"
#include "federation/ledger/capped_line.h"
#include "perdura/v1/round.pb.h"

// Tables that a charter promises to release once.
namespace perdura::query {

// For federation::CharterChain: the plan of every planned release is canonical and names only what
// the charter has, its charge can be offered, and the planned charges on each line fit its cap (all
// periods of a product: its lifetime cap), closed cuts included. Returns InvalidArgument
// `bad_planned_release` naming the release.
absl::Status CheckPlannedReleases(const federation::Charter& charter);

// What the charter keeps on a compartment and product for planned releases of open cuts. Returns
// the errors of Plan::Parse for a charter that CheckPlannedReleases would refuse.
absl::StatusOr<std::vector<federation::PlannedCharge>> PlannedCharges(
    v1::Compartment compartment, absl::string_view product, const federation::Charter& charter);

// A planned release is drawn once: returns FailedPrecondition `released_once` where the ask wants
// it drawn again.
absl::Status CheckDrawnOnce(const v1::Ask& ask, const federation::Charter& charter);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_PLANNED_RELEASES_H_
