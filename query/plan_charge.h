#ifndef PERDURA_QUERY_PLAN_CHARGE_H_
#define PERDURA_QUERY_PLAN_CHARGE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "perdura/v1/charter.pb.h"
#include "privacy/noise.h"

namespace perdura::query {

// The strategy of every flat table: R = I, in the charter of no federation, whose strategies have
// versions.
inline constexpr absl::string_view kIdentityStrategy = "identity";
// Of moment tables, and the grid of whatever has none.
inline constexpr absl::string_view kMomentStrategy = "moments";
inline constexpr absl::string_view kNoGrid = "none";

// The noise of a canary round is that of a charge of rho 2^-7 (protocols.md 4.5), which nobody
// pays.
inline constexpr uint64_t kCanaryUnits = uint64_t{1} << 33;

// What a plan pays: units of 2^-40 in one compartment, each of which has its own noise law and its
// own currency. Nothing is converted between them. `canary` is no compartment of the charter: its
// units set the noise and are not paid (query/canary.h).
//
//   compartment  law                mechanism=         units of  strategy=
//   adhoc        discrete Gaussian  discrete-gaussian  rho       one of the charter for events,
//                                                                identity or moments for the rest
//   flagship     discrete Laplace   discrete-laplace   epsilon   identity
//   canary       discrete Gaussian  discrete-gaussian  rho       one of the charter
struct PlanCharge {
  v1::Compartment compartment = v1::COMPARTMENT_UNSPECIFIED;
  uint64_t units = 0;

  bool canary() const { return compartment == v1::COMPARTMENT_CANARY; }
  // What it costs on each line: `units`, 0 for a canary.
  uint64_t price() const { return canary() ? 0 : units; }
};

// Of `charge=`: "adhoc:26779672616". Returns InvalidArgument `plan_not_canonical`; a charge is
// above 0 and has no leading zeros. Returns ResourceExhausted `budget_exhausted` above
// federation::kMaxChargeUnits.
absl::StatusOr<PlanCharge> ParsePlanCharge(absl::string_view text);
std::string PrintPlanCharge(const PlanCharge& charge);

// The charge of a plan's text, without a charter: for lists of plans that a party holds already.
// Errors of ParsePlanCharge.
absl::StatusOr<PlanCharge> ChargeOfPlanText(absl::string_view plan);

// "adhoc", "flagship", "canary"; empty for none of them. And the way back:
// COMPARTMENT_UNSPECIFIED for none of them.
absl::string_view CompartmentText(v1::Compartment compartment);
v1::Compartment CompartmentFromText(absl::string_view text);
// Of `mechanism=`.
absl::string_view MechanismText(v1::Compartment compartment);
privacy::NoiseLaw LawOf(v1::Compartment compartment);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_PLAN_CHARGE_H_
