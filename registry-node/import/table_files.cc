#include "registry-node/import/table_files.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "registry-node/import/import_handler.h"

namespace perdura::registry_node {
namespace {

constexpr absl::string_view kPatientColumns[] = {"record_number", "family",  "given", "birth_date",
                                                 "sex",           "country", "region"};
constexpr absl::string_view kConsentColumns[] = {"record_number", "scope", "status", "from", "to"};
constexpr absl::string_view kConsentOptional[] = {"source"};
constexpr absl::string_view kCoverageColumns[] = {
    "record_number", "payer", "payer_class", "plan", "from", "to", "rank", "reason_end"};
constexpr absl::string_view kConditionColumns[] = {
    "record_number", "condition_id", "code_system", "code", "subtype", "diagnosed",
    "stage",         "risk_group",   "prior_lines", "ecog", "kps",     "hct_ci"};
constexpr absl::string_view kEpisodeColumns[] = {
    "record_number", "episode_id", "condition_id", "product", "infused",
    "enrolled",      "apheresis",  "laterality",   "intent",  "track"};
constexpr absl::string_view kEpisodeOptional[] = {"age_at_infusion"};
constexpr absl::string_view kInfusionColumns[] = {
    "episode_id", "seq", "day", "dose", "dose_unit", "in_spec", "conditioning", "bridging"};
constexpr absl::string_view kVisitColumns[] = {"episode_id", "contact", "contact_type", "alive",
                                               "disease_assessed"};
constexpr absl::string_view kVisitOptional[] = {"slot"};
constexpr absl::string_view kResponseColumns[] = {"episode_id", "day", "scale",
                                                  "value",      "mrd", "evidence"};
constexpr absl::string_view kEventColumns[] = {"episode_id",  "type",      "onset", "end",
                                               "code_system", "code",      "grade", "serious",
                                               "related",     "confirmed", "cause"};

constexpr absl::string_view kMeasureColumns[] = {"episode_id", "day",    "code",      "value",
                                                 "unit",       "method", "laterality"};
constexpr absl::string_view kTransgeneColumns[] = {"episode_id", "day",  "assay",
                                                   "value",      "unit", "detected"};
constexpr absl::string_view kContractColumns[] = {"episode_id", "contract", "contract_version",
                                                  "payer_at_infusion", "accepted"};
constexpr absl::string_view kTryColumns[] = {"episode_id", "slot", "day", "mode", "outcome"};

const TableFileSpec kSpecs[] = {
    {TableFile::kPatients, "patients.csv", kPatientColumns, {}},
    {TableFile::kConsents, "consents.csv", kConsentColumns, kConsentOptional},
    {TableFile::kCoverage, "coverage.csv", kCoverageColumns, {}},
    {TableFile::kConditions, "conditions.csv", kConditionColumns, {}},
    {TableFile::kEpisodes, "episodes.csv", kEpisodeColumns, kEpisodeOptional},
    {TableFile::kInfusions, "infusions.csv", kInfusionColumns, {}},
    {TableFile::kVisits, "visits.csv", kVisitColumns, kVisitOptional},
    {TableFile::kResponses, "responses.csv", kResponseColumns, {}},
    {TableFile::kEvents, "events.csv", kEventColumns, {}},
    {TableFile::kMeasures, "measures.csv", kMeasureColumns, {}},
    {TableFile::kTransgene, "transgene.csv", kTransgeneColumns, {}},
    {TableFile::kContracts, "contracts.csv", kContractColumns, {}},
    {TableFile::kTries, "tries.csv", kTryColumns, {}},
};

const TableFileSpec* FindSpec(absl::string_view name) {
  for (const TableFileSpec& spec : kSpecs) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

// The name of a file that this importer does not know goes into a local report only, and only if it
// is a plain name.
std::string PrintableName(absl::string_view name) {
  return base::IsStrictUtf8(name, 60) ? std::string(name) : "a name that cannot be printed";
}

void AppendName(std::string* out, const TableFileSpec& spec) { absl::StrAppend(out, spec.name); }

bool SetColumns(const TableFileSpec& spec, const CsvRow& header, ParsedTable& table) {
  std::vector<absl::string_view> wanted(spec.columns.begin(), spec.columns.end());
  if (header.fields.size() > wanted.size()) {
    wanted.insert(wanted.end(), spec.optional_columns.begin(), spec.optional_columns.end());
  }
  if (!std::equal(wanted.begin(), wanted.end(), header.fields.begin(), header.fields.end())) {
    return false;
  }
  table.columns = std::move(wanted);
  return true;
}

std::string HeaderHint(const TableFileSpec& spec) {
  std::string hint = absl::StrCat("the header must be ", absl::StrJoin(spec.columns, ","));
  if (!spec.optional_columns.empty()) {
    absl::StrAppend(&hint, " and may go on with ", absl::StrJoin(spec.optional_columns, ","));
  }
  return hint;
}

bool CheckRow(const TableFileSpec& spec, const CsvRow& row, const ParsedTable& table,
              ImportReport& report) {
  const RowPlace place{spec.name, row.line};
  if (row.fields.size() != table.columns.size()) {
    report.Error(place, "", "", "FIELDS", "",
                 absl::StrCat("this row has ", row.fields.size(), " fields, the header ",
                              table.columns.size()));
    return false;
  }
  for (size_t i = 0; i < row.fields.size(); ++i) {
    if (base::IsStrictUtf8(row.fields[i], kMaxFieldBytes)) continue;
    report.Error(place, "", table.columns[i], "UTF-8", "",
                 "save the file as UTF-8; line breaks and control characters have no place here");
    return false;
  }
  return true;
}

void ParseInto(const TableFileSpec& spec, absl::string_view bytes, ParsedTable& table,
               ImportReport& report) {
  CsvDocument document = ParseCsv(bytes);
  if (document.error.has_value()) {
    report.Error({spec.name, document.error->line}, "", "", "CSV", "", document.error->hint);
    return;
  }
  if (document.rows.empty() || !SetColumns(spec, document.rows.front(), table)) {
    report.Error({spec.name, 1}, "", "", "HEADER", "", HeaderHint(spec));
    return;
  }
  for (size_t i = 1; i < document.rows.size(); ++i) {
    CsvRow& row = document.rows[i];
    if (CheckRow(spec, row, table, report)) table.rows.push_back(std::move(row));
  }
}

}  // namespace

const TableFileSpec& SpecOf(TableFile table) { return kSpecs[static_cast<size_t>(table)]; }

std::optional<size_t> ParsedTable::ColumnOf(absl::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<size_t>(found - columns.begin());
}

ParsedTables ParseTableFiles(std::span<const ImportFile> files, ImportReport& report) {
  ParsedTables tables;
  for (const TableFileSpec& spec : kSpecs) tables[static_cast<size_t>(spec.table)].spec = &spec;
  bool seen[kTableFiles] = {};
  for (const ImportFile& file : files) {
    const TableFileSpec* spec = FindSpec(file.name);
    if (spec == nullptr) {
      report.Error(
          {"", 0}, "", "", "FILE", PrintableName(file.name),
          absl::StrCat("not a file of this import: ", absl::StrJoin(kSpecs, ", ", AppendName)));
      continue;
    }
    const size_t index = static_cast<size_t>(spec->table);
    if (std::exchange(seen[index], true)) {
      report.Error({spec->name, 0}, "", "", "FILE", "", "this file came twice");
      continue;
    }
    ParseInto(*spec, file.bytes, tables[index], report);
  }
  return tables;
}

}  // namespace perdura::registry_node
