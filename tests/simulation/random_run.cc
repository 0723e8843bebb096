#include "tests/simulation/random_run.h"

#include <array>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/simulation/unique_cells.h"

namespace perdura::simulation {
namespace {

using test_support::SeededRandom;
using test_support::TestFederation;
using test_support::TestOptions;

// Slots wide enough for a few lost messages.
TestOptions OptionsOf(uint64_t seed, SeededRandom& dice) {
  constexpr std::array<std::pair<int, int>, 4> kCommittees = {{{2, 2}, {3, 2}, {4, 2}, {5, 3}}};
  const auto& [stewards, threshold] = kCommittees[dice.Below(kCommittees.size())];
  return {.stewards = stewards,
          .threshold = threshold,
          .nodes = 4 + static_cast<int>(dice.Below(3)),
          .cap_units = uint64_t{1} << 57,
          .deal_ms = 200,
          .upload_ms = 200,
          .collect_ms = 600,
          .commit_ms = 400,
          .answer_ms = 100,
          .witness = seed % 2 == 0 ? v1::WITNESS_REQUIRED : v1::WITNESS_NONE};
}

Faults FaultsOf(SeededRandom& dice) {
  const auto rate = [&dice](int most) { return static_cast<int>(dice.Below(most + 1)); };
  return {.drop_request = rate(50),
          .drop_response = rate(50),
          .duplicate = rate(50),
          .max_delay_ms = 1 + rate(8),
          .crash = rate(2)};
}

class RandomRun final {
 public:
  explicit RandomRun(uint64_t seed)
      : dice_(seed), federation_(TestFederation::Make(OptionsOf(seed, dice_))) {
    const std::map<std::string, CellTable::Function> tables = UniqueCells(federation_.charter);
    const Faults faults = FaultsOf(dice_);
    sim_ =
        std::make_unique<SimulatedFederation>(std::move(federation_), dice_.Next(), faults, tables);
    sim_->RunFor(absl::Milliseconds(300));
  }

  RunResult Run() {
    constexpr int kOperations = 6;
    for (int i = 0; i < kOperations; ++i) {
      Operate();
      sim_->RunFor(absl::Milliseconds(static_cast<int64_t>(dice_.Below(300))));
    }
    Add(JudgeTraffic(*sim_));
    result_.crashes = sim_->crashes();
    return std::move(result_);
  }

 private:
  // A question that was asked, and the bytes of its answer if there was one.
  struct Asked {
    v1::Envelope ask;
    std::string plan;
    std::string release_id;
    std::string bundle;
  };

  void Operate() {
    const uint64_t roll = dice_.Below(100);
    if (roll < 45 || asked_.empty()) return AskNew(ExactPlan(*sim_->charter(), next_++));
    Asked& old = asked_[dice_.Below(asked_.size())];
    if (roll < 55) return Resend(old);
    if (roll < 62) return AskNew(old.plan);
    if (roll < 72) return AskNew(old.plan, old.release_id);
    if (roll < 92) return ComeOrGo();
    if (roll < 96) return sim_->CrashDesk();
    sim_->Jump(sim_->now() + absl::Hours(static_cast<int64_t>(1 + dice_.Below(5))));
  }

  void AskNew(const std::string& plan, const std::string& repeat_of = "") {
    const v1::Envelope ask = sim_->MakeAsk(plan, repeat_of);
    const auto answer = sim_->Ask(ask);
    Note(answer);
    if (answer.ok()) {
      asked_.push_back({ask, plan, answer->release_id(), answer->bundle()});
    } else {
      asked_.push_back({ask, plan, "", ""});
    }
  }

  // I4: the same question gets the same bytes, and what was burnt stays burnt.
  void Resend(const Asked& old) {
    const auto answer = sim_->Ask(old.ask);
    Note(answer);
    if (!old.bundle.empty() && (!answer.ok() || answer->bundle() != old.bundle)) {
      result_.violations.push_back(
          absl::StrCat("I4: an answered question got other bytes: ", answer.status().ToString()));
    }
  }

  void Note(const absl::StatusOr<v1::Answer>& answer) {
    if (answer.ok()) {
      ++result_.answered;
      Add(JudgeAnswer(*answer, *sim_));
      return;
    }
    ++result_.refused;
    if (base::ReasonOf(answer.status()).empty()) {
      result_.violations.push_back(
          absl::StrCat("an end without a reason: ", answer.status().ToString()));
    }
  }

  void ComeOrGo() {
    const auto& members = sim_->charter()->proto().members();
    const std::string id = members[static_cast<int>(dice_.Below(members.size()))].id();
    if (away_.erase(id) > 0) {
      sim_->StartMember(id);
    } else if (sim_->IsUp(id)) {
      ++result_.absences;
      away_.insert(id);
      sim_->Stop(id);
    }
  }

  void Add(std::vector<std::string> violations) {
    for (std::string& one : violations) result_.violations.push_back(std::move(one));
  }

  SeededRandom dice_;
  TestFederation federation_;
  std::unique_ptr<SimulatedFederation> sim_;
  std::vector<Asked> asked_;
  std::set<std::string> away_;
  int next_ = 0;
  RunResult result_;
};

}  // namespace

RunResult RunSeed(uint64_t seed) { return RandomRun(seed).Run(); }

}  // namespace perdura::simulation
