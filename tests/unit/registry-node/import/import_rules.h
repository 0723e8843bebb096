#ifndef PERDURA_TESTS_UNIT_REGISTRY_NODE_IMPORT_IMPORT_RULES_H_
#define PERDURA_TESTS_UNIT_REGISTRY_NODE_IMPORT_IMPORT_RULES_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/unit/registry-node/test_node.h"

// What the tests of the import's rules share. Every rule has a row that passes and a row that
// fails, and the failing one names rule, file, line and field. The rows that pass are those of
// ImportRulesTest.RowsOfEveryTablePass unless a case has one of its own.
namespace perdura::registry_node {

// What one import into an empty node finds.
inline std::vector<std::string> ErrorsOf(const CsvFiles& files) {
  return Findings(TestNode().Import(files));
}

// The finding of the only error.
inline v1::Finding OnlyError(const CsvFiles& files) {
  const v1::ImportResponse response = TestNode().Import(files);
  for (const v1::Finding& finding : response.findings()) {
    if (finding.severity() == "error") return finding;
  }
  ADD_FAILURE() << "no error";
  return {};
}

inline CsvFiles P1() { return CsvFiles::OnePatient(); }
inline CsvFiles WithEvent(absl::string_view row) { return P1().Add("events.csv", row); }
inline CsvFiles WithVisit(absl::string_view row) { return P1().Add("visits.csv", row); }
inline CsvFiles WithInfusion(absl::string_view row) { return P1().Add("infusions.csv", row); }

}  // namespace perdura::registry_node

#endif  // PERDURA_TESTS_UNIT_REGISTRY_NODE_IMPORT_IMPORT_RULES_H_
