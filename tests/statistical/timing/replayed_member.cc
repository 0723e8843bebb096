#include "tests/statistical/timing/replayed_member.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "crypto/draw.h"
#include "federation/envelope.h"
#include "federation/noise_field.h"
#include "query/layout.h"
#include "query/plan.h"
#include "registry-node/store/registry_schema.h"
#include "registry-node/store/round_schema.h"
#include "tests/statistical/timing/stopwatch.h"

namespace perdura::timing {
namespace {

using registry_node::OutgoingKind;

constexpr char kMember[] = "ohio";
constexpr uint32_t kSlotMs = 2000;
// 2024-06-30.
constexpr int64_t kCutoffDay = 19'904;

void MustExecute(base::Database& database, const char* sql) {
  PERDURA_CHECK(database.Execute(sql).ok());
}

// Lets rows of the ledger be deleted: as a migration after the newest, for no other statement may
// change a schema.
void AllowForgetting(base::Database& registry) {
  std::vector<base::Migration> migrations;
  for (int step = 1; step <= registry_node::kRegistrySteps; ++step)
    migrations.push_back({step, ""});
  migrations.push_back({registry_node::kRegistrySteps + 1,
                        "DROP TRIGGER attempt_stays; DROP TRIGGER charge_line_stays; "
                        "DROP TRIGGER attempt_purpose_stays; DROP TRIGGER deal_stays;"});
  PERDURA_CHECK(
      base::ApplyMigrations(registry, registry_node::kRegistryApplicationId, migrations).ok());
}

query::Plan PlanOf(const federation::Charter& charter) {
  query::PlanRequest request;
  request.endpoint = "overall-survival";
  request.grid = "g8@1";
  request.role = "researcher";
  auto plan = query::Plan::Build(request, charter);
  PERDURA_CHECK(plan.ok());
  return *std::move(plan);
}

}  // namespace

test_support::TestFederation SlowFederation() {
  auto made = test_support::TestFederation::Make(
      {.deal_ms = kSlotMs, .upload_ms = kSlotMs, .collect_ms = 3 * kSlotMs, .w_ms = kSlotMs});
  made.charter.mutable_data_cuts(0)->set_cutoff_day(kCutoffDay);
  return made;
}

ReplayedMember::ReplayedMember(OutgoingKind kind, uint64_t seed,
                               simulation::CellTable::Function cells)
    : kind_(kind),
      sim_(SlowFederation(), seed, simulation::Faults{}, {{kMember, std::move(cells)}}) {
  sim_.Settle();
  Capture();
  AllowForgetting(sim_.registry(kMember));
}

// Nodes are told once a quorum has dealt.
bool ReplayedMember::IsWanted(const v1::Item& item) const {
  return item.has_announcement() &&
         (item.announcement().dealer_headers_size() > 0) == (kind_ == OutgoingKind::kUpload);
}

// Asks, and takes the announcement off the wire before the member sees it.
void ReplayedMember::Capture() {
  sim_.TamperPolls([this](const std::string& member, v1::PollResponse& response) {
    if (member != kMember) return;
    auto& items = *response.mutable_items();
    const auto wanted = std::find_if(items.begin(), items.end(),
                                     [this](const v1::Item& item) { return IsWanted(item); });
    if (wanted == items.end()) return;
    if (!announced_.has_value()) {
      announced_.emplace();
      *announced_->add_items() = *wanted;
      arrived_ = sim_.now();
    }
    items.Clear();
  });
  const auto ask = sim_.MakeAsk(PlanOf(*sim_.charter()).text());
  PERDURA_CHECK(sim_.desk().Ask(sim_.charter()->proto().analysts(0).id(), ask, sim_.now()).ok());
  while (!announced_.has_value()) sim_.RunFor(absl::Milliseconds(1));
}

void ReplayedMember::Forget() {
  base::Database& registry = sim_.registry(kMember);
  for (const char* table : {"charge_line", "attempt_purpose", "attempt"}) {
    MustExecute(registry, (std::string("DELETE FROM ") + table).c_str());
  }
  if (kind_ == OutgoingKind::kDeal) MustExecute(registry, "DELETE FROM deal");
  MustExecute(sim_.rounds(kMember), "DELETE FROM contribution");
}

Sent ReplayedMember::Run(absl::Duration phase) {
  Forget();
  announced_->mutable_items(0)->set_number(++number_);
  registry_node::Member& member = sim_.member(kMember);
  const absl::Time arrival = arrived_ + phase;
  const absl::Time start = absl::Now();
  PERDURA_CHECK(member.OnPoll(*announced_, arrival).ok());
  const absl::Duration computed = absl::Now() - start;
  for (;;) {
    const absl::Time due = member.NextDue();
    PERDURA_CHECK(due < absl::InfiniteFuture());
    const auto out = member.TakeDue(due);
    PERDURA_CHECK(out.ok());
    for (const registry_node::Outgoing& message : *out) {
      if (message.kind != kind_) continue;
      return {.at_slot = absl::ToDoubleMicroseconds(std::max(due, arrival + computed) - arrived_),
              .when_ready = absl::ToDoubleMicroseconds(computed),
              .bytes = message.post.ByteSizeLong()};
    }
  }
}

std::vector<int64_t> ReplayedMember::NextNoise() const {
  const v1::Envelope& envelope = announced_->items(0).announcement().manifest();
  const auto manifest =
      federation::PeekPayload<v1::Manifest>(envelope, federation::MessageType::kManifest);
  PERDURA_CHECK(manifest.ok());
  const auto noise = federation::ReadNoise(manifest->noise(), sim_.charter()->quorum().h);
  const auto layout = query::Layout::Create(PlanOf(*sim_.charter()), *sim_.charter());
  PERDURA_CHECK(noise.ok() && layout.ok());
  test_support::SeededRandom next = sim_.random(kMember);
  crypto::DrawSource source =
      crypto::DrawSource::Create(next, federation::PayloadId(envelope.payload()),
                                 v1::CONTRIBUTION_ROLE_DEALER, kMember, crypto::DrawUse::kNoise);
  std::vector<int64_t> drawn(static_cast<size_t>(layout->rows()));
  for (int64_t& row : drawn) row = noise->Draw(source);
  return drawn;
}

}  // namespace perdura::timing
