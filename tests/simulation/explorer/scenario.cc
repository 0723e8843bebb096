#include "tests/simulation/explorer/scenario.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "crypto/hash.h"
#include "federation/charter_chain.h"
#include "tests/support/test_charter.h"

namespace perdura::explorer {
namespace {

using registry_node::ContributionSource;
using registry_node::RoundFrame;

constexpr int kLaterBy = 620;

int64_t After(absl::Time start, int milliseconds) {
  return absl::ToUnixMicros(start + absl::Milliseconds(milliseconds));
}

int OpenedAfter(const Scenario& scenario, int manifest) {
  return manifest == 1 && scenario.second_manifest == SecondManifest::kLater ? kLaterBy : 0;
}

v1::CommitEntry Entry(const std::string& member, std::string id) {
  v1::CommitEntry entry;
  entry.set_member(member);
  entry.set_contribution_id(std::move(id));
  return entry;
}

// Members of one manifest and the ids of what they send.
class Senders {
 public:
  Senders(const Script& script, const ContributionIds& ids)
      : quorum_(script.quorum), ids_(ids), nodes_(script.charter->NodeIds()) {
    std::sort(nodes_.begin(), nodes_.end());
    const auto& stewards = script.charter->proto().committee().stewards();
    stewards_.assign(stewards.begin(), stewards.end());
  }

  void AddTo(Batch& batch, v1::ContributionRole role, const std::string& member, int version) {
    batch.contributions.emplace_back(ContributionSource(role, member), ids_(role, member, version));
  }
  Batch Core() {
    Batch batch{.name = "core"};
    for (size_t i = 0; i < 3; ++i) AddTo(batch, v1::CONTRIBUTION_ROLE_NODE, nodes_[i], 1);
    for (int i = 0; i < FirstCorrupt(); ++i) AddDealer(batch, i, 1);
    return batch;
  }
  Batch FourthNode() {
    Batch batch{.name = "fourth-node"};
    AddTo(batch, v1::CONTRIBUTION_ROLE_NODE, nodes_[3], 1);
    return batch;
  }
  Batch CorruptDeals(int version) {
    Batch batch{.name = absl::StrCat("corrupt-deals-", version)};
    for (int i = FirstCorrupt(); i < quorum_.s; ++i) AddDealer(batch, i, version);
    return batch;
  }
  // `nodes` first nodes, `dealers` stewards from number `first` (from 0); `version` of corrupt
  // deals.
  v1::Commit Commit(size_t nodes, int first, int dealers, int version) {
    v1::Commit commit;
    for (size_t i = 0; i < nodes; ++i) {
      *commit.add_contributors() = Entry(nodes_[i], ids_(v1::CONTRIBUTION_ROLE_NODE, nodes_[i], 1));
    }
    for (int i = first; i < first + dealers; ++i) {
      const std::string& member = stewards_[static_cast<size_t>(i)];
      *commit.add_dealers() = Entry(
          member, ids_(v1::CONTRIBUTION_ROLE_DEALER, member, i < FirstCorrupt() ? 1 : version));
    }
    return commit;
  }

 private:
  int FirstCorrupt() const { return quorum_.s - quorum_.f; }
  void AddDealer(Batch& batch, int index, int version) {
    AddTo(batch, v1::CONTRIBUTION_ROLE_DEALER, stewards_[static_cast<size_t>(index)], version);
  }

  crypto::Quorum quorum_;
  const ContributionIds& ids_;
  std::vector<std::string> nodes_;
  std::vector<std::string> stewards_;
};

std::shared_ptr<const federation::Charter> AcceptedCharter(const Scenario& scenario,
                                                           absl::Time& start) {
  const auto federation = test_support::TestFederation::Make(
      {.stewards = scenario.stewards, .threshold = scenario.threshold});
  start = absl::FromUnixSeconds(federation.charter.valid_from()) + absl::Hours(1);
  federation::CharterChain chain(federation.pin);
  PERDURA_CHECK(chain.Accept(federation.Sign(federation.charter), start).ok());
  return chain.current();
}

}  // namespace

v1::Slots SlotsOf(const Scenario& scenario, int manifest, absl::Time start) {
  const bool hasty = scenario.control == Control::kSlotsWithinSkew;
  const int opened = OpenedAfter(scenario, manifest);
  const auto slot = [&](int milliseconds, int hasty_milliseconds) {
    return After(start, opened + (hasty ? hasty_milliseconds : milliseconds)) + manifest;
  };
  v1::Slots slots;
  slots.set_opened_at(slot(0, 0));
  slots.set_deal_at(slot(100, 1));
  slots.set_upload_at(slot(200, 2));
  slots.set_w(100'000);
  slots.set_collect_until(slot(450, 20));
  slots.set_commit_until(slot(600, 600));
  slots.set_answer_at(slot(650, 650));
  return slots;
}

std::vector<absl::Time> MomentsOf(const Scenario& scenario, absl::Time start) {
  std::vector<int> moments = {0, 100, 300, 500, 610};
  if (scenario.control == Control::kSlotsWithinSkew) moments = {0, 15, 45, 100, 610};
  if (scenario.second_manifest == SecondManifest::kLater) {
    moments.insert(moments.end(), {kLaterBy + 10, kLaterBy + 300, kLaterBy + 500, kLaterBy + 610});
  }
  std::vector<absl::Time> times;
  for (const int moment : moments) times.push_back(start + absl::Milliseconds(moment));
  return times;
}

void AddManifest(Script& script, RoundFrame frame, const ContributionIds& ids) {
  const int manifest = static_cast<int>(script.manifests.size());
  const crypto::Quorum& quorum = script.quorum;
  Senders senders(script, ids);
  for (Batch batch :
       {senders.Core(), senders.FourthNode(), senders.CorruptDeals(1), senders.CorruptDeals(2)}) {
    batch.manifest = manifest;
    script.batches.push_back(std::move(batch));
  }
  const auto add = [&](const char* name, v1::Commit commit) {
    commit.set_charter_hash(frame.charter->hash());
    commit.set_manifest_hash(frame.manifest_hash);
    std::string id = crypto::Sha256(commit.SerializeAsString());
    script.drafts.push_back({name, manifest, {std::move(commit), std::move(id)}});
  };
  const int last_dealers = quorum.s - quorum.q;
  add("three-nodes", senders.Commit(3, last_dealers, quorum.q, 1));
  add("four-nodes", senders.Commit(4, last_dealers, quorum.q, 1));
  add("second-deals", senders.Commit(3, last_dealers, quorum.q, 2));
  if (last_dealers > 0) add("other-dealers", senders.Commit(3, 0, quorum.q, 1));
  add("dealer-missing", senders.Commit(3, last_dealers, quorum.q - 1, 1));
  script.manifests.push_back(std::move(frame));
}

Script MakeScript(const Scenario& scenario) {
  absl::Time start;
  Script script;
  script.charter = AcceptedCharter(scenario, start);
  script.quorum = script.charter->quorum();
  if (scenario.control == Control::kQuorumOfTwo) script.quorum.q = 2;
  script.moments = MomentsOf(scenario, start);
  const int manifests = scenario.second_manifest == SecondManifest::kNone ? 1 : 2;
  for (int manifest = 0; manifest < manifests; ++manifest) {
    const std::string hash = crypto::Sha256(absl::StrCat("manifest ", manifest));
    AddManifest(script,
                {.charter = script.charter,
                 .quorum = script.quorum,
                 .id = {"analyst", "question", 1},
                 .manifest_hash = hash,
                 .slots = SlotsOf(scenario, manifest, start),
                 .overlap_key = "cohort"},
                [manifest](v1::ContributionRole role, const std::string& member, int version) {
                  return crypto::Sha256(absl::StrCat(manifest, " ", static_cast<int>(role), " ",
                                                     member, " ", version));
                });
  }
  return script;
}

std::string Describe(const Scenario& scenario) {
  constexpr std::array<const char*, 3> kManifests = {"", ", second manifest",
                                                     ", later second manifest"};
  constexpr std::array<const char*, 6> kControls = {"",
                                                    ", CONTROL quorum of 2",
                                                    ", CONTROL no KC8",
                                                    ", CONTROL no KC6",
                                                    ", CONTROL slots within skew",
                                                    ", CONTROL signatures uncounted"};
  return absl::StrCat("(", scenario.stewards, ",", scenario.threshold, ")",
                      kManifests[static_cast<size_t>(scenario.second_manifest)],
                      scenario.oldest == kBeforeDeal ? "" : ", deals kept",
                      kControls[static_cast<size_t>(scenario.control)]);
}

}  // namespace perdura::explorer
