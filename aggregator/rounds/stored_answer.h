#ifndef PERDURA_AGGREGATOR_ROUNDS_STORED_ANSWER_H_
#define PERDURA_AGGREGATOR_ROUNDS_STORED_ANSWER_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aggregator/ledger/round_store.h"
#include "federation/charter_chain.h"
#include "query/plan.h"

namespace perdura::aggregator {

// Whether the answer slot of its round has come: before it nobody reads a release.
bool IsPublic(const StoredRelease& release, absl::Time now);

// The stored release that answers `plan` for free: of all whose plans it follows from
// (query/derived_answer.h), each judged under the charter of its round, the one whose noise on the
// counts asked is smallest; of equal ones the newest. Plans and charters decide, never released
// numbers. nullopt if none is public
// at `now`. Who may read it is the caller's: its scope is the plan's.
// Returns DataLoss if a stored release cannot be read.
absl::StatusOr<std::optional<StoredRelease>> FindStoredAnswer(const query::Plan& plan,
                                                              const federation::CharterChain& chain,
                                                              RoundStore& store, absl::Time now);

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_ROUNDS_STORED_ANSWER_H_
