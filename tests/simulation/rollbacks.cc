// rollbacks [--runs N] [--from SEED]: parties that are put back on an old copy of their database,
// or started twice from one copy, under `witness: required`. Each must find out and answer, ask,
// deal and commit no more, until a rebase is signed; then it starts again, and its ledger is not
// below what was spent. Exit 1 if one does not.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "absl/strings/numbers.h"
#include "base/logging.h"
#include "base/reason.h"
#include "tests/simulation/rebasing.h"
#include "tests/simulation/simulated_federation.h"
#include "tests/simulation/unique_cells.h"

namespace perdura::simulation {
namespace {

using test_support::SeededRandom;
using test_support::TestFederation;

constexpr char kAggregator[] = "aggregator";

class Rollback final {
 public:
  explicit Rollback(uint64_t seed)
      : dice_(seed),
        sim_(TestFederation::Make(
                 {.nodes = 5, .cap_units = uint64_t{1} << 57, .witness = v1::WITNESS_REQUIRED}),
             dice_.Next(), Faults{}, {}),
        victim_(Victim()) {
    sim_.RunFor(absl::Milliseconds(400));
  }

  // True where the party found out and came back. `description`: what was done to it.
  bool Run(std::string& description) {
    AskSome(dice_.Below(3));
    const bool clone = dice_.Below(4) == 0;
    description = victim_ + (clone ? ", two of one copy" : ", old copy");
    if (victim_ == kAggregator) return RunAggregator(clone);
    return RunMember(clone);
  }

 private:
  std::string Victim() {
    const auto& members = sim_.federation().charter.members();
    const auto choice = static_cast<int>(dice_.Below(static_cast<uint64_t>(members.size()) + 2));
    return choice < members.size() ? members[choice].id() : kAggregator;
  }

  void AskSome(uint64_t questions) {
    for (uint64_t i = 0; i < questions; ++i) {
      const std::string plan = ExactPlan(*sim_.charter(), next_++);
      if (!sim_.Ask(sim_.MakeAsk(plan)).ok()) ++unanswered_;
    }
  }

  // What makes the copy old: the party starts again, or a question passes.
  template <typename Restart>
  void GoOn(bool clone, Restart restart) {
    if (clone) {
      restart();
      sim_.RunFor(absl::Seconds(1));
    } else {
      AskSome(1 + dice_.Below(2));
    }
  }

  bool RunMember(bool clone) {
    if (clone) sim_.Stop(victim_);
    const DatabaseCopy copy = sim_.CopyOf(victim_);
    GoOn(clone, [this] { sim_.StartMember(victim_); });
    if (unanswered_ > 0 || !sim_.member(victim_).CheckStarted().ok()) return false;
    spent_ = Spent(sim_.registry(victim_));
    sim_.Stop(victim_);
    sim_.RestoreMember(victim_, copy);
    sim_.RunFor(absl::Seconds(1));
    bool good = base::ReasonOf(sim_.member(victim_).CheckStarted()) == "restored";
    if (good) {
      const bool known = dice_.Below(2) == 0;
      v1::RebaseFile file =
          DraftFor(sim_.registry(victim_), {&sim_.desk_database()}, /*gap_is_known=*/known);
      SignRebase(file, sim_.federation(), {1, 2});
      good = sim_.desk().AcceptRebase(file, dice_, sim_.now()).ok() &&
             sim_.member(victim_).AcceptRebase(file, sim_.now()).ok();
      sim_.RunFor(absl::Seconds(2));
      good = good && sim_.member(victim_).CheckStarted().ok() &&
             Spent(sim_.registry(victim_)) >= spent_ && (!known || Answers());
    }
    sim_.Stop(victim_);
    return good;
  }

  uint64_t Spent(base::Database& database) {
    return federation::ChargeLedger(database)
        .Spent({v1::COMPARTMENT_ADHOC, "allo-hct@1", "2026", 0})
        .value_or(0);
  }
  bool Answers() { return sim_.Ask(sim_.MakeAsk(ExactPlan(*sim_.charter(), next_++))).ok(); }

  bool RunAggregator(bool clone) {
    const DatabaseCopy copy = sim_.CopyOfDesk();
    GoOn(clone, [this] { sim_.CrashDesk(); });
    if (unanswered_ > 0) return false;
    spent_ = Spent(sim_.desk_database());
    sim_.RestoreDesk(copy);
    sim_.RunFor(absl::Seconds(1));
    const auto answer = sim_.Ask(sim_.MakeAsk(ExactPlan(*sim_.charter(), next_++)));
    if (base::ReasonOf(answer.status()) != "restored") return false;
    const bool known = dice_.Below(2) == 0;
    const std::string node = sim_.charter()->NodeIds().front();
    v1::RebaseFile file =
        DraftFor(sim_.desk_database(), {&sim_.registry(node)}, /*gap_is_known=*/known);
    SignRebase(file, sim_.federation(), {1, 2});
    if (!sim_.desk().AcceptRebase(file, dice_, sim_.now()).ok()) return false;
    sim_.RunFor(absl::Seconds(2));
    return Spent(sim_.desk_database()) >= spent_ && (!known || Answers());
  }

  SeededRandom dice_;
  SimulatedFederation sim_;
  std::string victim_;
  int next_ = 0;
  int unanswered_ = 0;
  uint64_t spent_ = 0;  // of the victim, before it was put back
};

int RunAll(int argc, char** argv) {
  uint64_t runs = 50;
  uint64_t from = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    uint64_t& target = std::strcmp(argv[i], "--runs") == 0 ? runs : from;
    if (!absl::SimpleAtoi(argv[i + 1], &target)) return 2;
  }
  base::SetLogSink([](absl::string_view) {});
  uint64_t found = 0;
  for (uint64_t seed = from; seed < from + runs; ++seed) {
    std::string description;
    if (Rollback(seed).Run(description)) {
      ++found;
    } else {
      std::printf("seed %llu: %s was not found out, or did not come back\n",
                  static_cast<unsigned long long>(seed), description.c_str());
    }
  }
  std::printf("%llu of %llu rollbacks were found out and rebased\n",
              static_cast<unsigned long long>(found), static_cast<unsigned long long>(runs));
  return found == runs ? 0 : 1;
}

}  // namespace
}  // namespace perdura::simulation

int main(int argc, char** argv) { return perdura::simulation::RunAll(argc, argv); }
