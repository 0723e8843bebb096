#ifndef PERDURA_REGISTRY_NODE_IMPORT_TABLE_FILES_H_
#define PERDURA_REGISTRY_NODE_IMPORT_TABLE_FILES_H_

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "registry-node/import/csv_parser.h"
#include "registry-node/import/import_report.h"

namespace perdura::registry_node {

// The files of a plain CSV import, in the order in which they refer to each other.
enum class TableFile {
  kPatients,
  kConsents,
  kCoverage,
  kConditions,
  kEpisodes,
  kInfusions,
  kVisits,
  kResponses,
  kEvents,
  kMeasures,
  kTransgene,
  kContracts,
  kTries
};
inline constexpr size_t kTableFiles = 13;

// Shape of one file: its header is `columns`, then none or all of `optional_columns`.
struct TableFileSpec {
  TableFile table;
  absl::string_view name;
  std::span<const absl::string_view> columns;
  std::span<const absl::string_view> optional_columns;
};
const TableFileSpec& SpecOf(TableFile table);

// One file as parsed. Absent: no header, no rows.
struct ParsedTable {
  const TableFileSpec* spec = nullptr;
  std::vector<absl::string_view> columns;  // as its header has them
  std::vector<CsvRow> rows;                // each with as many fields as columns

  // nullopt where the header has no such column (an optional one).
  std::optional<size_t> ColumnOf(absl::string_view name) const;
};

struct ImportFile;
using ParsedTables = std::array<ParsedTable, kTableFiles>;

// Parses all files. Findings, all common to everybody: FILE (unknown name, twice), HEADER, CSV
// (quotes, line ends, bounds), FIELDS (a row with another number of fields: nothing of it can be
// trusted), UTF-8 (broken encoding or control characters).
ParsedTables ParseTableFiles(std::span<const ImportFile> files, ImportReport& report);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_IMPORT_TABLE_FILES_H_
