#include "registry-node/import/mapping.h"

#include "registry-node/records/dates.h"

namespace perdura::registry_node {

std::string Mapping::SourceRef(absl::string_view kind,
                               std::initializer_list<absl::string_view> parts) const {
  std::vector<absl::string_view> all = {kind, options_.system};
  all.insert(all.end(), parts.begin(), parts.end());
  return options_.vault.SourceRef(all);
}

Pseudonym Mapping::ReadPatient(RowReader& row) {
  const std::string number = row.Identifier("record_number");
  if (row.ok()) row.set_patient(number);
  const auto found = known().people.find(number);
  return found == known().people.end() ? Pseudonym() : found->second.pseudonym;
}

Pseudonym Mapping::ReadKnownPatient(RowReader& row) {
  const Pseudonym pseudonym = ReadPatient(row);
  const auto stored = known().patients.find(pseudonym);
  const bool on_record = stored != known().patients.end() && !stored->second->retracted;
  if (row.ok() && !on_record && !drafts_.identities.contains(row.patient())) {
    row.Fail("record_number", "REF", "no such patient: add the row to patients.csv");
  }
  return pseudonym;
}

EpisodeLink Mapping::ReadEpisode(RowReader& row) {
  const std::string episode_id = row.Identifier("episode_id");
  EpisodeLink link;
  link.record = RecordOf(EpisodeRef(episode_id));
  if (!row.ok()) return link;
  const auto in_files = episodes_.find(link.record);
  if (in_files != episodes_.end()) {
    link = in_files->second;
  } else {
    const Versioned<EpisodeFact>* stored = known().EpisodeOf(link.record);
    if (stored == nullptr) {
      row.Fail("episode_id", "REF", "no such episode: add the row to episodes.csv");
      return link;
    }
    link.patient = known().record_numbers.at(stored->fact.pseudonym);
    link.product = stored->fact.product;
    link.indication = IndicationOf(stored->fact.condition);
  }
  row.set_patient(link.patient);
  return link;
}

std::string Mapping::IndicationOf(const RecordId& condition) const {
  const auto in_files = indications_.find(condition);
  if (in_files != indications_.end()) return in_files->second;
  const auto stored = known().conditions.find(condition);
  return stored == known().conditions.end() ? "" : stored->second->fact.indication;
}

absl::string_view Mapping::AddEpisode(RowReader& row, const RecordId& record,
                                      const EpisodeFact& fact) {
  const auto stored = known().episodes.find(record);
  if (stored != known().episodes.end() && stored->second->fact.pseudonym != fact.pseudonym) {
    row.Fail("episode_id", "EP-ONE", "this episode is on record for another patient");
  }
  const auto [link, added] = episodes_.try_emplace(
      record, EpisodeLink{record, row.patient(), fact.product, IndicationOf(fact.condition)});
  if (added) {
    conditions_[record] = fact.condition;
    return "DUPLICATE";
  }
  if (link->second.patient != row.patient()) {
    // Whose visits and events these are cannot be told, so both patients have the error.
    report().Error(row.place(), link->second.patient, "episode_id", "EP-ONE", "",
                   "two patients have this episode");
  }
  const bool same = link->second.product == fact.product && conditions_[record] == fact.condition;
  return same ? "DUPLICATE" : "EP-ONE";
}

std::optional<DayInterval> Mapping::BirthOf(const std::string& patient) const {
  const auto in_file = births_.find(patient);
  if (in_file != births_.end()) return in_file->second;
  if (drafts_.identities.contains(patient)) return std::nullopt;
  const auto stored = known().people.find(patient);
  if (stored == known().people.end()) return std::nullopt;
  const absl::StatusOr<DayInterval> birth = ParseDay(stored->second.identity.birth_date);
  return birth.ok() ? std::optional<DayInterval>(*birth) : std::nullopt;
}

}  // namespace perdura::registry_node
