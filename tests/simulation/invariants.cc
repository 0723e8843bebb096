#include "tests/simulation/invariants.h"

#include <map>
#include <numeric>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "federation/bundle/bundle.h"
#include "federation/envelope.h"
#include "tests/simulation/unique_cells.h"

namespace perdura::simulation {
namespace {

using registry_node::OutgoingKind;

void JudgeCells(const federation::OpenedBundle& opened, std::vector<std::string>& violations) {
  const std::vector<int64_t> cells = CellsOf(opened.release, *opened.charter);
  for (const int64_t cell : cells) {
    if (cell != 0 && cell != 1) violations.push_back(absl::StrCat("I7: a cell reads ", cell));
  }
  const int64_t sum = std::accumulate(cells.begin(), cells.end(), int64_t{0});
  if (sum != opened.commit.contributors_size()) {
    violations.push_back(absl::StrCat("I7: ", sum, " patients of ",
                                      opened.commit.contributors_size(), " contributors"));
  }
}

void JudgeCharges(const federation::OpenedBundle& opened, SimulatedFederation& sim,
                  std::vector<std::string>& violations) {
  const federation::AttemptId attempt = {opened.ask.analyst(), opened.ask.question_id(),
                                         opened.ask.attempt()};
  for (const v1::CommitEntry& entry : opened.commit.contributors()) {
    const auto record = sim.answers(entry.member()).Find(attempt);
    if (!record.ok() || !record->has_value()) {
      violations.push_back(
          absl::StrCat("I2: ", entry.member(), " is in a sum and was not charged"));
    }
  }
  const auto reserved = federation::ChargeLedger(sim.desk_database()).Find(attempt);
  if (!reserved.ok() || !reserved->has_value()) {
    violations.push_back("I2: a release without a charge at the aggregator");
  }
}

void JudgeUpload(const SentKey& key, SimulatedFederation& sim,
                 std::vector<std::string>& violations) {
  const auto record =
      federation::ChargeLedger(sim.registry(key.member)).FindByManifest(key.manifest_hash);
  if (!record.ok() || !record->has_value()) {
    violations.push_back(absl::StrCat("I2: ", key.member, " uploaded without a charge"));
  }
}

// Round -> commit (its payload) -> stewards who signed it.
using Signers = std::map<std::string, std::map<std::string, std::set<std::string>>>;

void CountSigner(const SentKey& key, const std::set<std::string>& posts, Signers& signers) {
  for (const std::string& bytes : posts) {
    v1::PostRequest post;
    if (!post.ParseFromString(bytes)) continue;
    signers[key.manifest_hash][post.message().payload()].insert(key.member);
  }
}

void JudgeSigners(const Signers& signers, size_t quorum, std::vector<std::string>& violations) {
  for (const auto& [round, commits] : signers) {
    size_t certificates = 0;
    std::set<std::string> seen;
    for (const auto& [commit, stewards] : commits) {
      if (stewards.size() >= quorum) ++certificates;
      for (const std::string& steward : stewards) {
        if (!seen.insert(steward).second) {
          violations.push_back(absl::StrCat("I5: ", steward, " signed two commits of a round"));
        }
      }
    }
    if (certificates > 1) violations.push_back("I5: two certificates of a round");
  }
}

}  // namespace

std::vector<std::string> JudgeAnswer(const v1::Answer& answer, SimulatedFederation& sim) {
  v1::ReleaseBundle bundle;
  if (!bundle.ParseFromString(answer.bundle())) return {"an answer that does not parse"};
  const auto opened = federation::OpenBundle(bundle, sim.federation().pin);
  if (!opened.ok()) return {absl::StrCat("an answer does not open: ", opened.status().ToString())};
  std::vector<std::string> violations;
  JudgeCells(*opened, violations);
  JudgeCharges(*opened, sim, violations);
  return violations;
}

std::vector<std::string> JudgeTraffic(SimulatedFederation& sim) {
  std::vector<std::string> violations;
  Signers signers;
  for (const auto& [key, posts] : sim.sent()) {
    if (posts.size() > 1) {
      violations.push_back(absl::StrCat("I4: ", key.member, " sent other bytes again, kind ",
                                        static_cast<int>(key.kind)));
    }
    if (key.kind == OutgoingKind::kUpload) JudgeUpload(key, sim, violations);
    if (key.kind == OutgoingKind::kCommit) CountSigner(key, posts, signers);
  }
  const auto quorum = static_cast<size_t>(sim.charter()->quorum().q);
  JudgeSigners(signers, quorum, violations);
  return violations;
}

}  // namespace perdura::simulation
