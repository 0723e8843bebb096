#ifndef PERDURA_REGISTRY_NODE_IMPORT_PATIENT_MERGE_H_
#define PERDURA_REGISTRY_NODE_IMPORT_PATIENT_MERGE_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "registry-node/import/import_report.h"
#include "registry-node/import/row_mapper.h"
#include "registry-node/records/type_rules.h"
#include "registry-node/store/fact_rows.h"

namespace perdura::registry_node {

// Live facts of each patient that the files name, by record number, as they would be after the
// import.
using MergedPatients = std::map<std::string, FactSet>;

// Lays the drafts over what is known. An episode whose infusion 1 nobody names gets it from its own
// `infused` day; visits get their reporting periods. A record that staff retracted stays retracted
// unless its source now says something else.
MergedPatients MergePatients(const Drafts& drafts, const Known& known, absl::string_view system,
                             const Vault& vault);

// Runs the type rules over every patient without an error so far; findings point at the row that
// made the record, or at any row of the patient where the record was known before. Adds one
// LATE-ENTRY warning for each file with rows recorded more than 180 days after they happened.
void CheckPatients(const MergedPatients& merged, const Drafts& drafts, const Known& known,
                   int64_t latest_day, ImportReport& report);

// What there is to write, and how the rows of the files fared.
struct Difference {
  FactBatch batch;
  int64_t added = 0;    // new records
  int64_t changed = 0;  // further versions
  int64_t same = 0;     // records of the files that said nothing new
};

// Compares the merged state with what is known. `pseudonyms` by record number, for those who are
// new.
Difference Compare(const MergedPatients& merged, const Drafts& drafts, const Known& known,
                   const absl::flat_hash_map<std::string, Pseudonym>& pseudonyms);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_IMPORT_PATIENT_MERGE_H_
