#include "aggregator/rounds/log_desk.h"

#include <algorithm>
#include <utility>

#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/merkle_proof.h"
#include "federation/log/head_keeper.h"

namespace perdura::aggregator {
namespace {

namespace log = federation::log;

constexpr absl::Duration kFirstPause = absl::Milliseconds(200);
constexpr absl::Duration kLastPause = absl::Seconds(30);

v1::WitnessRequest ToMessage(const std::string& steward, const log::WitnessRequest& request) {
  v1::WitnessRequest message;
  message.set_steward(steward);
  message.set_note(request.note);
  message.set_old_size(request.old_size);
  for (const crypto::Digest& hash : request.proof) message.add_proof(hash);
  return message;
}

// What one party says to another passes through here: a note, a proof of at most 63 hashes, a few
// names. Larger ones would crowd out what others have to say.
constexpr size_t kMostWitnessBytes = size_t{8} << 10;
// Of one poll's answer; the rest waits for the next.
constexpr size_t kPollWitnessBytes = size_t{256} << 10;

template <typename Message>
absl::Status CheckWitnessSize(const Message& message) {
  if (message.ByteSizeLong() <= kMostWitnessBytes) return absl::OkStatus();
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                      "a witness request or answer has at most 8 KiB");
}

// Moves messages out of `waiting` into what `add` gives, as long as there is room.
template <typename Message, typename Add>
void MoveWhatFits(std::map<std::string, Message>& waiting, size_t& room, Add add) {
  while (!waiting.empty() && waiting.begin()->second.ByteSizeLong() <= room) {
    room -= waiting.begin()->second.ByteSizeLong();
    *add() = std::move(waiting.begin()->second);
    waiting.erase(waiting.begin());
  }
}

template <typename Map>
uint64_t SizeIn(const Map& sizes, const std::string& party) {
  const auto found = sizes.find(party);
  return found == sizes.end() ? 0 : found->second;
}

}  // namespace

LogDesk::LogDesk(RoundStore& store, std::string id)
    : store_(store), id_(std::move(id)), heads_(store.heads()) {}

absl::Status LogDesk::OnCharter(const federation::CharterChain& chain) {
  charter_ = chain.current();
  before_ = chain.previous();
  return StartAnew();
}

absl::Status LogDesk::StartAnew() {
  cosigning_.reset();
  witnesses_.clear();
  cosigned_size_ = 0;
  next_ask_ = absl::InfiniteFuture();
  restored_ = store_.log_generation() > federation::GenerationOf(store_.generations(), id_);
  if (!active()) return absl::OkStatus();
  witnesses_ = federation::WitnessesFor(*charter_, id_);
  std::vector<log::NoteKey> keys;
  for (const federation::CharterWitness& witness : witnesses_) keys.push_back(witness.key);
  cosigning_.emplace(store_.log(), std::move(keys));
  PERDURA_RETURN_IF_ERROR(WantAllCosigned());
  start_size_ = wanted_size_;
  return absl::OkStatus();
}

absl::Status LogDesk::CheckMayAsk() const {
  if (!active()) return absl::OkStatus();
  if (restored_) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, "restored",
                        "the aggregator's ledger is an old copy and needs a rebase; nothing was "
                        "charged");
  }
  if (cosigned_size_ >= start_size_) return absl::OkStatus();
  return base::Refuse(absl::StatusCode::kUnavailable, "too_few_online",
                      "the aggregator's start is not cosigned by a quorum of stewards yet; nothing "
                      "was charged, ask again later");
}

absl::Status LogDesk::OnRebase(const std::string& party) {
  member_notes_.clear();
  if (party != id_) return absl::OkStatus();
  own_heads_.clear();
  return StartAnew();
}

absl::Status LogDesk::FoundRestored(const log::SignedCheckpoint& seen, absl::Time now) {
  base::LogError("log.restored", {{"seen", seen.checkpoint.size}});
  restored_ = true;
  return store_.BeginGeneration(seen, absl::ToUnixMicros(now));
}

absl::Status LogDesk::OnReserved() { return active() ? WantAllCosigned() : absl::OkStatus(); }

absl::StatusOr<std::optional<v1::LoggedEntry>> LogDesk::LoggedCharge(
    absl::string_view manifest_hash) {
  PERDURA_ASSIGN_OR_RETURN(const auto seq, store_.ReservedEntry(manifest_hash));
  if (!seq.has_value() || *seq >= cosigned_size_) return std::nullopt;
  v1::LoggedEntry logged;
  logged.set_party(id_);
  PERDURA_ASSIGN_OR_RETURN(*logged.mutable_entry(), store_.log().EntryAt(*seq));
  PERDURA_ASSIGN_OR_RETURN(*logged.mutable_proof(), store_.log().ReceiptOf(*seq, cosigned_size_));
  return logged;
}

absl::Status LogDesk::WantAllCosigned() {
  PERDURA_ASSIGN_OR_RETURN(wanted_size_, store_.log().Size());
  return BeginIfFree();
}

// A checkpoint that waits for its quorum is not given up for a newer one, or a busy aggregator
// would get none.
absl::Status LogDesk::BeginIfFree() {
  if (restored_ || cosigned_size_ >= wanted_size_) return absl::OkStatus();
  if (cosigning_->size() > cosigned_size_) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(const log::SignedCheckpoint head, store_.log().SignHead());
  PERDURA_RETURN_IF_ERROR(cosigning_->Begin(head));
  pause_ = kFirstPause;
  return AskStewards();
}

absl::Status LogDesk::AskStewards() {
  for (size_t i = 0; i < witnesses_.size(); ++i) {
    PERDURA_ASSIGN_OR_RETURN(const auto request, cosigning_->RequestTo(i));
    const std::string& steward = witnesses_[i].steward;
    if (request.has_value()) requests_[steward][id_] = ToMessage(steward, *request);
  }
  asked_now_ = true;
  next_ask_ = absl::InfinitePast();
  return absl::OkStatus();
}

absl::Status LogDesk::Tick(absl::Time now) {
  if (!active() || restored_ || now < next_ask_) return absl::OkStatus();
  if (cosigned_size_ >= cosigning_->size()) {
    next_ask_ = absl::InfiniteFuture();
    return absl::OkStatus();
  }
  if (!asked_now_) {
    PERDURA_RETURN_IF_ERROR(AskStewards());
    pause_ = std::min(pause_ * 2, kLastPause);
  }
  asked_now_ = false;
  next_ask_ = now + pause_;
  return absl::OkStatus();
}

absl::Status LogDesk::OnPoll(const std::string& member, const v1::PollRequest& request,
                             absl::Time now) {
  if (!hears()) return absl::OkStatus();
  PERDURA_RETURN_IF_ERROR(SeeOwnNote(member, request.peer_checkpoint(), now));
  PERDURA_RETURN_IF_ERROR(SeeMemberNote(member, request.own_checkpoint()));
  if (charter_->StewardIndex(member) == 0) return absl::OkStatus();
  std::map<std::string, uint64_t>& sizes = steward_sizes_[member];
  sizes.clear();
  for (const v1::LogSize& held : request.member_logs()) {
    if (charter_->FindMember(held.party()) != nullptr) sizes[held.party()] = held.size();
  }
  return absl::OkStatus();
}

// NC6 at the aggregator. Only a note under its own key counts.
absl::Status LogDesk::SeeOwnNote(const std::string& member, const std::string& note,
                                 absl::Time now) {
  own_heads_[member] = 0;
  const auto seen = log::OpenCheckpoint(note, store_.log().note_key());
  if (!seen.ok()) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(const uint64_t size, store_.log().Size());
  const absl::Status own = CheckOwnHead(seen->checkpoint, size, store_.log());
  if (base::ReasonOf(own) == "restored") {
    return restored_ ? absl::OkStatus() : FoundRestored(*seen, now);
  }
  PERDURA_RETURN_IF_ERROR(own);
  own_heads_[member] = seen->checkpoint.size;
  for (size_t i = 0; i < witnesses_.size(); ++i) {
    if (witnesses_[i].steward == member) cosigning_->SetHeld(i, seen->checkpoint.size);
  }
  return absl::OkStatus();
}

// The largest is kept; whether it extends the smaller ones the stewards judge (SC4).
absl::Status LogDesk::SeeMemberNote(const std::string& member, const std::string& note) {
  if (note.empty() || member_notes_[member] == note) return absl::OkStatus();
  member_notes_[member] = note;
  const auto key = federation::LogKeyOf(*charter_, member, store_.generations());
  if (!key.ok()) return absl::OkStatus();
  const auto seen = log::OpenCheckpoint(note, *key);
  if (!seen.ok()) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(const auto held, heads_.Find(seen->checkpoint.origin));
  if (!held.has_value()) return heads_.Replace(0, *seen);
  if (held->forked || seen->checkpoint.size < held->checkpoint.size) return absl::OkStatus();
  if (seen->checkpoint.size > held->checkpoint.size) {
    return heads_.Replace(held->checkpoint.size, *seen);
  }
  if (seen->checkpoint.root == held->checkpoint.root) return absl::OkStatus();
  base::LogError("log.fork", {{"member", member}, {"size", seen->checkpoint.size}});
  return heads_.KeepFork(*held, *seen);
}

uint64_t LogDesk::SizeAt(const std::string& steward, const std::string& member) const {
  const auto sizes = steward_sizes_.find(steward);
  return sizes == steward_sizes_.end() ? 0 : SizeIn(sizes->second, member);
}

void LogDesk::TakeWitnessTraffic(const std::string& member, v1::PollResponse& response) {
  size_t room = kPollWitnessBytes;
  MoveWhatFits(requests_[member], room, [&] { return response.add_witness_requests(); });
  MoveWhatFits(answers_[member], room, [&] { return response.add_witness_answers(); });
}

absl::Status LogDesk::OnRequests(const std::string& member, const v1::PostRequest& request) {
  if (!active()) return absl::OkStatus();
  for (const v1::WitnessRequest& one : request.witness_requests()) {
    PERDURA_RETURN_IF_ERROR(CheckWitnessSize(one));
    if (charter_->StewardIndex(one.steward()) != 0) requests_[one.steward()][member] = one;
  }
  return absl::OkStatus();
}

absl::Status LogDesk::OnAnswer(const std::string& member, const v1::WitnessAnswer& answer,
                               absl::Time now) {
  if (!active()) return absl::OkStatus();
  if (charter_->StewardIndex(member) == 0) {
    return base::Refuse(absl::StatusCode::kPermissionDenied, "not_allowed", "no steward");
  }
  PERDURA_RETURN_IF_ERROR(CheckWitnessSize(answer));
  if (answer.party() == id_) return OnOwnAnswer(member, answer, now);
  if (charter_->FindMember(answer.party()) == nullptr) return absl::OkStatus();
  v1::WitnessAnswer& kept = answers_[answer.party()][member];
  kept = answer;
  kept.set_steward(member);
  return absl::OkStatus();
}

absl::Status LogDesk::OnOwnAnswer(const std::string& steward, const v1::WitnessAnswer& answer,
                                  absl::Time now) {
  if (restored_) return absl::OkStatus();
  const auto witness =
      std::find_if(witnesses_.begin(), witnesses_.end(),
                   [&](const federation::CharterWitness& one) { return one.steward == steward; });
  if (witness == witnesses_.end()) return absl::OkStatus();
  const auto ask_again = cosigning_->OnAnswer(static_cast<size_t>(witness - witnesses_.begin()),
                                              {.cosignature = answer.cosignature(),
                                               .reason = answer.reason(),
                                               .held_note = answer.held_note()});
  if (base::ReasonOf(ask_again.status()) == "restored") {
    PERDURA_ASSIGN_OR_RETURN(const log::SignedCheckpoint seen,
                             log::OpenCheckpoint(answer.held_note(), store_.log().note_key()));
    return FoundRestored(seen, now);
  }
  PERDURA_RETURN_IF_ERROR(ask_again.status());
  if (*ask_again) PERDURA_RETURN_IF_ERROR(AskStewards());
  if (cosigning_->count() < charter_->quorum().q) return absl::OkStatus();
  cosigned_size_ = std::max(cosigned_size_, cosigning_->size());
  return BeginIfFree();
}

}  // namespace perdura::aggregator
