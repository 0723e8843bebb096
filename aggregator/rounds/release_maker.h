#ifndef PERDURA_AGGREGATOR_ROUNDS_RELEASE_MAKER_H_
#define PERDURA_AGGREGATOR_ROUNDS_RELEASE_MAKER_H_

#include <optional>
#include <string>
#include <vector>

#include "aggregator/ledger/round_store.h"
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
};

// The signed noised table with everything that a stranger needs to check it. Nothing if the
// certificate is no commit, which Round never lets happen.
std::optional<StoredRelease> MakeRelease(const SummedRound& summed);

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_ROUNDS_RELEASE_MAKER_H_
