#ifndef PERDURA_TESTS_STATISTICAL_TIMING_REPLAYED_MEMBER_H_
#define PERDURA_TESTS_STATISTICAL_TIMING_REPLAYED_MEMBER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/relay/outbox.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/test_charter.h"

namespace perdura::timing {

// What the aggregator sees of one message of a member.
struct Sent {
  // When it is handed to the network, microseconds after a fixed moment of the round: at the slot,
  // or later where the member was not ready by then.
  double at_slot = 0;
  // From the arrival of the announcement until it is ready, microseconds: when it would be handed
  // over by a member that did not wait.
  double when_ready = 0;
  size_t bytes = 0;
};

// One member of a whole federation that gets one announcement again and again: between two times
// everything durable that it remembers of the attempt is taken away, as no ledger of the product
// allows. Its real code runs, and its computing takes real time; the slots are those of the
// manifest, two seconds long. Not private: seeded randomness. Tests only.
class ReplayedMember final {
 public:
  // kDeal: what a steward deals; kUpload: what a node answers. `cells`: the member's exact table.
  ReplayedMember(registry_node::OutgoingKind kind, uint64_t seed,
                 simulation::CellTable::Function cells);
  ReplayedMember(const ReplayedMember&) = delete;
  ReplayedMember& operator=(const ReplayedMember&) = delete;

  // `phase`: when the announcement arrives, after its first arrival.
  Sent Run(absl::Duration phase);

  // The noise that the next Run() of a steward will draw.
  std::vector<int64_t> NextNoise() const;

 private:
  void Capture();
  bool IsWanted(const v1::Item& item) const;
  void Forget();

  const registry_node::OutgoingKind kind_;
  simulation::SimulatedFederation sim_;
  std::optional<v1::PollResponse> announced_;
  absl::Time arrived_;
  uint64_t number_ = 1'000'000;
};

// A federation with slots of two seconds whose cut keeps what happened until mid 2024.
test_support::TestFederation SlowFederation();

}  // namespace perdura::timing

#endif  // PERDURA_TESTS_STATISTICAL_TIMING_REPLAYED_MEMBER_H_
