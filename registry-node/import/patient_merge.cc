#include "registry-node/import/patient_merge.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace perdura::registry_node {
namespace {

constexpr int64_t kLateDays = 180;

// The patient of a fact: by its own pseudonym, or by that of its episode.
class PatientOf {
 public:
  explicit PatientOf(const Known& known) : known_(known) {}
  template <typename Fact>
  requires requires(Fact fact) { fact.pseudonym; }
  const std::string* operator()(const Fact& fact) const { return NumberOf(fact.pseudonym); }
  template <typename Fact>
  requires requires(Fact fact) { fact.episode; }
  const std::string* operator()(const Fact& fact) const {
    const auto episode = known_.episodes.find(fact.episode);
    if (episode == known_.episodes.end()) return nullptr;
    return NumberOf(episode->second->fact.pseudonym);
  }

 private:
  const std::string* NumberOf(const Pseudonym& pseudonym) const {
    const auto found = known_.record_numbers.find(pseudonym);
    return found == known_.record_numbers.end() ? nullptr : &found->second;
  }
  const Known& known_;
};

// A visit's period is ours, not the source's: two visits are the same if the source says the same.
template <typename Fact>
bool SaysTheSame(const Fact& stored, Fact draft) {
  if constexpr (requires { draft.period_from; }) {
    draft.period_from = stored.period_from;
    draft.period_to = stored.period_to;
  }
  return stored == draft;
}

template <typename Fact>
std::vector<Versioned<Fact>>& TableOf(FactSet& patient) {
  return std::get<std::vector<Versioned<Fact>>&>(patient.Tables());
}
template <typename Fact>
const std::vector<Versioned<Fact>>& TableOf(const FactSet& patient) {
  return std::get<const std::vector<Versioned<Fact>>&>(patient.Tables());
}

template <typename Fact>
void AddKnown(const std::vector<Versioned<Fact>>& rows, const PatientOf& patient_of,
              MergedPatients& merged) {
  for (const auto& row : rows) {
    const std::string* patient = row.retracted ? nullptr : patient_of(row.fact);
    if (patient == nullptr) continue;
    const auto found = merged.find(*patient);
    if (found != merged.end()) TableOf<Fact>(found->second).push_back(row);
  }
}

template <typename Fact>
void LayOver(const std::vector<Draft<Fact>>& drafts, const std::vector<Versioned<Fact>>& known,
             MergedPatients& merged) {
  absl::flat_hash_map<RecordId, const Versioned<Fact>*> retracted;
  for (const auto& row : known) {
    if (row.retracted) retracted[row.record] = &row;
  }
  for (const auto& draft : drafts) {
    const auto gone = retracted.find(draft.record);
    if (gone != retracted.end() && SaysTheSame(gone->second->fact, draft.fact)) continue;
    auto& rows = TableOf<Fact>(merged[draft.patient]);
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Versioned<Fact>& row) {
      return row.record == draft.record;
    });
    if (found == rows.end()) {
      rows.push_back({draft.record, 0, false, draft.fact});
    } else {
      found->fact = draft.fact;
    }
  }
}

// Infusion 1 of an episode is its own `infused` day unless somebody names it; it follows when that
// day is corrected.
void ImplyInfusions(const Drafts& drafts, const absl::flat_hash_set<RecordId>& named,
                    absl::string_view system, const Vault& vault, FactSet& patient) {
  for (const auto& episode : patient.episodes) {
    const auto id = drafts.episode_ids.find(episode.record);
    if (id == drafts.episode_ids.end()) continue;
    const RecordId record = RecordOf(InfusionRef(vault, system, id->second, "1"));
    if (named.contains(record)) continue;
    const auto found = std::find_if(patient.infusions.begin(), patient.infusions.end(),
                                    [&](const auto& row) { return row.record == record; });
    if (found != patient.infusions.end()) {
      found->fact.day = episode.fact.day0;
    } else {
      InfusionFact first;
      first.episode = episode.record;
      first.seq = 1;
      first.day = episode.fact.day0;
      patient.infusions.push_back({record, 0, false, first});
    }
  }
}

void AssignAllPeriods(FactSet& patient) {
  for (const auto& episode : patient.episodes) {
    std::vector<VisitFact*> visits;
    for (auto& visit : patient.visits) {
      if (visit.fact.episode == episode.record) visits.push_back(&visit.fact);
    }
    AssignPeriods(episode.fact.day0, std::move(visits));
  }
}

// The last day on which it may have happened; nullopt for what is no happening.
template <typename Fact>
std::optional<int64_t> HappenedBy(const Fact& fact) {
  if constexpr (requires { fact.day0; }) return fact.day0;
  if constexpr (requires { fact.contact.hi; }) return fact.contact.hi;
  if constexpr (requires { fact.onset.hi; }) return fact.onset.hi;
  if constexpr (requires { fact.day.hi; }) return fact.day.hi;
  if constexpr (requires { fact.seq; }) return fact.day;
  return std::nullopt;
}

template <typename Fact>
void WarnOfLateEntry(const std::vector<Draft<Fact>>& drafts,
                     const std::vector<Versioned<Fact>>& known, int64_t latest_day,
                     ImportReport& report) {
  absl::flat_hash_set<RecordId> on_record;
  for (const auto& row : known) on_record.insert(row.record);
  int64_t late = 0;
  for (const auto& draft : drafts) {
    const std::optional<int64_t> happened = HappenedBy(draft.fact);
    const bool is_late = happened.has_value() && *happened + kLateDays < latest_day;
    late += is_late && !on_record.contains(draft.record) ? 1 : 0;
  }
  if (late == 0) return;
  report.Warning(
      {drafts.front().place.file, 0}, "", "LATE-ENTRY",
      absl::StrCat(late, " rows are recorded more than ", kLateDays, " days after they happened"));
}

template <typename Fact>
void CompareTable(const std::vector<Versioned<Fact>>& merged, const Pseudonym* pseudonym,
                  const absl::flat_hash_map<RecordId, const Versioned<Fact>*>& known,
                  const absl::flat_hash_map<RecordId, const Draft<Fact>*>& drafts,
                  std::vector<NewVersion<Fact>>& batch, Difference& difference) {
  for (const auto& row : merged) {
    const auto draft = drafts.find(row.record);
    const bool from_file = draft != drafts.end();
    Fact fact = row.fact;
    if constexpr (requires { fact.pseudonym; }) {
      if (pseudonym != nullptr) fact.pseudonym = *pseudonym;
    }
    const auto stored = known.find(row.record);
    const bool is_new = stored == known.end();
    if (!is_new && stored->second->fact == fact && (!stored->second->retracted || !from_file)) {
      difference.same += from_file ? 1 : 0;
      continue;
    }
    NewVersion<Fact> next;
    next.record = row.record;
    next.version = is_new ? 1 : stored->second->version + 1;
    next.source = from_file ? draft->second->source : "csv";
    next.source_ref = from_file ? draft->second->source_ref : "";
    // A row that no file named changes only because a neighbour did: the period of the next visit,
    // the first infusion of a corrected episode.
    if (!is_new) next.reason = from_file ? "source_corrected" : "late_information";
    next.fact = std::move(fact);
    batch.push_back(std::move(next));
    ++(is_new ? difference.added : difference.changed);
  }
}

template <typename Row>
absl::flat_hash_map<RecordId, const Row*> ByRecord(const std::vector<Row>& rows) {
  absl::flat_hash_map<RecordId, const Row*> index;
  for (const Row& row : rows) index[row.record] = &row;
  return index;
}

}  // namespace

MergedPatients MergePatients(const Drafts& drafts, const Known& known, absl::string_view system,
                             const Vault& vault) {
  MergedPatients merged;
  ForEachTable(
      [&](const auto& rows) {
        for (const auto& draft : rows) merged.try_emplace(draft.patient);
      },
      drafts.rows);
  const PatientOf patient_of(known);
  ForEachTable([&](const auto& rows) { AddKnown(rows, patient_of, merged); }, known.facts);
  ForEachTable([&](const auto& rows, const auto& stored) { LayOver(rows, stored, merged); },
               drafts.rows, known.facts);
  absl::flat_hash_set<RecordId> named;
  for (const auto& draft : drafts.rows.infusions) named.insert(draft.record);
  for (auto& [number, patient] : merged) {
    ImplyInfusions(drafts, named, system, vault, patient);
    AssignAllPeriods(patient);
  }
  return merged;
}

void CheckPatients(const MergedPatients& merged, const Drafts& drafts, const Known& known,
                   int64_t latest_day, ImportReport& report) {
  absl::flat_hash_map<RecordId, RowPlace> places;
  absl::flat_hash_map<std::string, RowPlace> any_place;
  ForEachTable(
      [&](const auto& rows) {
        for (const auto& draft : rows) {
          places.try_emplace(draft.record, draft.place);
          any_place.try_emplace(draft.patient, draft.place);
        }
      },
      drafts.rows);
  for (const auto& [number, patient] : merged) {
    // A row that was refused is missing here, and what refers to it would look wrong as well.
    if (report.IsBad(number)) continue;
    for (const RuleFinding& finding : CheckTypeRules(patient, latest_day)) {
      const auto found = places.find(finding.record);
      if (finding.warning) {
        // What was known before was warned of before.
        if (found != places.end()) {
          report.Warning(found->second, finding.field, finding.rule, finding.hint);
        }
        continue;
      }
      const RowPlace place = found != places.end() ? found->second : any_place[number];
      report.Error(place, number, finding.field, finding.rule, finding.shown, finding.hint);
    }
  }
  ForEachTable([&](const auto& rows,
                   const auto& stored) { WarnOfLateEntry(rows, stored, latest_day, report); },
               drafts.rows, known.facts);
}

Difference Compare(const MergedPatients& merged, const Drafts& drafts, const Known& known,
                   const absl::flat_hash_map<std::string, Pseudonym>& pseudonyms) {
  Difference difference;
  ForEachTable(
      [&]<typename Fact>(const std::vector<Versioned<Fact>>& known_rows,
                         const std::vector<Draft<Fact>>& draft_rows,
                         std::vector<NewVersion<Fact>>& batch) {
        const auto stored = ByRecord(known_rows);
        const auto named = ByRecord(draft_rows);
        for (const auto& [number, patient] : merged) {
          const auto pseudonym = pseudonyms.find(number);
          CompareTable(TableOf<Fact>(patient),
                       pseudonym == pseudonyms.end() ? nullptr : &pseudonym->second, stored, named,
                       batch, difference);
        }
      },
      known.facts, drafts.rows, difference.batch);
  return difference;
}

}  // namespace perdura::registry_node
