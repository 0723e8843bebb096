// A thousand questions at the same moment on a budget for ten: exactly ten are released, the others
// are refused and cost nothing (T30 of the design).
//
//   budget_race [--rounds 20] [--questions 1000]       200 rounds by command
//
// Each round is a federation and a seed of its own. Ends with 1 unless every round released ten.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/logging.h"
#include "base/reason.h"
#include "query/plan.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/support/command_line.h"

namespace perdura::simulation {
namespace {

using test_support::TestFederation;

constexpr int kPaidFor = 10;
constexpr uint64_t kCharge = 96'924'905'894;  // rho(2, 1e-6)
// Each question costs up to this much more than kCharge, so that no two are the same plan.
constexpr uint64_t kSpread = 1'000'000;

std::string PlanAt(const federation::Charter& charter, uint64_t units) {
  query::PlanRequest request;
  request.endpoint = "overall-survival";
  request.grid = "g8@1";
  request.role = "researcher";
  request.charge_units = units;
  const auto plan = query::Plan::Build(request, charter);
  PERDURA_CHECK(plan.ok());
  return plan->text();
}

struct Counted {
  int released = 0;
  int refused = 0;  // for want of budget
  int attempts = 0;
  bool charged_within_cap = true;
  bool Right(int questions) const {
    return released == kPaidFor && refused == questions - kPaidFor && attempts == kPaidFor &&
           charged_within_cap;
  }
};

// Asks everything before the clock moves; returns the questions that were taken.
std::vector<v1::Envelope> AskAll(SimulatedFederation& sim, int questions, Counted& counted) {
  std::vector<v1::Envelope> taken;
  const std::string analyst = sim.charter()->proto().analysts(0).id();
  for (int i = 0; i < questions; ++i) {
    const v1::Envelope ask =
        sim.MakeAsk(PlanAt(*sim.charter(), kCharge + static_cast<uint64_t>(i)));
    const auto ticket = sim.desk().Ask(analyst, ask, sim.now());
    if (ticket.ok()) taken.push_back(ask);
    const std::string reason = base::ReasonOf(ticket.status());
    counted.refused += reason == "budget_exhausted" || reason == "analyst_cap";
  }
  return taken;
}

void CountCharges(SimulatedFederation& sim, uint64_t cap, Counted& counted) {
  const federation::ChargeLine line = {v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 0};
  federation::ChargeLedger reserved(sim.desk_database());
  const auto attempts = reserved.Attempts("", 10'000);
  PERDURA_CHECK(attempts.ok());
  counted.attempts = static_cast<int>(attempts->size());
  const auto within = [cap, &line](federation::ChargeLedger ledger) {
    const auto spent = ledger.Spent(line);
    return spent.ok() && *spent <= cap;
  };
  counted.charged_within_cap = within(federation::ChargeLedger(sim.desk_database()));
  for (const std::string& node : sim.charter()->NodeIds()) {
    counted.charged_within_cap &= within(federation::ChargeLedger(sim.registry(node)));
  }
}

Counted RunRound(uint64_t seed, int questions) {
  const uint64_t cap = kPaidFor * (kCharge + kSpread);
  SimulatedFederation sim(TestFederation::Make({.cap_units = cap}), seed, Faults{}, {});
  sim.Settle();
  Counted counted;
  for (const v1::Envelope& ask : AskAll(sim, questions, counted)) {
    counted.released += sim.Ask(ask).ok();
  }
  CountCharges(sim, cap, counted);
  return counted;
}

int Run(int argc, char** argv) {
  const int rounds = static_cast<int>(test_support::NumberOption(argc, argv, "--rounds", 20));
  const int questions =
      static_cast<int>(test_support::NumberOption(argc, argv, "--questions", 1000));
  base::SetLogSink([](absl::string_view) {});
  int right = 0;
  for (int round = 1; round <= rounds; ++round) {
    const Counted counted = RunRound(static_cast<uint64_t>(round), questions);
    if (counted.Right(questions)) {
      ++right;
      continue;
    }
    std::printf("round %d: %d released, %d refused, %d charged\n", round, counted.released,
                counted.refused, counted.attempts);
  }
  std::printf("%d of %d rounds: %d of %d questions released\n", right, rounds, kPaidFor, questions);
  return right == rounds ? 0 : 1;
}

}  // namespace
}  // namespace perdura::simulation

int main(int argc, char** argv) { return perdura::simulation::Run(argc, argv); }
