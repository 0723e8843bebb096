#include "registry-node/records/type_rules.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "registry-node/records/dates.h"
#include "registry-node/records/vocabulary.h"

namespace perdura::registry_node {
namespace {

// Walks the facts of one patient and collects what breaks.
class TypeRuleChecker {
 public:
  TypeRuleChecker(const FactSet& patient, int64_t latest_day)
      : patient_(patient), latest_day_(latest_day) {
    for (const auto& episode : patient_.episodes) episodes_[episode.record] = &episode.fact;
    for (const auto& event : patient_.events) {
      if (event.fact.type == "death" && !death_.has_value()) death_ = event.fact.onset;
    }
  }

  std::vector<RuleFinding> Check() && {
    CheckPatientRow();
    for (const auto& row : patient_.consents) CheckConsent(row);
    for (const auto& row : patient_.conditions) CheckFuture(row.record, "diagnosed", row.fact.dx);
    for (const auto& row : patient_.episodes) CheckEpisode(row);
    for (const auto& row : patient_.infusions) CheckInfusion(row);
    for (const auto& row : patient_.episodes) CheckInfusionOrder(row);
    for (const auto& row : patient_.visits) CheckVisit(row);
    for (const auto& row : patient_.episodes) CheckTiling(row);
    for (const auto& row : patient_.events) CheckEvent(row);
    CheckOneDeath();
    return std::move(findings_);
  }

 private:
  void Add(const RecordId& record, absl::string_view field, absl::string_view rule,
           absl::string_view shown, absl::string_view hint) {
    findings_.push_back(
        {record, std::string(field), std::string(rule), std::string(shown), std::string(hint)});
  }

  void CheckFuture(const RecordId& record, absl::string_view field, const DayInterval& day) {
    if (day.lo <= latest_day_) return;
    Add(record, field, "DAY-FUTURE", PrintDay(day), "nothing is dated after the day of recording");
  }

  // Returns nullptr, with a finding, where the row names no live episode.
  const EpisodeFact* EpisodeOf(const RecordId& record, const RecordId& episode) {
    const auto found = episodes_.find(episode);
    if (found != episodes_.end()) return found->second;
    Add(record, "episode_id", "REF", "", "no episode with this id; import it first or with it");
    return nullptr;
  }

  void CheckNotBefore(const RecordId& record, absl::string_view field, const DayInterval& day,
                      const EpisodeFact& episode) {
    if (day.hi >= episode.day0) return;
    Add(record, field, "DAY-ORDER", PrintDay(day), "this lies before the first infusion, day 0");
  }

  // No clinical fact later than death + 1 day.
  void CheckDeathAfter(const RecordId& record, absl::string_view field, const DayInterval& day) {
    if (!death_.has_value() || day.lo <= death_->hi + 1) return;
    Add(record, field, "DEATH-AFTER", PrintDay(day), "later than the day after death");
  }

  void CheckPatientRow() {
    for (const auto& row : patient_.patients) {
      const auto& year = row.fact.birth_year;
      if (year.has_value() && *year > YearOf(latest_day_)) {
        Add(row.record, "birth_date", "DAY-FUTURE", "",
            "nothing is dated after the day of recording");
      }
    }
  }

  void CheckConsent(const Versioned<ConsentFact>& row) {
    CheckFuture(row.record, "from", row.fact.from);
    if (row.fact.to.has_value() && row.fact.to->hi < row.fact.from.lo) {
      Add(row.record, "to", "DAY-ORDER", PrintDay(*row.fact.to), "ends before it begins");
    }
  }

  void CheckEpisode(const Versioned<EpisodeFact>& row) {
    const EpisodeFact& episode = row.fact;
    const bool known =
        std::any_of(patient_.conditions.begin(), patient_.conditions.end(),
                    [&](const auto& condition) { return condition.record == episode.condition; });
    if (!known) Add(row.record, "condition_id", "REF", "", "this patient has no such condition");
    CheckFuture(row.record, "infused", DayInterval::Exact(episode.day0));
    CheckFuture(row.record, "enrolled", episode.enrolled);
    CheckDeathAfter(row.record, "infused", DayInterval::Exact(episode.day0));
    if (death_.has_value() && episode.enrolled.lo > death_->hi) {
      Add(row.record, "enrolled", "ENROL", PrintDay(episode.enrolled), "enrolled after death");
    }
    if (episode.apheresis.has_value() && episode.apheresis->lo > episode.day0) {
      Add(row.record, "apheresis", "DAY-ORDER", PrintDay(*episode.apheresis),
          "cells are collected before they are infused");
    }
  }

  void CheckInfusion(const Versioned<InfusionFact>& row) {
    if (EpisodeOf(row.record, row.fact.episode) == nullptr) return;
    CheckFuture(row.record, "day", DayInterval::Exact(row.fact.day));
    CheckDeathAfter(row.record, "day", DayInterval::Exact(row.fact.day));
  }

  void CheckInfusionOrder(const Versioned<EpisodeFact>& episode) {
    std::vector<const Versioned<InfusionFact>*> infusions;
    for (const auto& row : patient_.infusions) {
      if (row.fact.episode == episode.record) infusions.push_back(&row);
    }
    std::sort(infusions.begin(), infusions.end(),
              [](const auto* a, const auto* b) { return a->fact.seq < b->fact.seq; });
    int64_t previous = episode.fact.day0;
    for (const auto* infusion : infusions) {
      const bool first = infusion == infusions.front();
      if (first && (infusion->fact.seq != 1 || infusion->fact.day != episode.fact.day0)) {
        Add(infusion->record, "day", "INF-SEQ", PrintDay(DayInterval::Exact(infusion->fact.day)),
            "the first infusion has sequence 1 and is on the episode's `infused` day");
      } else if (infusion->fact.day < previous) {
        Add(infusion->record, "day", "INF-SEQ", PrintDay(DayInterval::Exact(infusion->fact.day)),
            "infusions ascend in time with their sequence");
      }
      previous = std::max(previous, infusion->fact.day);
    }
  }

  void CheckVisit(const Versioned<VisitFact>& row) {
    const VisitFact& visit = row.fact;
    const EpisodeFact* episode = EpisodeOf(row.record, visit.episode);
    if (episode == nullptr) return;
    CheckFuture(row.record, "contact", visit.contact);
    CheckNotBefore(row.record, "contact", visit.contact, *episode);
    if (!death_.has_value()) return;
    if (visit.alive && visit.contact.lo > death_->hi) {
      Add(row.record, "alive", "DEATH-AFTER", "true", "alive after the day of death");
    } else if (visit.disease_assessed) {
      // A call by which the centre learns of the death is no clinical fact; an assessment is.
      CheckDeathAfter(row.record, "contact", visit.contact);
    }
  }

  void CheckTiling(const Versioned<EpisodeFact>& episode) {
    std::vector<const Versioned<VisitFact>*> visits;
    for (const auto& row : patient_.visits) {
      const bool before = row.fact.contact.hi < episode.fact.day0;  // DAY-ORDER says so already
      if (row.fact.episode == episode.record && !before) visits.push_back(&row);
    }
    std::stable_sort(visits.begin(), visits.end(), [](const auto* a, const auto* b) {
      return a->fact.period_to < b->fact.period_to;
    });
    const VisitFact* previous = nullptr;
    for (const auto* visit : visits) {
      const VisitFact& fact = visit->fact;
      const bool empty = fact.period_to < fact.period_from;
      const bool overlaps = previous != nullptr && fact.period_from <= previous->period_to;
      const bool outside = fact.contact.hi < fact.period_from || fact.contact.lo > fact.period_to;
      if (empty || overlaps || outside) {
        Add(visit->record, "contact", "VISIT-TILE", PrintDay(fact.contact),
            "reporting periods must not overlap: one contact a day in an episode");
      }
      previous = &fact;
    }
  }

  void CheckEvent(const Versioned<EventFact>& row) {
    const EventFact& event = row.fact;
    const EpisodeFact* episode = EpisodeOf(row.record, event.episode);
    if (episode == nullptr) return;
    CheckFuture(row.record, "onset", event.onset);
    if (!MayPrecedeInfusion(event.type)) {
      CheckNotBefore(row.record, "onset", event.onset, *episode);
    }
    if (event.end.has_value()) {
      CheckFuture(row.record, "end", *event.end);
      if (event.end->hi < event.onset.lo) {
        Add(row.record, "end", "DAY-ORDER", PrintDay(*event.end), "ends before it begins");
      }
    }
    if (event.type != "death") CheckDeathAfter(row.record, "onset", event.onset);
    CheckGrade(row);
  }

  void CheckGrade(const Versioned<EventFact>& row) {
    const EventFact& event = row.fact;
    if (!event.grade.has_value()) {
      if (NeedsGrade(event.type)) {
        Add(row.record, "grade", "GRADE", "", absl::StrCat("a grade is needed for ", event.type));
      }
      return;
    }
    const std::string shown = absl::StrCat(*event.grade);
    if (*event.grade < 1 || *event.grade > HighestGrade(event.type)) {
      Add(row.record, "grade", "GRADE", shown,
          absl::StrCat("from 1 to ", HighestGrade(event.type), " for ", event.type));
    } else if (*event.grade == 5 && (!death_.has_value() || death_->hi < event.onset.lo)) {
      Add(row.record, "grade", "GRADE", shown,
          "grade 5 is death: add the death event, on or after this onset");
    }
  }

  void CheckOneDeath() {
    bool seen = false;
    for (const auto& row : patient_.events) {
      if (row.fact.type != "death") continue;
      if (seen) {
        Add(row.record, "type", "DEATH-ONE", "death", "a patient has at most one death event");
      }
      seen = true;
    }
  }

  const FactSet& patient_;
  const int64_t latest_day_;
  absl::flat_hash_map<RecordId, const EpisodeFact*> episodes_;
  std::optional<DayInterval> death_;
  std::vector<RuleFinding> findings_;
};

}  // namespace

std::vector<RuleFinding> CheckTypeRules(const FactSet& patient, int64_t latest_day) {
  return TypeRuleChecker(patient, latest_day).Check();
}

void AssignPeriods(int64_t day0, std::vector<VisitFact*> visits) {
  const auto day_of = [day0](const VisitFact& visit) {
    return std::max(day0, visit.contact.Placed());
  };
  std::stable_sort(visits.begin(), visits.end(),
                   [&](const VisitFact* a, const VisitFact* b) { return day_of(*a) < day_of(*b); });
  int64_t from = day0;
  for (VisitFact* visit : visits) {
    visit->period_from = from;
    visit->period_to = day_of(*visit);
    from = visit->period_to + 1;
  }
}

}  // namespace perdura::registry_node
