#ifndef PERDURA_AGGREGATOR_ROUNDS_DIAGNOSIS_H_
#define PERDURA_AGGREGATOR_ROUNDS_DIAGNOSIS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "aggregator/ledger/round_store.h"
#include "crypto/degree_check.h"
#include "crypto/shamir.h"
#include "federation/charter.h"
#include "federation/senders.h"
#include "perdura/v1/round.pb.h"

namespace perdura::aggregator {

// Gathers the stewards' check values after `bad_sum` and says who is off (protocols.md 4.6; what
// they reveal and how far the verdict goes: crypto/degree_check.h). Pure: no clock, no storage.
// Thread-compatible.
class Diagnosis final {
 public:
  struct Options {
    std::shared_ptr<const federation::Charter> charter;
    std::string commit_id;
    v1::Commit commit;
    // The partial sums that disagree: t + 1 or more, of distinct stewards.
    std::vector<crypto::PartialSum> sums;
  };

  explicit Diagnosis(Options options);

  // A list whose signature by steward `index` is checked. Returns InvalidArgument `malformed` for a
  // steward without a sum here, another commit, or unless there is one canonical value for each
  // sender, in order. A second list of a steward changes nothing.
  absl::Status Take(int index, const v1::Diagnosis& diagnosis);
  // Every steward whose sum is here has answered.
  bool complete() const { return values_.size() == options_.sums.size(); }
  DiagnosisVerdict Decide() const;

 private:
  std::string NameOfSender(size_t sender) const;

  Options options_;
  std::vector<federation::ContributionSource> senders_;
  // By steward index.
  std::map<int, crypto::FieldVector> values_;
};

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_ROUNDS_DIAGNOSIS_H_
