#include "registry-node/steward/steward_round.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace perdura::registry_node {
namespace {

using base::Refuse;

absl::Status MalformedCommit(absl::string_view what) {
  return Refuse(absl::StatusCode::kInvalidArgument, "malformed", what);
}

absl::Status Restarted() {
  return Refuse(absl::StatusCode::kFailedPrecondition, "restarted",
                "this steward restarted after the round was opened and signs nothing new in it");
}

}  // namespace

std::vector<std::string> Contributors(const v1::Commit& commit) {
  std::vector<std::string> members;
  for (const v1::CommitEntry& entry : commit.contributors()) members.push_back(entry.member());
  return members;
}

absl::Status CheckOneManifest(const std::optional<DealRecord>& dealt,
                              absl::string_view manifest_hash) {
  if (!dealt.has_value() || dealt->manifest_hash == manifest_hash) return absl::OkStatus();
  return Refuse(absl::StatusCode::kAlreadyExists, "attempt_reused",
                "another manifest was dealt for this attempt");
}

absl::Time StewardRound::ListAt() const {
  return SlotTime(frame_.slots.collect_until()) +
         absl::Milliseconds(frame_.charter->proto().limits().grace_ms());
}

absl::Time StewardRound::EndAt() const {
  return SlotTime(frame_.slots.commit_until()) +
         absl::Milliseconds(frame_.charter->proto().limits().keep_shares_ms());
}

absl::Status StewardRound::CheckTimely(absl::Time now) const {
  if (now < ListAt() && !listed_) return absl::OkStatus();
  return Refuse(absl::StatusCode::kDeadlineExceeded, "late", "relayed after collect_until");
}

absl::StatusOr<bool> StewardRound::IsNew(const ContributionSource& source,
                                         const std::string& id) const {
  const auto held = held_.find(source);
  if (held == held_.end()) return true;
  if (held->second == id) return false;
  return Refuse(absl::StatusCode::kAlreadyExists, "second_contribution",
                "two signed headers of one sender");
}

void StewardRound::Hold(const ContributionSource& source, std::string id) {
  held_.emplace(source, std::move(id));
  rejected_.erase(source);
}

void StewardRound::Reject(v1::HaveEntry entry) {
  const ContributionSource source(entry.role(), entry.member());
  if (!held_.contains(source)) rejected_.insert_or_assign(source, std::move(entry));
}

void StewardRound::WriteTo(v1::Have& have) const {
  for (const auto& [source, id] : held_) {
    v1::HaveEntry& entry = *have.add_accepted();
    entry.set_role(source.first);
    entry.set_member(source.second);
    entry.set_contribution_id(id);
  }
  for (const auto& [source, entry] : rejected_) *have.add_rejected() = entry;
}

bool StewardRound::MaySign(absl::Time started_at) const {
  const absl::Duration skew = absl::Milliseconds(frame_.charter->proto().limits().skew_ms());
  return started_at < SlotTime(frame_.slots.opened_at()) + skew;
}

absl::Status StewardRound::CheckDraft(const ProposedCommit& draft, const SignedEarlier& earlier,
                                      absl::Time started_at, absl::Time now) const {
  if (earlier.commit_id.has_value()) {
    return Refuse(absl::StatusCode::kAlreadyExists, "second_commit",
                  "another commit of this attempt is signed");
  }
  if (!MaySign(started_at)) return Restarted();
  if (now < SlotTime(frame_.slots.upload_at())) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "early", "before upload_at");
  }
  if (now >= SlotTime(frame_.slots.commit_until())) {
    return Refuse(absl::StatusCode::kDeadlineExceeded, "late", "after commit_until");
  }
  if (draft.commit.charter_hash() != frame_.charter->hash()) {
    return MalformedCommit("charter_hash differs");
  }
  PERDURA_RETURN_IF_ERROR(CheckOrder(draft.commit));
  PERDURA_RETURN_IF_ERROR(CheckHeld(draft.commit));
  if (draft.commit.dealers_size() != frame_.quorum.q) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "dealer_count",
                  "a commit names exactly Q dealers");
  }
  const std::vector<std::string> contributors = Contributors(draft.commit);
  PERDURA_RETURN_IF_ERROR(CheckEntities(contributors));
  return CheckOverlap(contributors, earlier);
}

absl::Status StewardRound::CheckCertificate(const ProposedCommit& certified, int signers,
                                            const SignedEarlier& earlier,
                                            absl::Time started_at) const {
  if (!MaySign(started_at)) return Restarted();
  if (signers < frame_.quorum.q) {
    return Refuse(
        absl::StatusCode::kUnauthenticated, "bad_signature",
        absl::StrCat("commit: ", signers, " of ", frame_.quorum.q, " required stewards signed"));
  }
  PERDURA_RETURN_IF_ERROR(CheckOrder(certified.commit));
  if (earlier.commit_id.has_value() && *earlier.commit_id != certified.id) {
    return Refuse(absl::StatusCode::kAlreadyExists, "second_commit",
                  "the certificate is of another commit than the one signed here");
  }
  return CheckHeld(certified.commit);
}

// KC2.
absl::Status StewardRound::CheckOrder(const v1::Commit& commit) const {
  for (int i = 1; i < commit.contributors_size(); ++i) {
    if (commit.contributors(i - 1).member() >= commit.contributors(i).member()) {
      return MalformedCommit("contributors must be sorted and unique");
    }
  }
  const federation::Charter& charter = *frame_.charter;
  for (int i = 0; i < commit.dealers_size(); ++i) {
    const int index = charter.StewardIndex(commit.dealers(i).member());
    if (index == 0) return MalformedCommit("a dealer is no steward");
    if (i > 0 && charter.StewardIndex(commit.dealers(i - 1).member()) >= index) {
      return MalformedCommit("dealers must be sorted by steward index and unique");
    }
  }
  return absl::OkStatus();
}

// KC3.
absl::Status StewardRound::CheckHeld(const v1::Commit& commit) const {
  for (const v1::CommitEntry& entry : commit.contributors()) {
    PERDURA_RETURN_IF_ERROR(CheckHeld(v1::CONTRIBUTION_ROLE_NODE, entry));
  }
  for (const v1::CommitEntry& entry : commit.dealers()) {
    PERDURA_RETURN_IF_ERROR(CheckHeld(v1::CONTRIBUTION_ROLE_DEALER, entry));
  }
  return absl::OkStatus();
}

absl::Status StewardRound::CheckHeld(v1::ContributionRole role,
                                     const v1::CommitEntry& entry) const {
  const auto held = held_.find(ContributionSource(role, entry.member()));
  if (listed_ && held != held_.end() && held->second == entry.contribution_id()) {
    return absl::OkStatus();
  }
  return Refuse(absl::StatusCode::kFailedPrecondition, "not_held",
                "the commit names what is not in this steward's have list");
}

// KC5.
absl::Status StewardRound::CheckEntities(const std::vector<std::string>& contributors) const {
  if (frame_.charter->CountEntities(contributors) >= MinEntities()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, "too_few_entities",
                "contributors come from fewer than min_entities legal entities");
}

// KC7.
absl::Status StewardRound::CheckOverlap(const std::vector<std::string>& contributors,
                                        const SignedEarlier& earlier) const {
  for (const std::vector<std::string>& set : earlier.contributor_sets) {
    if (frame_.charter->MayBothBeReleased(set, contributors)) continue;
    return Refuse(absl::StatusCode::kFailedPrecondition, "overlap",
                  "the same patients were released with contributors that differ by fewer than "
                  "min_entities legal entities");
  }
  return absl::OkStatus();
}

int StewardRound::MinEntities() const {
  return static_cast<int>(frame_.charter->proto().committee().min_entities());
}

}  // namespace perdura::registry_node
