#ifndef PERDURA_TESTS_SIMULATION_EXPLORER_SCENARIO_H_
#define PERDURA_TESTS_SIMULATION_EXPLORER_SCENARIO_H_

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "crypto/quorum.h"
#include "federation/charter.h"
#include "registry-node/steward/steward_round.h"

namespace perdura::explorer {

// A second manifest of the same attempt, which the aggregator signs as well.
enum class SecondManifest {
  kNone,
  // Opened a microsecond after the first.
  kParallel,
  // Opened after the first one's commit_until: a process that is too young for the first round is
  // old enough for this one.
  kLater,
};

// States of a steward's database to which it can be rolled back.
enum RollbackPoint { kBeforeDeal, kAfterDeal, kAfterHaveList, kRollbackPoints };

// One way to break the protocol, which the explorer must find. Only this test can switch them.
enum class Control {
  kNone,
  // Two of three stewards certify, as if Q were a simple majority.
  kQuorumOfTwo,
  // KC8: a restarted process counts as started before the round.
  kNoRestartRule,
  // KC6: what was signed is not remembered.
  kForgetsCommits,
  // CH6: upload_at lies within the clock skew of opened_at.
  kSlotsWithinSkew,
  // A certificate is believed without counting its signatures.
  kUncountedSignatures,
};

// What the adversary may do and how often.
struct Scenario {
  int stewards = 4;
  int threshold = 2;
  SecondManifest second_manifest = SecondManifest::kNone;
  // Of the first steward, all others have none.
  int rollbacks = 1;
  // The oldest state to which it goes back.
  RollbackPoint oldest = kBeforeDeal;
  Control control = Control::kNone;
};

// Contributions that the adversary delivers together, of one manifest: (source, id).
struct Batch {
  std::string name;
  int manifest = 0;
  std::vector<std::pair<registry_node::ContributionSource, std::string>> contributions{};
};

struct Draft {
  std::string name;
  int manifest = 0;
  registry_node::ProposedCommit proposed;
};

// Everything that is said in a scenario. The corrupt stewards are the last f.
struct Script {
  std::shared_ptr<const federation::Charter> charter;
  crypto::Quorum quorum;
  std::vector<registry_node::RoundFrame> manifests;
  std::vector<Batch> batches;
  std::vector<Draft> drafts;
  // Steps of the common clock: just opened; after opened_at + skew; after upload_at; after the have
  // list; after commit_until; with a later second manifest also its upload_at, have list and end.
  std::vector<absl::Time> moments;

  int honest() const { return quorum.s - quorum.f; }
};

// Id of the contribution that a member sends in a role. A corrupt dealer has a second one for the
// same manifest: `version` 2.
using ContributionIds =
    std::function<std::string(v1::ContributionRole role, const std::string& member, int version)>;

// The slots of the first manifest (0) or the second one (1) after `start`, as the test charter has
// them unless a control moves them.
v1::Slots SlotsOf(const Scenario& scenario, int manifest, absl::Time start);

// Adds manifest number `manifests.size()` with its batches and drafts:
//   batches  core: three nodes and the honest dealers; the fourth node; the corrupt dealers' first
//            deals; their second ones
//   drafts   three nodes; four nodes; three nodes with the second deals; other dealers (s > Q);
//            one dealer too few
void AddManifest(Script& script, registry_node::RoundFrame frame, const ContributionIds& ids);

// The moments that matter in `scenario`.
std::vector<absl::Time> MomentsOf(const Scenario& scenario, absl::Time start);

// The script with ids that are names, for stewards without keys.
Script MakeScript(const Scenario& scenario);

// "(4,2) Q 3" and what makes the scenario special.
std::string Describe(const Scenario& scenario);

}  // namespace perdura::explorer

#endif  // PERDURA_TESTS_SIMULATION_EXPLORER_SCENARIO_H_
