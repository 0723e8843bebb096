#ifndef PERDURA_REGISTRY_NODE_IMPORT_MAPPING_H_
#define PERDURA_REGISTRY_NODE_IMPORT_MAPPING_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "registry-node/import/row_mapper.h"
#include "registry-node/import/row_reader.h"

// What the mappers of the tables share. Included by them alone (map_*.cc, row_mapper.cc).
namespace perdura::registry_node {

// An episode that a row names.
struct EpisodeLink {
  RecordId record;
  std::string patient;     // record number
  std::string product;     // empty where it could not be told
  std::string indication;  // likewise
};

// One run over the tables: reads the keys of rows, keeps the facts, knows what earlier rows said.
// Tables are mapped in the order of TableFile, so that what a row names was read before it.
class Mapping final {
 public:
  struct Options {
    const ParsedTables& tables;
    absl::string_view system;
    const v1::Charter& charter;
    const Vault& vault;
    const Known& known;
    ImportReport& report;
  };

  // All references must outlive the mapping.
  explicit Mapping(const Options& options) : options_(options) {}

  const v1::Charter& charter() const { return options_.charter; }
  const Known& known() const { return options_.known; }
  ImportReport& report() { return options_.report; }
  Drafts& drafts() { return drafts_; }

  // Calls map_row(RowReader&) for every row of `file`.
  template <typename MapRow>
  void ForEachRow(TableFile file, MapRow map_row) {
    const ParsedTable& table = options_.tables[static_cast<size_t>(file)];
    const absl::flat_hash_set<std::string> crowded = CrowdedColumns(table);
    const RowReader::Context context{table, crowded, options_.charter, options_.report};
    for (const CsvRow& row : table.rows) {
      RowReader reader(context, row);
      map_row(reader);
    }
  }

  // Keyed hash of `kind`, the source system and `parts`: the source key of a row.
  std::string SourceRef(absl::string_view kind,
                        std::initializer_list<absl::string_view> parts) const;

  // Keeps the row if all its fields were right and its record is new in this import; else the row
  // breaks `twice_rule`.
  template <typename Fact>
  void Keep(RowReader& row, std::vector<Draft<Fact>>& drafts, std::string source_ref, Fact fact,
            absl::string_view twice_rule = "DUPLICATE") {
    const RecordId record = RecordOf(source_ref);
    if (!seen_.insert(record).second) {
      row.Fail("", twice_rule, "an earlier row of this file says the same thing of the same one");
    }
    if (!row.ok()) return;
    drafts.push_back(
        {row.place(), row.patient(), record, std::move(source_ref), "csv", std::move(fact)});
  }

  // Reads record_number: the row is this patient's from here on. Returns the pseudonym if there is
  // one. ReadKnownPatient: REF unless the patient is on record or in the files.
  Pseudonym ReadPatient(RowReader& row);
  Pseudonym ReadKnownPatient(RowReader& row);

  // Reads episode_id: the row is its patient's from here on. REF for an unknown one.
  EpisodeLink ReadEpisode(RowReader& row);

  // Remember what later rows refer to.
  void AddBirth(const std::string& patient, const DayInterval& birth) { births_[patient] = birth; }
  void AddCondition(const RecordId& record, absl::string_view indication) {
    indications_[record] = std::string(indication);
  }
  // One episode has one patient, condition and product. Returns the rule that a further row of it
  // breaks.
  absl::string_view AddEpisode(RowReader& row, const RecordId& record, const EpisodeFact& fact);

  // As the files have it, else as the vault does.
  std::optional<DayInterval> BirthOf(const std::string& patient) const;

  std::string ConditionRef(absl::string_view patient, absl::string_view condition_id) const {
    return SourceRef("condition", {patient, condition_id});
  }
  std::string InfusionRef(absl::string_view episode_id, absl::string_view seq) const {
    return registry_node::InfusionRef(options_.vault, options_.system, episode_id, seq);
  }
  std::string EpisodeRef(absl::string_view episode_id) const {
    return SourceRef("episode", {episode_id});
  }

 private:
  std::string IndicationOf(const RecordId& condition) const;

  Options options_;
  Drafts drafts_;
  absl::flat_hash_set<RecordId> seen_;
  absl::flat_hash_map<RecordId, EpisodeLink> episodes_;
  absl::flat_hash_map<RecordId, RecordId> conditions_;  // of each episode in the files
  absl::flat_hash_map<RecordId, std::string> indications_;
  absl::flat_hash_map<std::string, DayInterval> births_;
};

// The mappers, one for each table file.
void MapPatients(Mapping& mapping);
void MapConsents(Mapping& mapping);
void MapCoverage(Mapping& mapping);
void MapConditions(Mapping& mapping);
void MapEpisodes(Mapping& mapping);
void MapInfusions(Mapping& mapping);
void MapContracts(Mapping& mapping);
void MapVisits(Mapping& mapping);
void MapResponses(Mapping& mapping);
void MapEvents(Mapping& mapping);
void MapMeasures(Mapping& mapping);
void MapTransgene(Mapping& mapping);
void MapTries(Mapping& mapping);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_IMPORT_MAPPING_H_
