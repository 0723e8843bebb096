#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/failpoint.h"
#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/field64.h"
#include "federation/envelope.h"
#include "registry-node/steward/bad_sum.h"
#include "registry-node/steward/share_sum.h"
#include "registry-node/steward/steward_handler.h"
#include "registry-node/steward/steward_post.h"

// What a steward does with a certificate: the sum, and the check values for its diagnosis.
namespace perdura::registry_node {

absl::StatusOr<std::vector<Outgoing>> StewardHandler::OnCertificate(const v1::Envelope& certificate,
                                                                    absl::Time now) {
  v1::Commit commit;
  if (!federation::ParseStrictly(certificate.payload(), commit).ok()) {
    return std::vector<Outgoing>();
  }
  const ProposedCommit certified{std::move(commit), federation::PayloadId(certificate.payload())};
  const std::string& hash = certified.commit.manifest_hash();
  PERDURA_ASSIGN_OR_RETURN(const auto stored, options_.store.FindPartialSum(hash));
  if (stored.has_value()) {
    PERDURA_ASSIGN_OR_RETURN(v1::PostRequest post, ParsePost(stored->post));
    return One(
        SendNow(OutgoingKind::kPartialSum, hash, now, now + kStewardPostLife, std::move(post)));
  }
  const auto found = rounds_.find(hash);
  if (found == rounds_.end()) {
    return Refused(hash,
                   base::Refuse(absl::StatusCode::kFailedPrecondition, "restarted",
                                "the shares of this round are gone; they lived in memory"),
                   now);
  }
  const StewardRound& round = found->second.round;
  const auto signers = federation::CountSigners(certificate, federation::MessageType::kCommit,
                                                round.frame().charter->steward_keys());
  if (!signers.ok()) return Refused(hash, signers.status(), now);
  PERDURA_ASSIGN_OR_RETURN(const SignedEarlier earlier, Earlier(round.frame()));
  const absl::Status status =
      round.CheckCertificate(certified, *signers, earlier, options_.started_at);
  if (!status.ok()) return Refused(hash, status, now);
  PERDURA_ASSIGN_OR_RETURN(auto outgoing, SendSum(found->second, certified, now));
  rounds_.erase(found);
  return outgoing;
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::SendSum(const Gathering& gathering,
                                                              const ProposedCommit& certified,
                                                              absl::Time now) {
  const RoundFrame& frame = gathering.round.frame();
  v1::PartialSum partial;
  partial.set_charter_hash(frame.charter->hash());
  partial.set_manifest_hash(frame.manifest_hash);
  partial.set_commit_id(certified.id);
  partial.set_index(static_cast<uint32_t>(gathering.index));
  const auto rows = static_cast<size_t>(gathering.checked.terms.layout().rows());
  partial.set_sum(crypto::EncodeFields(SumShares(gathering.shares, certified.commit, rows)));
  v1::PostRequest post;
  *post.mutable_message() = federation::SignMessage(federation::MessageType::kPartialSum, partial,
                                                    options_.sender.key, options_.sender.member);
  SumRecord record{.post = post.SerializeAsString(), .diagnosis = {}};
  if (frame.quorum.s > frame.quorum.t) {
    record.diagnosis = MakeDiagnosis(gathering, certified).SerializeAsString();
  }
  PERDURA_FAILPOINT("steward_before_sum_stored");
  PERDURA_RETURN_IF_ERROR(options_.store.SavePartialSum(frame.manifest_hash, certified.id, record,
                                                        absl::ToUnixMicros(now)));
  PERDURA_FAILPOINT("steward_after_sum_stored");
  return One(SendNow(OutgoingKind::kPartialSum, frame.manifest_hash, now, gathering.round.EndAt(),
                     std::move(post)));
}

v1::PostRequest StewardHandler::MakeDiagnosis(const Gathering& gathering,
                                              const ProposedCommit& certified) const {
  const RoundFrame& frame = gathering.round.frame();
  v1::Diagnosis diagnosis;
  diagnosis.set_charter_hash(frame.charter->hash());
  diagnosis.set_manifest_hash(frame.manifest_hash);
  diagnosis.set_commit_id(certified.id);
  diagnosis.set_index(static_cast<uint32_t>(gathering.index));
  for (v1::CheckValue& value : CheckValuesOf(gathering.shares, certified.commit, certified.id)) {
    *diagnosis.add_values() = std::move(value);
  }
  v1::PostRequest post;
  *post.mutable_message() = federation::SignMessage(federation::MessageType::kDiagnosis, diagnosis,
                                                    options_.sender.key, options_.sender.member);
  return post;
}

absl::StatusOr<std::vector<Outgoing>> StewardHandler::OnDiagnosisRequest(
    const v1::DiagnosisRequest& request, absl::Time now) {
  const std::string& hash = request.manifest_hash();
  PERDURA_ASSIGN_OR_RETURN(const auto record, options_.store.FindPartialSum(hash));
  if (!record.has_value() || record->diagnosis.empty()) return std::vector<Outgoing>();
  PERDURA_ASSIGN_OR_RETURN(const v1::PostRequest own_post, ParsePost(record->post));
  v1::PartialSum own;
  if (!own.ParseFromString(own_post.message().payload())) {
    return absl::DataLossError("a stored message is damaged");
  }
  const auto charter = options_.chain.ByHash(own.charter_hash());
  if (charter == nullptr) return absl::DataLossError("the charter of a stored sum is gone");
  const absl::Status status = CheckBadSum(request, own, *charter);
  if (!status.ok()) return Refused(hash, status, now);
  base::LogWarning("steward.diagnosis", {{"manifest", base::HexEncode(hash)}});
  PERDURA_ASSIGN_OR_RETURN(v1::PostRequest post, ParsePost(record->diagnosis));
  return One(SendNow(OutgoingKind::kDiagnosis, hash, now, now + kStewardPostLife, std::move(post)));
}

}  // namespace perdura::registry_node
