#include "registry-node/derive/patient_history.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace perdura::registry_node {
namespace {

// Where an episode is kept while histories still grow.
struct EpisodePlace {
  size_t patient = 0;
  size_t episode = 0;
};

class HistoryBuilder {
 public:
  explicit HistoryBuilder(const FactSet& facts) : facts_(facts) {}

  std::vector<PatientHistory> Build() && {
    AddPatients();
    AddEpisodes();
    for (const auto& row : facts_.visits) {
      if (EpisodeHistory* episode = Find(row.fact.episode)) episode->visits.push_back(&row.fact);
    }
    for (const auto& row : facts_.events) {
      if (EpisodeHistory* episode = Find(row.fact.episode)) episode->events.push_back(&row.fact);
    }
    for (PatientHistory& history : histories_) {
      std::stable_sort(history.episodes.begin(), history.episodes.end(),
                       [](const EpisodeHistory& a, const EpisodeHistory& b) {
                         return a.episode->day0 < b.episode->day0;
                       });
    }
    return std::move(histories_);
  }

 private:
  void AddPatients() {
    histories_.reserve(facts_.patients.size());
    for (const auto& row : facts_.patients) {
      if (!by_pseudonym_.try_emplace(row.fact.pseudonym, histories_.size()).second) continue;
      PatientHistory& history = histories_.emplace_back();
      history.patient = &row.fact;
      const auto products = facts_.products.find(row.fact.pseudonym);
      if (products != facts_.products.end()) history.products = products->second;
    }
    for (const auto& row : facts_.consents) {
      const auto found = by_pseudonym_.find(row.fact.pseudonym);
      if (found != by_pseudonym_.end()) histories_[found->second].consents.push_back(&row.fact);
    }
  }

  void AddEpisodes() {
    absl::flat_hash_map<RecordId, const ConditionFact*> conditions;
    for (const auto& row : facts_.conditions) conditions[row.record] = &row.fact;
    for (const auto& row : facts_.episodes) {
      const auto patient = by_pseudonym_.find(row.fact.pseudonym);
      if (patient == by_pseudonym_.end()) continue;
      auto& episodes = histories_[patient->second].episodes;
      places_[row.record] = {patient->second, episodes.size()};
      const auto condition = conditions.find(row.fact.condition);
      episodes.push_back(
          {&row.fact, condition == conditions.end() ? nullptr : condition->second, {}, {}});
    }
  }

  EpisodeHistory* Find(const RecordId& record) {
    const auto found = places_.find(record);
    if (found == places_.end()) return nullptr;
    return &histories_[found->second.patient].episodes[found->second.episode];
  }

  const FactSet& facts_;
  std::vector<PatientHistory> histories_;
  absl::flat_hash_map<Pseudonym, size_t> by_pseudonym_;
  absl::flat_hash_map<RecordId, EpisodePlace> places_;
};

bool IsDiseaseEvent(const EventFact& event) {
  return event.type == "relapse" || event.type == "progression";
}

// Loss and withdrawal are dated by the office, not by a sight of the patient.
bool ProvesLife(const EventFact& event) {
  return event.type != "death" && event.type != "lost_to_follow_up" && event.type != "withdrawn";
}

void AddEvents(const EpisodeHistory& from, bool same_disease, EpisodeFacts& facts) {
  for (const EventFact* event : from.events) {
    if (event->type == "death" && !facts.death.has_value()) facts.death = event->onset;
    if (same_disease && IsDiseaseEvent(*event)) facts.disease_events.push_back(event->onset);
    if (ProvesLife(*event)) facts.contacts.push_back({event->onset, true, false});
  }
}

void AddVisits(const EpisodeHistory& from, bool same_disease, EpisodeFacts& facts) {
  for (const VisitFact* visit : from.visits) {
    facts.contacts.push_back(
        {visit->contact, visit->alive, same_disease && visit->disease_assessed});
  }
}

}  // namespace

std::vector<PatientHistory> HistoriesOf(const FactSet& facts) {
  return HistoryBuilder(facts).Build();
}

EpisodeFacts FactsOf(const PatientHistory& patient, const EpisodeHistory& episode) {
  EpisodeFacts facts;
  facts.day0 = episode.episode->day0;
  facts.enrolled = episode.episode->enrolled;
  for (const EpisodeHistory& other : patient.episodes) {
    const bool itself = &other == &episode;
    const bool later = other.episode->day0 >= facts.day0;
    const bool same_disease =
        itself || (later && other.episode->condition == episode.episode->condition);
    AddEvents(other, same_disease, facts);
    AddVisits(other, same_disease, facts);
    if (!itself) facts.contacts.push_back({DayInterval::Exact(other.episode->day0), true, false});
  }
  return facts;
}

}  // namespace perdura::registry_node
