#include "registry-node/records/type_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry-node/records/dates.h"
#include "registry-node/records/rule_checks.h"
#include "registry-node/records/vocabulary.h"

namespace perdura::registry_node {
namespace {

// The rules for who the patient is, what was treated and what happened.
class TypeRuleChecker {
 public:
  explicit TypeRuleChecker(RuleChecks& checks) : checks_(checks), patient_(checks.patient()) {}

  void Check() {
    CheckPatientRow();
    for (const auto& row : patient_.consents) CheckConsent(row);
    for (const auto& row : patient_.conditions) {
      checks_.CheckFuture(row.record, "diagnosed", row.fact.dx);
    }
    for (const auto& row : patient_.episodes) CheckEpisode(row);
    for (const auto& row : patient_.infusions) CheckInfusion(row);
    for (const auto& row : patient_.episodes) CheckInfusionOrder(row);
    for (const auto& row : patient_.visits) CheckVisit(row);
    for (const auto& row : patient_.episodes) CheckTiling(row);
    for (const auto& row : patient_.events) CheckEvent(row);
    CheckOneDeath();
  }

 private:
  void CheckPatientRow() {
    for (const auto& row : patient_.patients) {
      const auto& year = row.fact.birth_year;
      if (year.has_value() && *year > YearOf(checks_.latest_day())) {
        checks_.Error(row.record, "birth_date", "DAY-FUTURE", "",
                      "nothing is dated after the day of recording");
      }
    }
  }

  void CheckConsent(const Versioned<ConsentFact>& row) {
    checks_.CheckFuture(row.record, "from", row.fact.from);
    if (row.fact.to.has_value() && row.fact.to->hi < row.fact.from.lo) {
      checks_.Error(row.record, "to", "DAY-ORDER", PrintDay(*row.fact.to), "ends before it begins");
    }
  }

  void CheckEpisode(const Versioned<EpisodeFact>& row) {
    const EpisodeFact& episode = row.fact;
    const bool known =
        std::any_of(patient_.conditions.begin(), patient_.conditions.end(),
                    [&](const auto& condition) { return condition.record == episode.condition; });
    if (!known)
      checks_.Error(row.record, "condition_id", "REF", "", "this patient has no such condition");
    checks_.CheckFuture(row.record, "infused", DayInterval::Exact(episode.day0));
    checks_.CheckFuture(row.record, "enrolled", episode.enrolled);
    checks_.CheckDeathAfter(row.record, "infused", DayInterval::Exact(episode.day0));
    if (checks_.death().has_value() && episode.enrolled.lo > checks_.death()->hi) {
      checks_.Error(row.record, "enrolled", "ENROL", PrintDay(episode.enrolled),
                    "enrolled after death");
    }
    if (episode.apheresis.has_value() && episode.apheresis->lo > episode.day0) {
      checks_.Error(row.record, "apheresis", "DAY-ORDER", PrintDay(*episode.apheresis),
                    "cells are collected before they are infused");
    }
  }

  void CheckInfusion(const Versioned<InfusionFact>& row) {
    if (checks_.EpisodeOf(row.record, row.fact.episode) == nullptr) return;
    checks_.CheckFuture(row.record, "day", DayInterval::Exact(row.fact.day));
    checks_.CheckDeathAfter(row.record, "day", DayInterval::Exact(row.fact.day));
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
        checks_.Error(infusion->record, "day", "INF-SEQ",
                      PrintDay(DayInterval::Exact(infusion->fact.day)),
                      "the first infusion has sequence 1 and is on the episode's `infused` day");
      } else if (infusion->fact.day < previous) {
        checks_.Error(infusion->record, "day", "INF-SEQ",
                      PrintDay(DayInterval::Exact(infusion->fact.day)),
                      "infusions ascend in time with their sequence");
      }
      previous = std::max(previous, infusion->fact.day);
    }
  }

  void CheckVisit(const Versioned<VisitFact>& row) {
    const VisitFact& visit = row.fact;
    const EpisodeFact* episode = checks_.EpisodeOf(row.record, visit.episode);
    if (episode == nullptr) return;
    checks_.CheckFuture(row.record, "contact", visit.contact);
    checks_.CheckNotBefore(row.record, "contact", visit.contact, *episode);
    if (!checks_.death().has_value()) return;
    if (visit.alive && visit.contact.lo > checks_.death()->hi) {
      checks_.Error(row.record, "alive", "DEATH-AFTER", "true", "alive after the day of death");
    } else if (visit.disease_assessed) {
      // A call by which the centre learns of the death is no clinical fact; an assessment is.
      checks_.CheckDeathAfter(row.record, "contact", visit.contact);
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
        checks_.Error(visit->record, "contact", "VISIT-TILE", PrintDay(fact.contact),
                      "reporting periods must not overlap: one contact a day in an episode");
      }
      previous = &fact;
    }
  }

  void CheckEvent(const Versioned<EventFact>& row) {
    const EventFact& event = row.fact;
    const EpisodeFact* episode = checks_.EpisodeOf(row.record, event.episode);
    if (episode == nullptr) return;
    checks_.CheckFuture(row.record, "onset", event.onset);
    if (!MayPrecedeInfusion(event.type)) {
      checks_.CheckNotBefore(row.record, "onset", event.onset, *episode);
    }
    if (event.end.has_value()) {
      checks_.CheckFuture(row.record, "end", *event.end);
      if (event.end->hi < event.onset.lo) {
        checks_.Error(row.record, "end", "DAY-ORDER", PrintDay(*event.end),
                      "ends before it begins");
      }
    }
    if (event.type != "death") checks_.CheckDeathAfter(row.record, "onset", event.onset);
    CheckGrade(row);
  }

  void CheckGrade(const Versioned<EventFact>& row) {
    const EventFact& event = row.fact;
    if (!event.grade.has_value()) {
      if (NeedsGrade(event.type)) {
        checks_.Error(row.record, "grade", "GRADE", "",
                      absl::StrCat("a grade is needed for ", event.type));
      }
      return;
    }
    const std::string shown = absl::StrCat(*event.grade);
    if (*event.grade < 1 || *event.grade > HighestGrade(event.type)) {
      checks_.Error(row.record, "grade", "GRADE", shown,
                    absl::StrCat("from 1 to ", HighestGrade(event.type), " for ", event.type));
    } else if (*event.grade == 5 &&
               (!checks_.death().has_value() || checks_.death()->hi < event.onset.lo)) {
      checks_.Error(row.record, "grade", "GRADE", shown,
                    "grade 5 is death: add the death event, on or after this onset");
    }
  }

  void CheckOneDeath() {
    bool seen = false;
    for (const auto& row : patient_.events) {
      if (row.fact.type != "death") continue;
      if (seen) {
        checks_.Error(row.record, "type", "DEATH-ONE", "death",
                      "a patient has at most one death event");
      }
      seen = true;
    }
  }

  RuleChecks& checks_;
  const FactSet& patient_;
};

}  // namespace

std::vector<RuleFinding> CheckTypeRules(const FactSet& patient, int64_t latest_day) {
  RuleChecks checks(patient, latest_day);
  TypeRuleChecker(checks).Check();
  CheckFollowUp(checks);
  CheckCoverage(checks);
  return std::move(checks.findings());
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
