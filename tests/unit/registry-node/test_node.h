#ifndef PERDURA_TESTS_UNIT_REGISTRY_NODE_TEST_NODE_H_
#define PERDURA_TESTS_UNIT_REGISTRY_NODE_TEST_NODE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "perdura/v1/charter.pb.h"
#include "perdura/v1/registry.pb.h"
#include "registry-node/derive/fact_table_source.h"
#include "registry-node/derive/table_question.h"
#include "registry-node/store/fact_store.h"
#include "registry-node/store/shared_database.h"
#include "registry-node/store/vault_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/seeded_random.h"

namespace perdura::registry_node {

// The right of a test to see exact cells.
class ExactTableAccessForTest {
 public:
  static ExactTableAccess Make() { return ExactTableAccess(); }
};

// The files of one import as text, edited line by line.
class CsvFiles {
 public:
  // All files, headers only.
  static CsvFiles Empty();
  // Patient p1, with a condition and an episode e1 infused on 2020-03-01, one assessed visit on
  // 2020-06-09. Breaks no rule.
  static CsvFiles OnePatient();
  // The same patient with rows in every table. Breaks no rule.
  static CsvFiles EveryTable();

  CsvFiles& Add(const std::string& file, absl::string_view row);
  // Replaces every `from` in `file`; the test fails if there is none.
  CsvFiles& Replace(const std::string& file, absl::string_view from, absl::string_view to);
  CsvFiles& Remove(const std::string& file);
  // The last row of a file.
  CsvFiles& DropLast(const std::string& file);
  // Another patient like p1, with ids in which 1 reads `number`.
  CsvFiles& AddPatient(int number);

  std::map<std::string, std::string> text;  // by file name
};

// Products allo-hct@1, car-t@1, aav@1, test-canary@1, indication acute-leukaemia and attributes: as
// much of a charter as import and derivation read. Not a valid charter.
v1::Charter SmallCharter();

// The stores of one node in memory. It is 2026-07-01 unless the clock is moved.
class TestNode {
 public:
  explicit TestNode(uint64_t seed = 1);

  // Imports from source system `emr` under `charter`; a failing status fails the test.
  v1::ImportResponse Import(const CsvFiles& files, v1::ImportOptions options = {});
  // Imports, and fails the test unless it was committed.
  void MustImport(const CsvFiles& files);

  std::vector<ExactExit> Exits(const TableQuestion& question);

  test_support::FakeClock clock;
  test_support::SeededRandom random;
  SharedDatabase registry;
  SharedDatabase vault_database;
  int64_t newest_debited_cut = 0;  // microseconds
  FactStore facts;
  Vault vault;
  FactTableSource tables;
  v1::Charter charter = SmallCharter();
};

// Rule set `rule` over everybody with research consent, all products, all that is known a day after
// the start of the test clock, events until 2026-06-30.
TableQuestion AskAll(absl::string_view rule);

// Days since 1970-01-01 of an exact ISO date.
int64_t Day(absl::string_view iso);

// "file:row:field:rule" of the findings with this severity, sorted.
std::vector<std::string> Findings(const v1::ImportResponse& response,
                                  absl::string_view severity = "error");

// Count of the rows of a table of registry.db.
int64_t RowsOf(SharedDatabase& database, const std::string& table);

}  // namespace perdura::registry_node

#endif  // PERDURA_TESTS_UNIT_REGISTRY_NODE_TEST_NODE_H_
