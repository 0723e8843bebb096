#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry-node/records/dates.h"
#include "registry-node/records/decimal.h"
#include "registry-node/records/rule_checks.h"
#include "registry-node/records/scales.h"

namespace perdura::registry_node {
namespace {

constexpr absl::string_view kHaemoglobin = "718-7";
constexpr Decimal kHaemoglobinJump = {6, 0};  // g/dL, assumed
constexpr int64_t kJumpDays = 7;              // assumed

void CheckResponse(RuleChecks& checks, const Versioned<ResponseFact>& row) {
  const EpisodeFact* episode = checks.EpisodeOf(row.record, row.fact.episode);
  if (episode == nullptr) return;
  checks.CheckFuture(row.record, "day", row.fact.day);
  checks.CheckNotBefore(row.record, "day", row.fact.day, *episode);
  checks.CheckDeathAfter(row.record, "day", row.fact.day);
}

// Measures may lie before day 0: baseline.
template <typename Fact>
void CheckSample(RuleChecks& checks, const Versioned<Fact>& row) {
  if (checks.EpisodeOf(row.record, row.fact.episode) == nullptr) return;
  checks.CheckFuture(row.record, "day", row.fact.day);
  checks.CheckDeathAfter(row.record, "day", row.fact.day);
}

void CheckTry(RuleChecks& checks, const Versioned<ContactTryFact>& row) {
  const EpisodeFact* episode = checks.EpisodeOf(row.record, row.fact.episode);
  if (episode == nullptr) return;
  checks.CheckFuture(row.record, "day", row.fact.day);
  checks.CheckNotBefore(row.record, "day", row.fact.day, *episode);
}

void CheckContract(RuleChecks& checks, const Versioned<ContractLinkFact>& row) {
  if (checks.EpisodeOf(row.record, row.fact.episode) == nullptr) return;
  checks.CheckFuture(row.record, "accepted", DayInterval::Exact(row.fact.accepted_day));
}

bool IsProgression(absl::string_view value) { return value == "PD" || value == "RELAPSE"; }

// Rows of one series in order of time.
template <typename Key, typename Fact>
std::map<Key, std::vector<const Versioned<Fact>*>> SeriesOf(
    const std::vector<Versioned<Fact>>& rows, Key (*key_of)(const Fact&)) {
  std::map<Key, std::vector<const Versioned<Fact>*>> series;
  for (const auto& row : rows) series[key_of(row.fact)].push_back(&row);
  for (auto& [key, of_key] : series) {
    std::stable_sort(of_key.begin(), of_key.end(), [](const auto* a, const auto* b) {
      return a->fact.day.Placed() < b->fact.day.Placed();
    });
  }
  return series;
}

using ScaleOfEpisode = std::pair<RecordId, std::string>;
ScaleOfEpisode ScaleKey(const ResponseFact& fact) { return {fact.episode, fact.scale}; }
RecordId EpisodeKey(const MeasureFact& fact) { return fact.episode; }

// RESP-AFTER-PD: an improvement after progression, without a new episode, is often a wrong date.
void WarnOfResponseAfterProgression(RuleChecks& checks) {
  for (const auto& [key, rows] : SeriesOf(checks.patient().responses, ScaleKey)) {
    const Scale* scale = FindScale(key.second);
    if (scale == nullptr) continue;
    std::optional<int> progressed;
    for (const auto* row : rows) {
      const std::optional<int> rank = RankOf(*scale, row->fact.value);
      if (progressed.has_value() && rank.has_value() && *rank < *progressed) {
        checks.Warning(row->record, "value", "RESP-AFTER-PD", row->fact.value,
                       "better than an earlier progression: is a later treatment missing?");
      }
      if (IsProgression(row->fact.value)) progressed = rank;
    }
  }
}

// HB-JUMP: more than 6 g/dL within a week.
void WarnOfHaemoglobinJumps(RuleChecks& checks) {
  for (const auto& [episode, rows] : SeriesOf(checks.patient().measures, EpisodeKey)) {
    const Versioned<MeasureFact>* previous = nullptr;
    for (const auto* row : rows) {
      if (row->fact.code != kHaemoglobin) continue;
      const auto value = Decimal::Parse(row->fact.value);
      const auto before = previous ? Decimal::Parse(previous->fact.value) : std::nullopt;
      const bool close =
          previous != nullptr && row->fact.day.Placed() - previous->fact.day.Placed() <= kJumpDays;
      if (close && value.has_value() && before.has_value() &&
          value->DistanceTo(*before) > kHaemoglobinJump) {
        checks.Warning(row->record, "value", "HB-JUMP", row->fact.value,
                       "more than 6 g/dL within 7 days: check value and unit");
      }
      previous = row;
    }
  }
}

// COV-ORDER and COV-OVERLAP: spells of one rank do not overlap.
using Spell = Versioned<CoverageFact>;

void CheckSpell(RuleChecks& checks, const Spell& row) {
  const CoverageFact& spell = row.fact;
  checks.CheckFuture(row.record, "from", DayInterval::Exact(spell.from_day));
  if (!spell.to_day.has_value()) return;
  checks.CheckFuture(row.record, "to", DayInterval::Exact(*spell.to_day));
  if (*spell.to_day < spell.from_day) {
    checks.Error(row.record, "to", "COV-ORDER", PrintDay(DayInterval::Exact(*spell.to_day)),
                 "ends before it begins");
  }
}

void CheckOverlaps(RuleChecks& checks, absl::string_view rank) {
  std::vector<const Spell*> spells;
  for (const Spell& row : checks.patient().coverages) {
    if (row.fact.rank == rank) spells.push_back(&row);
  }
  std::stable_sort(spells.begin(), spells.end(), [](const Spell* a, const Spell* b) {
    return a->fact.from_day < b->fact.from_day;
  });
  for (size_t i = 1; i < spells.size(); ++i) {
    const std::optional<int64_t> end = spells[i - 1]->fact.to_day;
    if (end.has_value() && *end < spells[i]->fact.from_day) continue;
    checks.Error(spells[i]->record, "from", "COV-OVERLAP",
                 PrintDay(DayInterval::Exact(spells[i]->fact.from_day)),
                 absl::StrCat("another ", rank, " spell covers this day: end it first"));
  }
}

}  // namespace

void CheckFollowUp(RuleChecks& checks) {
  for (const auto& row : checks.patient().responses) CheckResponse(checks, row);
  for (const auto& row : checks.patient().measures) CheckSample(checks, row);
  for (const auto& row : checks.patient().transgenes) CheckSample(checks, row);
  for (const auto& row : checks.patient().contract_links) CheckContract(checks, row);
  for (const auto& row : checks.patient().contact_tries) CheckTry(checks, row);
  WarnOfResponseAfterProgression(checks);
  WarnOfHaemoglobinJumps(checks);
}

void CheckCoverage(RuleChecks& checks) {
  for (const Spell& row : checks.patient().coverages) CheckSpell(checks, row);
  CheckOverlaps(checks, "primary");
  CheckOverlaps(checks, "secondary");
}

}  // namespace perdura::registry_node
