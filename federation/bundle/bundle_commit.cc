// The certificate and the partial sums: a part of BundleReader.

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "federation/bundle/bundle_reader.h"
#include "federation/envelope.h"

namespace perdura::federation {

absl::Status BundleReader::ReadCommit() {
  PERDURA_ASSIGN_OR_RETURN(opened_.commit,
                           Open<v1::Commit>("certificate", bundle_.commit(), MessageType::kCommit,
                                            charter().steward_keys(), quorum().q));
  const v1::Commit& commit = opened_.commit;
  if (commit.charter_hash() != charter().hash() ||
      commit.manifest_hash() != opened_.manifest_hash) {
    return BadBundle("certificate", "is of another round");
  }
  FindCertifiers();
  PERDURA_RETURN_IF_ERROR(CheckDealers());
  PERDURA_ASSIGN_OR_RETURN(const int entities, CheckContributors());
  Passed("certificate: signed by ", opened_.certified_by.size(), " stewards, ", quorum().q,
         " required; ", quorum().q, " noise dealers; ", commit.contributors_size(),
         " contributors from ", entities, " legal entities, ", opened_.manifest.min_entities(),
         " required");
  return absl::OkStatus();
}

void BundleReader::FindCertifiers() {
  const auto& stewards = charter().proto().committee().stewards();
  for (int i = 0; i < stewards.size(); ++i) {
    const std::vector<std::string> key = {charter().steward_keys()[static_cast<size_t>(i)]};
    if (VerifySigners(bundle_.commit(), MessageType::kCommit, key, 1).ok()) {
      opened_.certified_by.push_back(stewards[i]);
    }
  }
}

absl::Status BundleReader::CheckDealers() const {
  if (opened_.commit.dealers_size() != quorum().q) {
    return BadBundle("certificate", absl::StrCat("exactly ", quorum().q, " dealers are required"));
  }
  int before = 0;
  for (const v1::CommitEntry& dealer : opened_.commit.dealers()) {
    const int index = charter().StewardIndex(dealer.member());
    if (index <= before) {
      return BadBundle("certificate", "dealers must be distinct stewards in order");
    }
    before = index;
  }
  return absl::OkStatus();
}

// How many legal entities contributed.
absl::StatusOr<int> BundleReader::CheckContributors() const {
  std::vector<std::string> members;
  for (const v1::CommitEntry& entry : opened_.commit.contributors()) {
    if (!charter().MemberHasRole(entry.member(), v1::MEMBER_ROLE_NODE)) {
      return BadBundle("certificate", "a contributor is no node of the charter");
    }
    if (!members.empty() && entry.member() <= members.back()) {
      return BadBundle("certificate", "contributors must be distinct and sorted");
    }
    members.push_back(entry.member());
  }
  const int entities = charter().CountEntities(members);
  if (entities < static_cast<int>(opened_.manifest.min_entities())) {
    return BadBundle("certificate",
                     "contributors come from fewer legal entities than "
                     "min_entities");
  }
  return entities;
}

absl::StatusOr<crypto::PartialSum> BundleReader::ReadPartialSum(
    const v1::Envelope& envelope) const {
  PERDURA_ASSIGN_OR_RETURN(const v1::PartialSum peeked,
                           PeekPayload<v1::PartialSum>(envelope, MessageType::kPartialSum));
  const std::string part = absl::StrCat("partial sum ", peeked.index());
  if (peeked.index() < 1 || peeked.index() > static_cast<uint32_t>(quorum().s)) {
    return BadBundle(part, "no such steward");
  }
  PERDURA_ASSIGN_OR_RETURN(const v1::PartialSum sum,
                           Open<v1::PartialSum>(part, envelope, MessageType::kPartialSum,
                                                {charter().steward_keys()[peeked.index() - 1]}));
  if (sum.charter_hash() != charter().hash() || sum.manifest_hash() != opened_.manifest_hash ||
      sum.commit_id() != PayloadId(bundle_.commit().payload())) {
    return BadBundle(part, "is of another commit");
  }
  auto values = crypto::DecodeFields(sum.sum());
  if (!values.ok() || values->size() != opened_.manifest.rows()) {
    return BadBundle(part, "one element below p for each row is required");
  }
  return crypto::PartialSum{static_cast<int>(sum.index()), *std::move(values)};
}

absl::StatusOr<RecomputedSum> BundleReader::ReadPartialSums() {
  std::vector<crypto::PartialSum> answers;
  RecomputedSum recomputed;
  for (const v1::Envelope& envelope : bundle_.partial_sums()) {
    PERDURA_ASSIGN_OR_RETURN(crypto::PartialSum answer, ReadPartialSum(envelope));
    opened_.summed_by.push_back(charter().proto().committee().stewards(answer.steward - 1));
    answers.push_back(std::move(answer));
    recomputed.ids.push_back(PayloadId(envelope.payload()));
  }
  auto sum = crypto::CheckedInterpolate(answers, quorum().t);
  if (!sum.ok()) return InPart("partial sums", sum.status());
  recomputed.sum = *std::move(sum);
  Passed("partial sums: ", answers.size(), ", each signed by its steward for this commit; any ",
         quorum().t, " give the sum");
  return recomputed;
}

}  // namespace perdura::federation
