#ifndef PERDURA_AGGREGATOR_ROUNDS_RELEASE_MAKER_H_
#define PERDURA_AGGREGATOR_ROUNDS_RELEASE_MAKER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "aggregator/ledger/round_store.h"
#include "aggregator/rounds/log_evidence.h"
#include "aggregator/rounds/round.h"
#include "crypto/shamir.h"

namespace perdura::aggregator {

// A round whose sums agree.
struct SummedRound {
  const Round::Options& round;
  const std::string& manifest_hash;
  const v1::Envelope& certificate;
  // As they came, in the order of members.
  const std::vector<v1::Envelope>& partial_sums;
  const crypto::CheckedSum& sum;
  // All that are held, version 1 first: a reader sees whether the round's was replaced meanwhile.
  const std::vector<v1::Envelope>& charters;
  // Empty under `witness: none`.
  const LogEvidence& log;
};

// The signed noised table with everything that a stranger needs to check it. Returns Internal if
// the certificate is no commit, which Round never lets happen.
absl::StatusOr<StoredRelease> MakeRelease(const SummedRound& summed);

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_ROUNDS_RELEASE_MAKER_H_
