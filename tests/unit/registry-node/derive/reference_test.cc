// Real patients through import and derivation, on the exact path, against the numbers that R gave.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "registry-node/records/dates.h"
#include "statistics/survival_exact.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/registry-node/test_node.h"
#include "tests/unit/statistics/reference_data.h"

namespace perdura::registry_node {
namespace {

using statistics::AalenJohansen;
using statistics::KaplanMeier;
using statistics::Number;
using statistics::Observation;
using statistics::SharedCsv;
using Row = statistics::CsvRow;

constexpr double kTolerance = 1e-9;
constexpr const char* kHospitals[] = {"ohio", "alfred", "st-vincent", "hahnemann"};

// Whoever was under observation; the others are counted as `not_evaluable`.
std::vector<Observation> ObservationsOf(const std::vector<ExactExit>& exits, int group) {
  std::vector<Observation> observations;
  for (const ExactExit& exit : exits) {
    if (!exit.evaluable || exit.group != group) continue;
    observations.push_back({.exit = exit.exit, .cause = exit.cause});
  }
  return observations;
}

int64_t NotEvaluable(TestNode& node) {
  const std::vector<ExactExit> exits = node.Exits(AskAll("os@1"));
  return std::count_if(exits.begin(), exits.end(),
                       [](const ExactExit& exit) { return !exit.evaluable; });
}

std::string ReadText(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

bool RHasKmsurv() {
  return std::system("Rscript --vanilla -e 'data(bmt, package = \"KMsurv\")' >/dev/null 2>&1") == 0;
}

// The four hospitals, each at a node of its own, as deploy/bmt.R writes them.
struct Bmt {
  Bmt() {
    test_support::TempFolder folder;
    const std::string command = absl::StrCat("Rscript --vanilla ", PERDURA_SOURCE_DIR,
                                             "/deploy/bmt.R ", folder.path(), " >/dev/null 2>&1");
    EXPECT_EQ(std::system(command.c_str()), 0);
    for (int i = 0; i < 4; ++i) {
      CsvFiles files;
      for (const char* name : {"patients.csv", "consents.csv", "conditions.csv", "episodes.csv",
                               "visits.csv", "events.csv"}) {
        files.text[name] = ReadText(absl::StrCat(folder.path(), "/", kHospitals[i], "/", name));
      }
      nodes[i].MustImport(files);
    }
  }

  // Patients of hospital 1..4, or of all (0).
  std::vector<Observation> Patients(const TableQuestion& question, int hospital, int group = 0) {
    std::vector<Observation> all;
    for (int i = 0; i < 4; ++i) {
      if (hospital != 0 && hospital != i + 1) continue;
      const auto some = ObservationsOf(nodes[i].Exits(question), group);
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  TestNode nodes[4];
};

void ExpectKaplanMeier(const std::vector<Observation>& patients, double time, const Row& row,
                       const std::string& value, const std::string& se) {
  const KaplanMeier km = *KaplanMeier::Fit(patients);
  EXPECT_NEAR(km.At(time).value, Number(row, value), kTolerance);
  if (!std::isnan(Number(row, se))) {
    EXPECT_NEAR(km.At(time).se(), Number(row, se), kTolerance);
  }
  EXPECT_EQ(km.AtRisk(time), Number(row, "n_risk"));
  EXPECT_EQ(km.EventsUpTo(time), Number(row, "cum_event"));
}

void ExpectIncidence(const std::vector<Observation>& patients, double time, const Row& row,
                     const std::string& value) {
  const AalenJohansen incidence = *AalenJohansen::Fit(patients, 2);
  const auto estimate = incidence.At(row.at("cause") == "relapse" ? 1 : 2, time);
  EXPECT_NEAR(estimate.value, Number(row, value), kTolerance);
  EXPECT_NEAR(estimate.se(), Number(row, "se"), kTolerance);
  EXPECT_EQ(incidence.AtRisk(time), Number(row, "n_risk"));
}

TEST(ReferenceTest, BmtByHospitalEqualsR) {
  const std::vector<Row> reference = SharedCsv("reference/bmt_reference.csv");
  if (reference.empty()) GTEST_SKIP() << test_support::kNoSharedData;
  if (!RHasKmsurv()) GTEST_SKIP() << "Rscript with package KMsurv is not installed";
  Bmt bmt;
  int compared = 0;
  for (const Row& row : reference) {
    SCOPED_TRACE(row.at("endpoint") + " " + row.at("group") + " " + row.at("time"));
    const int hospital = row.at("group") == "all" ? 0 : row.at("group").back() - '0';
    const auto patients =
        bmt.Patients(AskAll(row.at("endpoint") == "OS" ? "os@1" : "pfs@1"), hospital);
    EXPECT_EQ(static_cast<double>(patients.size()), Number(row, "n"));
    const double time = Number(row, "time_days");
    if (row.at("statistic") == "km") {
      ExpectKaplanMeier(patients, time, row, "estimate", "se");
    } else {
      ExpectIncidence(patients, time, row, "estimate");
    }
    ++compared;
  }
  EXPECT_EQ(compared, 100);
}

TEST(ReferenceTest, BmtByDiseaseEqualsR) {
  const std::vector<Row> reference = SharedCsv("reference/km_reference.csv");
  if (reference.empty()) GTEST_SKIP() << test_support::kNoSharedData;
  if (!RHasKmsurv()) GTEST_SKIP() << "Rscript with package KMsurv is not installed";
  Bmt bmt;
  int compared = 0;
  for (const Row& row : reference) {
    if (row.at("dataset") != "kmsurv_bmt") continue;
    SCOPED_TRACE(row.at("endpoint") + " " + row.at("group") + " " + row.at("time"));
    TableQuestion question = AskAll(row.at("endpoint") == "OS" ? "os@1" : "pfs@1");
    question.groups = AttributeChoice{SmallCharter().attributes(0), {"all", "aml-low", "aml-high"}};
    const int group = row.at("group").back() - '1';
    ExpectKaplanMeier(bmt.Patients(question, 0, group), Number(row, "time"), row, "surv",
                      "se_greenwood");
    ++compared;
  }
  EXPECT_EQ(compared, 30);
}

// One line of a teaching file, as an episode infused on 2000-01-01 or so.
struct FilePatient {
  std::string risk;                                            // risk group
  int64_t died = -1, relapsed = -1, assessed = -1, seen = -1;  // day, -1 never
};

std::string OnDay(int64_t day) { return PrintDay(DayInterval::Exact(Day("1985-01-01") + day)); }

CsvFiles FilesOf(const std::vector<FilePatient>& patients) {
  CsvFiles files = CsvFiles::Empty();
  int number = 0;
  for (const FilePatient& one : patients) {
    const std::string p = absl::StrCat("p", ++number), e = absl::StrCat("e", number);
    files.Add("patients.csv", p + ",,,,U,US,");
    files.Add("consents.csv", p + ",research,given,1985-01-01,");
    files.Add("conditions.csv", p + ",c,perdura,acute-leukaemia,,1984," + "," + one.risk + ",,,,");
    files.Add("episodes.csv",
              p + "," + e + ",c,allo-hct@1," + OnDay(0) + "," + OnDay(0) + ",,,,standard,");
    if (one.assessed >= 0) {
      files.Add("visits.csv", e + "," + OnDay(one.assessed) + ",exam,true,true");
    }
    if (one.seen > one.assessed) {
      files.Add("visits.csv", e + "," + OnDay(one.seen) + ",phone,true,false");
    }
    if (one.relapsed >= 0) {
      files.Add("events.csv", e + ",relapse," + OnDay(one.relapsed) + ",,,,,,,true,");
    }
    if (one.died >= 0) {
      files.Add("events.csv", e + ",death," + OnDay(one.died) + ",,,,,,,true,unknown");
    }
  }
  return files;
}

// Compares every row of km_reference and cif_reference of one data set and returns how many.
int CompareDataset(TestNode& node, const std::string& dataset, double days_per_unit,
                   const std::map<std::string, int>& risk_groups) {
  int compared = 0;
  const auto patients_of = [&](const Row& row) {
    TableQuestion question = AskAll(row.at("endpoint") == "OS" ? "os@1" : "pfs@1");
    if (row.at("group") == "all") return ObservationsOf(node.Exits(question), 0);
    question.groups = AttributeChoice{SmallCharter().attributes(1), {"low", "high"}};
    return ObservationsOf(node.Exits(question), risk_groups.at(row.at("group")));
  };
  const auto day_of = [&](const Row& row) {
    const double day = Number(row, "time") * days_per_unit;
    return std::abs(day - std::round(day)) < 1e-6 ? std::round(day) : day;
  };
  const auto wanted = [&](const Row& row) {
    return row.at("dataset") == dataset &&
           (row.at("group") == "all" || risk_groups.contains(row.at("group")));
  };
  for (const Row& row : SharedCsv("reference/km_reference.csv")) {
    if (!wanted(row)) continue;
    SCOPED_TRACE(row.at("endpoint") + " " + row.at("group") + " " + row.at("time"));
    ExpectKaplanMeier(patients_of(row), day_of(row), row, "surv", "se_greenwood");
    ++compared;
  }
  for (const Row& row : SharedCsv("reference/cif_reference.csv")) {
    if (!wanted(row)) continue;
    SCOPED_TRACE(row.at("endpoint") + " " + row.at("group") + " " + row.at("cause"));
    ExpectIncidence(patients_of(row), day_of(row), row, "cif");
    ++compared;
  }
  return compared;
}

TEST(ReferenceTest, Ly1801EqualsRInDaysOfItsOwnMonth) {
  const std::vector<Row> rows = SharedCsv("data/cibmtr/LY1801.csv");
  if (rows.empty()) GTEST_SKIP() << test_support::kNoSharedData;
  std::vector<FilePatient> patients;
  for (const Row& row : rows) {
    // The file's month has 30.4 days: times 30.4 every value is a whole day.
    const auto day = [&](const char* column) {
      const double exact = Number(row, column) * 30.4;
      EXPECT_NEAR(exact, std::round(exact), 1e-6);
      return static_cast<int64_t>(std::round(exact));
    };
    FilePatient one{row.at("distat") == "1" ? "low" : "high"};
    if (Number(row, "dead") == 1) one.died = day("intxsurv");
    if (Number(row, "progrel") == 1) one.relapsed = day("intxrel");
    if (Number(row, "pfs") == 0) one.assessed = day("intxrel");
    if (Number(row, "dead") == 0) one.seen = day("intxsurv");
    patients.push_back(one);
  }
  TestNode node;
  node.MustImport(FilesOf(patients));
  EXPECT_EQ(NotEvaluable(node), 0);
  EXPECT_EQ(CompareDataset(node, "LY1801", 30.4, {{"distat=1", 0}, {"distat=2", 1}}), 72);
}

TEST(ReferenceTest, Ebmt4EqualsR) {
  const std::vector<Row> rows = SharedCsv("data/ebmt/ebmt4.csv");
  if (rows.empty()) GTEST_SKIP() << test_support::kNoSharedData;
  std::vector<FilePatient> patients;
  for (const Row& row : rows) {
    // A fraction of a day stands for an event on day 0.
    const auto day = [&](const char* column) {
      return static_cast<int64_t>(std::floor(Number(row, column)));
    };
    FilePatient one{row.at("match") == "no gender mismatch" ? "low" : "high"};
    if (Number(row, "srv.s") == 1) {
      one.died = day("srv");
    } else {
      one.assessed = day("srv");
    }
    if (Number(row, "rel.s") == 1) one.relapsed = day("rel");
    patients.push_back(one);
  }
  TestNode node;
  node.MustImport(FilesOf(patients));
  // One is censored on day 0, never under observation: R has such a row in no later risk set.
  EXPECT_EQ(NotEvaluable(node), 1);
  EXPECT_EQ(CompareDataset(node, "ebmt4", 1,
                           {{"match=no gender mismatch", 0},
                            {"match=gender mismatch", 1},
                            {"no gender mismatch", 0},
                            {"gender mismatch", 1}}),
            // OS all and by match, RFS all; relapse and NRM all and by match
            28 + 42);
}

}  // namespace
}  // namespace perdura::registry_node
