#ifndef PERDURA_AGGREGATOR_ROUNDS_ROUND_H_
#define PERDURA_AGGREGATOR_ROUNDS_ROUND_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aggregator/ledger/round_store.h"
#include "aggregator/rounds/commit_choice.h"
#include "aggregator/rounds/diagnosis.h"
#include "aggregator/rounds/log_evidence.h"
#include "crypto/shamir.h"
#include "crypto/sign.h"
#include "federation/charter.h"
#include "perdura/v1/relay.pb.h"
#include "perdura/v1/round.pb.h"
#include "query/round_terms.h"

namespace perdura::aggregator {

// A slot of a manifest, microseconds, as a time.
inline absl::Time SlotTime(int64_t micros) { return absl::FromUnixMicros(micros); }

enum class Phase { kDealing, kCollecting, kDrafted, kCertified, kReleased, kBurnt };

// How far a round is, for the analyst who waits. Who takes part is not hidden.
struct RoundProgress {
  Phase phase = Phase::kDealing;
  int deals = 0;
  int deals_of = 0;
  int contributions = 0;
  int contributions_of = 0;
};

// One attempt at the aggregator, from the reservation to the release: a pure state machine.
//
//   dealing    Under `witness: required` nobody hears of the round before its charge is logged:
//              OnLogged(). Then the stewards have the manifest. >= Q deals by upload_at, else
//              burnt: no node was asked, so no node has paid.
//   collecting Nodes have it, with the deals' headers; uploads until collect_until; everything is
//              relayed to the stewards.
//   drafted    One commit, from the have lists: Q dealers, and the most contributors KC7 allows.
//   certified  Q stewards signed it; partial sums come in.
//   released   The sums agree; the noised table is signed.
//   burnt      Anything else; the charge stands. After `bad_sum` the stewards are asked for check
//              values, and the log names who is off; a restart in between loses that.
//
// Every call changes the state and collects what must be stored; the caller stores TakeUpdate()
// before anything of it is sent. After a restart Replay() brings back the state from what was
// stored. Thread-compatible. One file for each part: round.cc announces, keeps the deadlines and
// ends; round_gathering.cc takes contributions and have lists; round_committing.cc drafts and
// certifies; round_finishing.cc sums and releases; round_diagnosing.cc looks for who made sums
// disagree; round_replay.cc restores.
class Round final {
 public:
  struct Options {
    Options(std::shared_ptr<const federation::Charter> of, query::RoundTerms round_terms)
        : charter(std::move(of)), terms(std::move(round_terms)) {}

    std::shared_ptr<const federation::Charter> charter;
    query::RoundTerms terms;
    v1::Envelope manifest;
    v1::Manifest payload;
    // In steward order.
    std::vector<v1::Envelope> seal_keys;
    // Contributor lists of earlier releases under the same overlap key.
    std::vector<std::vector<std::string>> released_sets;
    std::string aggregator_id;
    const crypto::SigningKey* key = nullptr;
  };

  explicit Round(Options options);

  // The first items, for the reservation's transaction: the announcement to all stewards; nothing
  // under `witness: required`.
  RoundUpdate FirstUpdate() const;
  // Q stewards have cosigned the charge: announces the round to all of them, once. `charge`: its
  // entry and receipt, kept for the release.
  void OnLogged(const v1::LoggedEntry& charge);
  bool waits_for_log() const { return !logged_ && phase_ == Phase::kDealing; }

  // Restores one stored message, in order. Returns DataLoss for one that cannot be read.
  absl::Status Replay(const StoredMessage& message);

  // One message of a member, whose envelope names this round. Errors are refusals to that member
  // and change nothing.
  absl::Status OnContribution(const std::string& member, const v1::PostRequest& post,
                              absl::Time now);
  absl::Status OnHave(const std::string& member, const v1::Envelope& have, absl::Time now);
  absl::Status OnSignature(const std::string& member, const v1::Envelope& commit, absl::Time now);
  absl::Status OnPartialSum(const std::string& member, const v1::Envelope& sum, absl::Time now);
  // Check values of a steward after `bad_sum`. Returns DeadlineExceeded `late` when none are
  // wanted.
  absl::Status OnDiagnosis(const std::string& member, const v1::Envelope& diagnosis);
  absl::Status OnRefusal(const std::string& member, const v1::RefusalMessage& refusal,
                         absl::Time now);

  // SC4: the stewards that could not follow the log of a contribution of `member` and wait for
  // proofs from it, until they list. Each call is a demand: it comes again after a pause, as long
  // as they wait.
  std::vector<std::string> TakeProofDemand(const std::string& member, absl::Time now);

  // Deadlines: burns what can no longer finish, drafts when the have lists are in or half of the
  // commit slot is over, releases.
  void OnTick(absl::Time now);
  // The next deadline after `now`; InfiniteFuture if there is none.
  absl::Time NextTick(absl::Time now) const;

  // Burns, unless it has ended: the aggregator's ledger was an old copy (`restored`), or another
  // charter came into force before the charge was logged (`unlogged`).
  void Abandon(const std::string& reason);

  // Once the phase is kReleased: signs the table, with what the log says and all charters, version
  // 1 first. Returns Internal before.
  absl::StatusOr<StoredRelease> MakeRelease(const std::vector<v1::Envelope>& charters,
                                            const LogEvidence& log) const;

  RoundUpdate TakeUpdate() { return std::exchange(update_, {}); }

  RoundProgress progress() const;
  Phase phase() const { return phase_; }
  bool ended() const { return phase_ == Phase::kReleased || phase_ == Phase::kBurnt; }
  // Burnt as `bad_sum`, and waits for check values.
  bool diagnosing() const { return diagnosis_.has_value(); }
  const std::string& hash() const { return hash_; }
  const v1::Slots& slots() const { return options_.payload.slots(); }
  const federation::Charter& charter() const { return *options_.charter; }
  const query::Plan& plan() const { return options_.terms.plan(); }

 private:
  void Store(MessageKind kind, std::string sender, std::string bytes);
  void Send(const std::string& recipient, v1::Item item);
  void SendToStewards(const v1::Item& item);
  // From 1; PermissionDenied `not_allowed` for a member that is no steward.
  absl::StatusOr<int> StewardIndexOf(const std::string& member) const;
  const std::string& StewardKey(int index) const;
  v1::Announcement BaseAnnouncement() const;
  v1::Announcement AnnouncementToNodes() const;
  bool SendAgain(const std::string& member, const v1::RefusalMessage& refusal);
  absl::Status CheckHeader(const std::string& member, const v1::PostRequest& post,
                           v1::Contribution& header) const;
  void Take(const v1::PostRequest& post, const v1::Contribution& header);
  void Relay(const v1::PostRequest& post);
  v1::Item RelayedTo(int steward_index, const v1::PostRequest& post) const;
  void RelayAgain(const v1::PostRequest& post, const v1::Contribution& header, absl::Time now);
  void OnContributionRefused(const std::string& steward, const v1::RefusalMessage& refusal,
                             absl::Time now);
  absl::Time ListAt() const;
  void Announce();
  void TryDraft(absl::Time now);
  void Certify();
  void TryRelease(absl::Time now);
  void Release(crypto::CheckedSum sum);
  void BurnBadSum(absl::Time now);
  void EndDiagnosis();
  void OnSumRefused(const std::string& member);
  absl::Time ReminderAt() const;
  void Remind(absl::Time now);
  void Burn(const std::string& reason);
  void End(const std::string& state, const std::string& reason);

  Options options_;
  std::string hash_;
  Phase phase_ = Phase::kDealing;
  bool logged_;
  bool announced_ = false;
  // By member.
  std::map<std::string, SentContribution> deals_;
  std::map<std::string, SentContribution> uploads_;
  std::map<std::string, v1::Have> haves_;
  std::string draft_;
  std::map<std::string, v1::Signature> signatures_;
  v1::Envelope certificate_;
  struct Sum {
    v1::Envelope envelope;
    crypto::PartialSum partial;
  };
  std::map<std::string, Sum> sums_;
  // Set once released.
  std::optional<crypto::CheckedSum> released_sum_;
  std::optional<Diagnosis> diagnosis_;
  absl::Time diagnose_until_;
  // Stewards that refused before the certificate, with the reason.
  std::map<std::string, std::string> steward_refusals_;
  // Stewards that can give no partial sum: they refused the certificate.
  std::set<std::string> without_sum_;
  // Of the certificate, in this process.
  int reminders_ = 0;
  // Contributions that stewards refused as `bad_proof`, by sender and role, in this process.
  struct Unproven {
    std::set<std::string> stewards;
    absl::Time ask_at;
  };
  std::map<std::pair<std::string, v1::ContributionRole>, Unproven> unproven_;
  // By steward and sender: such refusals, in this process.
  std::map<std::pair<std::string, std::string>, int> refused_proofs_;
  // Announcements to a member beside the first, in this process.
  std::map<std::string, int> sent_again_;
  RoundUpdate update_;
};

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_ROUNDS_ROUND_H_
