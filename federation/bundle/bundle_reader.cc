#include "federation/bundle/bundle_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "federation/envelope.h"

namespace perdura::federation {

absl::Status BadBundle(absl::string_view part, absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_bundle",
                      absl::StrCat(part, ": ", what));
}

absl::Status InPart(absl::string_view part, const absl::Status& status) {
  if (status.ok()) return status;
  std::string reason = base::ReasonOf(status);
  if (reason.empty()) reason = "bad_bundle";
  return base::Refuse(status.code(), reason, absl::StrCat(part, ": ", status.message()));
}

absl::StatusOr<OpenedBundle> OpenBundle(const v1::ReleaseBundle& bundle, const AuthorityPin& pin) {
  return BundleReader(bundle, pin).Read();
}

absl::StatusOr<OpenedBundle> BundleReader::Read() {
  PERDURA_RETURN_IF_ERROR(ReadCharters());
  PERDURA_RETURN_IF_ERROR(ReadManifest());
  PERDURA_RETURN_IF_ERROR(ReadAsk());
  PERDURA_RETURN_IF_ERROR(ReadSealKeys());
  PERDURA_RETURN_IF_ERROR(ReadCommit());
  PERDURA_ASSIGN_OR_RETURN(const RecomputedSum recomputed, ReadPartialSums());
  PERDURA_RETURN_IF_ERROR(ReadRelease());
  PERDURA_RETURN_IF_ERROR(CompareRelease());
  PERDURA_RETURN_IF_ERROR(CompareSums(recomputed));
  PERDURA_RETURN_IF_ERROR(ReadLog());
  return std::move(opened_);
}

absl::Status BundleReader::ReadCharters() {
  if (bundle_.charters().empty()) return BadBundle("charters", "none in the bundle");
  for (auto it = bundle_.charters().rbegin(); it != bundle_.charters().rend(); ++it) {
    // Judged as of its own time: a release stays valid when its charter ends.
    PERDURA_RETURN_IF_ERROR(InPart("charters", chain_.Accept(*it, absl::UnixEpoch(), true)));
  }
  PERDURA_ASSIGN_OR_RETURN(const v1::Manifest peeked,
                           PeekPayload<v1::Manifest>(bundle_.manifest(), MessageType::kManifest));
  opened_.charter = chain_.ByHash(peeked.charter_hash());
  if (opened_.charter == nullptr) {
    return BadBundle("manifest", "charter_hash is of no charter in the bundle");
  }
  Passed("charters: ", chain_.version(), " from version 1 on, each signed by the authority of ",
         pin_.federation, "; the round's is version ", charter().version(), ", ",
         base::HexEncode(charter().hash()));
  return absl::OkStatus();
}

absl::Status BundleReader::ReadManifest() {
  PERDURA_ASSIGN_OR_RETURN(
      opened_.manifest,
      Open<v1::Manifest>("manifest", bundle_.manifest(), MessageType::kManifest, AggregatorKey()));
  opened_.manifest_hash = PayloadId(bundle_.manifest().payload());
  const v1::Manifest& manifest = opened_.manifest;
  if (manifest.suite() != kSuite) return BadBundle("manifest", "unknown suite");
  if (manifest.min_entities() < charter().proto().committee().min_entities()) {
    return BadBundle("manifest", "min_entities is below the charter's");
  }
  Passed("manifest: signed by the aggregator ", charter().proto().aggregator().id(), ", ",
         base::HexEncode(opened_.manifest_hash));
  return absl::OkStatus();
}

absl::Status BundleReader::ReadAsk() {
  const v1::Manifest& manifest = opened_.manifest;
  PERDURA_ASSIGN_OR_RETURN(const v1::Ask peeked,
                           PeekPayload<v1::Ask>(manifest.ask(), MessageType::kAsk));
  const v1::Analyst* analyst = charter().FindAnalyst(peeked.analyst());
  if (analyst == nullptr) return BadBundle("ask", "its analyst is not in the charter");
  PERDURA_ASSIGN_OR_RETURN(
      opened_.ask, Open<v1::Ask>("ask", manifest.ask(), MessageType::kAsk, {analyst->sign_key()}));
  const v1::Ask& ask = opened_.ask;
  if (ask.charter_hash() != manifest.charter_hash() ||
      ask.question_id() != manifest.question_id() || ask.attempt() != manifest.attempt() ||
      ask.plan() != manifest.plan() || ask.repeat_of() != manifest.repeat_of()) {
    return BadBundle("ask",
                     "charter_hash, question_id, attempt, plan or repeat_of is not the "
                     "manifest's");
  }
  if (manifest.charge().units() > ask.max_charge()) {
    return BadBundle("ask", "the manifest charges more than max_charge");
  }
  Passed("ask: signed by the analyst ", analyst->id(), " for this plan; charge ",
         manifest.charge().units(), " units, within max_charge");
  return absl::OkStatus();
}

absl::Status BundleReader::ReadSealKeys() {
  const auto& stewards = charter().proto().committee().stewards();
  if (bundle_.seal_keys_size() != stewards.size() ||
      opened_.manifest.seal_key_ids_size() != stewards.size()) {
    return BadBundle("seal-keys", "one for each steward is required");
  }
  for (int i = 0; i < stewards.size(); ++i) {
    const std::string part = absl::StrCat("seal-key of ", stewards[i]);
    PERDURA_ASSIGN_OR_RETURN(const v1::SealKey key,
                             Open<v1::SealKey>(part, bundle_.seal_keys(i), MessageType::kSealKey,
                                               {charter().steward_keys()[static_cast<size_t>(i)]}));
    if (key.member() != stewards[i] || key.use() != "share") {
      return BadBundle(part, "member or use differs");
    }
    if (PayloadId(bundle_.seal_keys(i).payload()) != opened_.manifest.seal_key_ids(i)) {
      return BadBundle(part, "is not the one that the manifest names");
    }
  }
  Passed("seal-keys: ", stewards.size(), ", each signed by its steward and named by the manifest");
  return absl::OkStatus();
}

}  // namespace perdura::federation
