#ifndef PERDURA_TESTS_SIMULATION_EXPLORER_HANDLER_FEDERATION_H_
#define PERDURA_TESTS_SIMULATION_EXPLORER_HANDLER_FEDERATION_H_

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "federation/charter_chain.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/answer/contribution.h"
#include "registry-node/steward/steward_handler.h"
#include "tests/simulation/explorer/idle_log.h"
#include "tests/simulation/explorer/kept_seal_keys.h"
#include "tests/simulation/explorer/scenario.h"
#include "tests/simulation/explorer/value_store.h"
#include "tests/support/seeded_random.h"
#include "tests/support/test_charter.h"

namespace perdura::explorer {

// Everything that is said around the honest stewards of one attempt, with real keys: seal-keys,
// manifests, sealed contributions, drafts, and the corrupt stewards' signatures. Made once, used by
// every schedule. Honest dealers' deals are made here too, ahead of
// any announcement: contributions that the adversary has from the start. Not private: seeded keys,
// zero tables.
class HandlerFederation final {
 public:
  HandlerFederation(const Scenario& scenario, uint64_t seed);
  HandlerFederation(const HandlerFederation&) = delete;
  HandlerFederation& operator=(const HandlerFederation&) = delete;

  const Script& script() const { return script_; }
  // By manifest, for stewards.
  const v1::Announcement& announcement(int manifest) const {
    return announcements_[static_cast<size_t>(manifest)];
  }
  // What steward `steward` (from 0) gets of a contribution in a batch of the script.
  v1::RelayedContribution Relayed(const std::string& contribution_id, int steward) const;
  // Unsigned draft; with the corrupt stewards' signatures: what a certificate starts from.
  const v1::Envelope& draft(int draft) const { return drafts_[static_cast<size_t>(draft)]; }
  const v1::Envelope& half_signed(int draft) const {
    return half_signed_[static_cast<size_t>(draft)];
  }
  // The draft with this id, or -1.
  int DraftOf(const std::string& commit_id) const;
  ValueStore& store(int steward) { return *stores_[static_cast<size_t>(steward)]; }
  // Options of steward `steward` for a process that starts at `started_at`.
  registry_node::StewardHandler::Options HandlerOptions(int steward, absl::Time started_at);

 private:
  const std::string& StewardId(int steward) const;
  registry_node::Sender SenderOf(const std::string& member);
  void MakeSealKeys();
  v1::Envelope SignedAsk(const std::string& plan);
  v1::Announcement Announce(const Scenario& scenario, int manifest);
  registry_node::CheckedManifest Checked(const v1::Announcement& announcement);
  std::string Contribute(const registry_node::CheckedManifest& checked, v1::ContributionRole role,
                         const std::string& member);
  void SignDrafts();

  test_support::TestFederation federation_;
  test_support::SeededRandom random_;
  absl::Time start_;
  federation::CharterChain chain_;
  Script script_;
  std::vector<std::unique_ptr<ValueStore>> stores_;
  // Older than any rollback point, so they stay.
  std::vector<std::unique_ptr<KeptSealKeys>> kept_keys_;
  std::vector<std::unique_ptr<registry_node::SealKeyKeeper>> keepers_;
  std::vector<std::unique_ptr<IdleLog>> logs_;
  std::vector<v1::Envelope> seal_keys_;
  std::vector<v1::Announcement> announcements_;
  // By contribution id.
  std::map<std::string, v1::PostRequest> posts_;
  std::vector<v1::Envelope> drafts_;
  std::vector<v1::Envelope> half_signed_;
};

}  // namespace perdura::explorer

#endif  // PERDURA_TESTS_SIMULATION_EXPLORER_HANDLER_FEDERATION_H_
