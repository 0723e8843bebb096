#ifndef PERDURA_QUERY_CANARY_H_
#define PERDURA_QUERY_CANARY_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "federation/charter.h"
#include "query/layout.h"
#include "query/plan.h"

// A canary round tests the dealers in production: the whole protocol over patients whom every node
// generates from public values, so that the exact table is known and what is left of the release is
// noise (protocols.md 4.5; docs/privacy/canary.md). It finds faults, not malice: a dealer that lies
// can tell a canary round from a question.
namespace perdura::query {

// Canary charge and canary product go together, and with nothing else:
// charge=canary:<kCanaryUnits>, exactly one product, of class `canary`, everybody in one group, an
// event table (one patient, one cell). OK for a plan that is no canary and names no such product.
// Returns InvalidArgument `bad_canary` naming the key.
absl::Status CheckCanary(const Plan& plan, const federation::Charter& charter);

// The cells of `member` in a canary round: the product's planned_patients, each in the cell
//   (first 8 bytes, big-endian, of SHA-256(text("perdura/v1/canary", hex plan hash, member, i)))
// modulo the number of cells, i from 0. Size layout.cells(). `plan` must be a canary and `layout`
// its layout under `charter`.
//
// Privacy: a function of plan, charter and member id alone; it reads no patients, so that the round
// protects nobody and costs nothing.
std::vector<int64_t> CanaryCells(const Plan& plan, const Layout& layout,
                                 const federation::Charter& charter, absl::string_view member);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_CANARY_H_
