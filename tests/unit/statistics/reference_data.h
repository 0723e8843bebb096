#ifndef PERDURA_TESTS_UNIT_STATISTICS_REFERENCE_DATA_H_
#define PERDURA_TESTS_UNIT_STATISTICS_REFERENCE_DATA_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "statistics/survival_exact.h"

namespace perdura::statistics {

// One line of a CSV file by column name.
using CsvRow = std::map<std::string, std::string>;

// Lines of a CSV file with a header; fields may be quoted and then hold commas.
std::vector<CsvRow> ParseCsv(absl::string_view text);
// The same from "reference/..." or "data/..." of the shared folder; empty where it is absent.
std::vector<CsvRow> SharedCsv(absl::string_view relative);

// "NA" and the empty field are NaN.
double Number(const CsvRow& row, const std::string& column);

// The patients behind a reference row: its dataset, endpoint and group ("all", "distat=1", "gender
// mismatch", ...).
std::vector<Observation> ReferencePatients(const CsvRow& reference);

}  // namespace perdura::statistics

#endif  // PERDURA_TESTS_UNIT_STATISTICS_REFERENCE_DATA_H_
