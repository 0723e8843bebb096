#include "tests/simulation/explorer/handler_world.h"

#include <set>
#include <utility>

#include "base/check.h"
#include "federation/envelope.h"

namespace perdura::explorer {
namespace {

using registry_node::Outgoing;
using registry_node::OutgoingKind;

// A process that loses its memory is out of the round.
constexpr uint64_t kRestartRarity_handler = 100;

const Outgoing* Find(const std::vector<Outgoing>& outgoing, OutgoingKind kind) {
  for (const Outgoing& one : outgoing) {
    if (one.kind == kind) return &one;
  }
  return nullptr;
}

}  // namespace

HandlerWorld::HandlerWorld(const Scenario& scenario, uint64_t seed, bool broken_store)
    : scenario_(scenario),
      broken_store_(broken_store),
      federation_(scenario, seed),
      steps_(AllSteps(script(), scenario_, /*crashes=*/true)) {}

void HandlerWorld::Reset() {
  moment_ = 0;
  evidence_ = {};
  signatures_.clear();
  stewards_.clear();
  stewards_.resize(static_cast<size_t>(script().honest()));
  for (int number = 0; number < script().honest(); ++number) {
    federation_.store(number).contents = {};
    federation_.store(number).loses_commits = broken_store_;
    steward(number).handler.emplace(federation_.HandlerOptions(number, now()));
    Save(number, kBeforeDeal);
  }
}

void HandlerWorld::Save(int number, RollbackPoint point) {
  auto& saved = steward(number).saved[static_cast<size_t>(point)];
  if (!saved.has_value()) saved = federation_.store(number).contents;
}

void HandlerWorld::Restart(int number) {
  steward(number).handler.emplace(federation_.HandlerOptions(number, now()));
}

void HandlerWorld::Advance() {
  ++moment_;
  for (int number = 0; number < script().honest(); ++number) {
    const auto outgoing = steward(number).handler->OnTick(now());
    PERDURA_CHECK(outgoing.ok());
    if (Find(*outgoing, OutgoingKind::kHave) != nullptr) Save(number, kAfterHaveList);
  }
}

bool HandlerWorld::CanTake(const Step& step) {
  if (step.kind != Kind::kRollback) return true;
  const Steward& victim = steward(step.steward);
  return victim.rollbacks < scenario_.rollbacks &&
         victim.saved[static_cast<size_t>(step.what)].has_value();
}

Effect HandlerWorld::Take(const Step& step) {
  switch (step.kind) {
    case Kind::kAdvance:
      Advance();
      return {};
    case Kind::kAnnounce:
      return OnAnnouncement(step.steward, step.what);
    case Kind::kDeliver:
      OnBatch(step.steward, script().batches[static_cast<size_t>(step.what)]);
      return {};
    case Kind::kDraft:
      return OnDraft(step.steward, step.what);
    case Kind::kCertificate:
      return OnCertificate(step.steward, step.what);
    case Kind::kRestart:
      Restart(step.steward);
      return {};
    case Kind::kRollback:
      ++steward(step.steward).rollbacks;
      federation_.store(step.steward).contents =
          *steward(step.steward).saved[static_cast<size_t>(step.what)];
      Restart(step.steward);
      return {};
    case Kind::kCrashBeforeStore:
      OnCrash(step.steward, step.what, ValueStore::Crash::kBeforeCommit);
      return {};
    case Kind::kCrashAfterStore:
      OnCrash(step.steward, step.what, ValueStore::Crash::kAfterCommit);
      return {};
  }
  return {};
}

Effect HandlerWorld::OnAnnouncement(int number, int manifest) {
  const auto outgoing =
      steward(number).handler->OnAnnouncement(federation_.announcement(manifest), now());
  PERDURA_CHECK(outgoing.ok());
  const Outgoing* deal = Find(*outgoing, OutgoingKind::kDeal);
  if (deal == nullptr) return {};
  Save(number, kAfterDeal);
  std::string id = federation::PayloadId(deal->post.message().payload());
  if (id == steward(number).deal) return {};
  steward(number).deal = std::move(id);
  return {.dealt = manifest};
}

void HandlerWorld::OnBatch(int number, const Batch& batch) {
  for (const auto& [source, id] : batch.contributions) {
    PERDURA_CHECK(
        steward(number).handler->OnContribution(federation_.Relayed(id, number), now()).ok());
  }
}

Effect HandlerWorld::OnDraft(int number, int draft) {
  const auto outgoing = steward(number).handler->OnCommitDraft(federation_.draft(draft), now());
  PERDURA_CHECK(outgoing.ok());
  const Outgoing* commit = Find(*outgoing, OutgoingKind::kCommit);
  if (commit == nullptr) return {};
  const v1::Envelope& envelope = commit->post.message();
  const int signed_draft = federation_.DraftOf(federation::PayloadId(envelope.payload()));
  PERDURA_CHECK(signed_draft >= 0 && envelope.signatures_size() == 1);
  signatures_[signed_draft].push_back(envelope.signatures(0));
  return {.committed = signed_draft};
}

Effect HandlerWorld::OnCertificate(int number, int draft) {
  v1::Envelope certificate = federation_.half_signed(draft);
  // Resent signatures are the same bytes, and an envelope holds 16.
  std::set<std::string> added;
  for (const v1::Signature& signature : signatures_[draft]) {
    if (added.insert(signature.sig()).second) *certificate.add_signatures() = signature;
  }
  const auto outgoing = steward(number).handler->OnCertificate(certificate, now());
  PERDURA_CHECK(outgoing.ok());
  const Outgoing* sum = Find(*outgoing, OutgoingKind::kPartialSum);
  if (sum == nullptr) return {};
  v1::PartialSum partial;
  PERDURA_CHECK(partial.ParseFromString(sum->post.message().payload()));
  return {.summed = federation_.DraftOf(partial.commit_id())};
}

// Whatever the handler was about to send is lost with it.
void HandlerWorld::OnCrash(int number, int draft, ValueStore::Crash crash) {
  federation_.store(number).crash = crash;
  const auto outgoing = steward(number).handler->OnCommitDraft(federation_.draft(draft), now());
  federation_.store(number).crash = ValueStore::Crash::kNone;
  if (!outgoing.ok()) Restart(number);
}

void HandlerWorld::RunOne(uint64_t seed, Findings& findings) {
  Reset();
  Dice dice(steps_, seed, kRestartRarity_handler);
  findings.trace.clear();
  for (int i = 0; i < kMostSteps && findings.violation == Violation::kNone; ++i) {
    const Step step = dice.Next();
    if (step.kind == Kind::kAdvance && moment_ + 1 == script().moments.size()) break;
    if (!CanTake(step)) continue;
    const Effect effect = Take(step);
    if (effect.dealt >= 0 || effect.committed >= 0 || effect.summed >= 0) ++findings.states;
    ++findings.steps;
    findings.trace.push_back(step);
    if (step.kind != Kind::kAdvance) {
      findings.violation = evidence_.Add(step, effect, script().quorum);
    }
  }
  if (evidence_.Certificates(script().quorum) > 0) ++findings.certified;
}

Findings HandlerWorld::Sample(uint64_t schedules, uint64_t seed) {
  Findings findings;
  while (findings.schedules < schedules && findings.violation == Violation::kNone) {
    findings.seed = seed + findings.schedules++;
    RunOne(findings.seed, findings);
  }
  if (findings.violation == Violation::kNone) findings.trace.clear();
  return findings;
}

}  // namespace perdura::explorer
