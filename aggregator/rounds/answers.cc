// What analysts read: answers, previews, releases. Another part of RoundDesk.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "aggregator/rounds/round_desk.h"
#include "aggregator/rounds/stored_answer.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/envelope.h"

namespace perdura::aggregator {
namespace {

using base::Refuse;

constexpr int kListLimit = 200;

std::string BurntText(absl::string_view reason) {
  if (reason == "too_few_stewards") {
    return "too few stewards dealt noise or signed in time";
  }
  if (reason == "too_few_contributors") {
    return "contributions came from fewer than min_entities legal entities";
  }
  if (reason == "overlap") {
    return "the same patients were released with other contributors, and the sets differ by fewer "
           "than min_entities legal entities";
  }
  if (reason == "bad_sum") return "the stewards' partial sums do not agree";
  if (reason == "sum_out_of_range") return "the sum lies outside its bound";
  return absl::StrCat("ended with ", reason);
}

}  // namespace

absl::Status RoundDesk::BurntStatus(const federation::AttemptRecord& record,
                                    bool nodes_were_asked) const {
  return Refuse(
      absl::StatusCode::kAborted, record.reason.empty() ? "burnt" : record.reason,
      absl::StrCat(BurntText(record.reason),
                   ". The attempt is burnt: the aggregator's ledger keeps the charge of ",
                   record.units, " units on each line; ",
                   nodes_were_asked ? "hospitals that had accepted the question keep theirs too"
                                    : "no hospital was asked, so no hospital's ledger was charged",
                   ". Ask again as a new question when the missing members are back"));
}

absl::StatusOr<RoundView> RoundDesk::View(const std::string& manifest_hash, absl::Time now) {
  RoundView view;
  const auto found = rounds_.find(manifest_hash);
  if (found != rounds_.end()) view.progress = found->second->progress();
  if (found != rounds_.end() && !found->second->ended()) return view;
  PERDURA_ASSIGN_OR_RETURN(const auto release, options_.store.ReleaseOfManifest(manifest_hash));
  PERDURA_ASSIGN_OR_RETURN(const auto record, options_.store.FindByManifest(manifest_hash));
  if (release.has_value()) {
    view.progress.phase = Phase::kReleased;
    if (now < absl::FromUnixMicros(release->answered_at)) return view;
    v1::Answer answer;
    answer.set_bundle(release->bundle);
    answer.set_release_id(release->id);
    if (record.has_value()) answer.set_charged_units(record->units);
    view.answer = std::move(answer);
    return view;
  }
  if (!record.has_value()) {
    return Refuse(absl::StatusCode::kNotFound, "unknown_round", "no such question is known");
  }
  PERDURA_ASSIGN_OR_RETURN(const auto messages, options_.store.Messages(manifest_hash));
  const bool asked = std::any_of(
      messages.begin(), messages.end(),
      [](const StoredMessage& message) { return message.kind == MessageKind::kAnnounced; });
  view.progress.phase = Phase::kBurnt;
  view.ended = BurntStatus(*record, asked);
  return view;
}

v1::DescribeResponse RoundDesk::Describe() const {
  v1::DescribeResponse response;
  for (auto it = chain_.envelopes().rbegin(); it != chain_.envelopes().rend(); ++it) {
    *response.add_charters() = *it;
  }
  return response;
}

absl::StatusOr<v1::PreviewResponse> RoundDesk::Preview(const std::string& analyst,
                                                       const v1::PreviewRequest& request,
                                                       absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const CharterPtr charter, InForce(now));
  PERDURA_ASSIGN_OR_RETURN(const query::Plan plan, query::Plan::Parse(request.plan(), *charter));
  v1::Ask ask;
  ask.set_analyst(analyst);
  ask.set_role(request.role());
  ask.set_purpose(request.purpose());
  ask.set_plan(request.plan());
  PERDURA_RETURN_IF_ERROR(query::CheckEntitled(ask, plan, *charter));
  PERDURA_ASSIGN_OR_RETURN(const query::RoundTerms terms,
                           query::RoundTerms::Create(plan, *charter));
  v1::PreviewResponse response;
  response.set_layout_hash(terms.layout().hash());
  response.set_rows(static_cast<uint32_t>(terms.layout().rows()));
  PERDURA_ASSIGN_OR_RETURN(const auto lines, Lines(ask, terms.lines(), *charter));
  for (const v1::LineState& line : lines) *response.add_lines() = line;
  const absl::Duration window = absl::Milliseconds(charter->proto().limits().online_window_ms());
  std::vector<std::string> online;
  for (const v1::Member& member : charter->proto().members()) {
    if (!SeenWithin(member.id(), window, now)) continue;
    if (charter->StewardIndex(member.id()) > 0) {
      response.set_stewards_online(response.stewards_online() + 1);
    }
    if (charter->MemberHasRole(member.id(), v1::MEMBER_ROLE_NODE)) online.push_back(member.id());
  }
  response.set_entities_online(static_cast<uint32_t>(charter->CountEntities(online)));
  PERDURA_ASSIGN_OR_RETURN(const auto stored, FindStoredAnswer(plan, chain_, options_.store, now));
  if (stored.has_value()) {
    response.set_stored_release_id(stored->id);
    response.set_stored_plan(stored->plan);
    return response;
  }
  response.set_price_units(plan.charge().price());
  absl::Status refusal = CheckBeforeCharge(ask, terms, *charter, now);
  if (!refusal.ok()) {
    response.set_refusal(base::ReasonOf(refusal));
    response.set_hint(std::string(refusal.message()));
  }
  return response;
}

// A release is free, from its answer slot on, to analysts who may ask about its products and have a
// role of its scope; the scope stands in the plan.
bool RoundDesk::MayRead(const std::string& analyst, const StoredRelease& release,
                        absl::Time now) const {
  if (!IsPublic(release, now)) return false;
  const CharterPtr charter = chain_.current();
  const v1::Analyst* record = charter == nullptr ? nullptr : charter->FindAnalyst(analyst);
  if (record == nullptr) return false;
  const auto plan = query::Plan::Parse(release.plan, *charter);
  if (!plan.ok() || !query::CheckMayRead(*record, *plan, *charter).ok()) return false;
  return std::any_of(record->roles().begin(), record->roles().end(), [&](const std::string& role) {
    const auto scope = charter->ScopeOfRole(role);
    return scope.has_value() && *scope == plan->scope();
  });
}

absl::StatusOr<v1::ListReleasesResponse> RoundDesk::Releases(const std::string& analyst,
                                                             absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const auto releases, options_.store.Releases(kListLimit));
  v1::ListReleasesResponse response;
  for (const StoredRelease& release : releases) {
    if (!MayRead(analyst, release, now)) continue;
    v1::ReleaseSummary& summary = *response.add_releases();
    summary.set_release_id(release.id);
    summary.set_plan(release.plan);
    summary.set_answered_at(release.answered_at);
    summary.set_contributors(static_cast<uint32_t>(release.contributors.size()));
  }
  return response;
}

absl::StatusOr<v1::GetReleaseResponse> RoundDesk::Release(const std::string& analyst,
                                                          const std::string& release_id,
                                                          absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const auto release, options_.store.ReleaseById(release_id));
  if (!release.has_value() || !MayRead(analyst, *release, now)) {
    return Refuse(absl::StatusCode::kNotFound, "unknown_release",
                  "no release under this id is open to this analyst; see `perdura releases`");
  }
  v1::GetReleaseResponse response;
  response.set_bundle(release->bundle);
  return response;
}

}  // namespace perdura::aggregator
