// How a question is admitted: known answer, checks, price, charge. Another part of RoundDesk.

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "aggregator/rounds/round_desk.h"
#include "aggregator/rounds/stored_answer.h"
#include "base/failpoint.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/envelope.h"
#include "federation/seal_key.h"
#include "query/line_caps.h"

namespace perdura::aggregator {
namespace {

using base::Refuse;
using federation::MessageType;

// The first of `known` that is valid from `from` to `until`.
std::optional<v1::Envelope> ChooseSealKey(const std::vector<std::string>& known, absl::Time from,
                                          absl::Time until, absl::Duration skew) {
  for (const std::string& bytes : known) {
    v1::Envelope envelope;
    v1::SealKey key;
    if (envelope.ParseFromString(bytes) && key.ParseFromString(envelope.payload()) &&
        federation::SealKeyIsValidAt(key, from, skew) &&
        federation::SealKeyIsValidAt(key, until, skew)) {
      return envelope;
    }
  }
  return std::nullopt;
}

// Sizes in a release bundle, rounded up: of what is always there, of an earlier draw's entry with
// its receipt, of a row of the table; and the most that a message and a row of the store hold.
constexpr size_t kBytesOfARelease = size_t{32} << 10;
constexpr size_t kBytesOfADraw = 1536;
constexpr size_t kBytesOfANumber = 10;
constexpr size_t kMostBundleBytes = 900'000;

absl::Status BadAskHere(absl::string_view what) {
  return Refuse(absl::StatusCode::kUnauthenticated, "bad_ask", what);
}

v1::Slots SlotsFrom(int64_t opened_at, const v1::Limits& limits) {
  const auto after = [](int64_t from, uint32_t milliseconds) {
    return from + int64_t{milliseconds} * 1000;
  };
  v1::Slots slots;
  slots.set_opened_at(opened_at);
  slots.set_deal_at(after(slots.opened_at(), limits.deal_ms()));
  slots.set_upload_at(after(slots.deal_at(), limits.upload_ms()));
  slots.set_w(after(0, limits.w_ms()));
  slots.set_collect_until(after(slots.upload_at(), limits.collect_ms()));
  slots.set_commit_until(after(slots.collect_until(), limits.commit_ms()));
  slots.set_answer_at(after(slots.commit_until(), limits.answer_ms()));
  return slots;
}

// The same question id and attempt must come with the same bytes.
absl::Status CheckSameBytes(const std::string& ask_hash, const v1::Envelope& envelope) {
  if (ask_hash == federation::PayloadId(envelope.payload())) return absl::OkStatus();
  return Refuse(absl::StatusCode::kAlreadyExists, "question_reused",
                "this question id and attempt were used for other bytes; choose a new question id");
}

v1::Answer AnswerFromStore(const StoredRelease& release) {
  v1::Answer answer;
  answer.set_bundle(release.bundle);
  answer.set_release_id(release.id);
  answer.set_from_store(true);
  return answer;
}

}  // namespace

absl::StatusOr<v1::Ask> RoundDesk::OpenAsk(const std::string& analyst, const v1::Envelope& envelope,
                                           const federation::Charter& charter,
                                           absl::Time now) const {
  const v1::Analyst* record = charter.FindAnalyst(analyst);
  if (record == nullptr) {
    return Refuse(absl::StatusCode::kPermissionDenied, "not_allowed",
                  "this analyst is not in the charter");
  }
  const std::vector<std::string> keys = {record->sign_key()};
  PERDURA_ASSIGN_OR_RETURN(const v1::Ask ask,
                           federation::OpenEnvelope<v1::Ask>(envelope, MessageType::kAsk, keys));
  if (ask.analyst() != analyst) return BadAskHere("analyst is not the caller");
  if (ask.charter_hash() != charter.hash()) {
    return Refuse(
        absl::StatusCode::kFailedPrecondition, "charter_mismatch",
        "charter_hash is not that of the charter in force; fetch it with `perdura describe`");
  }
  if (ask.question_id().size() != 16 || ask.attempt() == 0) {
    return BadAskHere("question_id must have 16 bytes, attempt counts from 1");
  }
  const v1::Limits& limits = charter.proto().limits();
  const absl::Time asked_at = absl::FromUnixMicros(ask.asked_at());
  if (asked_at > now + absl::Milliseconds(limits.skew_ms()) ||
      asked_at < now - absl::Milliseconds(limits.ask_age_ms())) {
    return BadAskHere("asked_at is outside the charter's age limit; check this machine's clock");
  }
  return ask;
}

// 4.4: the same bytes get the stored answer or the running round; other bytes under the same id are
// refused.
absl::StatusOr<std::optional<AskTicket>> RoundDesk::KnownFreeAnswer(const v1::Ask& ask,
                                                                    const v1::Envelope& envelope) {
  PERDURA_ASSIGN_OR_RETURN(
      const auto known,
      options_.store.FindFreeAnswer({ask.analyst(), ask.question_id(), ask.attempt()}));
  if (!known.has_value()) return std::nullopt;
  PERDURA_RETURN_IF_ERROR(CheckSameBytes(known->ask_hash, envelope));
  PERDURA_ASSIGN_OR_RETURN(const auto release, options_.store.ReleaseById(known->release_id));
  if (!release.has_value()) return absl::DataLossError("a release that answered is gone");
  return AskTicket{AnswerFromStore(*release), ""};
}

absl::StatusOr<std::optional<AskTicket>> RoundDesk::KnownQuestion(const v1::Ask& ask,
                                                                  const v1::Envelope& envelope,
                                                                  absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const auto record,
                           options_.store.Find({ask.analyst(), ask.question_id(), ask.attempt()}));
  if (!record.has_value()) return KnownFreeAnswer(ask, envelope);
  PERDURA_RETURN_IF_ERROR(CheckSameBytes(record->ask_hash, envelope));
  AskTicket ticket;
  ticket.manifest_hash = record->manifest_hash;
  PERDURA_ASSIGN_OR_RETURN(RoundView view, View(record->manifest_hash, now));
  PERDURA_RETURN_IF_ERROR(view.ended);
  ticket.answer = std::move(view.answer);
  return ticket;
}

absl::StatusOr<std::optional<v1::Answer>> RoundDesk::StoredAnswer(const v1::Ask& ask,
                                                                  const query::Plan& plan,
                                                                  absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const auto stored, FindStoredAnswer(plan, chain_, options_.store, now));
  if (!stored.has_value()) {
    if (ask.repeat_of().empty()) return std::nullopt;
    return Refuse(absl::StatusCode::kFailedPrecondition, "already_released",
                  "repeat_of: no release answers this plan, so there is none to draw again");
  }
  if (!ask.repeat_of().empty()) {
    if (ask.repeat_of() == stored->id) return std::nullopt;
    return Refuse(absl::StatusCode::kFailedPrecondition, "already_released",
                  "repeat_of is not the release that answers this plan now");
  }
  return AnswerFromStore(*stored);
}

// A release carries the charters and a receipt of each earlier draw over the same patients, and
// must fit a message.
absl::Status RoundDesk::CheckBundleFits(const query::RoundTerms& terms,
                                        const federation::Charter& charter) {
  // Without a witness, and of canary rounds, there is no evidence of earlier draws.
  if (!charter.requires_witness() || terms.plan().canary()) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(const auto draws,
                           options_.store.ReservedAttempts(terms.plan().overlap_key()));
  // The table, and the sum of each steward.
  const size_t numbers =
      static_cast<size_t>(terms.layout().rows()) * (1 + static_cast<size_t>(charter.quorum().s));
  size_t bytes = kBytesOfARelease + draws.size() * kBytesOfADraw + numbers * kBytesOfANumber;
  for (const v1::Envelope& held : chain_.envelopes()) bytes += held.ByteSizeLong();
  if (bytes <= kMostBundleBytes) return absl::OkStatus();
  return Refuse(absl::StatusCode::kResourceExhausted, "too_many_draws",
                "the evidence of earlier draws over these patients, with the charters, no longer "
                "fits beside another release; ask the stored ones (`perdura releases`)");
}

absl::Status RoundDesk::CheckCaps(const v1::Ask& ask, const query::RoundTerms& terms,
                                  const federation::Charter& charter) {
  if (terms.plan().canary()) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(const auto lines, query::CapLines(terms.lines(), ask, charter));
  return options_.store.CheckCaps({ask.analyst(), ask.purpose(), terms.plan().hash()}, lines);
}

absl::Status RoundDesk::CheckOnline(const federation::Charter& charter, absl::Time now) const {
  const absl::Duration window = absl::Milliseconds(charter.proto().limits().online_window_ms());
  int stewards = 0;
  for (const std::string& steward : charter.proto().committee().stewards()) {
    if (SeenWithin(steward, window, now)) ++stewards;
  }
  std::vector<std::string> online;
  std::vector<std::string> nodes = charter.NodeIds();
  for (const std::string& node : nodes) {
    if (SeenWithin(node, window, now)) online.push_back(node);
  }
  const int min_entities = static_cast<int>(charter.proto().committee().min_entities());
  const int wanted =
      std::max(min_entities, std::min(min_entities + 1, charter.CountEntities(nodes) - 1));
  const int entities = charter.CountEntities(online);
  if (stewards >= charter.quorum().q && entities >= wanted) return absl::OkStatus();
  return Refuse(absl::StatusCode::kUnavailable, "too_few_online",
                absl::StrCat(stewards, " of the ", charter.quorum().q, " stewards and ", entities,
                             " of the ", wanted,
                             " legal entities that a question needs were seen lately; nothing was "
                             "charged, ask again later"));
}

// Before a charge: would the contributors that are connected now be refused by KC7? The stewards
// decide; this only saves a lost charge.
absl::Status RoundDesk::ForecastOverlap(const query::Plan& plan, const federation::Charter& charter,
                                        absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const auto earlier, options_.store.ReleasedSets(plan.overlap_key()));
  if (earlier.empty()) return absl::OkStatus();
  const absl::Duration window = absl::Milliseconds(charter.proto().limits().online_window_ms());
  std::vector<std::string> connected;
  for (const std::string& node : charter.NodeIds()) {
    if (!disconnected_.contains(node) && SeenWithin(node, window, now)) connected.push_back(node);
  }
  std::sort(connected.begin(), connected.end());
  const bool covers_an_earlier_set =
      std::any_of(earlier.begin(), earlier.end(), [&](const std::vector<std::string>& set) {
        return std::includes(connected.begin(), connected.end(), set.begin(), set.end());
      });
  if (covers_an_earlier_set) return absl::OkStatus();
  for (const std::vector<std::string>& set : earlier) {
    if (!charter.MayBothBeReleased(set, connected)) {
      return Refuse(absl::StatusCode::kFailedPrecondition, "overlap",
                    "these patients were released with other contributors, and the two sets differ "
                    "by fewer than "
                    "min_entities legal entities: the difference would show one hospital. Nothing "
                    "was charged; ask "
                    "again when the missing members are back");
    }
  }
  return absl::OkStatus();
}

// The newest key of each steward that is valid on every clock until the round's last upload.
absl::StatusOr<std::vector<v1::Envelope>> RoundDesk::SealKeys(const federation::Charter& charter,
                                                              const v1::Slots& slots) {
  const absl::Duration skew = absl::Milliseconds(charter.proto().limits().skew_ms());
  std::vector<v1::Envelope> envelopes;
  for (const std::string& steward : charter.proto().committee().stewards()) {
    PERDURA_ASSIGN_OR_RETURN(const auto known, options_.store.NewestSealKeys(steward));
    auto chosen = ChooseSealKey(known, absl::FromUnixMicros(slots.opened_at()),
                                absl::FromUnixMicros(slots.collect_until()) + skew, skew);
    if (!chosen.has_value()) {
      return Refuse(absl::StatusCode::kUnavailable, "too_few_online",
                    absl::StrCat("steward ", steward,
                                 " has no valid seal-key here yet; nothing was charged"));
    }
    envelopes.push_back(*std::move(chosen));
  }
  return envelopes;
}

absl::Status RoundDesk::CheckBeforeCharge(const v1::Ask& ask, const query::RoundTerms& terms,
                                          const federation::Charter& charter, absl::Time now) {
  PERDURA_RETURN_IF_ERROR(query::CheckCut(terms.plan(), charter, now));
  PERDURA_RETURN_IF_ERROR(CheckCaps(ask, terms, charter));
  PERDURA_RETURN_IF_ERROR(CheckBundleFits(terms, charter));
  PERDURA_RETURN_IF_ERROR(log_.CheckMayAsk());
  PERDURA_RETURN_IF_ERROR(CheckOnline(charter, now));
  PERDURA_RETURN_IF_ERROR(ForecastOverlap(terms.plan(), charter, now));
  return SealKeys(charter, SlotsFrom(absl::ToUnixMicros(now), charter.proto().limits())).status();
}

absl::StatusOr<AskTicket> RoundDesk::Ask(const std::string& analyst, const v1::Envelope& envelope,
                                         absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const CharterPtr charter, InForce(now));
  if (const v1::Analyst* record = charter->FindAnalyst(analyst); record != nullptr) {
    // A question that was asked before keeps its answer, also under a later charter.
    const std::vector<std::string> keys = {record->sign_key()};
    const auto again = federation::OpenEnvelope<v1::Ask>(envelope, MessageType::kAsk, keys);
    if (again.ok() && again->analyst() == analyst) {
      PERDURA_ASSIGN_OR_RETURN(auto known, KnownQuestion(*again, envelope, now));
      if (known.has_value()) return *std::move(known);
    }
  }
  PERDURA_ASSIGN_OR_RETURN(const v1::Ask ask, OpenAsk(analyst, envelope, *charter, now));
  PERDURA_ASSIGN_OR_RETURN(const query::Plan plan, query::Plan::Parse(ask.plan(), *charter));
  PERDURA_RETURN_IF_ERROR(query::CheckEntitled(ask, plan, *charter));
  PERDURA_ASSIGN_OR_RETURN(auto stored, StoredAnswer(ask, plan, now));
  if (stored.has_value()) {
    PERDURA_RETURN_IF_ERROR(
        options_.store.SaveFreeAnswer({.id = {ask.analyst(), ask.question_id(), ask.attempt()},
                                       .ask_hash = federation::PayloadId(envelope.payload()),
                                       .release_id = stored->release_id()}));
    return AskTicket{std::move(stored), ""};
  }
  PERDURA_ASSIGN_OR_RETURN(query::RoundTerms terms, query::RoundTerms::Create(plan, *charter));
  if (plan.charge().price() > ask.max_charge()) {
    return Refuse(
        absl::StatusCode::kFailedPrecondition, "price_above_limit",
        absl::StrCat("the price of ", plan.charge().price(),
                     " units exceeds max_charge of the ask; raise it, or ask at a lower charge"));
  }
  PERDURA_RETURN_IF_ERROR(CheckBeforeCharge(ask, terms, *charter, now));
  return Open(ask, envelope, std::move(terms), charter, now);
}

absl::StatusOr<AskTicket> RoundDesk::Open(const v1::Ask& ask, const v1::Envelope& envelope,
                                          query::RoundTerms terms, const CharterPtr& charter,
                                          absl::Time now) {
  Round::Options round(charter, std::move(terms));
  const v1::Slots slots = SlotsFrom(absl::ToUnixMicros(now), charter->proto().limits());
  PERDURA_ASSIGN_OR_RETURN(round.seal_keys, SealKeys(*charter, slots));
  v1::Manifest& manifest = round.payload;
  manifest.set_charter_hash(charter->hash());
  manifest.set_suite(std::string(federation::kSuite));
  *manifest.mutable_ask() = envelope;
  manifest.set_question_id(ask.question_id());
  manifest.set_attempt(ask.attempt());
  manifest.set_repeat_of(ask.repeat_of());
  round.terms.WriteTo(manifest);
  *manifest.mutable_slots() = slots;
  for (const v1::Envelope& key : round.seal_keys) {
    manifest.add_seal_key_ids(federation::PayloadId(key.payload()));
  }
  round.manifest =
      federation::SignMessage(MessageType::kManifest, manifest, options_.key, options_.id);
  PERDURA_ASSIGN_OR_RETURN(round.released_sets,
                           options_.store.ReleasedSets(round.terms.plan().overlap_key()));
  round.aggregator_id = options_.id;
  round.key = &options_.key;

  const query::Plan& plan = round.terms.plan();
  federation::Debit debit;
  debit.id = {ask.analyst(), ask.question_id(), ask.attempt()};
  debit.plan = plan.text();
  debit.plan_hash = plan.hash();
  debit.manifest_hash = federation::PayloadId(round.manifest.payload());
  debit.manifest = round.manifest.SerializeAsString();
  debit.ask_hash = federation::PayloadId(envelope.payload());
  debit.cut_known_at = charter->FindCut(plan.cut())->known_at() * 1'000'000;
  debit.debited_at = absl::ToUnixMicros(now);
  debit.purpose = ask.purpose();
  PERDURA_ASSIGN_OR_RETURN(debit.lines, query::CapLines(round.terms.lines(), ask, *charter));
  debit.charges_nothing = plan.canary();
  auto opened = std::make_unique<Round>(std::move(round));
  PERDURA_FAILPOINT("aggregator_before_reserve");
  PERDURA_RETURN_IF_ERROR(options_.store.Reserve(debit, opened->FirstUpdate()).status());
  PERDURA_FAILPOINT("aggregator_after_reserve");
  rounds_[debit.manifest_hash] = std::move(opened);
  PERDURA_RETURN_IF_ERROR(log_.OnReserved());
  return AskTicket{std::nullopt, debit.manifest_hash};
}

}  // namespace perdura::aggregator
