// Neighbouring databases, the same seed: everything that anybody outside a centre sees, and every
// ledger, must be the same bytes. Only sealed shares, what hashes or signs them, and the noised
// table may differ. (I8; attacks 6 to 10, D6, D7, D9, D12 to D14 of the design.)

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/logging.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/status_matchers.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;

// Cells of each node, as counts by cell number.
using Counts = std::map<std::string, std::map<int, int64_t>>;

struct Neighbours {
  const char* name;
  Counts one;
  Counts other;
};

// Cells of overall survival on g8: 0 to 7 deaths by bin, 8 to 15 censored, 16 not evaluable.
std::vector<Neighbours> WorstPairs() {
  const Counts usual = {
      {"ohio", {{0, 3}, {9, 7}}}, {"alfred", {{2, 1}}}, {"hahnemann", {{15, 40}}}};
  const auto with = [&usual](const std::string& node, int cell) {
    Counts more = usual;
    ++more[node][cell];
    return more;
  };
  return {{"the only patient of everybody", {}, {{"ohio", {{0, 1}}}}},
          {"the only patient of a hospital", usual, with("st-vincent", 4)},
          {"an event in an empty bin", usual, with("ohio", 7)},
          {"a patient who is not evaluable", usual, with("alfred", 16)},
          {"one more of many", usual, with("hahnemann", 15)}};
}

std::map<std::string, CellTable::Function> TablesOf(const Counts& counts) {
  std::map<std::string, CellTable::Function> tables;
  for (const char* node : {"ohio", "alfred", "st-vincent", "hahnemann"}) {
    const auto held = counts.find(node);
    const std::map<int, int64_t> mine =
        held == counts.end() ? std::map<int, int64_t>() : held->second;
    tables[node] = [mine](const query::Plan&, const query::Layout& layout) {
      std::vector<int64_t> cells(static_cast<size_t>(layout.cells()), 0);
      for (const auto& [cell, count] : mine) cells[static_cast<size_t>(cell)] = count;
      return cells;
    };
  }
  return tables;
}

std::string Column(const base::Statement& row, int column) {
  if (row.IsNullAt(column)) return "-";
  if (const auto number = row.Int64At(column); number.ok()) return absl::StrCat(*number);
  if (const auto text = row.TextAt(column); text.ok()) return *text;
  const auto blob = row.BlobAt(column);
  PERDURA_CHECK(blob.ok());
  return base::HexEncode(*blob);
}

// The rows of a table, one line each.
std::string Dump(base::Database& database, const std::string& columns, const char* table,
                 const char* order = "rowid") {
  const auto width = static_cast<int>(1 + std::count(columns.begin(), columns.end(), ','));
  auto rows =
      database.Prepare(absl::StrCat("SELECT ", columns, " FROM ", table, " ORDER BY ", order));
  PERDURA_CHECK(rows.ok() && rows->Bind({}).ok());
  std::string text;
  for (;;) {
    const auto more = rows->Step();
    PERDURA_CHECK(more.ok());
    if (!*more) return text;
    for (int column = 0; column < width; ++column)
      absl::StrAppend(&text, Column(*rows, column), "|");
    text += "\n";
  }
}

// The entries of a party's log, but for what follows from sealed shares, which are random on the
// one side and depend on the data on the other: ids of contributions, and of commits and releases
// that name them.
std::string Log(base::Database& database) {
  static const auto* const ids =
      new std::regex("\"(contribution|commit|release)\":\"[0-9a-f]{64}\"");
  return std::regex_replace(Dump(database, "log, seq, line", "log_entry", "log, seq"), *ids,
                            "\"$1\":id");
}

// Everything in the ledger and the log of a party.
std::string Ledger(base::Database& database) {
  return absl::StrCat(
      Dump(database,
           "analyst, question, attempt, plan, manifest_hash, manifest, cut_known_at, debited_at, "
           "state, reason",
           "attempt"),
      Dump(database, "attempt, compartment, product, period, units", "charge_line"), Log(database));
}

struct Seen {
  std::vector<std::string> traffic;
  std::vector<std::string> answers;
  std::vector<std::string> logs;
  std::map<std::string, std::string> ledgers;
  std::vector<int64_t> released;
};

std::string PlanFor(const SimulatedFederation& sim, const char* endpoint) {
  query::PlanRequest request;
  request.endpoint = endpoint;
  request.grid = "g8@1";
  request.role = "researcher";
  const auto plan = query::Plan::Build(request, *sim.charter());
  PERDURA_CHECK(plan.ok());
  return plan->text();
}

// An answered question, the same again, one that is burnt for want of stewards, one over budget.
Seen Watch(const Counts& counts) {
  Seen seen;
  // A log line without its time of day.
  const base::LogSink before = base::SetLogSink([&seen](absl::string_view line) {
    seen.logs.emplace_back(line.substr(line.find("\"severity\"")));
  });
  SimulatedFederation sim(TestFederation::Make({.cap_units = 150'000'000'000}), /*seed=*/11,
                          Faults{}, TablesOf(counts));
  sim.Settle();
  const v1::Envelope ask = sim.MakeAsk(PlanFor(sim, "overall-survival"));
  const auto remember = [&seen](const absl::StatusOr<v1::Answer>& answer) {
    seen.answers.push_back(answer.status().ToString());
    v1::ReleaseBundle bundle;
    v1::Release release;
    if (!answer.ok()) return;
    PERDURA_CHECK(bundle.ParseFromString(answer->bundle()));
    PERDURA_CHECK(release.ParseFromString(bundle.release().payload()));
    seen.released.assign(release.values().begin(), release.values().end());
  };
  remember(sim.Ask(ask));
  remember(sim.Ask(ask));
  remember(sim.Ask(sim.MakeAsk(PlanFor(sim, "disease-free-survival"))));
  sim.Stop("alfred");
  sim.Stop("ohio");
  remember(sim.Ask(sim.MakeAsk(PlanFor(sim, "disease-free-survival"))));
  base::SetLogSink(before);
  seen.traffic = sim.traffic();
  for (const std::string& node : sim.charter()->NodeIds()) {
    seen.ledgers[node] = Ledger(sim.registry(node));
  }
  seen.ledgers["aggregator"] = Ledger(sim.desk_database());
  return seen;
}

std::vector<int64_t> Difference(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  PERDURA_CHECK(a.size() == b.size());
  std::vector<int64_t> difference(a.size());
  std::transform(a.begin(), a.end(), b.begin(), difference.begin(), std::minus<>());
  return difference;
}

// Rows of the one cell in which the pair differs.
std::vector<int64_t> OnePatient(const Neighbours& pair) {
  const SimulatedFederation sim(TestFederation::Make(), /*seed=*/1, Faults{}, {});
  const auto plan = query::Plan::Parse(PlanFor(sim, "overall-survival"), *sim.charter());
  PERDURA_CHECK(plan.ok());
  const auto layout = query::Layout::Create(*plan, *sim.charter());
  PERDURA_CHECK(layout.ok());
  std::vector<int64_t> cells(static_cast<size_t>(layout->cells()), 0);
  for (const auto& [node, counts] : pair.other) {
    for (const auto& [cell, count] : counts) cells[static_cast<size_t>(cell)] += count;
  }
  for (const auto& [node, counts] : pair.one) {
    for (const auto& [cell, count] : counts) cells[static_cast<size_t>(cell)] -= count;
  }
  PERDURA_CHECK(std::count(cells.begin(), cells.end(), 0) + 1 ==
                static_cast<std::ptrdiff_t>(cells.size()));
  return layout->Measure(cells);
}

class NeighboursTest : public ::testing::TestWithParam<Neighbours> {};

TEST_P(NeighboursTest, OnlyTheNoisedTableDiffers) {
  const Seen one = Watch(GetParam().one);
  const Seen other = Watch(GetParam().other);
  ASSERT_EQ(one.answers.size(), 4u);
  EXPECT_EQ(one.answers[0], "OK");
  EXPECT_NE(one.answers[2], "OK");
  EXPECT_EQ(one.answers, other.answers);
  EXPECT_EQ(one.traffic, other.traffic);
  EXPECT_EQ(one.logs, other.logs);
  EXPECT_EQ(one.ledgers, other.ledgers);
  EXPECT_FALSE(one.ledgers.at("ohio").empty());
  // Under the same noise the tables differ by what the strategy makes of one patient, no more.
  EXPECT_EQ(Difference(other.released, one.released), OnePatient(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Pairs, NeighboursTest, ::testing::ValuesIn(WorstPairs()),
                         [](const ::testing::TestParamInfo<Neighbours>& pair) {
                           return absl::StrReplaceAll(pair.param.name, {{" ", "_"}});
                         });

}  // namespace
}  // namespace perdura::simulation
