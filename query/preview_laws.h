#ifndef PERDURA_QUERY_PREVIEW_LAWS_H_
#define PERDURA_QUERY_PREVIEW_LAWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "query/plan.h"

// Which noise law a question should be asked under. A preview, part of query_preview: reads plan,
// charter and numbers that the analyst states.
namespace perdura::query {

// Up to so many releases from one budget the flagship law is the more precise one on an equal
// budget (privacy.md 9.3): its noise grows with the number of releases, that of the default law
// with the square root.
inline constexpr uint64_t kMostFlagshipReleases = 5;

// The charges that `flagship` offers for the plan's table, ascending: every level times what one
// patient can change there. Errors of Layout::Create.
absl::StatusOr<std::vector<uint64_t>> FlagshipCharges(const Plan& plan,
                                                      const federation::Charter& charter);

// What each of the releases would pay and be worth if the charter's cap of the compartment were
// spread evenly over them.
struct LawOffer {
  uint64_t units = 0;
  // Of S at the last knot, and privacy's part of its variance.
  double noise_sd = 0;
  double share = 0;
};

struct LawAdvice {
  uint64_t releases = 0;
  // As PreviewPlan says at that price. Empty: the charter has no budget or no strategy for it, or
  // the cap holds no such charge.
  std::optional<LawOffer> adhoc;
  std::optional<LawOffer> flagship;
  v1::Compartment recommended = v1::COMPARTMENT_UNSPECIFIED;
  // One sentence that says why.
  std::string reason;
};

// Compares both laws for the plan's table, whichever law the plan names. `releases`: how many
// releases the budget must still serve, this one included; 0: as many as the charter's default
// charge buys from its cap, at least one. `expected_n`: as PreviewOptions. The recommendation is
// privacy.md 9.3's where the caps of both laws are worth about the same epsilon at 1e-6; else the
// smaller noise. It spends nothing, and no check depends on it. Errors of ExpectedN, and
// FailedPrecondition if the charter has no budget for the plan under either law. Event tables only.
absl::StatusOr<LawAdvice> CompareLaws(const Plan& plan, const federation::Charter& charter,
                                      uint64_t releases, double expected_n);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_PREVIEW_LAWS_H_
