#include "aggregator/rounds/round_desk.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/failpoint.h"
#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/storage_failure.h"
#include "federation/envelope.h"
#include "federation/seal_key.h"
#include "query/planned_releases.h"

namespace perdura::aggregator {
namespace {

using base::Refuse;
using federation::MessageType;

constexpr size_t kPollBytes = 256 * 1024;
// How long an ended round stays in memory for those who watch it.
constexpr absl::Duration kEndedRoundLife = absl::Minutes(2);

// What a member may sign refusals with: those of a round under the charter before too, which it may
// have left since.
std::vector<std::string> SignKeysOf(const std::string& id, const federation::CharterChain& chain) {
  std::vector<std::string> keys;
  for (const auto& charter : {chain.current(), chain.previous()}) {
    const v1::Member* member = charter == nullptr ? nullptr : charter->FindMember(id);
    if (member != nullptr) keys.push_back(member->sign_key());
  }
  return keys;
}

}  // namespace

RoundDesk::RoundDesk(Options options)
    : options_(std::move(options)),
      chain_(options_.authority, query::CheckPlannedReleases),
      log_(options_.store, options_.id) {}

absl::Status RoundDesk::Start(absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const auto charters, options_.store.Charters());
  for (const std::string& bytes : charters) {
    v1::Envelope envelope;
    if (!envelope.ParseFromString(bytes)) return absl::DataLossError("a kept charter is damaged");
    PERDURA_RETURN_IF_ERROR(chain_.Accept(envelope, now, /*replay=*/true));
  }
  PERDURA_RETURN_IF_ERROR(log_.OnCharter(chain_));
  PERDURA_RETURN_IF_ERROR(ReadRebases());
  PERDURA_ASSIGN_OR_RETURN(const auto unfinished, options_.store.Unfinished());
  for (const federation::AttemptRecord& record : unfinished) {
    PERDURA_RETURN_IF_ERROR(Restore(record));
  }
  return Tick(now);
}

absl::Status RoundDesk::AcceptCharter(const v1::Envelope& envelope, absl::Time now) {
  federation::CharterChain trial = chain_;
  PERDURA_RETURN_IF_ERROR(trial.Accept(envelope, now));
  if (trial.version() == chain_.version()) return absl::OkStatus();
  PERDURA_RETURN_IF_ERROR(options_.store.SaveCharter(trial.version(), trial.current()->hash(),
                                                     envelope.SerializeAsString(),
                                                     absl::ToUnixMicros(now)));
  chain_ = std::move(trial);
  base::LogInfo("charter.accepted", {{"version", chain_.version()},
                                     {"hash", base::HexEncode(chain_.current()->hash())}});
  return log_.OnCharter(chain_);
}

absl::StatusOr<RoundDesk::CharterPtr> RoundDesk::InForce(absl::Time now) const {
  const CharterPtr charter = chain_.current();
  if (charter == nullptr || !charter->ValidAt(now)) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "charter_expired",
                  "no charter is in force; the authority has to sign the next one");
  }
  return charter;
}

bool RoundDesk::SeenWithin(const std::string& member, absl::Duration window, absl::Time now) const {
  const auto seen = last_seen_.find(member);
  return seen != last_seen_.end() && now - seen->second <= window;
}

absl::StatusOr<v1::PollResponse> RoundDesk::Poll(const std::string& member,
                                                 const v1::PollRequest& request, absl::Time now) {
  last_seen_[member] = now;
  disconnected_.erase(member);
  PERDURA_RETURN_IF_ERROR(options_.store.Acknowledge(member, request.cursor()));
  PERDURA_RETURN_IF_ERROR(log_.OnPoll(member, request, now));
  v1::PollResponse response;
  // A version that this desk does not know yet is later than all that it could send.
  const size_t known = std::min<uint64_t>(request.charter_version(), chain_.envelopes().size());
  for (const v1::Envelope& later : std::span(chain_.envelopes()).subspan(known)) {
    *response.add_charters() = later;
  }
  PERDURA_ASSIGN_OR_RETURN(auto items,
                           options_.store.ItemsAfter(member, request.cursor(), kPollBytes));
  PERDURA_RETURN_IF_ERROR(log_.Complete(member, items));
  for (v1::Item& item : items) *response.add_items() = std::move(item);
  log_.TakeWitnessTraffic(member, response);
  AskForProofs(member, now, response);
  TellRebases(member, response);
  return response;
}

void RoundDesk::AskForProofs(const std::string& member, absl::Time now,
                             v1::PollResponse& response) {
  for (auto& [hash, round] : rounds_) {
    const std::vector<std::string> stewards = round->TakeProofDemand(member, now);
    if (stewards.empty()) continue;
    v1::ProofWanted& wanted = *response.add_proofs_wanted();
    wanted.set_manifest_hash(hash);
    for (const std::string& steward : stewards) wanted.add_sizes(log_.SizeAt(steward, member));
  }
}

absl::Status RoundDesk::TakeWitnessTraffic(const std::string& member,
                                           const v1::PostRequest& request, absl::Time now) {
  PERDURA_RETURN_IF_ERROR(log_.OnRequests(member, request));
  if (!request.has_witness_answer()) return absl::OkStatus();
  PERDURA_RETURN_IF_ERROR(log_.OnAnswer(member, request.witness_answer(), now));
  return AnnounceLogged(now);
}

// Rounds whose charge Q stewards have cosigned go to the stewards. Those of an earlier charter come
// too late: whoever cosigns now dates it after the switch.
absl::Status RoundDesk::AnnounceLogged(absl::Time now) {
  for (auto& [hash, round] : rounds_) {
    if (!round->waits_for_log()) continue;
    if (round->charter().hash() != chain_.current()->hash()) {
      round->Abandon("unlogged");
      PERDURA_RETURN_IF_ERROR(Persist(*round, now));
      continue;
    }
    PERDURA_ASSIGN_OR_RETURN(const auto charge, log_.LoggedCharge(hash));
    if (!charge.has_value()) continue;
    round->OnLogged(*charge);
    PERDURA_RETURN_IF_ERROR(Persist(*round, now));
  }
  return absl::OkStatus();
}

absl::Status RoundDesk::TakeSealKey(const std::string& member, const v1::Envelope& envelope,
                                    absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const CharterPtr charter, InForce(now));
  const int index = charter->StewardIndex(member);
  if (index == 0) return Refuse(absl::StatusCode::kPermissionDenied, "not_allowed", "no steward");
  const std::vector<std::string> keys = {charter->steward_keys()[static_cast<size_t>(index) - 1]};
  PERDURA_ASSIGN_OR_RETURN(const v1::SealKey key, federation::OpenEnvelope<v1::SealKey>(
                                                      envelope, MessageType::kSealKey, keys));
  PERDURA_RETURN_IF_ERROR(federation::CheckSealKeyFields(key));
  if (key.member() != member || chain_.ByHash(key.charter_hash()) == nullptr) {
    return Refuse(absl::StatusCode::kInvalidArgument, "bad_seal_key",
                  "member or charter_hash is wrong");
  }
  return options_.store.SaveSealKey(member, key.number(), federation::PayloadId(envelope.payload()),
                                    envelope.SerializeAsString());
}

absl::StatusOr<Round*> RoundDesk::FindRound(const std::string& manifest_hash) {
  const auto found = rounds_.find(manifest_hash);
  if (found == rounds_.end()) {
    return Refuse(absl::StatusCode::kNotFound, "unknown_round", "no such round is open");
  }
  return found->second.get();
}

// Signed here and not by the round: what a release says of the other attempts is in the store.
absl::StatusOr<StoredRelease> RoundDesk::SignRelease(const Round& round) {
  LogEvidence log;
  if (round.charter().requires_witness()) {
    PERDURA_ASSIGN_OR_RETURN(
        log, GatherLogEvidence(options_.store, round.hash(), round.plan().overlap_key()));
  }
  return round.MakeRelease(chain_.envelopes(), log);
}

absl::Status RoundDesk::Store(Round& round, absl::Time now) {
  RoundUpdate update = round.TakeUpdate();
  if (update.empty()) return absl::OkStatus();
  if (update.state == kStateReleased) {
    PERDURA_ASSIGN_OR_RETURN(update.release, SignRelease(round));
    PERDURA_FAILPOINT("aggregator_before_release_stored");
  }
  PERDURA_RETURN_IF_ERROR(options_.store.Apply(round.hash(), update, absl::ToUnixMicros(now)));
  if (update.state == kStateReleased) PERDURA_FAILPOINT("aggregator_after_release_stored");
  return absl::OkStatus();
}

// Memory never runs ahead of what is stored: where the store refuses an update, `round` is gone,
// and its successor stands where the store says.
absl::Status RoundDesk::Persist(Round& round, absl::Time now) {
  const std::string hash = round.hash();
  const absl::Status stored = Store(round, now);
  if (stored.ok() || base::IsStorageFailure(stored)) return stored;
  PERDURA_RETURN_IF_ERROR(Reload(hash));
  return stored;
}

absl::Status RoundDesk::Reload(const std::string& manifest_hash) {
  PERDURA_ASSIGN_OR_RETURN(const auto record, options_.store.FindByManifest(manifest_hash));
  if (!record.has_value()) return absl::DataLossError("the attempt of an open round is gone");
  if (record->state == kStateReserved) return Restore(*record);
  rounds_.erase(manifest_hash);
  return absl::OkStatus();
}

v1::Receipt RoundDesk::MakeReceipt(const Round& round, const v1::Envelope& contribution,
                                   absl::Time now) const {
  v1::Receipt receipt;
  receipt.set_charter_hash(round.charter().hash());
  receipt.set_manifest_hash(round.hash());
  receipt.set_contribution_id(federation::PayloadId(contribution.payload()));
  receipt.set_received_at(absl::ToUnixMicros(now));
  return receipt;
}

absl::StatusOr<v1::PostResponse> RoundDesk::Post(const std::string& member,
                                                 const v1::PostRequest& request, absl::Time now) {
  const v1::Envelope& message = request.message();
  const std::string& type = message.payload_type();
  const auto is = [&type](MessageType expected) {
    return type == federation::PayloadType(expected);
  };
  v1::PostResponse response;
  if (!request.has_message()) {
    PERDURA_RETURN_IF_ERROR(TakeWitnessTraffic(member, request, now));
    return response;
  }
  if (is(MessageType::kSealKey)) {
    PERDURA_RETURN_IF_ERROR(TakeSealKey(member, message, now));
    return response;
  }
  // Every message of a round carries the manifest's hash in field 2; which round it is must be
  // known before its signer is.
  std::string manifest_hash;
  v1::RefusalMessage refusal;
  if (is(MessageType::kContribution)) {
    PERDURA_ASSIGN_OR_RETURN(const auto header, federation::PeekPayload<v1::Contribution>(
                                                    message, MessageType::kContribution));
    manifest_hash = header.manifest_hash();
  } else if (is(MessageType::kHave)) {
    PERDURA_ASSIGN_OR_RETURN(const auto have,
                             federation::PeekPayload<v1::Have>(message, MessageType::kHave));
    manifest_hash = have.manifest_hash();
  } else if (is(MessageType::kCommit)) {
    PERDURA_ASSIGN_OR_RETURN(const auto commit,
                             federation::PeekPayload<v1::Commit>(message, MessageType::kCommit));
    manifest_hash = commit.manifest_hash();
  } else if (is(MessageType::kPartialSum)) {
    PERDURA_ASSIGN_OR_RETURN(
        const auto sum, federation::PeekPayload<v1::PartialSum>(message, MessageType::kPartialSum));
    manifest_hash = sum.manifest_hash();
  } else if (is(MessageType::kDiagnosis)) {
    PERDURA_ASSIGN_OR_RETURN(const auto diagnosis, federation::PeekPayload<v1::Diagnosis>(
                                                       message, MessageType::kDiagnosis));
    manifest_hash = diagnosis.manifest_hash();
  } else if (is(MessageType::kRefusal)) {
    const std::vector<std::string> keys = SignKeysOf(member, chain_);
    if (keys.empty())
      return Refuse(absl::StatusCode::kPermissionDenied, "not_allowed", "no member");
    PERDURA_ASSIGN_OR_RETURN(refusal, federation::OpenEnvelope<v1::RefusalMessage>(
                                          message, MessageType::kRefusal, keys));
    manifest_hash = refusal.manifest_hash();
    if (!rounds_.contains(manifest_hash)) return response;
  } else {
    return Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                  "payload_type is not one that members post");
  }
  PERDURA_ASSIGN_OR_RETURN(Round * round, FindRound(manifest_hash));
  if (is(MessageType::kContribution)) {
    PERDURA_FAILPOINT("aggregator_before_contribution_stored");
    PERDURA_RETURN_IF_ERROR(round->OnContribution(member, request, now));
    *response.mutable_receipt() = federation::SignMessage(
        MessageType::kReceipt, MakeReceipt(*round, message, now), options_.key, options_.id);
  } else if (is(MessageType::kHave)) {
    PERDURA_RETURN_IF_ERROR(round->OnHave(member, message, now));
  } else if (is(MessageType::kCommit)) {
    PERDURA_RETURN_IF_ERROR(round->OnSignature(member, message, now));
  } else if (is(MessageType::kPartialSum)) {
    PERDURA_RETURN_IF_ERROR(round->OnPartialSum(member, message, now));
  } else if (is(MessageType::kDiagnosis)) {
    PERDURA_RETURN_IF_ERROR(round->OnDiagnosis(member, message));
  } else {
    PERDURA_RETURN_IF_ERROR(round->OnRefusal(member, refusal, now));
  }
  PERDURA_RETURN_IF_ERROR(Persist(*round, now));
  return response;
}

// A round of an earlier run goes on from what was stored.
absl::Status RoundDesk::Restore(const federation::AttemptRecord& record) {
  v1::Envelope manifest;
  v1::Manifest payload;
  if (!manifest.ParseFromString(record.manifest) || !payload.ParseFromString(manifest.payload())) {
    return absl::DataLossError("a stored manifest is damaged");
  }
  const CharterPtr charter = chain_.ByHash(payload.charter_hash());
  if (charter == nullptr) return absl::DataLossError("the charter of a stored round is gone");
  PERDURA_ASSIGN_OR_RETURN(const query::Plan plan, query::Plan::Parse(record.plan, *charter));
  PERDURA_ASSIGN_OR_RETURN(query::RoundTerms terms, query::RoundTerms::Create(plan, *charter));
  Round::Options round(charter, std::move(terms));
  round.manifest = std::move(manifest);
  round.payload = std::move(payload);
  for (const std::string& id : round.payload.seal_key_ids()) {
    PERDURA_ASSIGN_OR_RETURN(const auto bytes, options_.store.SealKeyById(id));
    if (!bytes.has_value() || !round.seal_keys.emplace_back().ParseFromString(*bytes)) {
      return absl::DataLossError("a stored seal-key is damaged");
    }
  }
  PERDURA_ASSIGN_OR_RETURN(round.released_sets, options_.store.ReleasedSets(plan.overlap_key()));
  round.aggregator_id = options_.id;
  round.key = &options_.key;
  auto restored = std::make_unique<Round>(std::move(round));
  PERDURA_ASSIGN_OR_RETURN(const auto messages, options_.store.Messages(record.manifest_hash));
  for (const StoredMessage& message : messages) {
    PERDURA_RETURN_IF_ERROR(restored->Replay(message));
  }
  rounds_[record.manifest_hash] = std::move(restored);
  return absl::OkStatus();
}

std::shared_ptr<const federation::Charter> RoundDesk::CharterOfOpenRounds() const {
  const CharterPtr before = chain_.previous();
  for (const auto& [hash, round] : rounds_) {
    if (before != nullptr && !round->ended() && round->charter().hash() == before->hash()) {
      return before;
    }
  }
  return nullptr;
}

absl::Status RoundDesk::Tick(absl::Time now) {
  PERDURA_RETURN_IF_ERROR(log_.Tick(now));
  PERDURA_RETURN_IF_ERROR(AnnounceLogged(now));
  for (auto it = rounds_.begin(); it != rounds_.end();) {
    Round& round = *it->second;
    round.OnTick(now);
    const absl::Status stored = Store(round, now);
    if (base::IsStorageFailure(stored)) return stored;
    if (!stored.ok()) {
      // The others go on. Tried again at the next start; until then nothing of it is sent.
      base::LogError("round.given_up",
                     {{"manifest", base::HexEncode(it->first)}, {"reason", stored.message()}});
      it = rounds_.erase(it);
      continue;
    }
    const bool forget = round.ended() && !round.diagnosing() &&
                        now > absl::FromUnixMicros(round.slots().answer_at()) + kEndedRoundLife;
    it = forget ? rounds_.erase(it) : std::next(it);
  }
  return absl::OkStatus();
}

absl::Time RoundDesk::NextTick(absl::Time now) const {
  absl::Time next = log_.NextTick();
  for (const auto& [hash, round] : rounds_) {
    next = std::min(next, round->NextTick(now));
    // Who waits for an answer is woken at answer_at.
    const absl::Time answer_at = absl::FromUnixMicros(round->slots().answer_at());
    if (round->ended() && answer_at > now) next = std::min(next, answer_at);
  }
  return next;
}

}  // namespace perdura::aggregator
