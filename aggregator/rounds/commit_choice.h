#ifndef PERDURA_AGGREGATOR_ROUNDS_COMMIT_CHOICE_H_
#define PERDURA_AGGREGATOR_ROUNDS_COMMIT_CHOICE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "perdura/v1/round.pb.h"

namespace perdura::aggregator {

// A contribution as it came: the id of its signed header, and the header.
struct SentContribution {
  std::string id;
  v1::Envelope header;
};

// What a commit is chosen from; maps by member.
struct CommitMaterial {
  const federation::Charter& charter;
  const std::string& manifest_hash;
  const std::map<std::string, SentContribution>& deals;
  const std::map<std::string, SentContribution>& uploads;
  const std::map<std::string, v1::Have>& haves;
  // Contributor sets of earlier releases over the same patients, each sorted.
  const std::vector<std::vector<std::string>>& released_sets;
};

// The one commit of a round: of all quorums of have lists that share Q dealers, the one that gives
// the most contributors which KC7 allows beside what was released. Pure. Refuses with
// `too_few_stewards`, `too_few_contributors` (from fewer than min_entities legal entities) or
// `overlap`.
absl::StatusOr<v1::Commit> ChooseCommit(const CommitMaterial& material);

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_ROUNDS_COMMIT_CHOICE_H_
