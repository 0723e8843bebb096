#ifndef PERDURA_TESTS_SIMULATION_HOSTILE_ROUND_H_
#define PERDURA_TESTS_SIMULATION_HOSTILE_ROUND_H_

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "absl/strings/str_replace.h"
#include "federation/envelope.h"
#include "tests/simulation/asked_questions.h"
#include "tests/simulation/simulated_federation.h"

namespace perdura::simulation {

inline constexpr char kVictim[] = "ohio";

// The reason word with which `member` refuses the announcement, empty if it does not. `number`: of
// the item, larger than all before.
inline std::string ReasonOfRefusal(SimulatedFederation& sim, const std::string& member,
                                   const v1::Announcement& announcement, uint64_t number) {
  v1::PollResponse response;
  v1::Item& item = *response.add_items();
  item.set_number(number);
  *item.mutable_announcement() = announcement;
  EXPECT_TRUE(sim.member(member).OnPoll(response, sim.now()).ok());
  const auto due = sim.member(member).TakeDue(sim.now());
  EXPECT_TRUE(due.ok());
  for (const registry_node::Outgoing& outgoing : *due) {
    if (outgoing.kind != registry_node::OutgoingKind::kRefusal) continue;
    v1::RefusalMessage refusal;
    EXPECT_TRUE(refusal.ParseFromString(outgoing.post.message().payload()));
    return refusal.reason();
  }
  return "";
}

// A round that the aggregator has just announced to the stewards, and what `kVictim`, a steward and
// a node, says to announcements that the aggregator signs instead.
class HostileRound {
 protected:
  // `units` 0: the default charge.
  explicit HostileRound(const test_support::TestOptions& options = {},
                        v1::Compartment compartment = v1::COMPARTMENT_ADHOC, uint64_t units = 0)
      : sim_(test_support::TestFederation::Make(options), /*seed=*/3, Faults{}, {}) {
    sim_.Settle();
    const std::string plan = PlanText(*sim_.charter(), kEverybody, units, {}, compartment);
    const auto ticket = sim_.desk().Ask("payer-desk", sim_.MakeAsk(plan), sim_.now());
    EXPECT_TRUE(ticket.ok()) << ticket.status();
    manifest_hash_ = ticket->manifest_hash;
    const auto items = sim_.store().ItemsAfter(kVictim, 0, 1 << 20);
    EXPECT_TRUE(items.ok() && !items->empty());
    announcement_ = items->back().announcement();
  }

  std::string ReasonFor(const v1::Announcement& announcement) {
    return ReasonOfRefusal(sim_, kVictim, announcement, ++number_);
  }

  // The manifest with one change, signed again by the aggregator, for stewards (no headers) or
  // nodes (a header that fits nothing).
  std::string ReasonForChange(const std::function<void(v1::Manifest&)>& change, bool to_node) {
    v1::Announcement announcement = announcement_;
    v1::Manifest manifest;
    EXPECT_TRUE(manifest.ParseFromString(announcement.manifest().payload()));
    change(manifest);
    *announcement.mutable_manifest() =
        federation::SignMessage(federation::MessageType::kManifest, manifest,
                                sim_.federation().aggregator_key(), "aggregator");
    if (to_node) announcement.add_dealer_headers();
    return ReasonFor(announcement);
  }

  void ExpectRefused(const std::function<void(v1::Manifest&)>& change, const std::string& reason) {
    EXPECT_EQ(ReasonForChange(change, /*to_node=*/false), reason) << "steward";
    EXPECT_EQ(ReasonForChange(change, /*to_node=*/true), reason) << "node";
    for (const auto compartment : {v1::COMPARTMENT_ADHOC, v1::COMPARTMENT_FLAGSHIP}) {
      const auto spent = federation::ChargeLedger(sim_.registry(kVictim))
                             .Spent({compartment, "allo-hct@1", "2026", 0});
      EXPECT_TRUE(spent.ok() && *spent == 0) << "something was debited";
    }
  }

  // The manifest's plan after one change, under an ask that the analyst signed for it.
  void ReplacePlan(v1::Manifest& manifest, const char* from, const std::string& to) {
    const std::string plan = absl::StrReplaceAll(manifest.plan(), {{from, to}});
    ASSERT_NE(plan, manifest.plan());
    const v1::Envelope envelope = sim_.MakeAsk(plan);
    v1::Ask ask;
    ASSERT_TRUE(ask.ParseFromString(envelope.payload()));
    *manifest.mutable_ask() = envelope;
    manifest.set_question_id(ask.question_id());
    manifest.set_plan(plan);
  }

  SimulatedFederation sim_;
  std::string manifest_hash_;
  v1::Announcement announcement_;
  uint64_t number_ = 1'000'000;
};

}  // namespace perdura::simulation

#endif  // PERDURA_TESTS_SIMULATION_HOSTILE_ROUND_H_
