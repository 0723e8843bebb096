#ifndef PERDURA_AGGREGATOR_ROUNDS_LOG_EVIDENCE_H_
#define PERDURA_AGGREGATOR_ROUNDS_LOG_EVIDENCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aggregator/ledger/round_store.h"
#include "perdura/v1/round.pb.h"

namespace perdura::aggregator {

// What a release says of the aggregator's log, under `witness: required`: ReleaseBundle.entries and
// Release.siblings, in the same order, the round's own entry first.
struct LogEvidence {
  std::vector<v1::LoggedEntry> entries;
  std::vector<v1::Sibling> siblings;
};

// `overlap_key`: of the round's plan. The siblings are all other attempts under that key, as the
// ledger has them now, oldest first. Left out are only those that are behind the checkpoint of the
// round's own receipt and not logged yet: nobody has heard of them.
//
//   own receipt     the one with which the round became logged, cosigned while its charter was in
//                   force
//   a sibling's     likewise; one that was never logged stands under the checkpoint of the own
//                   receipt
//
// Returns DataLoss if the store holds no receipt of the round, or what it holds is damaged; the
// store's errors.
absl::StatusOr<LogEvidence> GatherLogEvidence(RoundStore& store, absl::string_view manifest_hash,
                                              absl::string_view overlap_key);

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_ROUNDS_LOG_EVIDENCE_H_
