#include "aggregator/rounds/release_maker.h"

#include "federation/envelope.h"

namespace perdura::aggregator {
namespace {

v1::Release ReleaseOf(const SummedRound& summed) {
  const Round::Options& round = summed.round;
  v1::Release release;
  release.set_charter_hash(round.charter->hash());
  release.set_manifest_hash(summed.manifest_hash);
  release.set_commit_id(federation::PayloadId(summed.certificate.payload()));
  release.set_plan(round.terms.plan().text());
  release.set_layout_hash(round.terms.layout().hash());
  for (const crypto::Field64 value : summed.sum.values) release.add_values(value.Lift());
  *release.mutable_noise() = round.payload.noise();
  release.set_quorum(static_cast<uint32_t>(round.charter->quorum().q));
  release.set_corrupt_bound(static_cast<uint32_t>(round.charter->quorum().f));
  for (const v1::Envelope& partial : summed.partial_sums) {
    release.add_partial_sum_ids(federation::PayloadId(partial.payload()));
  }
  release.set_answers(static_cast<uint32_t>(summed.partial_sums.size()));
  for (const int liar : summed.sum.liars) release.add_off_polynomial(static_cast<uint32_t>(liar));
  release.set_unchecked_against_liars(summed.sum.unchecked_against_liars);
  for (const v1::Sibling& sibling : summed.log.siblings) *release.add_siblings() = sibling;
  release.set_answered_at(round.payload.slots().answer_at());
  return release;
}

v1::ReleaseBundle BundleOf(const SummedRound& summed) {
  const Round::Options& round = summed.round;
  v1::ReleaseBundle bundle;
  // Newest first.
  for (auto it = summed.charters.rbegin(); it != summed.charters.rend(); ++it) {
    *bundle.add_charters() = *it;
  }
  *bundle.mutable_manifest() = round.manifest;
  for (const v1::Envelope& key : round.seal_keys) *bundle.add_seal_keys() = key;
  *bundle.mutable_commit() = summed.certificate;
  for (const v1::Envelope& partial : summed.partial_sums) *bundle.add_partial_sums() = partial;
  *bundle.mutable_release() = federation::SignMessage(
      federation::MessageType::kRelease, ReleaseOf(summed), *round.key, round.aggregator_id);
  for (const v1::LoggedEntry& entry : summed.log.entries) *bundle.add_entries() = entry;
  return bundle;
}

}  // namespace

absl::StatusOr<StoredRelease> MakeRelease(const SummedRound& summed) {
  v1::Commit commit;
  if (!commit.ParseFromString(summed.certificate.payload())) {
    return absl::InternalError("the certificate of a summed round is no commit");
  }
  const v1::ReleaseBundle bundle = BundleOf(summed);
  const query::Plan& plan = summed.round.terms.plan();
  StoredRelease stored;
  stored.id = federation::PayloadId(bundle.release().payload());
  stored.manifest_hash = summed.manifest_hash;
  stored.plan = plan.text();
  stored.plan_hash = plan.hash();
  stored.overlap_key = plan.overlap_key();
  for (const v1::CommitEntry& entry : commit.contributors()) {
    stored.contributors.push_back(entry.member());
  }
  stored.bundle = bundle.SerializeAsString();
  stored.answered_at = summed.round.payload.slots().answer_at();
  return stored;
}

}  // namespace perdura::aggregator
