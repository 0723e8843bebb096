#include "registry-node/answer/answer_handler.h"

#include <utility>

#include "base/bytes.h"
#include "base/failpoint.h"
#include "base/logging.h"
#include "base/planted_fault.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/storage_failure.h"
#include "crypto/wiped.h"
#include "federation/envelope.h"
#include "query/canary.h"
#include "query/line_caps.h"
#include "registry-node/answer/exact_table_access.h"
#include "registry-node/answer/planted_table.h"
#include "registry-node/log/log_proofs.h"

namespace perdura::registry_node {
namespace {

using federation::MessageType;

// How long a refusal is worth delivering.
constexpr absl::Duration kRefusalLife = absl::Minutes(10);
constexpr absl::Duration kRetryPause = absl::Milliseconds(200);

// Exact cells, in field elements, wiped on the way.
crypto::FieldVector MeasuredRows(const query::Layout& layout, std::vector<int64_t> cells) {
  std::vector<int64_t> rows = layout.Measure(cells);
  crypto::FieldVector elements;
  elements.reserve(rows.size() + 1);
  for (const int64_t row : rows) elements.push_back(crypto::Field64::FromSigned(row));
  crypto::Wipe(cells.data(), cells.size() * sizeof(int64_t));
  crypto::Wipe(rows.data(), rows.size() * sizeof(int64_t));
  return elements;
}

absl::Status BadReceipt() {
  return base::Refuse(absl::StatusCode::kUnavailable, "bad_signature",
                      "receipt: not the aggregator's for this upload");
}

}  // namespace

Outgoing UploadAtSlot(const v1::Slots& slots, const std::string& manifest_hash,
                      v1::PostRequest post, absl::Time from) {
  const int64_t earliest = absl::ToUnixMicros(from) + slots.w();
  int64_t slot = slots.upload_at();
  while (slot < earliest) slot += slots.w();
  return {.kind = OutgoingKind::kUpload,
          .manifest_hash = manifest_hash,
          .due = absl::FromUnixMicros(slot),
          .retry_every = absl::Microseconds(slots.w()),
          .expires = absl::FromUnixMicros(slots.collect_until()),
          .post = std::move(post)};
}

Outgoing AgainWithProofs(OutgoingKind kind, const v1::Slots& slots,
                         const std::string& manifest_hash, v1::PostRequest post, absl::Time now) {
  return {.kind = kind,
          .manifest_hash = manifest_hash,
          .due = now,
          .retry_every = kRetryPause,
          .expires = absl::FromUnixMicros(slots.commit_until()),
          .post = std::move(post)};
}

absl::StatusOr<std::vector<Outgoing>> AnswerHandler::OnAnnouncement(
    const v1::Announcement& announcement, absl::Time now) {
  auto opened = OpenManifest(announcement, options_.chain, now);
  if (!opened.ok()) return Refused(announcement, opened.status(), now);
  PERDURA_ASSIGN_OR_RETURN(const auto seen, options_.store.Find(opened->id));
  if (seen.has_value() && seen->manifest_hash != opened->hash) {
    return Refused(announcement,
                   base::Refuse(absl::StatusCode::kAlreadyExists, "attempt_reused",
                                "another manifest was answered for this attempt"),
                   now);
  }
  if (seen.has_value() && seen->state != kDebited) return Resend(*seen, opened->manifest, now);
  PERDURA_ASSIGN_OR_RETURN(const bool dealt, options_.has_dealt(opened->id, opened->hash));
  auto checked = Check(*std::move(opened), announcement, seen.has_value() || dealt, now);
  if (!checked.ok()) {
    if (seen.has_value()) {
      PERDURA_RETURN_IF_ERROR(options_.store.SetState(seen->manifest_hash, kLost, "expired"));
    }
    return Refused(announcement, checked.status(), now);
  }
  if (seen.has_value()) {
    PERDURA_ASSIGN_OR_RETURN(auto standing, options_.store.Resume(seen->manifest_hash));
    return BuildOrGiveUp(*checked, announcement, std::move(standing), now);
  }
  PERDURA_FAILPOINT("node_before_debit");
  auto reservation = Debit(*checked, now);
  if (!reservation.ok()) return Refused(announcement, reservation.status(), now);
  PERDURA_FAILPOINT("node_after_debit");
  return BuildOrGiveUp(*checked, announcement, *std::move(reservation), now);
}

absl::StatusOr<CheckedManifest> AnswerHandler::Check(OpenedManifest opened,
                                                     const v1::Announcement& announcement,
                                                     bool taken_before, absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(CheckedManifest checked, CheckManifest(std::move(opened), announcement,
                                                                  {.chain = options_.chain,
                                                                   .needs_upload = true,
                                                                   .taken_before = taken_before,
                                                                   .log = options_.log,
                                                                   .seal_keys = options_.seal_keys},
                                                                  now));
  PERDURA_RETURN_IF_ERROR(CheckDealerHeaders(checked, announcement));
  if (!checked.opened.under.charter->MemberHasRole(options_.sender.member, v1::MEMBER_ROLE_NODE)) {
    return base::Refuse(absl::StatusCode::kPermissionDenied, "not_allowed",
                        "this member is no node of the charter");
  }
  PERDURA_RETURN_IF_ERROR(CheckSecrets(checked, options_.sender));
  PERDURA_RETURN_IF_ERROR(
      query::CheckCut(checked.terms.plan(), *checked.opened.under.charter, now));
  if (options_.paused) {
    return base::Refuse(absl::StatusCode::kPermissionDenied, "declined", "this node is paused");
  }
  return checked;
}

absl::StatusOr<federation::Reservation> AnswerHandler::Debit(const CheckedManifest& checked,
                                                             absl::Time now) {
  const federation::Charter& charter = *checked.opened.under.charter;
  federation::Debit debit;
  debit.id = checked.opened.id;
  debit.plan = checked.terms.plan().text();
  debit.plan_hash = checked.terms.plan().hash();
  debit.manifest_hash = checked.opened.hash;
  debit.manifest = checked.opened.envelope;
  debit.ask_hash = checked.opened.ask_hash;
  debit.cut_known_at = charter.FindCut(checked.terms.plan().cut())->known_at() * 1'000'000;
  debit.debited_at = absl::ToUnixMicros(now);
  debit.purpose = checked.opened.ask.purpose();
  PERDURA_ASSIGN_OR_RETURN(debit.lines, Caps(checked));
  debit.charges_nothing = checked.terms.plan().canary();
  PERDURA_RETURN_IF_ERROR(RememberSealKeys(checked, options_.seal_keys));
  return options_.store.Debit(debit);
}

// NC23: the lower of this node's policy, the round's charter and the one in force.
absl::StatusOr<std::vector<federation::CappedLine>> AnswerHandler::Caps(
    const CheckedManifest& checked) const {
  const auto& lines = checked.terms.lines();
  const v1::Ask& ask = checked.opened.ask;
  PERDURA_ASSIGN_OR_RETURN(auto capped, query::CapLines(lines, ask, *checked.opened.under.charter));
  if (!checked.opened.under.in_force) {
    PERDURA_ASSIGN_OR_RETURN(const auto now_in_force,
                             query::CapLines(lines, ask, *options_.chain.current()));
    query::LowerCaps(capped, now_in_force);
  }
  for (federation::CappedLine& one : capped) {
    one.cap_units = options_.own_caps.Lower(one.line.compartment, one.cap_units);
  }
  return capped;
}

// The charge stands, whatever keeps the upload from being built.
absl::StatusOr<std::vector<Outgoing>> AnswerHandler::BuildOrGiveUp(
    const CheckedManifest& checked, const v1::Announcement& announcement,
    federation::Reservation reservation, absl::Time debited_at) {
  auto upload = Build(checked, announcement, std::move(reservation), debited_at);
  if (upload.ok() || base::IsStorageFailure(upload.status())) return upload;
  PERDURA_RETURN_IF_ERROR(options_.store.SetState(checked.opened.hash, kLost, "not_packed"));
  return Refused(announcement, upload.status(), debited_at);
}

absl::StatusOr<std::vector<int64_t>> AnswerHandler::CellsOf(const CheckedManifest& checked) {
  const query::Plan& plan = checked.terms.plan();
  const query::Layout& layout = checked.terms.layout();
  const federation::Charter& charter = *checked.opened.under.charter;
  if (plan.canary()) return query::CanaryCells(plan, layout, charter, options_.sender.member);
  return options_.tables.Cells(plan, layout, charter, ExactTableAccess());
}

absl::StatusOr<std::vector<Outgoing>> AnswerHandler::Build(const CheckedManifest& checked,
                                                           const v1::Announcement& announcement,
                                                           federation::Reservation reservation,
                                                           absl::Time debited_at) {
  PERDURA_ASSIGN_OR_RETURN(const LogStamp stamp,
                           StampFor(*checked.opened.under.charter, announcement, options_.log));
  PERDURA_ASSIGN_OR_RETURN(std::vector<int64_t> cells, CellsOf(checked));
  if (base::Planted(base::PlantedFault::kSilentWhenEmpty) && IsEmpty(cells)) {
    return std::vector<Outgoing>();
  }
  PlantTableFaults(cells);
  PERDURA_ASSIGN_OR_RETURN(
      v1::PostRequest post,
      MakeContribution(checked, v1::CONTRIBUTION_ROLE_NODE, options_.sender,
                       MeasuredRows(checked.terms.layout(), std::move(cells)), stamp));
  PERDURA_FAILPOINT("node_before_packed");
  if (!base::Planted(base::PlantedFault::kFreshUpload)) {
    PERDURA_RETURN_IF_ERROR(options_.store.SaveUpload(reservation, post.SerializeAsString()));
  }
  PERDURA_FAILPOINT("node_after_packed");
  std::vector<Outgoing> outgoing;
  outgoing.push_back(UploadAtSlot(checked.opened.manifest.slots(), reservation.manifest_hash(),
                                  std::move(post), debited_at));
  return outgoing;
}

absl::StatusOr<Outgoing> AnswerHandler::Resume(const federation::AttemptRecord& record,
                                               absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const auto bytes, options_.store.FindUpload(record.manifest_hash));
  v1::PostRequest post;
  v1::Envelope envelope;
  v1::Manifest manifest;
  if (!bytes.has_value() || !post.ParseFromString(*bytes) ||
      !envelope.ParseFromString(record.manifest) || !manifest.ParseFromString(envelope.payload())) {
    PERDURA_RETURN_IF_ERROR(
        options_.store.SetState(record.manifest_hash, kLost, "no stored upload"));
    return absl::NotFoundError("the stored upload is gone");
  }
  return UploadAtSlot(manifest.slots(), record.manifest_hash, std::move(post), now);
}

absl::StatusOr<std::vector<Outgoing>> AnswerHandler::Resend(const federation::AttemptRecord& record,
                                                            const v1::Manifest& manifest,
                                                            absl::Time now) {
  std::vector<Outgoing> outgoing;
  if (record.state != kPacked || now >= absl::FromUnixMicros(manifest.slots().collect_until())) {
    return outgoing;
  }
  auto upload = Resume(record, now);
  if (upload.ok()) outgoing.push_back(*std::move(upload));
  return outgoing;
}

absl::StatusOr<std::vector<Outgoing>> AnswerHandler::Recover(absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const auto unfinished, options_.store.Unfinished());
  std::vector<Outgoing> outgoing;
  for (const federation::AttemptRecord& record : unfinished) {
    // A debited attempt left nothing: the announcement was not acknowledged, comes again, and is
    // built then.
    if (record.state == kDebited) continue;
    auto upload = Resume(record, now);
    if (upload.ok()) outgoing.push_back(*std::move(upload));
  }
  return outgoing;
}

absl::StatusOr<std::vector<Outgoing>> AnswerHandler::OnProofsWanted(const v1::ProofWanted& wanted,
                                                                    absl::Time now) {
  std::vector<Outgoing> outgoing;
  PERDURA_ASSIGN_OR_RETURN(const auto record,
                           options_.store.FindByManifest(wanted.manifest_hash()));
  if (!record.has_value() || record->state != kReceipted) return outgoing;
  PERDURA_ASSIGN_OR_RETURN(const auto bytes, options_.store.FindUpload(record->manifest_hash));
  v1::PostRequest post;
  v1::Envelope envelope;
  v1::Manifest manifest;
  if (!bytes.has_value() || !post.ParseFromString(*bytes) ||
      !envelope.ParseFromString(record->manifest) ||
      !manifest.ParseFromString(envelope.payload())) {
    return outgoing;
  }
  const auto charter = options_.chain.ByHash(manifest.charter_hash());
  if (charter == nullptr || wanted.sizes_size() > charter->quorum().s) return outgoing;
  const std::vector<uint64_t> sizes(wanted.sizes().begin(), wanted.sizes().end());
  PERDURA_RETURN_IF_ERROR(RenewProofs(options_.log, sizes, post));
  outgoing.push_back(AgainWithProofs(OutgoingKind::kUpload, manifest.slots(), record->manifest_hash,
                                     std::move(post), now));
  return outgoing;
}

absl::Status AnswerHandler::CheckReceipt(const Outgoing& upload,
                                         const v1::Envelope& envelope) const {
  PERDURA_ASSIGN_OR_RETURN(const auto said, federation::PeekPayload<v1::Receipt>(
                                                envelope, federation::MessageType::kReceipt));
  const auto charter = options_.chain.ByHash(said.charter_hash());
  if (charter == nullptr) return BadReceipt();
  const std::vector<std::string> keys = {charter->proto().aggregator().sign_key()};
  PERDURA_ASSIGN_OR_RETURN(
      const auto receipt,
      federation::OpenEnvelope<v1::Receipt>(envelope, federation::MessageType::kReceipt, keys));
  const bool of_this =
      receipt.manifest_hash() == upload.manifest_hash &&
      receipt.contribution_id() == federation::PayloadId(upload.post.message().payload());
  return of_this ? absl::OkStatus() : BadReceipt();
}

absl::Status AnswerHandler::OnReceipt(const Outgoing& upload, absl::Time now) {
  return options_.store.MarkSent(upload.manifest_hash,
                                 federation::PayloadId(upload.post.message().payload()),
                                 absl::ToUnixMicros(now));
}

absl::Status AnswerHandler::OnEnded(const std::string& manifest_hash, absl::string_view state) {
  PERDURA_ASSIGN_OR_RETURN(const auto unfinished, options_.store.Unfinished());
  for (const federation::AttemptRecord& record : unfinished) {
    if (record.manifest_hash != manifest_hash) continue;
    return options_.store.SetState(manifest_hash, kLost, state);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Outgoing>> AnswerHandler::Refused(const v1::Announcement& announcement,
                                                             const absl::Status& why,
                                                             absl::Time now) {
  const std::string hash = federation::PayloadId(announcement.manifest().payload());
  if (base::IsStorageFailure(why)) return why;
  std::string reason = base::ReasonOf(base::AsRefusal(why));
  base::LogWarning("answer.refused", {{"manifest", base::HexEncode(hash)}, {"reason", reason}});
  PERDURA_RETURN_IF_ERROR(options_.store.LogRefusal(hash, reason, absl::ToUnixMicros(now)));
  v1::RefusalMessage refusal;
  if (const auto charter = options_.chain.current(); charter != nullptr) {
    refusal.set_charter_hash(charter->hash());
  }
  refusal.set_manifest_hash(hash);
  refusal.set_member(options_.sender.member);
  refusal.set_role(v1::CONTRIBUTION_ROLE_NODE);
  refusal.set_reason(std::move(reason));
  Outgoing outgoing{.kind = OutgoingKind::kRefusal,
                    .manifest_hash = hash,
                    .due = now,
                    .retry_every = kRetryPause,
                    .expires = now + kRefusalLife,
                    .post = {}};
  *outgoing.post.mutable_message() = federation::SignMessage(
      MessageType::kRefusal, refusal, options_.sender.key, options_.sender.member);
  std::vector<Outgoing> result;
  result.push_back(std::move(outgoing));
  return result;
}

}  // namespace perdura::registry_node
