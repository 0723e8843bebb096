#include "tests/simulation/observed_run.h"

#include <algorithm>
#include <regex>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/logging.h"
#include "query/plan.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;

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

// The entries of a party's log, but for what follows from sealed shares: ids of contributions, and
// of the commits and releases that name them.
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

}  // namespace

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

}  // namespace perdura::simulation
