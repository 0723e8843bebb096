#include "tests/simulation/explorer/evidence.h"

namespace perdura::explorer {

Violation Evidence::Add(const Step& step, const Effect& effect, const crypto::Quorum& quorum) {
  const auto steward = static_cast<size_t>(step.steward);
  const auto bit = static_cast<uint8_t>(1u << steward);
  Violation found = Violation::kNone;
  if (step.kind == Kind::kRollback && step.what == kBeforeDeal) {
    dealt = static_cast<uint8_t>(dealt & ~bit);
  }
  if (effect.dealt >= 0) {
    if ((dealt & bit) != 0) found = Violation::kTwoDeals;
    dealt |= bit;
  }
  if (effect.summed >= 0) {
    summed[steward] = static_cast<uint16_t>(summed[steward] | (1u << effect.summed));
    if (std::popcount(summed[steward]) > 1) found = Violation::kTwoSums;
    if (Signers(effect.summed, quorum) < quorum.q) found = Violation::kSumWithoutCertificate;
  }
  if (effect.committed >= 0) {
    signed_by[static_cast<size_t>(effect.committed)] |= bit;
    int commits = 0;
    for (const uint8_t signers : signed_by) commits += (signers & bit) != 0 ? 1 : 0;
    if (commits > 1) found = Violation::kTwoSignatures;
    if (Certificates(quorum) > 1) found = Violation::kTwoCertificates;
  }
  return found;
}

}  // namespace perdura::explorer
