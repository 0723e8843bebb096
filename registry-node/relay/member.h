#ifndef PERDURA_REGISTRY_NODE_RELAY_MEMBER_H_
#define PERDURA_REGISTRY_NODE_RELAY_MEMBER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "federation/charter_chain.h"
#include "federation/rebase.h"
#include "perdura/v1/relay.pb.h"
#include "registry-node/answer/answer_handler.h"
#include "registry-node/keys/seal_key_keeper.h"
#include "registry-node/log/member_heads.h"
#include "registry-node/log/party_log.h"
#include "registry-node/log/start_cosigning.h"
#include "registry-node/relay/outbox.h"
#include "registry-node/relay/unsigned_count.h"
#include "registry-node/steward/steward_handler.h"

namespace perdura::registry_node {

// One member of the federation, node and steward in one, without network, disk or clock: poll
// answers go in, messages with their slots come out. The daemon drives it with gRPC and SQLite, the
// simulation with queues and a seeded clock.
//
//   loop   response = Poll(NextPoll())     OnPoll(response, now)
//   loop   for each of TakeDue(now): Post it; OnPosted or OnPostFailed; sleep until NextDue()
//
// What others send never ends this party: a message that cannot be used is logged and dropped, and
// the next one is taken. Where base::IsStorageFailure() holds for the Status of a call, the process
// ends and starts again from what is durable. Thread-compatible.
class Member final {
 public:
  struct Options {
    federation::AuthorityPin authority;
    Sender sender;
    AnswerStore& answers;
    StewardStore& steward;
    SealKeyStore& seal_keys;
    TableSource& tables;
    PartyLog& log;
    // Cosigns the logs of others; nullptr for a member that is no steward.
    const crypto::SigningKey* cosign_key = nullptr;
    // Makes an accepted charter durable, before anything acts on it.
    std::function<absl::Status(uint64_t version, const std::string& hash,
                               const std::string& envelope)>
        save_charter;
    absl::Time started_at;
    OwnCaps own_caps = {};
    bool paused = false;
  };

  explicit Member(Options options);
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  // `charters`: what was kept, version 1 first. Then resends what had been packed and announces the
  // seal-key.
  absl::Status Start(const std::vector<std::string>& charters, absl::Time now);

  // Takes a charter from a file or from a poll. Returns the refusal of CharterChain::Accept;
  // nothing changes then. `more_follow`: a link on the way to a later one, whose own validity may
  // have passed; a lapsed charter opens no round.
  absl::Status AcceptCharter(const v1::Envelope& envelope, absl::Time now,
                             bool more_follow = false);

  // Takes a rebase from a poll or, this party's own, from a file. Of another party: its new log
  // counts from now on. Its own: what the ledger lost is charged, the log starts anew, and once
  // that start is cosigned this party answers again; rounds that are open now it leaves alone.
  // Returns the refusals of OpenRebase, CheckInstallable and PartyLog::InstallRebase.
  absl::Status AcceptRebase(const v1::RebaseFile& file, absl::Time now);

  absl::StatusOr<v1::PollRequest> NextPoll();
  uint64_t cursor() const { return cursor_; }
  absl::Status OnPoll(const v1::PollResponse& response, absl::Time now);

  absl::StatusOr<std::vector<Outgoing>> TakeDue(absl::Time now);
  // An upload without a valid receipt goes out again at its next slot.
  absl::Status OnPosted(Outgoing outgoing, const v1::PostResponse& response, absl::Time now);
  // Tries again at the next slot if `why` is Unavailable, DeadlineExceeded or Cancelled; else the
  // message is dropped and logged.
  void OnPostFailed(Outgoing outgoing, const absl::Status& why, absl::Time now);
  absl::Time NextDue() const;

  // OK where it may answer, deal and commit under the charter in force. Returns Unavailable
  // `not_started`, FailedPrecondition `restored`.
  absl::Status CheckStarted() const;

  const federation::CharterChain& chain() const { return chain_; }

 private:
  void Queue(std::vector<Outgoing> outgoing);
  // The storage failure in `status`, which one message of another party led to; else OK.
  absl::Status Survive(const absl::Status& status) const;
  absl::Status OnCharters(const v1::PollResponse& response, absl::Time now);
  absl::Status OnItem(const v1::Item& item, absl::Time now);
  absl::Status OnAnnouncement(const v1::Announcement& announcement, absl::Time now);
  absl::Status TakeAnnouncement(const v1::Announcement& announcement, absl::Time now);
  absl::Status TakeWaiting(absl::Time now);
  absl::Status OnWitnessAnswers(const v1::PollResponse& response, absl::Time now);
  absl::Status OnWitnessRequests(const v1::PollResponse& response, absl::Time now);
  absl::Status OnRebases(const v1::PollResponse& response, absl::Time now);
  absl::Status InstallOwn(const federation::OpenedRebase& rebase, const v1::RebaseFile& file,
                          absl::Time now);
  absl::Status OnProofsWanted(const v1::PollResponse& response, absl::Time now);
  absl::Status QueueProofs(const v1::ProofWanted& wanted, absl::Time now);
  absl::Status Witness(const v1::WitnessRequest& request, const federation::Charter& charter,
                       absl::Time now);
  absl::Status AskWitnesses(absl::Time now);
  absl::Status OnCharter(const federation::Charter& charter);
  bool MustWait() const;
  bool ReportsItsLogs() const;
  absl::StatusOr<bool> HasDealt(const federation::AttemptId& id, const std::string& manifest_hash);
  absl::Status ReportLogs(const federation::Charter& charter, v1::PollRequest& request);
  absl::Status OnEnded(const v1::RoundEnded& ended);

  Options options_;
  federation::CharterChain chain_;
  MemberHeads heads_;
  SealKeyKeeper seal_keys_;
  StartCosigning start_;
  AnswerHandler answer_;
  StewardHandler steward_;
  Outbox outbox_;
  // Signed ones, until the start is cosigned.
  std::vector<v1::Announcement> waiting_;
  UnsignedCount unsigned_announcements_{"relay.unsigned_announcements"};
  // Last refusal of a rebase: it comes again with every poll.
  std::string refused_rebase_;
  uint64_t cursor_ = 0;
  absl::Time next_seal_check_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_RELAY_MEMBER_H_
