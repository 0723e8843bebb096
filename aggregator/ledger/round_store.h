#ifndef PERDURA_AGGREGATOR_LEDGER_ROUND_STORE_H_
#define PERDURA_AGGREGATOR_LEDGER_ROUND_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "federation/ledger/charge_ledger.h"
#include "federation/ledger/rebase_install.h"
#include "federation/log/head_store.h"
#include "federation/log/merkle_log.h"
#include "federation/rebase.h"
#include "perdura/v1/relay.pb.h"

namespace perdura::aggregator {

// States of an attempt in the ledger. All three count.
inline constexpr absl::string_view kStateReserved = "reserved";
inline constexpr absl::string_view kStateReleased = "released";
inline constexpr absl::string_view kStateBurnt = "burnt";

// What a round has received or decided, in order. Enough to go on after a restart.
enum class MessageKind : int {
  kDeal = 1,
  kAnnounced = 2,
  kUpload = 3,
  kHave = 4,
  kDraft = 5,
  kSignature = 6,
  kCertificate = 7,
  kPartialSum = 8,
  kRefusal = 9,
  kLogged = 10,  // a v1::LoggedEntry: the charge with its receipt
};

struct StoredMessage {
  MessageKind kind = MessageKind::kDeal;
  std::string sender;
  std::string bytes;
};

// An item for one member; its number is given when it is stored.
struct OutgoingItem {
  std::string recipient;
  v1::Item item;
};

struct StoredRelease {
  // SHA-256 of the release payload.
  std::string id;
  std::string manifest_hash;
  std::string plan;
  std::string plan_hash;
  std::string overlap_key;
  // Members, sorted.
  std::vector<std::string> contributors;
  // Serialised v1::ReleaseBundle: what every answer repeats.
  std::string bundle;
  int64_t answered_at = 0;
};

// An attempt in the aggregator's log, as the releases of the same patients list it.
struct ReservedAttempt {
  std::string manifest_hash;
  uint64_t seq = 0;  // of its entry `reserved`
  std::string state;
  std::string reason;
  std::string logged;  // serialised v1::LoggedEntry; empty until Q stewards have cosigned it
};

// A question that a stored release answered, free: the same question keeps that release, whatever
// is released later.
struct FreeAnswer {
  federation::AttemptId id;
  // SHA-256 of the ask's payload.
  std::string ask_hash;
  std::string release_id;
};

// Who made the partial sums of a commit disagree.
struct DiagnosisVerdict {
  // `culprit` (all of `suspects` together), `suspects` (one of several explanations of one size),
  // or `undecided`: too few stewards answered, or more are off than the committee can bear.
  std::string outcome;
  // "node:ohio", "dealer:ohio", "steward:ohio", sorted.
  std::vector<std::string> suspects;
};

// One step of a round: stored in one transaction, before anything of it is sent.
struct RoundUpdate {
  std::vector<StoredMessage> messages;
  std::vector<OutgoingItem> items;
  // New ledger state; empty: unchanged. An ended round loses its waiting items.
  std::string state;
  std::string reason;
  std::optional<StoredRelease> release;
  // Who made partial sums disagree: for the log.
  std::optional<DiagnosisVerdict> diagnosis;
  // Of the certificate, where there is a release or a diagnosis.
  std::string commit_id;

  bool empty() const {
    return messages.empty() && items.empty() && state.empty() && !release.has_value() &&
           !diagnosis.has_value();
  }
};

// Everything durable of the aggregator: ledger, rounds, releases, items for members. Durable when a
// call returns. Thread-compatible.
class RoundStore {
 public:
  virtual ~RoundStore() = default;

  // Attempt, lines, log entry and the first items in one transaction (O2). Errors of
  // ChargeLedger::Write.
  virtual absl::StatusOr<federation::Reservation> Reserve(const federation::Debit& debit,
                                                          const RoundUpdate& first) = 0;
  virtual absl::Status CheckCaps(const federation::ChargeOrigin& origin,
                                 const std::vector<federation::CappedLine>& lines) = 0;
  virtual absl::Status Apply(absl::string_view manifest_hash, const RoundUpdate& update,
                             int64_t at_micros) = 0;
  virtual absl::StatusOr<std::vector<StoredMessage>> Messages(absl::string_view manifest_hash) = 0;

  virtual absl::StatusOr<std::optional<federation::AttemptRecord>> Find(
      const federation::AttemptId& id) = 0;
  virtual absl::StatusOr<std::optional<federation::AttemptRecord>> FindByManifest(
      absl::string_view manifest_hash) = 0;
  virtual absl::StatusOr<std::vector<federation::AttemptRecord>> Attempts(absl::string_view analyst,
                                                                          int limit) = 0;
  virtual absl::StatusOr<std::vector<federation::AttemptRecord>> Unfinished() = 0;
  virtual absl::StatusOr<uint64_t> Spent(const federation::ChargeLine& line) = 0;
  virtual absl::StatusOr<uint64_t> LifetimeSpent(v1::Compartment compartment,
                                                 absl::string_view product) = 0;
  virtual absl::StatusOr<federation::LineUse> UseOf(const federation::ChargeOrigin& origin,
                                                    const federation::CappedLine& line) = 0;
  virtual absl::StatusOr<bool> IsCharged(absl::string_view plan_hash) = 0;

  virtual absl::StatusOr<std::optional<StoredRelease>> ReleaseById(absl::string_view id) = 0;
  virtual absl::StatusOr<std::optional<StoredRelease>> ReleaseOfManifest(
      absl::string_view manifest_hash) = 0;
  // Keeps a free answer; an id that has one is AlreadyExists.
  virtual absl::Status SaveFreeAnswer(const FreeAnswer& answer) = 0;
  virtual absl::StatusOr<std::optional<FreeAnswer>> FindFreeAnswer(
      const federation::AttemptId& id) = 0;
  // Newest first, without bundles.
  virtual absl::StatusOr<std::vector<StoredRelease>> Releases(int limit) = 0;
  // Of each plan released under an overlap key the newest release, newest first, without bundles.
  virtual absl::StatusOr<std::vector<StoredRelease>> ReleasesOf(absl::string_view overlap_key) = 0;
  // Contributor lists of all releases under an overlap key; none under the empty one, of canary
  // rounds, which do not overlap.
  virtual absl::StatusOr<std::vector<std::vector<std::string>>> ReleasedSets(
      absl::string_view overlap_key) = 0;

  // Items of a member after `cursor`, ascending, up to about `max_bytes`; at least one if there is
  // one.
  virtual absl::StatusOr<std::vector<v1::Item>> ItemsAfter(absl::string_view recipient,
                                                           uint64_t cursor, size_t max_bytes) = 0;
  // Forgets the items of a member up to `cursor`.
  virtual absl::Status Acknowledge(absl::string_view recipient, uint64_t cursor) = 0;

  // Keeps a seal-key; one that is held already is OK. `id`: SHA-256 of its payload.
  virtual absl::Status SaveSealKey(absl::string_view member, uint64_t number, absl::string_view id,
                                   absl::string_view envelope) = 0;
  // Serialised envelopes of a member's newest ones by number, the newest first.
  virtual absl::StatusOr<std::vector<std::string>> NewestSealKeys(absl::string_view member) = 0;
  // Serialised envelope of one by its id; nullopt if there is none.
  virtual absl::StatusOr<std::optional<std::string>> SealKeyById(absl::string_view id) = 0;

  // This party's own log and the heads of others, in the same database.
  virtual federation::log::MerkleLog& log() = 0;
  virtual federation::log::HeadStore& heads() = 0;
  // Of every party that the authority has rebased.
  virtual const federation::Generations& generations() const = 0;
  // Of the own log. A larger one than generations() says is begun and waits for the authority.
  virtual uint64_t log_generation() const = 0;
  // The own ledger is an old copy: what is recorded from now on goes into the next generation of
  // the log, and log() is that one. `seen`: the note that showed it, kept for the draft of the
  // rebase.
  virtual absl::Status BeginGeneration(const federation::log::SignedCheckpoint& seen,
                                       int64_t at_micros) = 0;
  // Another party's rebase; the own one, in one transaction with what it charges (errors and
  // effects: federation::InstallRebase; FailedPrecondition `rebase_old` if a later generation has
  // begun).
  virtual absl::Status SaveRebase(const federation::OpenedRebase& rebase) = 0;
  virtual absl::Status InstallRebase(const federation::RebaseInstall& install,
                                     const federation::log::Entry& start) = 0;
  // Serialised envelopes, the newest of each party.
  virtual absl::StatusOr<std::vector<std::string>> Rebases() = 0;
  // Number of the entry `reserved` of an attempt in log(); nullopt if it has none.
  virtual absl::StatusOr<std::optional<uint64_t>> ReservedEntry(
      absl::string_view manifest_hash) = 0;
  // All attempts under an overlap key, in the order of their entries. Of an earlier generation of
  // the log, those that were logged; the others nobody was shown, and nobody dealt for them.
  virtual absl::StatusOr<std::vector<ReservedAttempt>> ReservedAttempts(
      absl::string_view overlap_key) = 0;
  // Durable when it returns.
  virtual absl::Status LogStart(const federation::log::Entry& start) = 0;

  virtual absl::Status SaveCharter(uint64_t version, absl::string_view hash,
                                   absl::string_view envelope, int64_t at_micros) = 0;
  virtual absl::StatusOr<std::vector<std::string>> Charters() = 0;
};

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_LEDGER_ROUND_STORE_H_
