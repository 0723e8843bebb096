#include "registry-node/records/rule_checks.h"

#include <string>

#include "registry-node/records/dates.h"

namespace perdura::registry_node {

RuleChecks::RuleChecks(const FactSet& patient, int64_t latest_day)
    : patient_(patient), latest_day_(latest_day) {
  for (const auto& episode : patient_.episodes) episodes_[episode.record] = &episode.fact;
  for (const auto& event : patient_.events) {
    if (event.fact.type == "death" && !death_.has_value()) death_ = event.fact.onset;
  }
}

void RuleChecks::Error(const RecordId& record, absl::string_view field, absl::string_view rule,
                       absl::string_view shown, absl::string_view hint) {
  findings_.push_back({record, std::string(field), std::string(rule), std::string(shown),
                       std::string(hint), /*warning=*/false});
}

void RuleChecks::Warning(const RecordId& record, absl::string_view field, absl::string_view rule,
                         absl::string_view shown, absl::string_view hint) {
  Error(record, field, rule, shown, hint);
  findings_.back().warning = true;
}

void RuleChecks::CheckFuture(const RecordId& record, absl::string_view field,
                             const DayInterval& day) {
  if (day.lo <= latest_day_) return;
  Error(record, field, "DAY-FUTURE", PrintDay(day), "nothing is dated after the day of recording");
}

const EpisodeFact* RuleChecks::EpisodeOf(const RecordId& record, const RecordId& episode) {
  const auto found = episodes_.find(episode);
  if (found != episodes_.end()) return found->second;
  Error(record, "episode_id", "REF", "", "no episode with this id; import it first or with it");
  return nullptr;
}

void RuleChecks::CheckNotBefore(const RecordId& record, absl::string_view field,
                                const DayInterval& day, const EpisodeFact& episode) {
  if (day.hi >= episode.day0) return;
  Error(record, field, "DAY-ORDER", PrintDay(day), "this lies before the first infusion, day 0");
}

void RuleChecks::CheckDeathAfter(const RecordId& record, absl::string_view field,
                                 const DayInterval& day) {
  if (!death_.has_value() || day.lo <= death_->hi + 1) return;
  Error(record, field, "DEATH-AFTER", PrintDay(day), "later than the day after death");
}

}  // namespace perdura::registry_node
