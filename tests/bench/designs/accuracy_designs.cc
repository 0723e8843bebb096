// Accuracy of mechanisms, without a federation: exact cells of drawn cohorts, noise of the
// product's samplers (tests/bench/accuracy.cc: the same through the whole federation), the
// product's decoding; beside it the usual designs on the same cohorts. Prints Markdown tables, our
// figures beside their targets. Cohorts are SIMULATED.
//
//   accuracy_designs [--tables mechanisms,surplus,releases,estimates,decoders] [--runs 400]
//                    [--seed 1] [--lung FILE]
//
// --lung: the NCCTG lung cohort of R's survival package, for its own table:
//   write.csv(survival::lung[c("time", "status")], "lung.csv", row.names = FALSE)
// Targets come from reference/dp_golden.csv beside the checkout (PERDURA_SHARED); without it
// figures are printed alone. Ends with 1 if an error exceeds its target by more than 10 % and
// .001.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/bench/designs/tables.h"
#include "tests/support/command_line.h"

namespace perdura::bench {
namespace {

// Columns time (days) and status (1 censored, 2 dead), with a header.
std::vector<Patient> ReadLung(const std::string& path) {
  std::ifstream file(path);
  std::vector<Patient> patients;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    Patient patient;
    if (fields.size() != 2 || !absl::SimpleAtoi(fields[0], &patient.exit_day)) continue;
    patient.cause = fields[1] == "2" ? 1 : 0;
    patients.push_back(patient);
  }
  return patients;
}

bool Print(const std::string& table, Tables& tables) {
  if (table == "mechanisms") {
    tables.PrintMechanisms();
  } else if (table == "surplus") {
    tables.PrintSurplus();
  } else if (table == "releases") {
    tables.PrintReleases();
  } else if (table == "estimates") {
    tables.PrintEstimates();
  } else if (table == "decoders") {
    tables.PrintDecoders();
  } else {
    std::fprintf(stderr, "accuracy_designs: --tables: no table is called %s\n", table.c_str());
    return false;
  }
  return true;
}

int RunTables(int argc, char** argv) {
  const int runs = static_cast<int>(test_support::NumberOption(argc, argv, "--runs", 400));
  const uint64_t seed = test_support::NumberOption(argc, argv, "--seed", 1);
  const std::string lung = test_support::TextOption(argc, argv, "--lung", "");
  const char* const usual = lung.empty() ? "mechanisms,surplus,releases,estimates,decoders" : "";
  if (runs < 1) {
    std::fprintf(stderr, "accuracy_designs: --runs must be at least 1\n");
    return 2;
  }
  Targets targets = Targets::FromReference();
  if (targets.empty()) std::fprintf(stderr, "accuracy_designs: no targets: set PERDURA_SHARED\n");
  Tables tables(std::move(targets), runs, seed * 1000003);
  if (!lung.empty()) {
    const std::vector<Patient> patients = ReadLung(lung);
    if (patients.empty()) {
      std::fprintf(stderr, "accuracy_designs: --lung: no rows of time,status\n");
      return 2;
    }
    tables.PrintCohort(patients);
  }
  const std::string wanted = test_support::TextOption(argc, argv, "--tables", usual);
  for (const std::string& table :
       std::vector<std::string>(absl::StrSplit(wanted, ',', absl::SkipEmpty()))) {
    if (!Print(table, tables)) return 2;
  }
  std::printf("\n%d figures judged, %d missed.\n", tables.judged(), tables.missed());
  return tables.missed() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace perdura::bench

int main(int argc, char** argv) { return perdura::bench::RunTables(argc, argv); }
