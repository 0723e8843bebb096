// The release against manifest, charter and sums: a part of BundleReader.

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "federation/bundle/bundle_reader.h"
#include "federation/envelope.h"
#include "federation/noise_field.h"
#include "google/protobuf/util/message_differencer.h"

namespace perdura::federation {

absl::Status BundleReader::ReadRelease() {
  PERDURA_ASSIGN_OR_RETURN(
      opened_.release,
      Open<v1::Release>("release", bundle_.release(), MessageType::kRelease, AggregatorKey()));
  opened_.release_id = PayloadId(bundle_.release().payload());
  Passed("release: signed by the aggregator, ", base::HexEncode(opened_.release_id));
  return absl::OkStatus();
}

absl::Status BundleReader::CompareRelease() {
  const v1::Release& release = opened_.release;
  const v1::Manifest& manifest = opened_.manifest;
  if (release.charter_hash() != charter().hash() ||
      release.manifest_hash() != opened_.manifest_hash ||
      release.commit_id() != PayloadId(bundle_.commit().payload())) {
    return BadBundle("release", "is of another charter, manifest or commit");
  }
  if (release.plan() != manifest.plan()) return BadBundle("release", "plan is not the manifest's");
  if (release.layout_hash() != manifest.layout_hash()) {
    return BadBundle("release", "layout_hash is not the manifest's");
  }
  if (!google::protobuf::util::MessageDifferencer::Equals(release.noise(), manifest.noise())) {
    return BadBundle("release", "noise is not the manifest's");
  }
  if (release.quorum() != static_cast<uint32_t>(quorum().q) ||
      release.corrupt_bound() != static_cast<uint32_t>(quorum().f)) {
    return BadBundle("release", "quorum or corrupt_bound is not the charter's");
  }
  if (release.answered_at() < manifest.slots().answer_at()) {
    return BadBundle("release", "answered_at is before the manifest's answer_at");
  }
  Passed("release: plan, layout, noise, quorum and bound are those of manifest and charter");
  return absl::OkStatus();
}

absl::Status BundleReader::CompareSums(const RecomputedSum& recomputed) {
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
absl::Status BundleReader::CheckBound() const {
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

}  // namespace perdura::federation
