#ifndef PERDURA_REGISTRY_NODE_IMPORT_ROW_MAPPER_H_
#define PERDURA_REGISTRY_NODE_IMPORT_ROW_MAPPER_H_

#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "perdura/v1/charter.pb.h"
#include "registry-node/import/import_report.h"
#include "registry-node/import/table_files.h"
#include "registry-node/store/fact_rows.h"
#include "registry-node/store/vault_store.h"

namespace perdura::registry_node {

// One row of a file as a fact. `pseudonym` in it is zero for people who are not in the vault yet.
template <typename Fact>
struct Draft {
  RowPlace place;
  std::string patient;  // record number
  RecordId record;      // the first 16 bytes of source_ref: the same row of the source is the same
                        // record, always
  std::string source_ref;
  std::string source;  // csv, or assumed (consents)
  Fact fact;
};

// What the files say, before it is compared with what is known.
struct Drafts {
  FactRows<Draft> rows;
  // Identity of each row of patients.csv, by record number.
  absl::flat_hash_map<std::string, Identity> identities;
  // Source ids of the episodes in the files, by record: for the infusions that they imply.
  absl::flat_hash_map<RecordId, std::string> episode_ids;
};

// What is on record already.
struct Known {
  absl::flat_hash_map<std::string, VaultEntry> people;  // of this source system, by record number
  FactSet facts;                                        // newest versions, retracted ones marked

  // Indices over the two, built by Index().
  absl::flat_hash_map<Pseudonym, std::string> record_numbers;
  absl::flat_hash_map<Pseudonym, const Versioned<PatientFact>*> patients;
  absl::flat_hash_map<RecordId, const Versioned<ConditionFact>*> conditions;
  absl::flat_hash_map<RecordId, const Versioned<EpisodeFact>*> episodes;
  void Index();

  // nullptr for an episode that is not on record, is retracted, or belongs to another system.
  const Versioned<EpisodeFact>* EpisodeOf(const RecordId& record) const;
};

// Maps rows to facts with the field rules: ENUM, DATE, DAY-EXACT, ENROL, RANGE, SENTINEL, UNIT,
// SCALE-GROUP, SCALE-VALUE, REF, EP-ONE, DUPLICATE. Which rows are one record (source keys):
// patients by record number; consents by record number, scope and from; coverage by record number,
// rank, payer and from; conditions by record number and condition_id; episodes by episode_id; what
// hangs on an episode by episode_id and
//   infusions seq, visits contact day, responses scale and day, events type, onset and code,
//   measures code, day, method and side, transgene assay and day, contracts contract, tries slot,
//   day and mode;
// but a death by the patient alone, so that a corrected day of death is a new version and no second
// death.
Drafts MapRows(const ParsedTables& tables, absl::string_view system, const v1::Charter& charter,
               const Vault& vault, const Known& known, ImportReport& report);

// Source key of infusion `seq` of an episode.
std::string InfusionRef(const Vault& vault, absl::string_view system, absl::string_view episode_id,
                        absl::string_view seq);

RecordId RecordOf(absl::string_view source_ref);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_IMPORT_ROW_MAPPER_H_
