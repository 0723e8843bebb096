#ifndef PERDURA_AGGREGATOR_ROUNDS_ROUND_DESK_H_
#define PERDURA_AGGREGATOR_ROUNDS_ROUND_DESK_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aggregator/ledger/round_store.h"
#include "aggregator/rounds/log_desk.h"
#include "aggregator/rounds/round.h"
#include "base/random_source.h"
#include "crypto/sign.h"
#include "federation/charter_chain.h"
#include "federation/rebase.h"
#include "perdura/v1/evidence.pb.h"
#include "perdura/v1/relay.pb.h"

namespace perdura::aggregator {

// What asking gives at once: a stored answer, or the round to wait for.
struct AskTicket {
  std::optional<v1::Answer> answer;
  std::string manifest_hash;
};

// Where a round stands. `answer` from answer_at on; `ended` is not OK once the attempt is burnt,
// and says what was charged.
struct RoundView {
  RoundProgress progress;
  std::optional<v1::Answer> answer;
  absl::Status ended;
};

// The aggregator without network, disk or clock: questions and members' messages go in, items and
// answers come out. The daemon drives it with gRPC and SQLite, the simulation with queues and a
// seeded clock.
//
// Ask (O2): canonical plan -> a stored release answers? free -> price from plan and charter ->
// enough members online? -> attempt, lines, log and first items in one transaction -> Q
// cosignatures of its entry under `witness: required` -> stewards -> nodes. The charge is durable
// before a manifest leaves; nothing is refunded. A non-OK Status is a refusal of the call, after
// which the desk goes on, unless base::IsStorageFailure() holds: then the process must end.
// Thread-compatible: the daemon brings one lock.
class RoundDesk final {
 public:
  struct Options {
    federation::AuthorityPin authority;
    // The aggregator's id in the charter.
    std::string id;
    const crypto::SigningKey& key;
    RoundStore& store;
  };

  explicit RoundDesk(Options options);
  RoundDesk(const RoundDesk&) = delete;
  RoundDesk& operator=(const RoundDesk&) = delete;

  // Reads charters and unfinished rounds back. The store has logged the start.
  absl::Status Start(absl::Time now);
  // Same checks as every party's; durable before it is in force. Rounds that are open end under the
  // charter they began with, but for those whose charge no quorum has cosigned yet under `witness:
  // required`: no cosignature of theirs can be dated before the switch any more, and they burn as
  // `unlogged`. What is asked from now on is asked under the new charter alone.
  absl::Status AcceptCharter(const v1::Envelope& envelope, absl::Time now);
  // A rebase from a file; members get it with their polls. Of a member: its new log counts from now
  // on. The aggregator's own: open rounds burn, what the ledger lost is charged, the log starts
  // anew, and once that start is cosigned it asks again. `random`: the nonce of the start. Returns
  // the refusals of OpenRebase, CheckInstallable and RoundStore::InstallRebase.
  absl::Status AcceptRebase(const v1::RebaseFile& file, base::RandomSource& random, absl::Time now);

  // For members. Poll never blocks: what is there, maybe nothing.
  absl::StatusOr<v1::PollResponse> Poll(const std::string& member, const v1::PollRequest& request,
                                        absl::Time now);
  // The member's connection is gone; only a hint for the overlap forecast of Ask.
  void Disconnected(const std::string& member) { disconnected_.insert(member); }
  absl::StatusOr<v1::PostResponse> Post(const std::string& member, const v1::PostRequest& request,
                                        absl::Time now);

  // For analysts.
  v1::DescribeResponse Describe() const;
  absl::StatusOr<v1::PreviewResponse> Preview(const std::string& analyst,
                                              const v1::PreviewRequest& request, absl::Time now);
  absl::StatusOr<AskTicket> Ask(const std::string& analyst, const v1::Envelope& ask,
                                absl::Time now);
  absl::StatusOr<RoundView> View(const std::string& manifest_hash, absl::Time now);
  absl::StatusOr<v1::GetBudgetResponse> Budget(const std::string& analyst);
  absl::StatusOr<v1::ListReleasesResponse> Releases(const std::string& analyst, absl::Time now);
  absl::StatusOr<v1::GetReleaseResponse> Release(const std::string& analyst,
                                                 const std::string& release_id, absl::Time now);

  absl::Status Tick(absl::Time now);
  absl::Time NextTick(absl::Time now) const;

  const federation::CharterChain& chain() const { return chain_; }
  // The charter before the one in force, while rounds under it are open: its members still call.
  // Else nullptr.
  std::shared_ptr<const federation::Charter> CharterOfOpenRounds() const;

 private:
  using CharterPtr = std::shared_ptr<const federation::Charter>;

  absl::StatusOr<CharterPtr> InForce(absl::Time now) const;
  absl::StatusOr<v1::Ask> OpenAsk(const std::string& analyst, const v1::Envelope& envelope,
                                  const federation::Charter& charter, absl::Time now) const;
  absl::StatusOr<std::optional<AskTicket>> KnownQuestion(const v1::Ask& ask,
                                                         const v1::Envelope& envelope,
                                                         absl::Time now);
  absl::StatusOr<std::optional<AskTicket>> KnownFreeAnswer(const v1::Ask& ask,
                                                           const v1::Envelope& envelope);
  absl::StatusOr<std::optional<v1::Answer>> StoredAnswer(const v1::Ask& ask,
                                                         const query::Plan& plan, absl::Time now);
  absl::Status CheckBundleFits(const query::RoundTerms& terms, const federation::Charter& charter);
  absl::Status CheckCaps(const v1::Ask& ask, const query::RoundTerms& terms,
                         const federation::Charter& charter);
  absl::Status CheckOnline(const federation::Charter& charter, absl::Time now) const;
  absl::Status ForecastOverlap(const query::Plan& plan, const federation::Charter& charter,
                               absl::Time now);
  absl::StatusOr<std::vector<v1::Envelope>> SealKeys(const federation::Charter& charter,
                                                     const v1::Slots& slots);
  // Every refusal of a question that depends on the moment. A preview says the same as an ask.
  absl::Status CheckBeforeCharge(const v1::Ask& ask, const query::RoundTerms& terms,
                                 const federation::Charter& charter, absl::Time now);
  absl::StatusOr<AskTicket> Open(const v1::Ask& ask, const v1::Envelope& envelope,
                                 query::RoundTerms terms, const CharterPtr& charter,
                                 absl::Time now);
  absl::Status TakeSealKey(const std::string& member, const v1::Envelope& envelope, absl::Time now);
  absl::Status TakeWitnessTraffic(const std::string& member, const v1::PostRequest& request,
                                  absl::Time now);
  absl::Status AnnounceLogged(absl::Time now);
  absl::Status InstallOwn(const federation::OpenedRebase& rebase, const v1::RebaseFile& file,
                          base::RandomSource& random, absl::Time now);
  absl::Status ReadRebases();
  void TellRebases(const std::string& member, v1::PollResponse& response);
  void AskForProofs(const std::string& member, absl::Time now, v1::PollResponse& response);
  absl::StatusOr<Round*> FindRound(const std::string& manifest_hash);
  absl::StatusOr<StoredRelease> SignRelease(const Round& round);
  absl::Status Store(Round& round, absl::Time now);
  absl::Status Persist(Round& round, absl::Time now);
  absl::Status Reload(const std::string& manifest_hash);
  absl::Status Restore(const federation::AttemptRecord& record);
  v1::Receipt MakeReceipt(const Round& round, const v1::Envelope& contribution,
                          absl::Time now) const;
  absl::Status BurntStatus(const federation::AttemptRecord& record, bool nodes_were_asked) const;
  absl::StatusOr<v1::LineState> StateOf(const v1::Ask& ask, const federation::CappedLine& capped,
                                        const federation::Charter& charter);
  absl::StatusOr<std::vector<v1::LineState>> Lines(const v1::Ask& ask,
                                                   const std::vector<query::Line>& lines,
                                                   const federation::Charter& charter);
  absl::Status AddPlanned(const federation::Charter& charter, v1::GetBudgetResponse& response);
  bool MayRead(const std::string& analyst, const StoredRelease& release, absl::Time now) const;
  bool SeenWithin(const std::string& member, absl::Duration window, absl::Time now) const;

  Options options_;
  federation::CharterChain chain_;
  LogDesk log_;
  std::map<std::string, std::unique_ptr<Round>> rounds_;
  std::map<std::string, absl::Time> last_seen_;
  std::set<std::string> disconnected_;
  // The newest of each party, and the members that were told of them.
  std::vector<v1::Envelope> rebases_;
  std::set<std::string> told_rebases_;
};

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_ROUNDS_ROUND_DESK_H_
