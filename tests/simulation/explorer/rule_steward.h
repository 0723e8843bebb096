#ifndef PERDURA_TESTS_SIMULATION_EXPLORER_RULE_STEWARD_H_
#define PERDURA_TESTS_SIMULATION_EXPLORER_RULE_STEWARD_H_

#include <array>
#include <map>
#include <optional>
#include <string>

#include "tests/simulation/explorer/step.h"

namespace perdura::explorer {

// An honest steward: the rules of registry-node/steward/steward_round.h over storage that is a
// value, so that a rollback is an assignment. Stricter than the daemon in one way: whatever was
// held survives restart and rollback, as if shares were stored and announcements and contributions
// came again at any time. So only the stored commit and KC8 stand between the adversary and a
// second signature. Copyable. `scenario` and `script` must outlive it.
class RuleSteward {
 public:
  RuleSteward(const Scenario& scenario, const Script& script);

  // `signers`: signatures of a certificate. Steps beyond the scenario's limits do nothing.
  Effect Take(const Step& step, int signers, absl::Time now);

  // Two stewards with equal fingerprints behave alike. The start of the process counts only by what
  // StewardRound::MaySign() makes of it.
  std::string Fingerprint() const;

 private:
  // Everything that a rollback brings back.
  struct State {
    std::optional<int> dealt;
    std::optional<int> committed;
    std::map<int, int> summed;
    std::map<int, registry_node::StewardRound> rounds;
  };

  Effect OnAnnouncement(int manifest);
  void OnBatch(const Batch& batch, absl::Time now);
  Effect OnDraft(int draft, absl::Time now);
  Effect OnCertificate(int draft, int signers);
  void OnTick(absl::Time now);
  void Restart(absl::Time now);
  registry_node::SignedEarlier Earlier() const;
  void Save(RollbackPoint point);
  static std::string FingerprintOf(const State& state);

  const Scenario* scenario_;
  const Script* script_;
  State state_;
  std::array<std::optional<State>, kRollbackPoints> saved_;
  absl::Time started_at_ = absl::InfinitePast();
  int rollbacks_ = 0;
};

}  // namespace perdura::explorer

#endif  // PERDURA_TESTS_SIMULATION_EXPLORER_RULE_STEWARD_H_
