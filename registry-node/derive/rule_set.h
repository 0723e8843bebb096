#ifndef PERDURA_REGISTRY_NODE_DERIVE_RULE_SET_H_
#define PERDURA_REGISTRY_NODE_DERIVE_RULE_SET_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/strings/string_view.h"
#include "registry-node/store/fact_rows.h"

namespace perdura::registry_node {

// A contact of the patient. `proves_life`: alive = true, or other dated proof (an event, a later
// infusion).
struct Contact {
  DayInterval day;
  bool proves_life = false;
  bool assessed = false;
};

// What is known of one episode at K, in days since 1970-01-01. Death and proofs of life are the
// patient's, from whatever episode; disease events and assessments are those of this episode and of
// later ones for the same condition (treatment policy).
struct EpisodeFacts {
  int64_t day0 = 0;
  DayInterval enrolled;
  std::optional<DayInterval> death;
  // Onsets of relapse and progression.
  std::vector<DayInterval> disease_events;
  std::vector<Contact> contacts;
};

// One episode as an endpoint sees it, in days since infusion: under observation on (entry, exit].
struct Derived {
  int64_t entry = 0;
  int64_t exit = 0;
  int cause = 0;  // 0 censored, 1..J
  // False: exit <= entry, an event on day 0 of an episode entered on day 0 apart. Counted as
  // `not_evaluable`, never dropped.
  bool evaluable = true;
  bool operator==(const Derived&) const = default;
};

// A named, versioned derivation; pure. A change of meaning is a new version, old ones stay.
//
// Common to all: entry = max(0, enrolled - day 0). What happened after `cutoff_day` is ignored. A
// date known to the month or year is placed at floor((lo + hi) / 2), then clipped into [day 0, day
// of death or cutoff]. On one day an event comes before censoring and relapse before death.
struct RuleSet {
  absl::string_view name;  // "os@1"
  int causes = 0;          // J
  // `cutoff_day` C, days since 1970-01-01, >= facts.day0.
  Derived (*derive)(const EpisodeFacts& facts, int64_t cutoff_day) = nullptr;
};

// os@1: death (cause 1), else censored at the last proof of life.
// pfs@1: first of relapse or progression (1), death without (2), else censored at the last disease
// assessment.
std::span<const RuleSet> RuleSets();

// nullptr for a name that this binary does not know.
const RuleSet* FindRuleSet(absl::string_view name);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_DERIVE_RULE_SET_H_
