#include "aggregator/rounds/diagnosis.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"

namespace perdura::aggregator {
namespace {

absl::Status MalformedDiagnosis(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed", what);
}

}  // namespace

Diagnosis::Diagnosis(Options options)
    : options_(std::move(options)), senders_(federation::SendersOf(options_.commit)) {}

absl::Status Diagnosis::Take(int index, const v1::Diagnosis& diagnosis) {
  const bool has_sum =
      std::any_of(options_.sums.begin(), options_.sums.end(),
                  [index](const crypto::PartialSum& sum) { return sum.steward == index; });
  if (!has_sum || diagnosis.index() != static_cast<uint32_t>(index) ||
      diagnosis.charter_hash() != options_.charter->hash() ||
      diagnosis.commit_id() != options_.commit_id) {
    return MalformedDiagnosis("index, charter_hash or commit_id differs, or no sum came before");
  }
  if (diagnosis.values_size() != static_cast<int>(senders_.size())) {
    return MalformedDiagnosis("values: one for each sender of the commit is required");
  }
  crypto::FieldVector values;
  for (int i = 0; i < diagnosis.values_size(); ++i) {
    const v1::CheckValue& value = diagnosis.values(i);
    const auto decoded = crypto::DecodeFields(value.value());
    if (federation::ContributionSource(value.role(), value.member()) !=
            senders_[static_cast<size_t>(i)] ||
        !decoded.ok() || decoded->size() != 1) {
      return MalformedDiagnosis("values: one element below p for each sender, in order");
    }
    values.push_back(decoded->front());
  }
  values_.emplace(index, std::move(values));
  return absl::OkStatus();
}

DiagnosisVerdict Diagnosis::Decide() const {
  std::vector<crypto::PublishedChecks> lists;
  for (const crypto::PartialSum& sum : options_.sums) {
    const auto published = values_.find(sum.steward);
    if (published != values_.end()) {
      lists.push_back({sum.steward, published->second, sum.values});
    }
  }
  DiagnosisVerdict verdict{.outcome = "undecided", .suspects = {}};
  const auto suspicion = crypto::FindSuspects(lists, crypto::DegreePoint(options_.commit_id),
                                              options_.charter->quorum().t);
  if (!suspicion.ok()) return verdict;
  for (const size_t sender : suspicion->senders) verdict.suspects.push_back(NameOfSender(sender));
  for (const int steward : suspicion->stewards) {
    verdict.suspects.push_back(
        absl::StrCat("steward:", options_.charter->proto().committee().stewards(steward - 1)));
  }
  std::sort(verdict.suspects.begin(), verdict.suspects.end());
  if (!verdict.suspects.empty()) verdict.outcome = suspicion->certain ? "culprit" : "suspects";
  return verdict;
}

std::string Diagnosis::NameOfSender(size_t sender) const {
  const auto& [role, member] = senders_[sender];
  return absl::StrCat(role == v1::CONTRIBUTION_ROLE_DEALER ? "dealer:" : "node:", member);
}

}  // namespace perdura::aggregator
