#include "tests/simulation/explorer/handler_federation.h"

#include <utility>

#include "base/check.h"
#include "federation/envelope.h"
#include "query/plan.h"
#include "query/round_terms.h"

namespace perdura::explorer {
namespace {

using federation::MessageType;
using registry_node::StewardHandler;

// Cheap noise: a dealer's sigma near its floor.
constexpr uint64_t kCharge = uint64_t{1} << 51;

query::Plan TestPlan(const federation::Charter& charter) {
  query::PlanRequest request;
  request.endpoint = "overall-survival";
  request.grid = "g8@1";
  request.role = "researcher";
  request.charge_units = kCharge;
  auto plan = query::Plan::Build(request, charter);
  PERDURA_CHECK(plan.ok());
  return *std::move(plan);
}

}  // namespace

HandlerFederation::HandlerFederation(const Scenario& scenario, uint64_t seed)
    : federation_(test_support::TestFederation::Make({.stewards = scenario.stewards,
                                                      .threshold = scenario.threshold,
                                                      .cap_units = uint64_t{1} << 57})),
      random_(seed),
      start_(absl::FromUnixSeconds(federation_.charter.valid_from()) + absl::Hours(1)),
      chain_(federation_.pin) {
  PERDURA_CHECK(chain_.Accept(federation_.Sign(federation_.charter), start_).ok());
  script_.charter = chain_.current();
  script_.quorum = script_.charter->quorum();
  script_.moments = MomentsOf(scenario, start_);
  MakeSealKeys();
  const int manifests = scenario.second_manifest == SecondManifest::kNone ? 1 : 2;
  for (int manifest = 0; manifest < manifests; ++manifest) {
    announcements_.push_back(Announce(scenario, manifest));
    const registry_node::CheckedManifest checked = Checked(announcements_.back());
    std::map<std::tuple<v1::ContributionRole, std::string, int>, std::string> ids;
    AddManifest(script_, registry_node::FrameOf(checked),
                [&](v1::ContributionRole role, const std::string& member, int version) {
                  std::string& id = ids[{role, member, version}];
                  if (id.empty()) id = Contribute(checked, role, member);
                  return id;
                });
  }
  SignDrafts();
}

const std::string& HandlerFederation::StewardId(int steward) const {
  return script_.charter->proto().committee().stewards(steward);
}

registry_node::Sender HandlerFederation::SenderOf(const std::string& member) {
  return {member, federation_.member_key(member), random_};
}

StewardHandler::Options HandlerFederation::HandlerOptions(int steward, absl::Time started_at) {
  return {.sender = SenderOf(StewardId(steward)),
          .chain = chain_,
          .store = store(steward),
          .seal_keys = *keepers_[static_cast<size_t>(steward)],
          .log = logs_[static_cast<size_t>(steward)]->log(),
          .heads = logs_[static_cast<size_t>(steward)]->heads(),
          .started_at = started_at};
}

void HandlerFederation::MakeSealKeys() {
  for (int steward = 0; steward < script_.quorum.s; ++steward) {
    stores_.push_back(std::make_unique<ValueStore>());
    logs_.push_back(std::make_unique<IdleLog>(StewardId(steward)));
    kept_keys_.push_back(std::make_unique<KeptSealKeys>());
    keepers_.push_back(
        std::make_unique<registry_node::SealKeyKeeper>(registry_node::SealKeyKeeper::Options{
            .sender = SenderOf(StewardId(steward)), .chain = chain_, .store = *kept_keys_.back()}));
    const auto made = keepers_.back()->Tend(start_);
    PERDURA_CHECK(made.ok() && made->size() == 1);
    seal_keys_.push_back(made->front().post.message());
  }
}

v1::Envelope HandlerFederation::SignedAsk(const std::string& plan) {
  const v1::Analyst& analyst = federation_.charter.analysts(0);
  v1::Ask ask;
  ask.set_charter_hash(script_.charter->hash());
  ask.set_analyst(analyst.id());
  ask.set_role(analyst.roles(0));
  ask.set_question_id("sixteen bytes id");
  ask.set_attempt(1);
  ask.set_plan(plan);
  ask.set_purpose(analyst.purposes(0));
  ask.set_max_charge(uint64_t{1} << 58);
  ask.set_asked_at(absl::ToUnixMicros(start_));
  return federation::SignMessage(MessageType::kAsk, ask, federation_.analyst_key(analyst.id()),
                                 analyst.id());
}

v1::Announcement HandlerFederation::Announce(const Scenario& scenario, int manifest_number) {
  const query::Plan plan = TestPlan(*script_.charter);
  const auto terms = query::RoundTerms::Create(plan, *script_.charter);
  PERDURA_CHECK(terms.ok());
  v1::Manifest manifest;
  manifest.set_charter_hash(script_.charter->hash());
  manifest.set_suite(std::string(federation::kSuite));
  *manifest.mutable_ask() = SignedAsk(plan.text());
  manifest.set_question_id("sixteen bytes id");
  manifest.set_attempt(1);
  terms->WriteTo(manifest);
  *manifest.mutable_slots() = SlotsOf(scenario, manifest_number, start_);
  v1::Announcement announcement;
  for (const v1::Envelope& key : seal_keys_) {
    manifest.add_seal_key_ids(federation::PayloadId(key.payload()));
    *announcement.add_seal_keys() = key;
  }
  *announcement.mutable_manifest() = federation::SignMessage(
      MessageType::kManifest, manifest, federation_.aggregator_key(), "aggregator");
  return announcement;
}

registry_node::CheckedManifest HandlerFederation::Checked(const v1::Announcement& announcement) {
  v1::Manifest manifest;
  PERDURA_CHECK(manifest.ParseFromString(announcement.manifest().payload()));
  const absl::Time opened = registry_node::SlotTime(manifest.slots().opened_at());
  auto open = registry_node::OpenManifest(announcement, chain_, opened);
  PERDURA_CHECK(open.ok());
  auto checked = registry_node::CheckManifest(*std::move(open), announcement,
                                              {.chain = chain_,
                                               .needs_upload = false,
                                               .log = logs_.front()->log(),
                                               .seal_keys = *kept_keys_.front()},
                                              opened);
  PERDURA_CHECK(checked.ok());
  return *std::move(checked);
}

std::string HandlerFederation::Contribute(const registry_node::CheckedManifest& checked,
                                          v1::ContributionRole role, const std::string& member) {
  const auto rows = static_cast<size_t>(checked.terms.layout().rows());
  auto post = registry_node::MakeContribution(checked, role, SenderOf(member),
                                              crypto::FieldVector(rows), registry_node::LogStamp());
  PERDURA_CHECK(post.ok());
  std::string id = federation::PayloadId(post->message().payload());
  posts_.emplace(id, *std::move(post));
  return id;
}

void HandlerFederation::SignDrafts() {
  for (const Draft& draft : script_.drafts) {
    v1::Envelope envelope;
    envelope.set_payload(draft.proposed.commit.SerializeAsString());
    envelope.set_payload_type(std::string(federation::PayloadType(MessageType::kCommit)));
    PERDURA_CHECK(federation::PayloadId(envelope.payload()) == draft.proposed.id);
    drafts_.push_back(envelope);
    for (int steward = script_.honest(); steward < script_.quorum.s; ++steward) {
      const std::string& id = StewardId(steward);
      federation::AddSignature(envelope, federation_.member_key(id), id);
    }
    half_signed_.push_back(std::move(envelope));
  }
}

v1::RelayedContribution HandlerFederation::Relayed(const std::string& contribution_id,
                                                   int steward) const {
  const v1::PostRequest& post = posts_.at(contribution_id);
  v1::RelayedContribution relayed;
  *relayed.mutable_header() = post.message();
  relayed.set_share(post.shares(steward));
  return relayed;
}

int HandlerFederation::DraftOf(const std::string& commit_id) const {
  for (size_t draft = 0; draft < script_.drafts.size(); ++draft) {
    if (script_.drafts[draft].proposed.id == commit_id) return static_cast<int>(draft);
  }
  return -1;
}

}  // namespace perdura::explorer
