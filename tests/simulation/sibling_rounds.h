#ifndef PERDURA_TESTS_SIMULATION_SIBLING_ROUNDS_H_
#define PERDURA_TESTS_SIMULATION_SIBLING_ROUNDS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "federation/envelope.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/simulated_federation.h"

namespace perdura::simulation {

// A witnessed federation that is asked about the same patients again and again.
class SiblingRounds {
 protected:
  explicit SiblingRounds(uint64_t seed = 11, Faults faults = {},
                         test_support::TestOptions options = {})
      : sim_(test_support::TestFederation::Make(Witnessed(options)), seed, faults,
             OneCellEach(25)) {
    sim_.RunFor(absl::Milliseconds(400));
  }

  // Of the same patients, at another charge each time, so that no stored release answers.
  v1::Envelope NewAsk() {
    return sim_.MakeAsk(PlanText(*sim_.charter(), kEverybody, (uint64_t{1} << 50) + ++asked_));
  }
  v1::ReleaseBundle AskNew() {
    const auto answer = sim_.Ask(NewAsk());
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? BundleOf(*answer) : v1::ReleaseBundle();
  }
  // The bundle with another release, which the aggregator signs.
  v1::ReleaseBundle WithRelease(v1::ReleaseBundle bundle,
                                const std::function<void(v1::Release&)>& change) {
    v1::Release release;
    EXPECT_TRUE(release.ParseFromString(bundle.release().payload()));
    change(release);
    *bundle.mutable_release() =
        federation::SignMessage(federation::MessageType::kRelease, release,
                                sim_.federation().aggregator_key(), "aggregator");
    return bundle;
  }
  // What an aggregator publishes that hides the other attempts.
  v1::ReleaseBundle WithoutSiblings(v1::ReleaseBundle bundle) {
    while (bundle.entries_size() > 1) bundle.mutable_entries()->RemoveLast();
    return WithRelease(std::move(bundle), [](v1::Release& release) { release.clear_siblings(); });
  }

  SimulatedFederation sim_;
  uint64_t asked_ = 0;

 private:
  static test_support::TestOptions Witnessed(test_support::TestOptions options) {
    options.cap_units = uint64_t{1} << 57;
    options.witness = v1::WITNESS_REQUIRED;
    return options;
  }
};

// An aggregator that lets each round come to its sums and keeps them to itself, to see which draw
// it likes best. Stewards and nodes are honest and think that their sums arrived.
class BestOfSeveral : public SiblingRounds {
 protected:
  explicit BestOfSeveral(test_support::TestOptions options = {})
      : SiblingRounds(/*seed=*/11, Faults{}, options) {
    sim_.TamperPosts([this](const std::string& member, v1::PostRequest& post) {
      v1::PartialSum sum;
      if (post.message().payload_type() !=
          federation::PayloadType(federation::MessageType::kPartialSum)) {
        return;
      }
      if (!sum.ParseFromString(post.message().payload()) ||
          published_.contains(sum.manifest_hash())) {
        return;
      }
      held_[sum.manifest_hash()].emplace_back(member, post);
      post.clear_message();
    });
  }

  // Runs a round until its sums are held; its manifest hash.
  std::string Draw() {
    const auto ticket = sim_.desk().Ask("payer-desk", NewAsk(), sim_.now());
    EXPECT_TRUE(ticket.ok()) << ticket.status();
    sim_.RunFor(absl::Seconds(1));
    EXPECT_GE(held_[ticket->manifest_hash].size(), 4u);
    return ticket->manifest_hash;
  }

  // Takes the sums of this draw, steward-5's first, so that it is released from the first t.
  v1::ReleaseBundle Publish(const std::string& manifest_hash) {
    published_.insert(manifest_hash);
    auto& sums = held_[manifest_hash];
    std::stable_sort(sums.begin(), sums.end(), [](const auto& one, const auto& other) {
      return (one.first == "steward-5") > (other.first == "steward-5");
    });
    for (const auto& [member, post] : sums) {
      const auto status = sim_.desk().Post(member, post, sim_.now()).status();
      EXPECT_TRUE(status.ok()) << status;
    }
    sim_.RunFor(absl::Milliseconds(100));
    const auto stored = sim_.store().ReleaseOfManifest(manifest_hash);
    EXPECT_TRUE(stored.ok() && stored->has_value());
    v1::ReleaseBundle bundle;
    EXPECT_TRUE(bundle.ParseFromString((*stored)->bundle));
    return bundle;
  }

 private:
  // By manifest hash.
  std::map<std::string, std::vector<std::pair<std::string, v1::PostRequest>>> held_;
  std::set<std::string> published_;
};

}  // namespace perdura::simulation

#endif  // PERDURA_TESTS_SIMULATION_SIBLING_ROUNDS_H_
