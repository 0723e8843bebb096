#include "tests/simulation/explorer/rule_steward.h"

#include "absl/strings/str_cat.h"

namespace perdura::explorer {

using registry_node::SignedEarlier;
using registry_node::StewardRound;

RuleSteward::RuleSteward(const Scenario& scenario, const Script& script)
    : scenario_(&scenario), script_(&script) {
  Save(kBeforeDeal);
}

Effect RuleSteward::Take(const Step& step, int signers, absl::Time now) {
  switch (step.kind) {
    case Kind::kAdvance:
      OnTick(now);
      return {};
    case Kind::kAnnounce:
      return OnAnnouncement(step.what);
    case Kind::kDeliver:
      OnBatch(script_->batches[static_cast<size_t>(step.what)], now);
      return {};
    case Kind::kDraft:
      return OnDraft(step.what, now);
    case Kind::kCertificate:
      return OnCertificate(step.what, signers);
    case Kind::kRestart:
      Restart(now);
      return {};
    case Kind::kRollback: {
      const auto& saved = saved_[static_cast<size_t>(step.what)];
      if (rollbacks_ < scenario_->rollbacks && saved.has_value()) {
        ++rollbacks_;
        state_ = *saved;
        Restart(now);
      }
      return {};
    }
    case Kind::kCrashBeforeStore:
    case Kind::kCrashAfterStore:
      break;
  }
  return {};
}

Effect RuleSteward::OnAnnouncement(int manifest) {
  const auto& frame = script_->manifests[static_cast<size_t>(manifest)];
  std::optional<registry_node::DealRecord> dealt;
  if (state_.dealt.has_value()) {
    dealt = {script_->manifests[static_cast<size_t>(*state_.dealt)].manifest_hash, ""};
  }
  if (!registry_node::CheckOneManifest(dealt, frame.manifest_hash).ok() || dealt.has_value()) {
    return {};
  }
  state_.dealt = manifest;
  state_.rounds.emplace(manifest, StewardRound(frame));
  Save(kAfterDeal);
  return {.dealt = manifest};
}

void RuleSteward::OnBatch(const Batch& batch, absl::Time now) {
  const auto found = state_.rounds.find(batch.manifest);
  if (found == state_.rounds.end()) return;
  StewardRound& round = found->second;
  for (const auto& [source, id] : batch.contributions) {
    if (!round.CheckTimely(now).ok()) return;
    const auto is_new = round.IsNew(source, id);
    if (is_new.ok() && *is_new) round.Hold(source, id);
  }
}

SignedEarlier RuleSteward::Earlier() const {
  if (!state_.committed.has_value()) return {};
  const auto& proposed = script_->drafts[static_cast<size_t>(*state_.committed)].proposed;
  return {.commit_id = proposed.id,
          .contributor_sets = {registry_node::Contributors(proposed.commit)}};
}

Effect RuleSteward::OnDraft(int draft, absl::Time now) {
  const Draft& drafted = script_->drafts[static_cast<size_t>(draft)];
  const auto found = state_.rounds.find(drafted.manifest);
  if (state_.committed == draft || found == state_.rounds.end()) return {};
  if (!found->second.CheckDraft(drafted.proposed, Earlier(), started_at_, now).ok()) return {};
  if (scenario_->control != Control::kForgetsCommits) state_.committed = draft;
  return {.committed = draft};
}

Effect RuleSteward::OnCertificate(int draft, int signers) {
  const Draft& drafted = script_->drafts[static_cast<size_t>(draft)];
  const auto found = state_.rounds.find(drafted.manifest);
  if (state_.summed.contains(drafted.manifest) || found == state_.rounds.end()) return {};
  if (scenario_->control == Control::kUncountedSignatures) signers = script_->quorum.s;
  if (!found->second.CheckCertificate(drafted.proposed, signers, Earlier(), started_at_).ok()) {
    return {};
  }
  state_.summed.emplace(drafted.manifest, draft);
  state_.rounds.erase(found);
  return {.summed = draft};
}

void RuleSteward::OnTick(absl::Time now) {
  for (auto& [manifest, round] : state_.rounds) {
    if (round.listed() || now < round.ListAt()) continue;
    round.List();
    Save(kAfterHaveList);
  }
}

void RuleSteward::Restart(absl::Time now) {
  if (scenario_->control != Control::kNoRestartRule) started_at_ = now;
}

// The first time counts. Only what the scenario can bring back is kept.
void RuleSteward::Save(RollbackPoint point) {
  auto& saved = saved_[static_cast<size_t>(point)];
  if (scenario_->rollbacks > 0 && point >= scenario_->oldest && !saved.has_value()) saved = state_;
}

std::string RuleSteward::FingerprintOf(const State& state) {
  std::string text = absl::StrCat(state.dealt.value_or(-1), "/", state.committed.value_or(-1));
  for (const auto& [manifest, draft] : state.summed) {
    absl::StrAppend(&text, "/s", manifest, ":", draft);
  }
  for (const auto& [manifest, round] : state.rounds) {
    v1::Have have;
    round.WriteTo(have);
    absl::StrAppend(&text, "/r", manifest, round.listed() ? "l" : "g", have.SerializeAsString());
  }
  return text;
}

std::string RuleSteward::Fingerprint() const {
  std::string text = absl::StrCat(rollbacks_);
  for (const auto& frame : script_->manifests) {
    absl::StrAppend(&text, StewardRound(frame).MaySign(started_at_) ? "+" : "-");
  }
  absl::StrAppend(&text, "|", FingerprintOf(state_));
  // Without a rollback left, what was saved does not matter.
  if (rollbacks_ == scenario_->rollbacks) return text;
  for (const auto& saved : saved_) {
    absl::StrAppend(&text, "|", saved.has_value() ? FingerprintOf(*saved) : "none");
  }
  return text;
}

}  // namespace perdura::explorer
