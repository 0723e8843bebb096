// Kaplan-Meier, Aalen-Johansen, medians and RMST against R itself, on invented patients with ties,
// delayed entry and competing causes. Skips where Rscript or its package survival is not installed.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "statistics/survival_exact.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/statistics/reference_data.h"

namespace perdura::statistics {
namespace {

constexpr double kTolerance = 1e-9;

// Prints one CSV table for all files of patients: the file, a kind and up to six numbers a row.
constexpr char kScript[] = R"R(
suppressMessages(library(survival))
line <- function(...) cat(name, kind, sprintf("%.17g", c(...)), sep = ",", fill = TRUE)
options(width = 10000)
cat("file,kind,a,b,c,d,e,f\n")
for (name in commandArgs(TRUE)) {
  d <- read.csv(name)
  d$id <- seq_len(nrow(d))
  late <- any(d$entry > 0)
  s <- if (late) Surv(d$entry, d$exit, d$cause > 0) else Surv(d$exit, d$cause > 0)
  for (type in c("log", "log-log", "plain")) {
    fit <- survfit(s ~ 1, conf.type = type)
    kind <- paste("km", type)
    for (i in seq_along(fit$time)) {
      line(fit$time[i], fit$n.risk[i], fit$surv[i], fit$surv[i] * fit$std.err[i],
           fit$lower[i], fit$upper[i])
    }
    kind <- paste("median", type)
    line(unlist(quantile(fit, 0.5)))
  }
  kind <- "rmst"
  if (!late) for (tau in c(10, 25, 40)) {
    t <- summary(survfit(s ~ 1), rmean = tau)$table
    line(tau, t["rmean"], t["se(rmean)"])
  }
  f <- factor(d$cause, 0:2)
  m <- if (late) Surv(d$entry, d$exit, f) else Surv(d$exit, f)
  aj <- survfit(m ~ 1, id = d$id)
  # With delayed entry R's error is the infinitesimal jackknife, which differs from the delta method.
  kind <- if (late) "aj late" else "aj"
  for (i in seq_along(aj$time)) for (j in 1:2) {
    line(j, aj$time[i], aj$pstate[i, j + 1], aj$std.err[i, j + 1])
  }
}
)R";

std::vector<Observation> InventedPatients(uint64_t seed, int n, bool delayed_entry) {
  test_support::SeededRandom random(seed);
  std::vector<Observation> patients;
  while (static_cast<int>(patients.size()) < n) {
    // Times on a coarse grid, so that many are tied; rather few early exits, so that the risk set
    // never empties.
    const double entry = delayed_entry ? static_cast<double>(random.Below(12)) : 0;
    const double exit = entry + 1 + static_cast<double>(random.Below(40));
    patients.push_back({.entry = entry, .exit = exit, .cause = static_cast<int>(random.Below(3))});
  }
  return patients;
}

std::string WriteFile(const std::string& name, const std::string& text) {
  const std::string path = ::testing::TempDir() + name;
  std::ofstream(path) << text;
  return path;
}

std::string Output(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  char buffer[4096];
  for (size_t got; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, got);
  pclose(pipe);
  return text;
}

std::string WritePatients(const std::vector<Observation>& patients, const std::string& name) {
  std::string csv = "entry,exit,cause\n";
  for (const Observation& p : patients) {
    csv += std::to_string(p.entry) + "," + std::to_string(p.exit) + "," + std::to_string(p.cause) +
           "\n";
  }
  return WriteFile("perdura_" + name + ".csv", csv);
}

IntervalType TypeOf(const std::string& kind) {
  if (kind.find("log-log") != std::string::npos) return IntervalType::kLogLog;
  return kind.find("log") != std::string::npos ? IntervalType::kLog : IntervalType::kPlain;
}

void ExpectSame(const std::optional<double>& value, double reference, const std::string& what) {
  ASSERT_EQ(value.has_value(), !std::isnan(reference)) << what;
  if (!value.has_value()) return;
  EXPECT_NEAR(*value, reference, kTolerance) << what;
}

void CompareKaplanMeier(const KaplanMeier& km, const CsvRow& row, double z) {
  const double time = Number(row, "a");
  const PointEstimate ours = km.At(time);
  EXPECT_EQ(km.AtRisk(time), Number(row, "b")) << time;
  EXPECT_NEAR(ours.value, Number(row, "c"), kTolerance) << time;
  if (ours.value < 1e-12) return;  // R has neither standard error nor interval there
  EXPECT_NEAR(ours.se(), Number(row, "d"), kTolerance) << time;
  const auto interval = ExactInterval(ours.value, ours.se(), z, TypeOf(row.at("kind")));
  ASSERT_EQ(interval.has_value(), !std::isnan(Number(row, "e"))) << row.at("kind") << time;
  if (!interval.has_value()) return;
  EXPECT_NEAR(interval->lower, Number(row, "e"), kTolerance) << row.at("kind") << time;
  EXPECT_NEAR(interval->upper, Number(row, "f"), kTolerance) << row.at("kind") << time;
}

void CompareRow(const KaplanMeier& km, const AalenJohansen& aj, const CsvRow& row, double z) {
  const std::string& kind = row.at("kind");
  if (kind.rfind("km", 0) == 0) CompareKaplanMeier(km, row, z);
  if (kind.rfind("median", 0) == 0) {
    const QuantileEstimate median = km.Median(z, TypeOf(kind));
    ExpectSame(median.value, Number(row, "a"), kind);
    ExpectSame(median.lower, Number(row, "b"), kind + " lower");
    ExpectSame(median.upper, Number(row, "c"), kind + " upper");
  }
  if (kind == "rmst") {
    const PointEstimate rmst = km.Rmst(Number(row, "a"));
    EXPECT_NEAR(rmst.value, Number(row, "b"), kTolerance);
    EXPECT_NEAR(rmst.se(), Number(row, "c"), kTolerance);
  }
  if (kind.rfind("aj", 0) == 0) {
    const PointEstimate f = aj.At(static_cast<int>(Number(row, "a")), Number(row, "b"));
    EXPECT_NEAR(f.value, Number(row, "c"), kTolerance) << Number(row, "b");
    const double tolerance = kind == "aj" ? kTolerance : 0.001;
    EXPECT_NEAR(f.se(), Number(row, "d"), tolerance) << Number(row, "b");
  }
}

TEST(SurvivalAgainstRTest, EqualsROnInventedPatients) {
  const std::map<std::string, std::vector<Observation>> sets = {
      {"ties", InventedPatients(1, 200, false)},
      {"late", InventedPatients(2, 300, true)},
      {"few", InventedPatients(3, 8, false)}};
  std::string command = "Rscript " + WriteFile("perdura_survival.R", kScript);
  std::map<std::string, std::string> files;
  for (const auto& [name, patients] : sets) {
    files[name] = WritePatients(patients, name);
    command += " " + files[name];
  }
  const std::vector<CsvRow> rows = ParseCsv(Output(command + " 2>/dev/null"));
  if (rows.empty()) GTEST_SKIP() << "Rscript with package survival is not installed";

  const double z = *NormalQuantile(0.95);
  for (const auto& [name, patients] : sets) {
    SCOPED_TRACE(name);
    const KaplanMeier km = *KaplanMeier::Fit(patients);
    const AalenJohansen aj = *AalenJohansen::Fit(patients, 2);
    size_t compared = 0;
    for (const CsvRow& row : rows) {
      if (row.at("file") != files[name]) continue;
      CompareRow(km, aj, row, z);
      ++compared;
    }
    EXPECT_GT(compared, 5 * km.steps().size());  // three intervals and two causes a time, and more
  }
}

}  // namespace
}  // namespace perdura::statistics
