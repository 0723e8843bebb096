#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "aggregator/rounds/round.h"
#include "base/bytes.h"
#include "base/logging.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/envelope.h"

namespace perdura::aggregator {
namespace {

// How many commit slots the stewards have for their check values.
constexpr int kDiagnosisSlots = 2;

}  // namespace

// The partial sums disagree, so there are more than t of them and s > t. Who has sent one is shown
// all of them and asked for its check values.
void Round::BurnBadSum(absl::Time now) {
  Burn("bad_sum");
  v1::Commit commit;
  if (!commit.ParseFromString(certificate_.payload())) return;
  Diagnosis::Options options{.charter = options_.charter,
                             .commit_id = federation::PayloadId(certificate_.payload()),
                             .commit = std::move(commit),
                             .sums = {}};
  v1::Item item;
  item.mutable_diagnosis()->set_manifest_hash(hash_);
  for (const auto& [member, sum] : sums_) {
    options.sums.push_back(sum.partial);
    *item.mutable_diagnosis()->add_partial_sums() = sum.envelope;
  }
  for (const auto& [member, sum] : sums_) Send(member, item);
  diagnosis_.emplace(std::move(options));
  diagnose_until_ = now + kDiagnosisSlots * (SlotTime(slots().commit_until()) -
                                             SlotTime(slots().collect_until()));
}

absl::Status Round::OnDiagnosis(const std::string& member, const v1::Envelope& envelope) {
  PERDURA_ASSIGN_OR_RETURN(const int index, StewardIndexOf(member));
  const std::vector<std::string> keys = {StewardKey(index)};
  PERDURA_ASSIGN_OR_RETURN(
      const v1::Diagnosis diagnosis,
      federation::OpenEnvelope<v1::Diagnosis>(envelope, federation::MessageType::kDiagnosis, keys));
  if (!diagnosing()) {
    return base::Refuse(absl::StatusCode::kDeadlineExceeded, "late", "nothing is diagnosed now");
  }
  PERDURA_RETURN_IF_ERROR(diagnosis_->Take(index, diagnosis));
  if (diagnosis_->complete()) EndDiagnosis();
  return absl::OkStatus();
}

void Round::EndDiagnosis() {
  DiagnosisVerdict verdict = diagnosis_->Decide();
  diagnosis_.reset();
  base::LogError("round.diagnosed", {{"manifest", base::HexEncode(hash_)},
                                     {"outcome", verdict.outcome},
                                     {"suspects", absl::StrJoin(verdict.suspects, ",")}});
  update_.commit_id = federation::PayloadId(certificate_.payload());
  update_.diagnosis = std::move(verdict);
}

}  // namespace perdura::aggregator
