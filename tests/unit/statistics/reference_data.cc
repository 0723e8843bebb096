#include "tests/unit/statistics/reference_data.h"

#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/support/shared_data.h"

namespace perdura::statistics {
namespace {

bool Is(const CsvRow& row, const std::string& column) { return Number(row, column) == 1; }

Observation Until(const CsvRow& row, const std::string& time, int cause) {
  return {.exit = Number(row, time), .cause = cause};
}

Observation Bmt(const CsvRow& row, absl::string_view endpoint) {
  if (endpoint == "OS") return Until(row, "t1", Is(row, "d1"));
  if (endpoint == "DFS") return Until(row, "t2", Is(row, "d3"));
  return Until(row, "t2", Is(row, "d2") ? 1 : Is(row, "d3") ? 2 : 0);
}

Observation Ly1801(const CsvRow& row, absl::string_view endpoint) {
  if (endpoint == "OS") return Until(row, "intxsurv", Is(row, "dead"));
  if (endpoint == "PFS") return Until(row, "intxrel", Is(row, "pfs"));
  return Until(row, "intxrel", Is(row, "progrel") ? 1 : Is(row, "trm") ? 2 : 0);
}

Observation Ebmt4(const CsvRow& row, absl::string_view endpoint) {
  if (endpoint == "OS") return Until(row, "srv", Is(row, "srv.s"));
  if (Is(row, "rel.s")) return Until(row, "rel", 1);
  const int dead = endpoint == "RFS" ? 1 : 2;
  return Until(row, "srv", Is(row, "srv.s") ? dead : 0);
}

Observation Ebmt3(const CsvRow& row, absl::string_view) {
  return Until(row, "rfstime", Is(row, "rfsstat"));
}

Observation Channing(const CsvRow& row, absl::string_view) {
  return {.entry = Number(row, "ageentry"), .exit = Number(row, "age"), .cause = Is(row, "death")};
}

struct Dataset {
  const char* file;
  std::function<Observation(const CsvRow&, absl::string_view)> derive;
};

Dataset DatasetNamed(absl::string_view name) {
  if (name == "LY1801") return {"data/cibmtr/LY1801.csv", Ly1801};
  if (name == "ebmt4") return {"data/ebmt/ebmt4.csv", Ebmt4};
  if (name == "ebmt3") return {"data/ebmt/ebmt3.csv", Ebmt3};
  if (name == "kmsurv_channing") return {"data/kmsurv/channing.csv", Channing};
  return {"data/kmsurv/bmt.csv", Bmt};
}

bool InGroup(const CsvRow& row, absl::string_view group) {
  if (group == "all") return true;
  std::pair<std::string, std::string> parts = absl::StrSplit(group, absl::MaxSplits('=', 1));
  if (parts.second.empty()) parts = {"match", parts.first};  // ebmt4's groups go without a column
  if (parts.first == "hospital") parts.first = "z9";
  return row.at(parts.first) == parts.second;
}

}  // namespace

std::vector<CsvRow> ParseCsv(absl::string_view text) {
  std::vector<CsvRow> rows;
  std::vector<std::string> header;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> fields = test_support::CsvFields(absl::StripSuffix(line, "\r"));
    if (header.empty()) {
      header = fields;
      continue;
    }
    CsvRow row;
    for (size_t i = 0; i < header.size() && i < fields.size(); ++i) row[header[i]] = fields[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<CsvRow> SharedCsv(absl::string_view relative) {
  const auto path = test_support::SharedPath(relative);
  if (!path) return {};
  std::ostringstream text;
  text << std::ifstream(*path).rdbuf();
  return ParseCsv(text.str());
}

double Number(const CsvRow& row, const std::string& column) {
  const std::string& text = row.at(column);
  if (text.empty() || text == "NA" || text == "NaN")
    return std::numeric_limits<double>::quiet_NaN();
  return std::stod(text);
}

std::vector<Observation> ReferencePatients(const CsvRow& reference) {
  const Dataset dataset = DatasetNamed(reference.at("dataset"));
  static auto& cache = *new std::map<std::string, std::vector<CsvRow>>;
  std::vector<CsvRow>& rows = cache[dataset.file];
  if (rows.empty()) rows = SharedCsv(dataset.file);
  std::vector<Observation> patients;
  for (const CsvRow& row : rows) {
    if (!InGroup(row, reference.at("group"))) continue;
    const Observation patient = dataset.derive(row, reference.at("endpoint"));
    // Four rows of channing leave on the day they enter: never under observation.
    if (patient.entry < patient.exit) patients.push_back(patient);
  }
  return patients;
}

}  // namespace perdura::statistics
