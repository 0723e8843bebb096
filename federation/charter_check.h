#ifndef PERDURA_FEDERATION_CHARTER_CHECK_H_
#define PERDURA_FEDERATION_CHARTER_CHECK_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/quorum.h"
#include "perdura/v1/charter.pb.h"
#include "privacy/grid.h"
#include "privacy/strategy.h"

namespace perdura::federation {

// The checks of one charter against itself, in order. Each names the field and the bound. Reason
// words: `malformed`, `unknown_suite`, `key_reused`, `bad_committee`, `bad_strategy`, `bad_budget`,
// `bad_timing`, `not_supported` (a feature of a later version).

// Federation, version, validity (at most 100 days), suite, HPKE mode, authority keys, witness,
// pseudonyms.
absl::Status CheckCharterFrame(const v1::Charter& charter);

// Names, keys of 32 bytes, roles of members, aggregator and analysts; no key twice.
absl::Status CheckParties(const v1::Charter& charter);

// CH5.
absl::StatusOr<crypto::Quorum> CheckCommittee(const v1::Charter& charter);

absl::StatusOr<absl::flat_hash_map<std::string, privacy::Grid>> CheckGrids(
    const v1::Charter& charter);

// CH6: integer, of the shape that grid and causes give; sensitivities and hash recomputed.
absl::StatusOr<absl::flat_hash_map<std::string, privacy::Strategy>> CheckStrategies(
    const v1::Charter& charter, const absl::flat_hash_map<std::string, privacy::Grid>& grids);

// Products, indications, endpoints, attributes, data cuts, scopes and purposes, and what analysts
// may use of them.
absl::Status CheckCatalogue(const v1::Charter& charter);

// Rule set, kind of table and its part, causes.
absl::Status CheckEndpoints(const v1::Charter& charter);

// CH6: lines, caps of analysts and purposes within them, lifetime caps, ids of planned releases,
// canary products, patient guarantee, M.
absl::Status CheckBudgets(const v1::Charter& charter);

// CH6: rows, slots, w, skew.
absl::Status CheckLimits(const v1::Charter& charter);

// SHA-256(u16be rows, u16be columns, entries as i16be) of a strategy.
std::string StrategyHash(const privacy::Strategy& strategy);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_CHARTER_CHECK_H_
