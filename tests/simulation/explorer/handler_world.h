#ifndef PERDURA_TESTS_SIMULATION_EXPLORER_HANDLER_WORLD_H_
#define PERDURA_TESTS_SIMULATION_EXPLORER_HANDLER_WORLD_H_

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/explorer/explorer.h"
#include "tests/simulation/explorer/handler_federation.h"

namespace perdura::explorer {

// The same adversary against the whole StewardHandler: real envelopes, signatures, noise and sealed
// shares; a restart loses the memory as it does in the daemon; a process can die inside SaveCommit.
// `broken_store`: the stores lose commits, which must be found.
class HandlerWorld final {
 public:
  HandlerWorld(const Scenario& scenario, uint64_t seed, bool broken_store);

  // Random schedules, number i from seed + i, up to the first violation. `certified`: schedules
  // that reach a certificate; `states`: messages that the stewards posted.
  Findings Sample(uint64_t schedules, uint64_t seed);
  const Script& script() const { return federation_.script(); }

 private:
  struct Steward {
    std::optional<registry_node::StewardHandler> handler;
    std::array<std::optional<ValueStore::Contents>, kRollbackPoints> saved;
    int rollbacks = 0;
    // Id of the deal that was posted last.
    std::string deal;
  };

  void RunOne(uint64_t seed, Findings& findings);
  void Reset();
  void Advance();
  bool CanTake(const Step& step);
  Effect Take(const Step& step);
  Effect OnAnnouncement(int steward, int manifest);
  void OnBatch(int steward, const Batch& batch);
  Effect OnDraft(int steward, int draft);
  Effect OnCertificate(int steward, int draft);
  void OnCrash(int steward, int draft, ValueStore::Crash crash);
  void Restart(int steward);
  void Save(int steward, RollbackPoint point);
  Steward& steward(int number) { return stewards_[static_cast<size_t>(number)]; }
  absl::Time now() const { return script().moments[moment_]; }

  Scenario scenario_;
  bool broken_store_;
  HandlerFederation federation_;
  std::vector<Step> steps_;
  std::vector<Steward> stewards_;
  // By draft: signatures of honest stewards that left them.
  std::map<int, std::vector<v1::Signature>> signatures_;
  Evidence evidence_;
  size_t moment_ = 0;
};

}  // namespace perdura::explorer

#endif  // PERDURA_TESTS_SIMULATION_EXPLORER_HANDLER_WORLD_H_
