#include "registry-node/derive/rule_set.h"

#include <algorithm>

namespace perdura::registry_node {
namespace {

// The days of one episode, from day 0 to the cutoff or, if that is earlier, the day of death.
// Results count from day 0.
class EpisodeDays {
 public:
  EpisodeDays(const EpisodeFacts& facts, int64_t cutoff_day)
      : facts_(facts), cutoff_(cutoff_day - facts.day0), end_(cutoff_) {
    // A death dated before day 0 is a defect of the source; it is placed on day 0, since nobody
    // dead is counted as alive for it.
    if (facts.death.has_value()) death_ = Clip(*facts.death);
    end_ = death_.value_or(cutoff_);
  }

  int64_t Entry() const { return std::max<int64_t>(0, facts_.enrolled.Placed() - facts_.day0); }

  // nullopt while alive at the cutoff.
  std::optional<int64_t> Death() const { return death_; }

  std::optional<int64_t> FirstDiseaseEvent() const {
    std::optional<int64_t> first;
    for (const DayInterval& onset : facts_.disease_events) {
      const std::optional<int64_t> day = Place(onset);
      if (day.has_value()) first = std::min(*day, first.value_or(*day));
    }
    return first;
  }

  // Day 0 where nothing later is on record: who is infused is alive.
  int64_t LastAlive() const {
    return LastContact([](const Contact& contact) { return contact.proves_life; });
  }
  int64_t LastAssessed() const {
    return LastContact([](const Contact& contact) { return contact.assessed; });
  }

 private:
  // What surely lies before day 0 or after the cutoff is ignored; the rest is placed, then clipped.
  std::optional<int64_t> Place(const DayInterval& day) const {
    return day.hi < facts_.day0 ? std::nullopt : Clip(day);
  }
  std::optional<int64_t> Clip(const DayInterval& day) const {
    if (day.lo - facts_.day0 > cutoff_) return std::nullopt;
    return std::clamp<int64_t>(day.Placed() - facts_.day0, 0, end_);
  }

  template <typename Which>
  int64_t LastContact(Which which) const {
    int64_t last = 0;
    for (const Contact& contact : facts_.contacts) {
      if (!which(contact)) continue;
      last = std::max(last, Place(contact.day).value_or(0));
    }
    return last;
  }

  const EpisodeFacts& facts_;
  const int64_t cutoff_;
  int64_t end_;  // day of death, else the cutoff
  std::optional<int64_t> death_;
};

Derived Finish(int64_t entry, int64_t exit, int cause) {
  const bool event_on_day0 = cause != 0 && exit == 0 && entry == 0;
  return {entry, exit, cause, exit > entry || event_on_day0};
}

Derived DeriveOs1(const EpisodeFacts& facts, int64_t cutoff_day) {
  const EpisodeDays days(facts, cutoff_day);
  const std::optional<int64_t> death = days.Death();
  if (death.has_value()) return Finish(days.Entry(), *death, 1);
  return Finish(days.Entry(), days.LastAlive(), 0);
}

Derived DerivePfs1(const EpisodeFacts& facts, int64_t cutoff_day) {
  const EpisodeDays days(facts, cutoff_day);
  const std::optional<int64_t> disease = days.FirstDiseaseEvent();
  // Never later than the death, and on its day relapse comes first: non-relapse death needs no
  // relapse on or before that day.
  if (disease.has_value()) return Finish(days.Entry(), *disease, 1);
  const std::optional<int64_t> death = days.Death();
  if (death.has_value()) return Finish(days.Entry(), *death, 2);
  return Finish(days.Entry(), days.LastAssessed(), 0);
}

constexpr RuleSet kRuleSets[] = {{"os@1", 1, DeriveOs1}, {"pfs@1", 2, DerivePfs1}};

}  // namespace

std::span<const RuleSet> RuleSets() { return kRuleSets; }

const RuleSet* FindRuleSet(absl::string_view name) {
  for (const RuleSet& rule_set : kRuleSets) {
    if (rule_set.name == name) return &rule_set;
  }
  return nullptr;
}

}  // namespace perdura::registry_node
