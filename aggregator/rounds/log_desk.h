#ifndef PERDURA_AGGREGATOR_ROUNDS_LOG_DESK_H_
#define PERDURA_AGGREGATOR_ROUNDS_LOG_DESK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aggregator/ledger/round_store.h"
#include "federation/charter_chain.h"
#include "federation/log/cosigning.h"
#include "federation/log/head_cache.h"
#include "federation/witnesses.h"
#include "perdura/v1/relay.pb.h"

namespace perdura::aggregator {

// The aggregator's log towards the stewards and its receipts towards everybody, under `witness:
// required`; under `none` no call does anything.
//
//   Ask      entry `reserved`; OnReserved: sign a checkpoint, ask all stewards to cosign it
//   Poll     stewards take the requests; OnAnswer: with Q cosignatures the entry is logged
//   Poll     announcements leave with entry, receipt and the proof from the head that the receiver
//   reported
//
// A round under the charter before the one in force goes on with the receipt that it had when it
// was logged, under the cosignatures of that time; the proof leads from there to the receiver's
// head, or the other way where that has grown since. One that was not logged before the switch is
// lost.
//
// One checkpoint is asked for at a time; entries that come meanwhile wait for the next. It also
// passes the requests of members that start on to the stewards, and the answers back, each once and
// from memory: who misses one asks again. Thread-compatible; `store` must outlive it.
class LogDesk final {
 public:
  // `id`: the aggregator's, in the charter.
  LogDesk(RoundStore& store, std::string id);

  // Another charter is in force, or the process starts: everything so far is to be cosigned by its
  // stewards.
  absl::Status OnCharter(const federation::CharterChain& chain);

  // Before a charge: Unavailable `too_few_online` until this process's start is cosigned by Q
  // stewards (O10), FailedPrecondition `restored` once a member holds a newer note of this log
  // (NC6): this database is an old copy. From then on the log goes on in its next generation, and
  // nothing is asked until a rebase.
  absl::Status CheckMayAsk() const;
  // The store has a rebase, of this party or another.
  absl::Status OnRebase(const std::string& party);
  absl::Status OnReserved();
  // The entry `reserved` of this manifest with its receipt, once a checkpoint with Q cosignatures
  // covers it; nothing before.
  absl::StatusOr<std::optional<v1::LoggedEntry>> LoggedCharge(absl::string_view manifest_hash);

  // What the member says of its log and of the heads that it holds.
  absl::Status OnPoll(const std::string& member, const v1::PollRequest& request, absl::Time now);
  // Adds entry and proofs to announcements. Cuts the items before the first one whose receiver
  // holds a newer head than is cosigned: it has to wait for the cosignatures.
  absl::Status Complete(const std::string& member, std::vector<v1::Item>& items);
  // What `steward` holds of the member's log, as it reported; 0 if it did not.
  uint64_t SizeAt(const std::string& steward, const std::string& member) const;
  // Moves the requests and answers that wait for the member into the response.
  void TakeWitnessTraffic(const std::string& member, v1::PollResponse& response);

  // Posted by members. Returns PermissionDenied `not_allowed` for an answer that is no steward's.
  absl::Status OnRequests(const std::string& member, const v1::PostRequest& request);
  absl::Status OnAnswer(const std::string& member, const v1::WitnessAnswer& answer, absl::Time now);

  // Asks the stewards that have not answered again.
  absl::Status Tick(absl::Time now);
  absl::Time NextTick() const { return restored_ ? absl::InfiniteFuture() : next_ask_; }

 private:
  bool active() const { return charter_ != nullptr && charter_->requires_witness(); }
  // Do members tell of their logs? Rounds under the charter before may still be open.
  bool hears() const { return active() || (before_ != nullptr && before_->requires_witness()); }
  absl::Status StartAnew();
  absl::Status WantAllCosigned();
  absl::Status BeginIfFree();
  absl::Status AskStewards();
  absl::Status SeeOwnNote(const std::string& member, const std::string& note, absl::Time now);
  absl::Status FoundRestored(const federation::log::SignedCheckpoint& seen, absl::Time now);
  absl::Status SeeMemberNote(const std::string& member, const std::string& note);
  // True if the announcement may leave.
  absl::StatusOr<bool> CompleteOne(const std::string& member, const std::string& manifest_hash,
                                   v1::Announcement& announcement);
  absl::Status CompleteEarlier(const std::string& member, const std::string& manifest_hash,
                               v1::Announcement& announcement);
  absl::Status AddProof(uint64_t from, uint64_t to, v1::Announcement& announcement);
  absl::Status AddOwnLog(const std::string& member, const federation::Charter& charter,
                         v1::Announcement& announcement);
  absl::StatusOr<std::optional<v1::LoggedEntry>> ReceiptWhenLogged(
      const std::string& manifest_hash);
  absl::Status OnOwnAnswer(const std::string& steward, const v1::WitnessAnswer& answer,
                           absl::Time now);

  RoundStore& store_;
  std::string id_;
  federation::log::HeadCache heads_;
  // In force, and before it.
  std::shared_ptr<const federation::Charter> charter_;
  std::shared_ptr<const federation::Charter> before_;
  std::vector<federation::CharterWitness> witnesses_;
  std::optional<federation::log::Cosigning> cosigning_;
  // Sizes of the own log: at the start, to be cosigned, cosigned by Q.
  uint64_t start_size_ = 0;
  uint64_t wanted_size_ = 0;
  uint64_t cosigned_size_ = 0;
  bool restored_ = false;
  bool asked_now_ = false;  // the pause before the next try starts with the next tick
  absl::Time next_ask_ = absl::InfiniteFuture();
  absl::Duration pause_;
  // Head of the own log at each member, and of each party's log at each steward, as they reported.
  std::map<std::string, uint64_t> own_heads_;
  std::map<std::string, std::map<std::string, uint64_t>> steward_sizes_;
  std::map<std::string, std::string> member_notes_;
  // By receiver, then by whose log, or by who answered.
  std::map<std::string, std::map<std::string, v1::WitnessRequest>> requests_;
  std::map<std::string, std::map<std::string, v1::WitnessAnswer>> answers_;
};

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_ROUNDS_LOG_DESK_H_
