#ifndef PERDURA_REGISTRY_NODE_LOG_START_COSIGNING_H_
#define PERDURA_REGISTRY_NODE_LOG_START_COSIGNING_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/charter.h"
#include "federation/log/cosigning.h"
#include "federation/witnesses.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/log/party_log.h"

namespace perdura::registry_node {

// Under `witness: required` a process answers, deals and commits only once its `start` entry is in
// a checkpoint that a quorum of stewards has cosigned (O10): of two copies of one database only one
// gets there. Until then it records, witnesses others and sends stored bytes again.
//
//   this member        aggregator         each steward
//     | requests ---------->|--------------->| cosigns, or says what it holds
//     |<--------------------|<---------------|
//     again from there, and after a pause, until StartQuorum() of them have cosigned
//
// Thread-compatible; `log` must outlive it.
class StartCosigning final {
 public:
  explicit StartCosigning(PartyLog& log) : log_(log) {}

  // OK under `witness: none`, or once cosigned. Returns Unavailable `not_started`,
  // FailedPrecondition `restored`.
  absl::Status CheckStarted(const federation::Charter& charter) const;

  // The requests to post now; empty if there is nothing to ask. An error means that the storage
  // failed.
  absl::StatusOr<std::vector<v1::WitnessRequest>> RequestsDue(const federation::Charter& charter,
                                                              absl::Time now);
  absl::Status OnAnswer(const v1::WitnessAnswer& answer, absl::Time now);
  // InfiniteFuture once started, and where there is nothing to start.
  absl::Time NextDue() const { return next_due_; }
  // A new charter is in force: its stewards are asked.
  void OnCharter(const federation::Charter& charter);
  // A rebase has written a new start: it has to be cosigned.
  void OnRebased(const federation::Charter& charter);

 private:
  absl::Status Begin(const federation::Charter& charter);

  PartyLog& log_;
  std::vector<federation::CharterWitness> witnesses_;
  std::optional<federation::log::Cosigning> cosigning_;
  std::vector<v1::LogProof> earlier_;
  absl::Time next_due_ = absl::InfiniteFuture();
  absl::Duration pause_;
  bool started_ = false;
  int needed_ = 0;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_LOG_START_COSIGNING_H_
