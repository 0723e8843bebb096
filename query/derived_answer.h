#ifndef PERDURA_QUERY_DERIVED_ANSWER_H_
#define PERDURA_QUERY_DERIVED_ANSWER_H_

#include <optional>
#include <string>
#include <vector>

#include "federation/charter.h"
#include "query/plan.h"

// Which releases answer a plan besides its own: post-processing of a release is free, so nobody
// pays twice for what follows from it (privacy.md 8, cache). Pure functions of plans and charter.
namespace perdura::query {

// How the table of a plan that was asked follows from that of a released plan: each of its cells is
// a sum of released cells, whoever the patients are.
struct Derivation {
  // Of each group asked, in the plan's order: the released groups, from 0, of which it is the sum.
  std::vector<std::vector<int>> groups;
  // Event tables: of each released bin the bin asked that holds it; as many as there are bins asked
  // where it lies beyond the last knot asked. Empty for the other kinds.
  std::vector<int> bins;
  // What is done, without commas: "grid g8@1 out of g15@1; sum over disease". kDirect where the
  // tables are the same.
  std::string text;
};

inline constexpr char kDirect[] = "direct";

// How `asked` follows from `released`; nullopt if it does not. Both must agree in cut, endpoint,
// cohort, products, scope, cross_border and compartment, and the release must have paid at least
// the charge asked. Then:
//
//   groups  the same; some of them; none, where the released ones hold everybody in the cohort
//   grid    knots asked are knots of the release. If the last one asked is earlier, later exits are
//           censored there, as they would have been; not with delayed entry, where entries after
//           the last knot are not evaluable and cannot be told from the margins
//
// Strategies may differ: they say how a table was measured. Causes are never merged, as no endpoint
// is another with causes merged. `charter` is one under which both plans parse.
std::optional<Derivation> Follows(const Plan& asked, const Plan& released,
                                  const federation::Charter& charter);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_DERIVED_ANSWER_H_
