#include "tests/simulation/simulated_federation.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/check.h"
#include "base/reason.h"
#include "federation/envelope.h"
#include "federation/ledger/party_tables.h"
#include "federation/log/entries.h"
#include "federation/witnesses.h"
#include "registry-node/store/round_schema.h"

namespace perdura::simulation {
namespace {

// One long poll of the daemon is many short ones here.
constexpr absl::Duration kPollPause = absl::Milliseconds(3);
constexpr absl::Duration kTimeout = absl::Milliseconds(25);
// How long a client waits before it looks again.
constexpr absl::Duration kAskPause = absl::Milliseconds(25);

std::unique_ptr<base::Database> InMemory() {
  auto database = base::Database::OpenInMemory();
  PERDURA_CHECK(database.ok());
  return *std::move(database);
}

}  // namespace

SimulatedFederation::Party::Party(std::string member_id,
                                  std::unique_ptr<base::Database> registry_db,
                                  std::unique_ptr<base::Database> rounds_db, uint64_t seed,
                                  CellTable::Function cells)
    : id(std::move(member_id)),
      registry(std::move(registry_db)),
      rounds(std::move(rounds_db)),
      random(seed),
      table(std::move(cells)),
      seal_keys(registry, rounds) {
  absl::MutexLock lock(&registry.mutex);
  PERDURA_CHECK(registry_node::MigrateRegistry(*registry.db).ok());
  absl::MutexLock rounds_lock(&rounds.mutex);
  PERDURA_CHECK(registry_node::MigrateRounds(*rounds.db).ok());
}

SimulatedFederation::SimulatedFederation(test_support::TestFederation federation, uint64_t seed,
                                         Faults faults,
                                         std::map<std::string, CellTable::Function> tables)
    : federation_(std::move(federation)),
      faults_(faults),
      dice_(seed),
      now_(absl::FromUnixSeconds(federation_.charter.valid_from()) + absl::Hours(1)),
      desk_database_(InMemory()) {
  StartDesk();
  Check(desk_->AcceptCharter(federation_.Sign(federation_.charter), now_));
  for (const v1::Member& member : federation_.charter.members()) {
    auto cells = tables.contains(member.id())
                     ? tables.at(member.id())
                     : [](const query::Plan&, const query::Layout& layout) {
                         return std::vector<int64_t>(static_cast<size_t>(layout.cells()), 0);
                       };
    parties_[member.id()] = std::make_unique<Party>(member.id(), InMemory(), InMemory(),
                                                    dice_.Next(), std::move(cells));
    StartMember(member.id());
  }
}

void SimulatedFederation::Check(const absl::Status& status) const {
  if (!status.ok()) absl::FPrintF(stderr, "simulation: %s\n", status.ToString().c_str());
  PERDURA_CHECK(status.ok());
}

void SimulatedFederation::See(const Party& party, absl::string_view kind, size_t bytes,
                              const absl::Status& status) {
  traffic_.push_back(absl::StrCat(absl::ToUnixMicros(now_), " ", party.id, " ", kind, " ", bytes,
                                  " ", status.ToString()));
}

void SimulatedFederation::After(absl::Duration delay, std::function<void()> act) {
  events_.push({now_ + delay, order_++, std::move(act)});
}

absl::Duration SimulatedFederation::Delay() {
  const auto most = static_cast<uint64_t>(faults_.max_delay_ms) * 1000;
  return absl::Microseconds(100 + static_cast<int64_t>(dice_.Below(most + 1)));
}

void SimulatedFederation::StartDesk() {
  const std::string& id = federation_.charter.aggregator().id();
  auto store = aggregator::SqliteRoundStore::Create(
      {.database = *desk_database_,
       .log_key = federation_.log_key(id),
       .origin = federation::OriginOf(federation_.charter.federation(), id)});
  Check(store.status());
  store_ = *std::move(store);
  Check(store_->LogStart(StartOf(id)));
  desk_ = std::make_unique<aggregator::RoundDesk>(
      aggregator::RoundDesk::Options{.authority = federation_.pin,
                                     .id = id,
                                     .key = federation_.aggregator_key(),
                                     .store = *store_});
  Check(desk_->Start(now_));
}

federation::log::Entry SimulatedFederation::StartOf(const std::string& party) {
  return federation::log::StartEntry(party, absl::ToUnixMicros(now_), "simulation",
                                     std::string(32, '\0'), dice_);
}

void SimulatedFederation::CrashDesk() {
  ++crashes_;
  desk_.reset();
  store_.reset();
  StartDesk();
}

void SimulatedFederation::Stop(const std::string& id) {
  Party& party = *parties_.at(id);
  ++party.run;
  party.member.reset();
  desk_->Disconnected(id);
}

void SimulatedFederation::Forget(const std::string& id) {
  auto zeros = [](const query::Plan&, const query::Layout& layout) {
    return std::vector<int64_t>(static_cast<size_t>(layout.cells()), 0);
  };
  // Events on their way hold references to the party, so it is kept until the end.
  forgotten_.push_back(std::move(parties_.at(id)));
  parties_.at(id) =
      std::make_unique<Party>(id, InMemory(), InMemory(), dice_.Next(), std::move(zeros));
}

const crypto::SigningKey* SimulatedFederation::CosignKeyOf(const std::string& id) const {
  for (const v1::Member& member : federation_.charter.members()) {
    const auto& roles = member.roles();
    const bool steward =
        std::find(roles.begin(), roles.end(), v1::MEMBER_ROLE_STEWARD) != roles.end();
    if (member.id() == id && steward) return &federation_.cosign_key(id);
  }
  return nullptr;
}

// What a process does before it does anything else.
void SimulatedFederation::OpenLog(Party& party) {
  party.answers.reset();
  party.steward.reset();
  auto log = registry_node::PartyLog::Open(
      {.database = party.registry,
       .origin = federation::OriginOf(federation_.charter.federation(), party.id),
       .key = federation_.log_key(party.id)});
  Check(log.status());
  party.log = *std::move(log);
  party.answers =
      std::make_unique<registry_node::SqliteAnswerStore>(party.registry, party.rounds, *party.log);
  party.steward =
      std::make_unique<registry_node::SqliteStewardStore>(party.registry, party.rounds, *party.log);
  Check(party.log->Record(StartOf(party.id)));
}

void SimulatedFederation::RestoreMember(const std::string& id, const DatabaseCopy& copy) {
  CellTable::Function cells = parties_.at(id)->table.cells();
  forgotten_.push_back(std::move(parties_.at(id)));
  parties_.at(id) =
      std::make_unique<Party>(id, copy.Open(), InMemory(), dice_.Next(), std::move(cells));
  StartMember(id);
}

void SimulatedFederation::RestoreDesk(const DatabaseCopy& copy) {
  desk_.reset();
  store_.reset();
  desk_database_ = copy.Open();
  StartDesk();
}

void SimulatedFederation::StartMember(const std::string& id) {
  Party& party = *parties_.at(id);
  ++party.run;
  OpenLog(party);
  party.member = std::make_unique<registry_node::Member>(registry_node::Member::Options{
      .authority = federation_.pin,
      .sender = {id, federation_.member_key(id), party.random, &party.secrets},
      .answers = *party.answers,
      .steward = *party.steward,
      .seal_keys = party.seal_keys,
      .tables = party.table,
      .log = *party.log,
      .cosign_key = CosignKeyOf(id),
      .save_charter =
          [this, &party](uint64_t version, const std::string& hash, const std::string& envelope) {
            return party.log->SaveCharter(version, hash, envelope, absl::ToUnixMicros(now_));
          },
      .started_at = now_,
      .own_caps = party.own_caps});
  std::vector<std::string> charters;
  {
    absl::MutexLock lock(&party.registry.mutex);
    auto kept = federation::CharterTable(*party.registry.db).Envelopes();
    Check(kept.status());
    charters = *std::move(kept);
  }
  Check(party.member->Start(charters, now_));
  Poll(party);
}

void SimulatedFederation::Poll(Party& party) {
  const int run = party.run;
  const auto next = party.member->NextPoll();
  Check(next.status());
  const v1::PollRequest& request = *next;
  if (Chance(faults_.drop_request)) {
    After(kTimeout, [this, &party, run] {
      if (party.run == run) Poll(party);
    });
    return;
  }
  After(Delay(), [this, &party, run, request] {
    if (party.run != run) return;
    auto response = desk_->Poll(party.id, request, now_);
    Check(response.status());
    if (tamper_poll_) tamper_poll_(party.id, *response);
    See(party, "poll", request.ByteSizeLong(), absl::OkStatus());
    See(party, "items", response->ByteSizeLong(), absl::OkStatus());
    if (Chance(faults_.drop_response)) {
      After(kTimeout, [this, &party, run] {
        if (party.run == run) Poll(party);
      });
      return;
    }
    const int copies = Chance(faults_.duplicate) ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy) {
      After(Delay(), [this, &party, run, answer = *response, copy] {
        if (party.run != run) return;
        DeliverPoll(party, run, answer);
        if (copy > 0) return;
        const bool idle = answer.items().empty() && answer.charters().empty() &&
                          answer.witness_requests().empty() && answer.witness_answers().empty() &&
                          answer.proofs_wanted().empty();
        After(idle ? kPollPause : absl::ZeroDuration(), [this, &party, run] {
          if (party.run == run) Poll(party);
        });
      });
    }
  });
}

void SimulatedFederation::DeliverPoll(Party& party, int run, const v1::PollResponse& response) {
  if (party.run != run) return;
  Check(party.member->OnPoll(response, now_));
  Pump(party);
}

void SimulatedFederation::Pump(Party& party) {
  auto due = party.member->TakeDue(now_);
  Check(due.status());
  for (const registry_node::Outgoing& outgoing : *due) PostOne(party, outgoing);
}

void SimulatedFederation::PostOne(Party& party, const registry_node::Outgoing& outgoing) {
  const int run = party.run;
  if (outgoing.kind != registry_node::OutgoingKind::kSealKey &&
      outgoing.kind != registry_node::OutgoingKind::kRefusal &&
      outgoing.kind != registry_node::OutgoingKind::kWitness) {
    sent_[{party.id, outgoing.kind, outgoing.manifest_hash}].insert(
        outgoing.post.SerializeAsString());
  }
  const auto fail = [this, &party, run, outgoing](const absl::Status& why) {
    if (party.run == run) party.member->OnPostFailed(outgoing, why, now_);
  };
  if (Chance(faults_.drop_request)) {
    After(kTimeout, [fail] { fail(absl::UnavailableError("lost")); });
    return;
  }
  After(Delay(), [this, &party, run, outgoing, fail] {
    v1::PostRequest post = outgoing.post;
    if (tamper_post_) tamper_post_(party.id, post);
    const auto response = desk_->Post(party.id, post, now_);
    if (!response.ok() && base::ReasonOf(response.status()).empty()) Check(response.status());
    See(party, absl::StrCat("post-", static_cast<int>(outgoing.kind)), outgoing.post.ByteSizeLong(),
        response.status());
    if (Chance(faults_.drop_response)) {
      After(kTimeout, [fail] { fail(absl::UnavailableError("lost")); });
      return;
    }
    After(Delay(), [this, &party, run, outgoing, fail, response] {
      if (!response.ok()) return fail(response.status());
      v1::PostResponse received = *response;
      if (tamper_receipt_) tamper_receipt_(party.id, received);
      if (party.run == run) Check(party.member->OnPosted(outgoing, received, now_));
    });
  });
}

void SimulatedFederation::MaybeCrash() {
  if (!asking_ || !Chance(faults_.crash)) return;
  const size_t victim = dice_.Below(parties_.size() + 1);
  if (victim == parties_.size()) {
    CrashDesk();
    return;
  }
  auto party = parties_.begin();
  std::advance(party, static_cast<std::ptrdiff_t>(victim));
  if (party->second->member == nullptr) return;
  ++crashes_;
  const std::string id = party->first;
  Stop(id);
  After(absl::Milliseconds(faults_.restart_after_ms), [this, id] { StartMember(id); });
}

// One event, or the next deadline, whichever comes first.
void SimulatedFederation::Step() {
  absl::Time next = events_.empty() ? now_ + absl::Milliseconds(1) : events_.top().at;
  next = std::min(next, desk_->NextTick(now_));
  for (auto& [id, party] : parties_) {
    if (party->member != nullptr) next = std::min(next, party->member->NextDue());
  }
  now_ = std::max(now_, next);
  MaybeCrash();
  Check(desk_->Tick(now_));
  for (auto& [id, party] : parties_) {
    if (party->member != nullptr) Pump(*party);
  }
  while (!events_.empty() && events_.top().at <= now_) {
    const auto act = events_.top().act;
    events_.pop();
    act();
  }
}

void SimulatedFederation::RunFor(absl::Duration duration) {
  const absl::Time end = now_ + duration;
  while (now_ < end) Step();
}

void SimulatedFederation::Settle() { RunFor(absl::Milliseconds(100)); }

v1::Envelope SimulatedFederation::MakeAsk(const std::string& plan, const std::string& repeat_of) {
  const v1::Analyst& analyst = federation_.charter.analysts(0);
  v1::Ask ask;
  ask.set_charter_hash(charter()->hash());
  ask.set_analyst(analyst.id());
  ask.set_role(analyst.roles(0));
  std::array<uint8_t, 16> id;
  dice_.Fill(id);
  ask.set_question_id(std::string(id.begin(), id.end()));
  ask.set_attempt(1);
  ask.set_plan(plan);
  ask.set_purpose(analyst.purposes(0));
  ask.set_max_charge(uint64_t{1} << 58);
  ask.set_asked_at(absl::ToUnixMicros(now_));
  ask.set_repeat_of(repeat_of);
  return federation::SignMessage(federation::MessageType::kAsk, ask,
                                 federation_.analyst_key(analyst.id()), analyst.id());
}

absl::StatusOr<v1::Answer> SimulatedFederation::Ask(const v1::Envelope& ask, absl::Duration limit) {
  const std::string analyst = federation_.charter.analysts(0).id();
  const absl::Time end = now_ + limit;
  asking_ = true;
  absl::StatusOr<v1::Answer> result = absl::DeadlineExceededError("no answer within the limit");
  absl::Time look_at = now_;
  int crashes = crashes_;
  while (now_ < end) {
    if (now_ < look_at && crashes_ == crashes) {
      Step();
      continue;
    }
    look_at = now_ + kAskPause;
    crashes = crashes_;
    // Asking again with the same bytes is how a client waits, and how it comes back after a crash
    // of the aggregator.
    const auto ticket = desk_->Ask(analyst, ask, now_);
    if (!ticket.ok()) {
      result = ticket.status();
      break;
    }
    if (ticket->answer.has_value()) {
      result = *ticket->answer;
      break;
    }
  }
  asking_ = false;
  return result;
}

}  // namespace perdura::simulation
