#include "registry-node/import/row_mapper.h"

#include "registry-node/import/mapping.h"

namespace perdura::registry_node {

void Known::Index() {
  for (const auto& [number, entry] : people) record_numbers[entry.pseudonym] = number;
  for (const auto& row : facts.patients) patients[row.fact.pseudonym] = &row;
  for (const auto& row : facts.conditions) conditions[row.record] = &row;
  for (const auto& row : facts.episodes) episodes[row.record] = &row;
}

const Versioned<EpisodeFact>* Known::EpisodeOf(const RecordId& record) const {
  const auto found = episodes.find(record);
  if (found == episodes.end() || found->second->retracted) return nullptr;
  return record_numbers.contains(found->second->fact.pseudonym) ? found->second : nullptr;
}

RecordId RecordOf(absl::string_view source_ref) { return RecordId::FromBytes(source_ref); }

std::string InfusionRef(const Vault& vault, absl::string_view system, absl::string_view episode_id,
                        absl::string_view seq) {
  return vault.SourceRef({"infusion", system, episode_id, seq});
}

Drafts MapRows(const ParsedTables& tables, absl::string_view system, const v1::Charter& charter,
               const Vault& vault, const Known& known, ImportReport& report) {
  Mapping mapping({tables, system, charter, vault, known, report});
  MapPatients(mapping);
  MapConsents(mapping);
  MapCoverage(mapping);
  MapConditions(mapping);
  MapEpisodes(mapping);
  MapInfusions(mapping);
  MapVisits(mapping);
  MapResponses(mapping);
  MapEvents(mapping);
  MapMeasures(mapping);
  MapTransgene(mapping);
  MapContracts(mapping);
  MapTries(mapping);
  return std::move(mapping.drafts());
}

}  // namespace perdura::registry_node
