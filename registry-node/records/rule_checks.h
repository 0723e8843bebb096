#ifndef PERDURA_REGISTRY_NODE_RECORDS_RULE_CHECKS_H_
#define PERDURA_REGISTRY_NODE_RECORDS_RULE_CHECKS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "registry-node/records/type_rules.h"
#include "registry-node/store/fact_rows.h"

namespace perdura::registry_node {

// What the type rules of one patient have in common: its episodes, its death, the findings. Used by
// the rules alone.
class RuleChecks final {
 public:
  // `patient` must outlive the checks.
  RuleChecks(const FactSet& patient, int64_t latest_day);

  const FactSet& patient() const { return patient_; }
  int64_t latest_day() const { return latest_day_; }
  const std::optional<DayInterval>& death() const { return death_; }
  std::vector<RuleFinding>& findings() { return findings_; }

  void Error(const RecordId& record, absl::string_view field, absl::string_view rule,
             absl::string_view shown, absl::string_view hint);
  void Warning(const RecordId& record, absl::string_view field, absl::string_view rule,
               absl::string_view shown, absl::string_view hint);

  // DAY-FUTURE: nothing is dated after the day of recording.
  void CheckFuture(const RecordId& record, absl::string_view field, const DayInterval& day);
  // REF, and nullptr, where the row names no live episode.
  const EpisodeFact* EpisodeOf(const RecordId& record, const RecordId& episode);
  // DAY-ORDER: not before day 0.
  void CheckNotBefore(const RecordId& record, absl::string_view field, const DayInterval& day,
                      const EpisodeFact& episode);
  // DEATH-AFTER: no clinical fact later than death + 1 day.
  void CheckDeathAfter(const RecordId& record, absl::string_view field, const DayInterval& day);

 private:
  const FactSet& patient_;
  const int64_t latest_day_;
  absl::flat_hash_map<RecordId, const EpisodeFact*> episodes_;
  std::optional<DayInterval> death_;
  std::vector<RuleFinding> findings_;
};

// The rules for responses, measures, transgene, contracts and contact tries, and for coverage.
void CheckFollowUp(RuleChecks& checks);
void CheckCoverage(RuleChecks& checks);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_RECORDS_RULE_CHECKS_H_
