#include "registry-node/relay/member.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/storage_failure.h"
#include "federation/ledger/rebase_install.h"
#include "federation/log/entries.h"
#include "federation/witnesses.h"
#include "query/planned_releases.h"
#include "registry-node/log/witness_desk.h"

namespace perdura::registry_node {
namespace {

constexpr uint32_t kPollWaitMs = 50'000;
constexpr absl::Duration kSealCheckEvery = absl::Hours(1);
constexpr absl::Duration kRefusedSealKeyPause = absl::Seconds(5);
// A lost request or answer is asked for again by whoever needs it.
constexpr absl::Duration kWitnessRetry = absl::Milliseconds(100);
constexpr absl::Duration kWitnessLife = absl::Seconds(1);
constexpr size_t kMostWaiting = 64;

bool WorthRetrying(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status);
}

}  // namespace

Member::Member(Options options)
    : options_(std::move(options)),
      chain_(options_.authority, query::CheckPlannedReleases),
      heads_(options_.log),
      seal_keys_({.sender = options_.sender, .chain = chain_, .store = options_.seal_keys}),
      start_(options_.log),
      answer_({.sender = options_.sender,
               .chain = chain_,
               .store = options_.answers,
               .seal_keys = options_.seal_keys,
               .tables = options_.tables,
               .log = options_.log,
               .has_dealt = [this](const federation::AttemptId& id,
                                   const std::string& hash) { return HasDealt(id, hash); },
               .own_caps = options_.own_caps,
               .paused = options_.paused}),
      steward_({.sender = options_.sender,
                .chain = chain_,
                .store = options_.steward,
                .seal_keys = seal_keys_,
                .log = options_.log,
                .heads = heads_,
                .started_at = options_.started_at}),
      next_seal_check_(absl::InfinitePast()) {}

absl::Status Member::Start(const std::vector<std::string>& charters, absl::Time now) {
  for (const std::string& bytes : charters) {
    v1::Envelope envelope;
    if (!envelope.ParseFromString(bytes)) return absl::DataLossError("a kept charter is damaged");
    PERDURA_RETURN_IF_ERROR(chain_.Accept(envelope, now, /*replay=*/true));
  }
  if (const auto charter = chain_.current(); charter != nullptr) {
    PERDURA_RETURN_IF_ERROR(OnCharter(*charter));
  }
  PERDURA_ASSIGN_OR_RETURN(auto uploads, answer_.Recover(now));
  Queue(std::move(uploads));
  return absl::OkStatus();
}

absl::Status Member::AcceptCharter(const v1::Envelope& envelope, absl::Time now, bool more_follow) {
  federation::CharterChain trial = chain_;
  PERDURA_RETURN_IF_ERROR(trial.Accept(envelope, now, /*replay=*/more_follow));
  if (trial.version() == chain_.version()) return absl::OkStatus();
  PERDURA_RETURN_IF_ERROR(options_.save_charter(trial.version(), trial.current()->hash(),
                                                envelope.SerializeAsString()));
  chain_ = std::move(trial);
  base::LogInfo("charter.accepted", {{"version", chain_.version()},
                                     {"hash", base::HexEncode(chain_.current()->hash())}});
  next_seal_check_ = absl::InfinitePast();
  return OnCharter(*chain_.current());
}

// At the start again: the process may have ended between keeping a charter and this.
absl::Status Member::OnCharter(const federation::Charter& charter) {
  start_.OnCharter(charter);
  return heads_.StartFrom(charter);
}

absl::Status Member::AcceptRebase(const v1::RebaseFile& file, absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(
      const federation::OpenedRebase rebase,
      federation::OpenRebase(file.rebase(), chain_, options_.log.generations()));
  const std::string& party = rebase.rebase.party();
  if (party == options_.sender.member) {
    PERDURA_RETURN_IF_ERROR(InstallOwn(rebase, file, now));
  } else {
    PERDURA_RETURN_IF_ERROR(options_.log.SaveRebase(rebase));
  }
  // The aggregator, or this steward, may have lost the newest seal-key.
  next_seal_check_ = absl::InfinitePast();
  base::LogInfo("rebase.accepted", {{"party", party}, {"generation", rebase.rebase.generation()}});
  return absl::OkStatus();
}

absl::Status Member::InstallOwn(const federation::OpenedRebase& rebase, const v1::RebaseFile& file,
                                absl::Time now) {
  const federation::Charter& charter = *chain_.current();
  PERDURA_RETURN_IF_ERROR(federation::CheckInstallable(rebase.rebase, file, charter));
  const std::string& own = options_.sender.member;
  federation::RebaseInstall install{.rebase = rebase,
                                    .known = {},
                                    .cut_known_at = 0,
                                    .entry_kind = kDebited,
                                    .state = kLost,
                                    .at_micros = absl::ToUnixMicros(now)};
  install.cut_known_at = federation::NewestCutKnownAt(charter, install.at_micros);
  PERDURA_ASSIGN_OR_RETURN(install.known, federation::KnownDebits(file));
  if (charter.StewardIndex(own) != 0) {
    for (const federation::Debit& debit : install.known) {
      PERDURA_RETURN_IF_ERROR(options_.steward.RememberDeal(debit.id, debit.manifest_hash));
    }
  }
  PERDURA_RETURN_IF_ERROR(options_.log.InstallRebase(
      install, federation::log::StartEntry(own, install.at_micros, "rebase", rebase.id,
                                           options_.sender.random)));
  steward_.OnRebased(now);
  start_.OnRebased(charter);
  return absl::OkStatus();
}

absl::StatusOr<bool> Member::HasDealt(const federation::AttemptId& id,
                                      const std::string& manifest_hash) {
  PERDURA_ASSIGN_OR_RETURN(const auto deal, options_.steward.FindDeal(id));
  return deal.has_value() && deal->manifest_hash == manifest_hash;
}

// Rounds under the charter before may still be open.
bool Member::ReportsItsLogs() const {
  const auto before = chain_.previous();
  return chain_.current()->requires_witness() || (before != nullptr && before->requires_witness());
}

absl::StatusOr<v1::PollRequest> Member::NextPoll() {
  v1::PollRequest request;
  request.set_cursor(cursor_);
  request.set_wait_ms(kPollWaitMs);
  request.set_charter_version(chain_.version());
  if (const auto charter = chain_.current(); charter != nullptr) {
    request.set_charter_hash(charter->hash());
    if (ReportsItsLogs()) PERDURA_RETURN_IF_ERROR(ReportLogs(*charter, request));
  }
  return request;
}

absl::Status Member::ReportLogs(const federation::Charter& charter, v1::PollRequest& request) {
  const v1::Charter& proto = charter.proto();
  const auto origin = [&](const std::string& party) {
    return federation::OriginOf(proto.federation(), party, options_.log.generations()).ToText();
  };
  request.set_own_checkpoint(options_.log.newest_note());
  PERDURA_ASSIGN_OR_RETURN(*request.mutable_peer_checkpoint(),
                           options_.log.HeldNote(origin(proto.aggregator().id())));
  if (charter.StewardIndex(options_.sender.member) == 0) return absl::OkStatus();
  for (const v1::Member& member : proto.members()) {
    PERDURA_ASSIGN_OR_RETURN(const uint64_t size, options_.log.HeldSize(origin(member.id())));
    if (size == 0) continue;
    v1::LogSize& held = *request.add_member_logs();
    held.set_party(member.id());
    held.set_size(size);
  }
  return absl::OkStatus();
}

absl::Status Member::Survive(const absl::Status& status) const {
  const absl::Status judged = base::AsRefusal(status);
  if (judged.ok() || base::IsStorageFailure(judged)) return judged;
  base::LogWarning("relay.dropped", {{"reason", base::ReasonOf(judged)}});
  return absl::OkStatus();
}

absl::Status Member::OnCharters(const v1::PollResponse& response, absl::Time now) {
  for (int i = 0; i < response.charters_size(); ++i) {
    const absl::Status accepted =
        AcceptCharter(response.charters(i), now, /*more_follow=*/i + 1 < response.charters_size());
    if (accepted.ok()) continue;
    if (base::IsStorageFailure(accepted)) return accepted;
    // A charter that is not valid binds nobody.
    base::LogError("charter.refused", {{"reason", accepted.message()}});
    break;
  }
  return absl::OkStatus();
}

absl::Status Member::OnPoll(const v1::PollResponse& response, absl::Time now) {
  PERDURA_RETURN_IF_ERROR(OnCharters(response, now));
  PERDURA_RETURN_IF_ERROR(OnRebases(response, now));
  for (const v1::Item& item : response.items()) {
    if (item.number() <= cursor_) continue;
    PERDURA_RETURN_IF_ERROR(Survive(OnItem(item, now)));
    cursor_ = item.number();
  }
  PERDURA_RETURN_IF_ERROR(OnWitnessAnswers(response, now));
  PERDURA_RETURN_IF_ERROR(OnProofsWanted(response, now));
  return OnWitnessRequests(response, now);
}

// All of them come with every answer; most are held.
absl::Status Member::OnRebases(const v1::PollResponse& response, absl::Time now) {
  for (const v1::Envelope& envelope : response.rebases()) {
    v1::RebaseFile file;
    *file.mutable_rebase() = envelope;
    const absl::Status accepted = AcceptRebase(file, now);
    if (base::IsStorageFailure(accepted)) return accepted;
    const std::string reason = base::ReasonOf(accepted);
    if (accepted.ok() || reason == "rebase_old") continue;
    if (refused_rebase_ != accepted.message()) {
      base::LogError("rebase.refused", {{"reason", reason}});
    }
    refused_rebase_ = std::string(accepted.message());
  }
  return absl::OkStatus();
}

absl::Status Member::OnItem(const v1::Item& item, absl::Time now) {
  switch (item.body_case()) {
    case v1::Item::kAnnouncement:
      return OnAnnouncement(item.announcement(), now);
    case v1::Item::kContribution: {
      PERDURA_ASSIGN_OR_RETURN(auto refusal, steward_.OnContribution(item.contribution(), now));
      Queue(std::move(refusal));
      return absl::OkStatus();
    }
    case v1::Item::kCommitDraft: {
      PERDURA_ASSIGN_OR_RETURN(auto outgoing, steward_.OnCommitDraft(item.commit_draft(), now));
      Queue(std::move(outgoing));
      return absl::OkStatus();
    }
    case v1::Item::kCertificate: {
      PERDURA_ASSIGN_OR_RETURN(auto outgoing, steward_.OnCertificate(item.certificate(), now));
      Queue(std::move(outgoing));
      return absl::OkStatus();
    }
    case v1::Item::kEnded:
      return OnEnded(item.ended());
    case v1::Item::kDiagnosis: {
      PERDURA_ASSIGN_OR_RETURN(auto outgoing, steward_.OnDiagnosisRequest(item.diagnosis(), now));
      Queue(std::move(outgoing));
      return absl::OkStatus();
    }
    case v1::Item::BODY_NOT_SET:
      break;
  }
  base::LogWarning("relay.unknown_item");
  return absl::OkStatus();
}

// Deals come first: an announcement without dealer headers is for stewards, one with them for
// nodes.
absl::Status Member::TakeAnnouncement(const v1::Announcement& announcement, absl::Time now) {
  if (announcement.dealer_headers().empty()) {
    PERDURA_ASSIGN_OR_RETURN(auto deal, steward_.OnAnnouncement(announcement, now));
    Queue(std::move(deal));
    return absl::OkStatus();
  }
  PERDURA_ASSIGN_OR_RETURN(auto upload, answer_.OnAnnouncement(announcement, now));
  Queue(std::move(upload));
  return absl::OkStatus();
}

absl::Status Member::CheckStarted() const {
  const auto charter = chain_.current();
  return charter == nullptr ? absl::OkStatus() : start_.CheckStarted(*charter);
}

// O10: before the start is cosigned nothing is answered or dealt.
bool Member::MustWait() const { return base::ReasonOf(CheckStarted()) == "not_started"; }

absl::Status Member::OnAnnouncement(const v1::Announcement& announcement, absl::Time now) {
  if (!VerifyManifest(announcement, chain_).ok()) {
    unsigned_announcements_.Add();
    return absl::OkStatus();
  }
  if (!MustWait()) return TakeAnnouncement(announcement, now);
  if (waiting_.size() < kMostWaiting) waiting_.push_back(announcement);
  return absl::OkStatus();
}

absl::Status Member::TakeWaiting(absl::Time now) {
  if (MustWait()) return absl::OkStatus();
  for (const v1::Announcement& announcement : std::exchange(waiting_, {})) {
    PERDURA_RETURN_IF_ERROR(Survive(TakeAnnouncement(announcement, now)));
  }
  return absl::OkStatus();
}

absl::Status Member::OnWitnessAnswers(const v1::PollResponse& response, absl::Time now) {
  for (const v1::WitnessAnswer& answer : response.witness_answers()) {
    PERDURA_RETURN_IF_ERROR(Survive(start_.OnAnswer(answer, now)));
  }
  return TakeWaiting(now);
}

absl::Status Member::QueueProofs(const v1::ProofWanted& wanted, absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(auto upload, answer_.OnProofsWanted(wanted, now));
  Queue(std::move(upload));
  PERDURA_ASSIGN_OR_RETURN(auto deal, steward_.OnProofsWanted(wanted, now));
  Queue(std::move(deal));
  return absl::OkStatus();
}

absl::Status Member::OnProofsWanted(const v1::PollResponse& response, absl::Time now) {
  for (const v1::ProofWanted& wanted : response.proofs_wanted()) {
    PERDURA_RETURN_IF_ERROR(Survive(QueueProofs(wanted, now)));
  }
  return absl::OkStatus();
}

absl::Status Member::Witness(const v1::WitnessRequest& request, const federation::Charter& charter,
                             absl::Time now) {
  Outgoing answer{.kind = OutgoingKind::kWitness,
                  .manifest_hash = "",
                  .due = now,
                  .retry_every = kWitnessRetry,
                  .expires = now + kWitnessLife,
                  .post = {}};
  WitnessDesk witness(options_.log, heads_, *options_.cosign_key);
  PERDURA_ASSIGN_OR_RETURN(*answer.post.mutable_witness_answer(),
                           witness.Answer(request, charter, now));
  outbox_.Add(std::move(answer));
  return absl::OkStatus();
}

// A steward witnesses from its start on, so that stewards that start together start each other.
absl::Status Member::OnWitnessRequests(const v1::PollResponse& response, absl::Time now) {
  const auto charter = chain_.current();
  if (charter == nullptr || options_.cosign_key == nullptr) return absl::OkStatus();
  for (const v1::WitnessRequest& request : response.witness_requests()) {
    PERDURA_RETURN_IF_ERROR(Survive(Witness(request, *charter, now)));
  }
  return absl::OkStatus();
}

absl::Status Member::AskWitnesses(absl::Time now) {
  const auto charter = chain_.current();
  if (charter == nullptr || now < start_.NextDue()) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(const auto requests, start_.RequestsDue(*charter, now));
  if (requests.empty()) return absl::OkStatus();
  Outgoing asked{.kind = OutgoingKind::kWitness,
                 .manifest_hash = "",
                 .due = now,
                 .retry_every = kWitnessRetry,
                 .expires = now + kWitnessLife,
                 .post = {}};
  asked.post.mutable_witness_requests()->Add(requests.begin(), requests.end());
  outbox_.Add(std::move(asked));
  return absl::OkStatus();
}

absl::Status Member::OnEnded(const v1::RoundEnded& ended) {
  steward_.OnEnded(ended.manifest_hash());
  return answer_.OnEnded(ended.manifest_hash(), ended.state());
}

absl::StatusOr<std::vector<Outgoing>> Member::TakeDue(absl::Time now) {
  // Far ahead of the check: the clock was set back.
  if (now >= next_seal_check_ || now + kSealCheckEvery < next_seal_check_) {
    next_seal_check_ = now + kSealCheckEvery;
    seal_keys_.SetGeneration(options_.log.generation());
    PERDURA_ASSIGN_OR_RETURN(auto seal_key, seal_keys_.Tend(now));
    Queue(std::move(seal_key));
  }
  PERDURA_ASSIGN_OR_RETURN(auto lists, steward_.OnTick(now));
  Queue(std::move(lists));
  PERDURA_RETURN_IF_ERROR(AskWitnesses(now));
  return outbox_.TakeDue(now);
}

absl::Status Member::OnPosted(Outgoing outgoing, const v1::PostResponse& response, absl::Time now) {
  if (outgoing.kind != OutgoingKind::kUpload) return absl::OkStatus();
  if (const absl::Status receipt = answer_.CheckReceipt(outgoing, response.receipt());
      !receipt.ok()) {
    base::LogWarning("relay.bad_receipt", {{"manifest", base::HexEncode(outgoing.manifest_hash)}});
    outbox_.Retry(std::move(outgoing), now);
    return absl::OkStatus();
  }
  return answer_.OnReceipt(outgoing, now);
}

void Member::OnPostFailed(Outgoing outgoing, const absl::Status& why, absl::Time now) {
  if (WorthRetrying(why)) {
    outbox_.Retry(std::move(outgoing), now);
    return;
  }
  // A seal-key under a charter that the aggregator does not hold yet is welcome a little later.
  if (outgoing.kind == OutgoingKind::kSealKey) next_seal_check_ = now + kRefusedSealKeyPause;
  base::LogWarning("relay.post_refused", {{"manifest", base::HexEncode(outgoing.manifest_hash)},
                                          {"reason", base::ReasonOf(why)}});
}

absl::Time Member::NextDue() const {
  return std::min({outbox_.NextDue(), steward_.NextTick(), next_seal_check_, start_.NextDue()});
}

void Member::Queue(std::vector<Outgoing> outgoing) {
  for (Outgoing& one : outgoing) outbox_.Add(std::move(one));
}

}  // namespace perdura::registry_node
