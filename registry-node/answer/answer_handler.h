#ifndef PERDURA_REGISTRY_NODE_ANSWER_ANSWER_HANDLER_H_
#define PERDURA_REGISTRY_NODE_ANSWER_ANSWER_HANDLER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/charter_chain.h"
#include "perdura/v1/relay.pb.h"
#include "perdura/v1/round.pb.h"
#include "registry-node/answer/answer_store.h"
#include "registry-node/answer/contribution.h"
#include "registry-node/answer/manifest_check.h"
#include "registry-node/answer/own_caps.h"
#include "registry-node/answer/table_source.h"
#include "registry-node/relay/outbox.h"

namespace perdura::registry_node {

// A node answers one manifest: it checks, debits, and only then reads its patients.
//
//   aggregator            this node
//     | announcement ------->| NC1..NC22, no patient data
//     |                      | NC23, NC24: attempt, lines, log; fsync          state debited
//     |                      | episodes -> table -> strategy rows -> shares -> sealed
//     |                      | upload bytes into rounds.db; fsync; mark        state packed
//     |<-- upload_at + i w --| the stored bytes, at the first slot at least w after the debit
//     |-- receipt ---------->|                                                  state receipted
//
// A round under the charter before the one in force is charged only where it fits the caps of both,
// so that no charter is passed on the way to the next: a line, analyst or purpose that the new one
// leaves out gets nothing any more. What was spent counts under every charter.
//
// Privacy: the charge is durable before patient data are read. Refusal or upload, its size and its
// slot never depend on patient data: a node without patients uploads zeros. Exact cells live in
// this call only and are wiped. A retry sends the stored bytes; nothing is built twice once it is
// packed. Thread-compatible; all references must outlive it.
class AnswerHandler final {
 public:
  struct Options {
    Sender sender;
    const federation::CharterChain& chain;
    AnswerStore& store;
    SealKeyStore& seal_keys;
    TableSource& tables;
    PartyLog& log;
    // Has this member, as a steward, dealt for this very manifest? Then it was taken here.
    std::function<absl::StatusOr<bool>(const federation::AttemptId&, const std::string& hash)>
        has_dealt;
    // The lower of these and the charter's caps hold.
    OwnCaps own_caps = {};
    // Refuses every question with `declined`.
    bool paused = false;
  };

  explicit AnswerHandler(Options options) : options_(std::move(options)) {}

  // What to send: the upload at its slot, or a typed refusal (M4). Nothing for a manifest that was
  // answered and receipted. An error for which base::IsStorageFailure() does not hold says that the
  // message could not be used; nothing was sent for it, and the node goes on. The manifest is known
  // to be signed (VerifyManifest): a refusal goes into the log.
  absl::StatusOr<std::vector<Outgoing>> OnAnnouncement(const v1::Announcement& announcement,
                                                       absl::Time now);

  // After a restart: attempts in state debited are built now (nothing had left), packed ones are
  // sent again; w counts from `now`.
  absl::StatusOr<std::vector<Outgoing>> Recover(absl::Time now);

  // SC4: stewards could not follow the log of an upload that was sent: the stored bytes again, with
  // fresh proofs. Nothing for one that did not leave yet, so that its slot says nothing.
  absl::StatusOr<std::vector<Outgoing>> OnProofsWanted(const v1::ProofWanted& wanted,
                                                       absl::Time now);

  // M4: whether the aggregator signed for this very upload, under the charter of its round. A
  // receipt is what a hospital can hold against an aggregator that drops it.
  absl::Status CheckReceipt(const Outgoing& upload, const v1::Envelope& receipt) const;
  // The aggregator signed for the upload.
  absl::Status OnReceipt(const Outgoing& upload, absl::Time now);
  // The round ended; only for this node's own record.
  absl::Status OnEnded(const std::string& manifest_hash, absl::string_view state);

 private:
  absl::StatusOr<std::vector<Outgoing>> Refused(const v1::Announcement& announcement,
                                                const absl::Status& why, absl::Time now);
  absl::StatusOr<CheckedManifest> Check(OpenedManifest opened, const v1::Announcement& announcement,
                                        bool taken_before, absl::Time now);
  absl::StatusOr<std::vector<federation::CappedLine>> Caps(const CheckedManifest& checked) const;
  absl::StatusOr<std::vector<Outgoing>> Resend(const federation::AttemptRecord& record,
                                               const v1::Manifest& manifest, absl::Time now);
  absl::StatusOr<federation::Reservation> Debit(const CheckedManifest& checked, absl::Time now);
  // This node's patients, or in a canary round the generated ones.
  absl::StatusOr<std::vector<int64_t>> CellsOf(const CheckedManifest& checked);
  absl::StatusOr<std::vector<Outgoing>> BuildOrGiveUp(const CheckedManifest& checked,
                                                      const v1::Announcement& announcement,
                                                      federation::Reservation reservation,
                                                      absl::Time debited_at);
  absl::StatusOr<std::vector<Outgoing>> Build(const CheckedManifest& checked,
                                              const v1::Announcement& announcement,
                                              federation::Reservation reservation,
                                              absl::Time debited_at);
  absl::StatusOr<Outgoing> Resume(const federation::AttemptRecord& record, absl::Time now);

  Options options_;
};

// A contribution that a steward refused as `bad_proof`, to be posted now, and again until the
// stewards list.
Outgoing AgainWithProofs(OutgoingKind kind, const v1::Slots& slots,
                         const std::string& manifest_hash, v1::PostRequest post, absl::Time now);

// The upload with its slot: the first upload_at + i w that is at least w after `from`.
Outgoing UploadAtSlot(const v1::Slots& slots, const std::string& manifest_hash,
                      v1::PostRequest post, absl::Time from);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_ANSWER_ANSWER_HANDLER_H_
