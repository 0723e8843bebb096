// Whether an outsider who times a member learns about patients or noise (D8, RT1 of the design).
//
//   answer_timing [--pairs 20000] [--seed 1]          at least 1000; CTest runs 1000
//
// A member of a simulated federation gets one announcement again and again, by turns in random
// order with neighbouring databases of real patients behind it, or with the noise that its stream
// gives. Seen from outside is when its message is handed to the network, and its bytes: Welch's t
// must stay below 4.5, the best classifier's AUC at most 0.52, the bytes equal. "When ready" is the
// time of the computing alone, as if messages left at once. It is printed for each row, and in the
// control, an empty node and one with 24 patients, it must be found, or the clock sees nothing.
// Ends with 1 if any of this fails.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/logging.h"
#include "tests/statistical/timing/replayed_member.h"
#include "tests/statistical/timing/stopwatch.h"
#include "tests/statistical/timing/two_classes.h"
#include "tests/support/command_line.h"
#include "tests/unit/registry-node/test_node.h"

namespace perdura::timing {
namespace {

using registry_node::CsvFiles;
using registry_node::OutgoingKind;
using registry_node::TestNode;

// Announcements arrive within this of each other, as polls do.
constexpr uint64_t kPhaseMicros = 20'000;

struct Observed {
  TwoClasses at_slot;
  TwoClasses when_ready;
  std::set<size_t> bytes;
  void Add(bool second, const Sent& sent) {
    at_slot.Add(second, sent.at_slot);
    when_ready.Add(second, sent.when_ready);
    bytes.insert(sent.bytes);
  }
};

// `must_be_found`: whether "send when ready" must tell the classes apart.
bool Judge(const char* name, const Observed& seen, bool must_be_found) {
  const double t = std::abs(WelchT(seen.at_slot.first, seen.at_slot.second));
  const double auc = Auc(seen.at_slot);
  const double ready = LargestT(seen.when_ready);
  const bool hidden = t < kLeakT && auc <= kLargestAuc && seen.bytes.size() == 1;
  const bool found = ready >= kLeakT;
  std::printf(
      "%-34s at its slot |t| %.2f, AUC %.4f, %zu size(s): %s | when ready |t| %.1f, AUC "
      "%.4f%s\n",
      name, t, auc, seen.bytes.size(), hidden ? "hidden" : "SEEN", ready, Auc(seen.when_ready),
      must_be_found ? (found ? ": found" : ": NOT FOUND") : "");
  std::fflush(stdout);
  return hidden && (found || !must_be_found);
}

absl::Duration Phase(test_support::SeededRandom& dice) {
  return absl::Microseconds(static_cast<int64_t>(dice.Below(kPhaseMicros)));
}

// A node's facts: `patients` like one another, recorded before the cut.
std::unique_ptr<TestNode> NodeWith(int patients, const v1::Charter& charter) {
  auto node = std::make_unique<TestNode>();
  node->charter = charter;
  node->clock.Set(absl::FromUnixSeconds(charter.data_cuts(0).known_at()) - absl::Hours(20));
  CsvFiles files = CsvFiles::Empty();
  for (int patient = 1; patient <= patients; ++patient) files.AddPatient(patient);
  if (patients > 0) node->MustImport(files);
  node->clock.Set(absl::FromUnixSeconds(charter.data_cuts(0).known_at()) + absl::Hours(20));
  return node;
}

// A node's upload. The second class has `more` patients beyond the `patients` of the first.
bool JudgeUploads(const char* name, int patients, int more, bool must_be_found, uint64_t pairs,
                  uint64_t seed) {
  const v1::Charter proto = SlowFederation().charter;
  const auto charter = federation::Charter::Create(proto.SerializeAsString());
  PERDURA_CHECK(charter.ok());
  const std::array<std::unique_ptr<TestNode>, 2> nodes = {NodeWith(patients, proto),
                                                          NodeWith(patients + more, proto)};
  size_t used = 0;
  int64_t counted = 0;
  ReplayedMember member(
      OutgoingKind::kUpload, seed, [&](const query::Plan& plan, const query::Layout& layout) {
        auto cells = nodes[used]->tables.Cells(plan, layout, **charter,
                                               registry_node::ExactTableAccessForTest::Make());
        PERDURA_CHECK(cells.ok());
        counted = std::accumulate(cells->begin(), cells->end(), int64_t{0});
        return *std::move(cells);
      });
  test_support::SeededRandom dice(seed);
  Observed seen;
  for (uint64_t run = 0; run < 2 * pairs; ++run) {
    used = dice.Below(2);
    seen.Add(used == 1, member.Run(Phase(dice)));
    PERDURA_CHECK(counted == patients + (used == 1 ? more : 0));
  }
  return Judge(name, seen, must_be_found);
}

struct Dealt {
  Sent sent;
  // Of its noise.
  double size = 0;
  int odd = 0;
  int negative = 0;
};

// A steward's deal, split in halves by what it drew.
bool JudgeDeals(uint64_t pairs, uint64_t seed) {
  ReplayedMember member(OutgoingKind::kDeal, seed,
                        [](const query::Plan&, const query::Layout& layout) {
                          return std::vector<int64_t>(static_cast<size_t>(layout.cells()), 0);
                        });
  test_support::SeededRandom dice(seed);
  std::vector<Dealt> deals;
  for (uint64_t run = 0; run < 2 * pairs; ++run) {
    Dealt dealt;
    for (const int64_t z : member.NextNoise()) {
      dealt.size += static_cast<double>(std::abs(z));
      dealt.odd += z % 2 != 0;
      dealt.negative += z < 0;
    }
    dealt.sent = member.Run(Phase(dice));
    deals.push_back(dealt);
  }
  const auto judge_by = [&deals](const char* name, auto of) {
    std::vector<double> values;
    for (const Dealt& dealt : deals) values.push_back(static_cast<double>(of(dealt)));
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    Observed seen;
    for (const Dealt& dealt : deals) {
      seen.Add(static_cast<double>(of(dealt)) > *middle, dealt.sent);
    }
    return Judge(name, seen, /*must_be_found=*/false);
  };
  bool right = judge_by("deal, by sum of |z|", [](const Dealt& dealt) { return dealt.size; });
  right &= judge_by("deal, by number of odd z", [](const Dealt& dealt) { return dealt.odd; });
  right &=
      judge_by("deal, by number of negative z", [](const Dealt& dealt) { return dealt.negative; });
  return right;
}

int Run(int argc, char** argv) {
  const uint64_t pairs = test_support::NumberOption(argc, argv, "--pairs", 20'000);
  const uint64_t seed = test_support::NumberOption(argc, argv, "--seed", 1);
  if (pairs < 1000) {
    std::fprintf(stderr, "answer_timing: --pairs must be at least 1000\n");
    return 2;
  }
  base::SetLogSink([](absl::string_view) {});
  PinToOneCore();
  bool right = JudgeUploads("control: no patient or 24", 0, 24, true, pairs, seed);
  right &= JudgeUploads("upload, no patient or the first", 0, 1, false, pairs, seed);
  right &= JudgeUploads("upload, 24 patients or 25", 24, 1, false, pairs, seed);
  right &= JudgeDeals(pairs, seed);
  return right ? 0 : 1;
}

}  // namespace
}  // namespace perdura::timing

int main(int argc, char** argv) { return perdura::timing::Run(argc, argv); }
