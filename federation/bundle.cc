#include "federation/bundle.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/field64.h"
#include "crypto/shamir.h"
#include "federation/envelope.h"
#include "federation/noise_field.h"
#include "google/protobuf/util/message_differencer.h"

namespace perdura::federation {
namespace {

using google::protobuf::util::MessageDifferencer;

absl::Status BadBundle(absl::string_view part, absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_bundle",
                      absl::StrCat(part, ": ", what));
}

// The same refusal, with the part of the bundle before its text.
absl::Status InPart(absl::string_view part, const absl::Status& status) {
  if (status.ok()) return status;
  std::string reason = base::ReasonOf(status);
  if (reason.empty()) reason = "bad_bundle";
  return base::Refuse(status.code(), reason, absl::StrCat(part, ": ", status.message()));
}

template <typename Payload>
absl::StatusOr<Payload> Open(absl::string_view part, const v1::Envelope& envelope, MessageType type,
                             const std::vector<std::string>& keys, int needed = 1) {
  auto payload = OpenEnvelope<Payload>(envelope, type, keys, needed);
  if (!payload.ok()) return InPart(part, payload.status());
  return payload;
}

// What the partial sums give, each checked against its steward and the commit.
struct Recomputed {
  crypto::CheckedSum sum;
  std::vector<std::string> ids;
};

// One bundle on its way through the checks; every step relies on the ones before.
class BundleReader final {
 public:
  BundleReader(const v1::ReleaseBundle& bundle, const AuthorityPin& pin)
      : bundle_(bundle), pin_(pin) {}

  absl::StatusOr<OpenedBundle> Read() {
    PERDURA_RETURN_IF_ERROR(ReadCharters());
    PERDURA_RETURN_IF_ERROR(ReadManifest());
    PERDURA_RETURN_IF_ERROR(ReadAsk());
    PERDURA_RETURN_IF_ERROR(ReadSealKeys());
    PERDURA_RETURN_IF_ERROR(ReadCommit());
    PERDURA_ASSIGN_OR_RETURN(const Recomputed recomputed, ReadPartialSums());
    PERDURA_RETURN_IF_ERROR(ReadRelease());
    PERDURA_RETURN_IF_ERROR(CompareRelease());
    PERDURA_RETURN_IF_ERROR(CompareSums(recomputed));
    return std::move(opened_);
  }

 private:
  const Charter& charter() const { return *opened_.charter; }
  const crypto::Quorum& quorum() const { return charter().quorum(); }
  std::vector<std::string> AggregatorKey() const {
    return {charter().proto().aggregator().sign_key()};
  }
  template <typename... Parts>
  void Passed(const Parts&... parts) {
    opened_.checks.push_back(absl::StrCat(parts...));
  }

  absl::Status ReadCharters() {
    if (bundle_.charters().empty()) return BadBundle("charters", "none in the bundle");
    CharterChain chain(pin_);
    for (auto it = bundle_.charters().rbegin(); it != bundle_.charters().rend(); ++it) {
      // Judged as of its own time: a release stays valid when its charter ends.
      PERDURA_RETURN_IF_ERROR(InPart("charters", chain.Accept(*it, absl::UnixEpoch(), true)));
    }
    PERDURA_ASSIGN_OR_RETURN(const v1::Manifest peeked,
                             PeekPayload<v1::Manifest>(bundle_.manifest(), MessageType::kManifest));
    opened_.charter = chain.ByHash(peeked.charter_hash());
    if (opened_.charter == nullptr) {
      return BadBundle("manifest", "charter_hash is of no charter in the bundle");
    }
    Passed("charters: ", chain.version(), " from version 1 on, each signed by the authority of ",
           pin_.federation, "; the round's is version ", charter().version(), ", ",
           base::HexEncode(charter().hash()));
    return absl::OkStatus();
  }

  absl::Status ReadManifest() {
    PERDURA_ASSIGN_OR_RETURN(
        opened_.manifest, Open<v1::Manifest>("manifest", bundle_.manifest(), MessageType::kManifest,
                                             AggregatorKey()));
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

  absl::Status ReadAsk() {
    const v1::Manifest& manifest = opened_.manifest;
    PERDURA_ASSIGN_OR_RETURN(const v1::Ask peeked,
                             PeekPayload<v1::Ask>(manifest.ask(), MessageType::kAsk));
    const v1::Analyst* analyst = charter().FindAnalyst(peeked.analyst());
    if (analyst == nullptr) return BadBundle("ask", "its analyst is not in the charter");
    PERDURA_ASSIGN_OR_RETURN(opened_.ask, Open<v1::Ask>("ask", manifest.ask(), MessageType::kAsk,
                                                        {analyst->sign_key()}));
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

  absl::Status ReadSealKeys() {
    const auto& stewards = charter().proto().committee().stewards();
    if (bundle_.seal_keys_size() != stewards.size() ||
        opened_.manifest.seal_key_ids_size() != stewards.size()) {
      return BadBundle("seal-keys", "one for each steward is required");
    }
    for (int i = 0; i < stewards.size(); ++i) {
      const std::string part = absl::StrCat("seal-key of ", stewards[i]);
      PERDURA_ASSIGN_OR_RETURN(
          const v1::SealKey key,
          Open<v1::SealKey>(part, bundle_.seal_keys(i), MessageType::kSealKey,
                            {charter().steward_keys()[static_cast<size_t>(i)]}));
      if (key.member() != stewards[i] || key.use() != "share") {
        return BadBundle(part, "member or use differs");
      }
      if (PayloadId(bundle_.seal_keys(i).payload()) != opened_.manifest.seal_key_ids(i)) {
        return BadBundle(part, "is not the one that the manifest names");
      }
    }
    Passed("seal-keys: ", stewards.size(),
           ", each signed by its steward and named by the manifest");
    return absl::OkStatus();
  }

  absl::Status ReadCommit() {
    PERDURA_ASSIGN_OR_RETURN(opened_.commit,
                             Open<v1::Commit>("certificate", bundle_.commit(), MessageType::kCommit,
                                              charter().steward_keys(), quorum().q));
    const v1::Commit& commit = opened_.commit;
    if (commit.charter_hash() != charter().hash() ||
        commit.manifest_hash() != opened_.manifest_hash) {
      return BadBundle("certificate", "is of another round");
    }
    PERDURA_ASSIGN_OR_RETURN(const int signers, CountSigners(bundle_.commit(), MessageType::kCommit,
                                                             charter().steward_keys()));
    PERDURA_RETURN_IF_ERROR(CheckDealers());
    PERDURA_ASSIGN_OR_RETURN(const int entities, CheckContributors());
    Passed("certificate: signed by ", signers, " stewards, ", quorum().q, " required; ", quorum().q,
           " noise dealers; ", commit.contributors_size(), " contributors from ", entities,
           " legal entities, ", opened_.manifest.min_entities(), " required");
    return absl::OkStatus();
  }

  absl::Status CheckDealers() const {
    if (opened_.commit.dealers_size() != quorum().q) {
      return BadBundle("certificate",
                       absl::StrCat("exactly ", quorum().q, " dealers are required"));
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
  absl::StatusOr<int> CheckContributors() const {
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

  absl::StatusOr<crypto::PartialSum> ReadPartialSum(const v1::Envelope& envelope) const {
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

  absl::StatusOr<Recomputed> ReadPartialSums() {
    std::vector<crypto::PartialSum> answers;
    Recomputed recomputed;
    for (const v1::Envelope& envelope : bundle_.partial_sums()) {
      PERDURA_ASSIGN_OR_RETURN(crypto::PartialSum answer, ReadPartialSum(envelope));
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

  absl::Status ReadRelease() {
    PERDURA_ASSIGN_OR_RETURN(
        opened_.release,
        Open<v1::Release>("release", bundle_.release(), MessageType::kRelease, AggregatorKey()));
    opened_.release_id = PayloadId(bundle_.release().payload());
    Passed("release: signed by the aggregator, ", base::HexEncode(opened_.release_id));
    return absl::OkStatus();
  }

  absl::Status CompareRelease() {
    const v1::Release& release = opened_.release;
    const v1::Manifest& manifest = opened_.manifest;
    if (release.charter_hash() != charter().hash() ||
        release.manifest_hash() != opened_.manifest_hash ||
        release.commit_id() != PayloadId(bundle_.commit().payload())) {
      return BadBundle("release", "is of another charter, manifest or commit");
    }
    if (release.plan() != manifest.plan())
      return BadBundle("release", "plan is not the manifest's");
    if (release.layout_hash() != manifest.layout_hash()) {
      return BadBundle("release", "layout_hash is not the manifest's");
    }
    if (!MessageDifferencer::Equals(release.noise(), manifest.noise())) {
      return BadBundle("release", "noise is not the manifest's");
    }
    if (release.quorum() != static_cast<uint32_t>(quorum().q) ||
        release.corrupt_bound() != static_cast<uint32_t>(quorum().f)) {
      return BadBundle("release", "quorum or corrupt_bound is not the charter's");
    }
    if (release.answered_at() < manifest.slots().answer_at()) {
      return BadBundle("release", "answered_at is before the manifest's answer_at");
    }
    if (!release.siblings().empty()) {
      return BadBundle("release", "siblings must be empty without a witness");
    }
    Passed("release: plan, layout, noise, quorum and bound are those of manifest and charter");
    return absl::OkStatus();
  }

  absl::Status CompareSums(const Recomputed& recomputed) {
    const v1::Release& release = opened_.release;
    if (static_cast<size_t>(release.values_size()) != recomputed.sum.values.size()) {
      return BadBundle("release", "values: one for each row of the manifest");
    }
    for (int i = 0; i < release.values_size(); ++i) {
      if (release.values(i) != recomputed.sum.values[static_cast<size_t>(i)].Lift()) {
        return BadBundle("release", "values are not what the partial sums give");
      }
    }
    if (!std::equal(recomputed.ids.begin(), recomputed.ids.end(), release.partial_sum_ids().begin(),
                    release.partial_sum_ids().end()) ||
        release.answers() != recomputed.ids.size()) {
      return BadBundle("release", "partial_sum_ids and answers are not those of the bundle");
    }
    const std::vector<int> stated(release.off_polynomial().begin(), release.off_polynomial().end());
    if (stated != recomputed.sum.liars) {
      return BadBundle("release", "off_polynomial does not name the stewards that are off");
    }
    if (release.unchecked_against_liars() != recomputed.sum.unchecked_against_liars) {
      return BadBundle("release", "unchecked_against_liars differs");
    }
    PERDURA_RETURN_IF_ERROR(CheckBound());
    Passed("values: ", release.values_size(), " rows are what the partial sums give",
           stated.empty()
               ? ""
               : absl::StrCat("; off the polynomial: steward ", absl::StrJoin(stated, ", ")),
           release.unchecked_against_liars()
               ? absl::StrCat("; too few answers to exclude ", quorum().f, " lying steward(s)")
               : "");
    return absl::OkStatus();
  }

  // 4.3: a value beyond the overflow bound voids the round.
  absl::Status CheckBound() const {
    const v1::Manifest& manifest = opened_.manifest;
    const auto noise = ReadNoise(manifest.noise(), quorum().h);
    if (!noise.ok()) {
      return BadBundle("manifest", absl::StrCat("noise: ", noise.status().message()));
    }
    const auto bound =
        noise->SumBound(charter().proto().n_max(), manifest.patient_bound(), quorum().q);
    if (!bound.ok()) return InPart("manifest", bound.status());
    const auto most = static_cast<int64_t>(*bound);
    for (const int64_t value : opened_.release.values()) {
      if (value > most || value < -most) {
        return BadBundle("release", "a value lies beyond the overflow bound");
      }
    }
    return absl::OkStatus();
  }

  const v1::ReleaseBundle& bundle_;
  const AuthorityPin& pin_;
  OpenedBundle opened_;
};

}  // namespace

absl::StatusOr<OpenedBundle> OpenBundle(const v1::ReleaseBundle& bundle, const AuthorityPin& pin) {
  return BundleReader(bundle, pin).Read();
}

}  // namespace perdura::federation
