#include "registry-node/answer/manifest_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/envelope.h"
#include "federation/ledger/charge_entry.h"
#include "federation/seal_key.h"
#include "query/plan.h"
#include "registry-node/log/announcement_log.h"

namespace perdura::registry_node {
namespace {

using base::Refuse;
using federation::MessageType;

constexpr size_t kQuestionIdSize = 16;

absl::Time FromMicros(int64_t micros) { return absl::FromUnixMicros(micros); }

absl::Status BadAsk(absl::string_view what) {
  return Refuse(absl::StatusCode::kUnauthenticated, "bad_ask", what);
}

// NC4.
absl::StatusOr<v1::Ask> OpenAsk(const v1::Manifest& manifest, const federation::Charter& charter,
                                absl::Time now) {
  const auto peeked = federation::PeekPayload<v1::Ask>(manifest.ask(), MessageType::kAsk);
  if (!peeked.ok()) return BadAsk("the ask in the manifest cannot be read");
  const v1::Analyst* analyst = charter.FindAnalyst(peeked->analyst());
  if (analyst == nullptr) return BadAsk("the ask's analyst is not in the charter");
  const std::vector<std::string> keys = {analyst->sign_key()};
  if (!federation::VerifySigners(manifest.ask(), MessageType::kAsk, keys, 1).ok()) {
    return BadAsk("the ask is not signed by its analyst");
  }
  const v1::Ask& ask = *peeked;
  if (ask.charter_hash() != manifest.charter_hash()) return BadAsk("charter_hash differs");
  if (ask.question_id().size() != kQuestionIdSize || ask.question_id() != manifest.question_id()) {
    return BadAsk("question_id differs or is not 16 bytes");
  }
  if (ask.attempt() == 0 || ask.attempt() != manifest.attempt()) return BadAsk("attempt differs");
  if (ask.plan() != manifest.plan()) return BadAsk("plan differs");
  if (ask.repeat_of() != manifest.repeat_of()) return BadAsk("repeat_of differs");
  if (manifest.charge().units() > ask.max_charge()) return BadAsk("charge exceeds max_charge");
  const v1::Limits& limits = charter.proto().limits();
  const absl::Time asked_at = FromMicros(ask.asked_at());
  if (asked_at > now + absl::Milliseconds(limits.skew_ms()) ||
      asked_at < now - absl::Milliseconds(limits.ask_age_ms())) {
    return BadAsk("asked_at is outside the charter's age limit");
  }
  return ask;
}

bool SlotLengthsMatch(const v1::Slots& slots, const v1::Limits& limits) {
  const auto is = [](int64_t from, int64_t to, uint32_t milliseconds) {
    return to - from == int64_t{milliseconds} * 1000;
  };
  return is(slots.opened_at(), slots.deal_at(), limits.deal_ms()) &&
         is(slots.deal_at(), slots.upload_at(), limits.upload_ms()) &&
         is(slots.upload_at(), slots.collect_until(), limits.collect_ms()) &&
         is(slots.collect_until(), slots.commit_until(), limits.commit_ms()) &&
         is(slots.commit_until(), slots.answer_at(), limits.answer_ms()) &&
         is(0, slots.w(), limits.w_ms());
}

// NC5.
absl::Status CheckSlots(const v1::Slots& slots, const v1::Limits& limits, absl::Time now,
                        bool needs_upload) {
  if (!SlotLengthsMatch(slots, limits)) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "not_open",
                  "slots: a length differs from the charter's limits");
  }
  if (FromMicros(slots.opened_at()) > now + absl::Milliseconds(limits.skew_ms())) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "not_open",
                  "slots.opened_at lies in the future of this clock");
  }
  if (!needs_upload) {
    if (now < FromMicros(slots.upload_at())) return absl::OkStatus();
  } else {
    const int64_t earliest = absl::ToUnixMicros(now) + slots.w() - slots.upload_at();
    const int64_t slot = earliest <= 0 ? 0 : (earliest + slots.w() - 1) / slots.w();
    if (slots.upload_at() + slot * slots.w() < slots.collect_until()) return absl::OkStatus();
  }
  return Refuse(absl::StatusCode::kDeadlineExceeded, "expired", "no slot of this round is left");
}

absl::Status CharterMismatch(absl::string_view what) {
  return Refuse(absl::StatusCode::kFailedPrecondition, "charter_mismatch", what);
}

// NC8 under `witness: none`.
absl::Status CheckUnwitnessed(const v1::Announcement& announcement,
                              const federation::RoundCharter& under, bool taken_before) {
  if (!announcement.log_entry().empty() || !announcement.log_proof().empty() ||
      !announcement.consistency_proof().empty() || !announcement.newest_checkpoint().empty() ||
      !announcement.steward_log_sizes().empty()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "unlogged",
                  "the charter says `witness: none`, so every proof field must be empty");
  }
  if (under.in_force || taken_before) return absl::OkStatus();
  return CharterMismatch(
      "charter_hash is that of the charter before, and the manifest is new here");
}

// NC2. Read before it is verified: the charter says whose signature counts.
absl::StatusOr<federation::RoundCharter> CharterNamed(const v1::Envelope& envelope,
                                                      const federation::CharterChain& chain) {
  PERDURA_ASSIGN_OR_RETURN(const v1::Manifest unverified,
                           federation::PeekPayload<v1::Manifest>(envelope, MessageType::kManifest));
  auto named = chain.OfRound(unverified.charter_hash());
  if (named.has_value()) return *std::move(named);
  const std::vector<std::string> keys = {chain.current()->proto().aggregator().sign_key()};
  PERDURA_RETURN_IF_ERROR(federation::VerifySigners(envelope, MessageType::kManifest, keys, 1));
  return CharterMismatch(
      "charter_hash is neither of the charter in force here nor of the one before");
}

absl::Status BadSealKey(int steward, absl::string_view what) {
  return Refuse(absl::StatusCode::kFailedPrecondition, "bad_seal_key",
                absl::StrCat("seal-key of steward ", steward, ": ", what));
}

absl::StatusOr<v1::SealKey> OpenSealKey(const OpenedManifest& opened, const v1::Envelope& envelope,
                                        int index, const federation::CharterChain& chain,
                                        absl::Time now) {
  const federation::Charter& charter = *opened.under.charter;
  if (federation::PayloadId(envelope.payload()) != opened.manifest.seal_key_ids(index - 1)) {
    return BadSealKey(index, "not the one that the manifest names");
  }
  const std::vector<std::string> keys = {charter.steward_keys()[static_cast<size_t>(index) - 1]};
  const auto key = federation::OpenEnvelope<v1::SealKey>(envelope, MessageType::kSealKey, keys);
  if (!key.ok()) return BadSealKey(index, "not signed by that steward");
  if (charter.StewardIndex(key->member()) != index) return BadSealKey(index, "member differs");
  if (const absl::Status fields = federation::CheckSealKeyFields(*key); !fields.ok()) {
    return BadSealKey(index, fields.message());
  }
  if (chain.ByHash(key->charter_hash()) == nullptr) return BadSealKey(index, "unknown charter");
  const absl::Duration skew = absl::Milliseconds(charter.proto().limits().skew_ms());
  if (!federation::SealKeyIsValidAt(*key, now, skew)) return BadSealKey(index, "not valid now");
  if (!federation::SealKeyIsValidAt(*key, FromMicros(opened.manifest.slots().collect_until()),
                                    skew)) {
    return BadSealKey(index, "ends before the round's last upload");
  }
  return *key;
}

// NC10.
absl::StatusOr<std::vector<v1::SealKey>> OpenSealKeys(const OpenedManifest& opened,
                                                      const v1::Announcement& announcement,
                                                      const ManifestReceiver& receiver,
                                                      absl::Time now) {
  const int s = opened.under.charter->quorum().s;
  if (announcement.seal_keys_size() != s || opened.manifest.seal_key_ids_size() != s) {
    return BadSealKey(0, "one for each steward of the committee is required");
  }
  std::vector<v1::SealKey> keys;
  for (int index = 1; index <= s; ++index) {
    PERDURA_ASSIGN_OR_RETURN(v1::SealKey key, OpenSealKey(opened, announcement.seal_keys(index - 1),
                                                          index, receiver.chain, now));
    PERDURA_ASSIGN_OR_RETURN(const SealKeySeen seen, receiver.seal_keys.Seen(key.member()));
    if (!seen.Allows(key.number(), opened.manifest.slots().opened_at())) {
      return BadSealKey(index, "its number went back");
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace

absl::Status VerifyManifest(const v1::Announcement& announcement,
                            const federation::CharterChain& chain) {
  if (chain.current() == nullptr) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "charter_expired",
                  "no charter is held here");
  }
  PERDURA_ASSIGN_OR_RETURN(
      const v1::Manifest unverified,
      federation::PeekPayload<v1::Manifest>(announcement.manifest(), MessageType::kManifest));
  const auto named = chain.OfRound(unverified.charter_hash());
  const auto& charter = named.has_value() ? named->charter : chain.current();
  const std::vector<std::string> keys = {charter->proto().aggregator().sign_key()};
  return federation::VerifySigners(announcement.manifest(), MessageType::kManifest, keys,
                                   /*needed=*/1);
}

absl::StatusOr<OpenedManifest> OpenManifest(const v1::Announcement& announcement,
                                            const federation::CharterChain& chain, absl::Time now) {
  if (chain.current() == nullptr || !chain.current()->ValidAt(now)) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "charter_expired",
                  "no charter is in force here");
  }
  PERDURA_ASSIGN_OR_RETURN(federation::RoundCharter under,
                           CharterNamed(announcement.manifest(), chain));
  const std::vector<std::string> keys = {under.charter->proto().aggregator().sign_key()};
  PERDURA_ASSIGN_OR_RETURN(v1::Manifest manifest,
                           federation::OpenEnvelope<v1::Manifest>(announcement.manifest(),
                                                                  MessageType::kManifest, keys));
  if (manifest.suite() != federation::kSuite) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "unknown_suite", "suite is not known");
  }
  PERDURA_ASSIGN_OR_RETURN(v1::Ask ask, OpenAsk(manifest, *under.charter, now));
  OpenedManifest opened;
  opened.under = std::move(under);
  opened.hash = federation::PayloadId(announcement.manifest().payload());
  opened.ask_hash = federation::PayloadId(manifest.ask().payload());
  opened.envelope = announcement.manifest().SerializeAsString();
  opened.id = {ask.analyst(), ask.question_id(), ask.attempt()};
  opened.manifest = std::move(manifest);
  opened.ask = std::move(ask);
  return opened;
}

absl::StatusOr<CheckedManifest> CheckManifest(OpenedManifest opened,
                                              const v1::Announcement& announcement,
                                              const ManifestReceiver& receiver, absl::Time now) {
  const federation::Charter& charter = *opened.under.charter;
  PERDURA_RETURN_IF_ERROR(
      CheckSlots(opened.manifest.slots(), charter.proto().limits(), now, receiver.needs_upload));
  PERDURA_RETURN_IF_ERROR(
      charter.requires_witness()
          ? CheckAnnouncementLog(announcement, opened.under, receiver.log, now)
          : CheckUnwitnessed(announcement, opened.under, receiver.taken_before));
  PERDURA_ASSIGN_OR_RETURN(std::vector<v1::SealKey> seal_keys,
                           OpenSealKeys(opened, announcement, receiver, now));
  PERDURA_ASSIGN_OR_RETURN(const query::Plan plan,
                           query::Plan::Parse(opened.manifest.plan(), charter));
  PERDURA_ASSIGN_OR_RETURN(query::RoundTerms terms, query::RoundTerms::Create(plan, charter));
  if (charter.requires_witness()) {
    PERDURA_RETURN_IF_ERROR(
        federation::CheckReserved(announcement.log_entry(), opened.id, opened.hash, terms.lines()));
  }
  PERDURA_RETURN_IF_ERROR(terms.CheckManifest(opened.manifest));
  PERDURA_RETURN_IF_ERROR(query::CheckEntitled(opened.ask, plan, charter));
  return CheckedManifest{std::move(opened), std::move(terms), std::move(seal_keys)};
}

absl::Status RememberSealKeys(const CheckedManifest& checked, SealKeyStore& store) {
  const int64_t opened_at = checked.opened.manifest.slots().opened_at();
  for (const v1::SealKey& key : checked.seal_keys) {
    PERDURA_RETURN_IF_ERROR(store.Remember(key.member(), {key.number(), opened_at}));
  }
  return absl::OkStatus();
}

absl::Status CheckDealerHeaders(const CheckedManifest& checked,
                                const v1::Announcement& announcement) {
  const federation::Charter& charter = *checked.opened.under.charter;
  std::set<int> dealers;
  for (const v1::Envelope& header : announcement.dealer_headers()) {
    const auto peeked =
        federation::PeekPayload<v1::Contribution>(header, MessageType::kContribution);
    if (!peeked.ok() || peeked->manifest_hash() != checked.opened.hash ||
        peeked->role() != v1::CONTRIBUTION_ROLE_DEALER) {
      continue;
    }
    const int index = charter.StewardIndex(peeked->member());
    if (index == 0) continue;
    const std::vector<std::string> keys = {charter.steward_keys()[static_cast<size_t>(index) - 1]};
    if (federation::VerifySigners(header, MessageType::kContribution, keys, 1).ok()) {
      dealers.insert(index);
    }
  }
  if (static_cast<int>(dealers.size()) >= charter.quorum().q) return absl::OkStatus();
  return Refuse(absl::StatusCode::kUnavailable, "no_dealers",
                "signed deals of a quorum of stewards did not come along; nothing was debited");
}

}  // namespace perdura::registry_node
