#include "registry-node/import/import_handler.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/failpoint.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "registry-node/import/import_report.h"
#include "registry-node/import/other_systems.h"
#include "registry-node/import/patient_merge.h"
#include "registry-node/import/row_mapper.h"
#include "registry-node/import/table_files.h"
#include "registry-node/records/dates.h"

namespace perdura::registry_node {
namespace {

std::string NewImportId(base::RandomSource& random) {
  std::string bytes(16, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return base::HexEncode(bytes);
}

// Names and contents: which files made the rows of an import.
std::string HashOfFiles(const std::vector<ImportFile>& files) {
  std::string digests;
  for (const ImportFile& file : files) {
    absl::StrAppend(&digests, crypto::Sha256(file.name), crypto::Sha256(file.bytes));
  }
  return crypto::Sha256(digests);
}

uint64_t CountRows(const ParsedTables& tables) {
  uint64_t rows = 0;
  for (const ParsedTable& table : tables) rows += table.rows.size();
  return rows;
}

// Whole patients, never parts of one: their rows, and themselves.
void LeaveOutBadPatients(ImportReport& report, Drafts& drafts, MergedPatients& merged) {
  const absl::flat_hash_set<std::string> bad = report.bad_patients();
  for (const auto& draft : drafts.rows.patients) {
    if (!report.IsBad(draft.patient)) continue;
    report.Warning(draft.place, "record_number", "LEFT-OUT",
                   "nothing of this patient is imported, here or from other files");
  }
  ForEachTable(
      [&](auto& rows) {
        std::erase_if(rows, [&](const auto& draft) { return report.IsBad(draft.patient); });
      },
      drafts.rows);
  for (const std::string& patient : bad) merged.erase(patient);
}

}  // namespace

absl::StatusOr<v1::ImportResponse> ImportHandler::Run(const std::vector<ImportFile>& files,
                                                      const v1::ImportOptions& options,
                                                      const v1::Charter& charter, absl::Time now) {
  if (!base::IsName(options.source_system())) {
    return absl::InvalidArgumentError("source_system must be [a-z0-9._-]{1,40}");
  }
  PERDURA_RETURN_IF_ERROR(
      CheckSystem(options_.vault, options.source_system(), options.new_system()));
  ImportReport report;
  const ParsedTables tables = ParseTableFiles(files, report);
  Known known;
  PERDURA_ASSIGN_OR_RETURN(known.people, options_.vault.People(options.source_system()));
  PERDURA_ASSIGN_OR_RETURN(known.facts, options_.facts.Newest());
  known.Index();
  Drafts drafts = MapRows(tables, options.source_system(), charter, options_.vault, known, report);
  PERDURA_RETURN_IF_ERROR(
      CheckNobodyElsewhere(options_.vault, options.source_system(), drafts, report));
  MergedPatients merged = MergePatients(drafts, known, options.source_system(), options_.vault);
  CheckPatients(merged, drafts, known, LatestDay(now), report);

  v1::ImportResponse response;
  v1::ImportCounts& counts = *response.mutable_counts();
  counts.set_read(CountRows(tables));
  counts.set_refused(report.refused_rows());
  const bool importable =
      !report.has_errors() || (options.leave_out_bad_patients() && !report.has_common_errors());
  if (importable) {
    counts.set_left_out_patients(report.bad_patients().size());
    LeaveOutBadPatients(report, drafts, merged);
    PERDURA_RETURN_IF_ERROR(Write(files, options, drafts, known, merged, response));
  }
  std::move(report).MoveTo(response);
  return response;
}

absl::Status ImportHandler::Write(const std::vector<ImportFile>& files,
                                  const v1::ImportOptions& options, const Drafts& drafts,
                                  const Known& known, const MergedPatients& merged,
                                  v1::ImportResponse& response) {
  absl::flat_hash_map<std::string, Pseudonym> pseudonyms;
  if (!options.dry_run()) {
    std::vector<Identity> identities;
    for (const auto& draft : drafts.rows.patients) {
      identities.push_back(drafts.identities.at(draft.patient));
    }
    PERDURA_ASSIGN_OR_RETURN(const std::vector<Pseudonym> admitted,
                             options_.vault.Admit(options.source_system(), identities));
    for (size_t i = 0; i < identities.size(); ++i) {
      pseudonyms[identities[i].record_number] = admitted[i];
    }
  }
  const Difference difference = Compare(merged, drafts, known, pseudonyms);
  v1::ImportCounts& counts = *response.mutable_counts();
  counts.set_added(static_cast<uint64_t>(difference.added));
  counts.set_changed(static_cast<uint64_t>(difference.changed));
  counts.set_same(static_cast<uint64_t>(difference.same));
  if (options.dry_run()) return absl::OkStatus();

  const ImportEntry entry{NewImportId(options_.random), options.source_system(),
                          HashOfFiles(files),           difference.added,
                          difference.changed,           difference.same};
  PERDURA_RETURN_IF_ERROR(options_.facts.AppendImport(difference.batch, entry).status());
  response.set_committed(true);
  response.set_import_id(entry.id);
  return absl::OkStatus();
}

}  // namespace perdura::registry_node
