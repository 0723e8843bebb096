#ifndef PERDURA_TESTS_SIMULATION_EXPLORER_EVIDENCE_H_
#define PERDURA_TESTS_SIMULATION_EXPLORER_EVIDENCE_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "crypto/quorum.h"
#include "tests/simulation/explorer/step.h"

namespace perdura::explorer {

inline constexpr size_t kMostHonest = 5;
inline constexpr size_t kMostDrafts = 10;

enum class Violation {
  kNone,
  // Two commits of one attempt have Q distinct signatures each.
  kTwoCertificates,
  // An honest steward signed two commits of one attempt.
  kTwoSignatures,
  // An honest steward summed a commit that has no Q signatures.
  kSumWithoutCertificate,
  // An honest steward published two sums of one attempt.
  kTwoSums,
  // An honest steward dealt noise twice for one attempt.
  kTwoDeals,
};

inline constexpr std::array<const char*, 6> kViolationNames = {
    "none",
    "two certificates for one attempt",
    "an honest steward signed two commits",
    "a partial sum without a certificate",
    "an honest steward published two sums",
    "an honest steward dealt twice"};

// What the adversary has of the honest stewards for one attempt. It never forgets. A corrupt
// steward signs everything, so only honest signatures need to be kept.
struct Evidence {
  // Bit i: honest steward i.
  std::array<uint8_t, kMostDrafts> signed_by{};
  // By steward; bit d: draft d.
  std::array<uint16_t, kMostHonest> summed{};
  uint8_t dealt = 0;

  // Signatures that a certificate for `draft` can have.
  int Signers(int draft, const crypto::Quorum& quorum) const {
    return std::popcount(signed_by[static_cast<size_t>(draft)]) + quorum.f;
  }
  int Certificates(const crypto::Quorum& quorum) const {
    int certificates = 0;
    for (size_t draft = 0; draft < kMostDrafts; ++draft) {
      if (signed_by[draft] != 0 && Signers(static_cast<int>(draft), quorum) >= quorum.q) {
        ++certificates;
      }
    }
    return certificates;
  }
  // Adds what `step` brought and judges it, the worst first. Once a steward was rolled back to
  // before its deal nothing keeps it from dealing again (steward_explorer.cc: limits), and the
  // second deal is not held against it: it binds nobody before a commit names it.
  Violation Add(const Step& step, const Effect& effect, const crypto::Quorum& quorum);

  // What there is of one steward, for comparison.
  std::pair<uint32_t, uint32_t> Of(size_t steward) const {
    uint32_t commits = 0;
    for (size_t draft = 0; draft < kMostDrafts; ++draft) {
      commits |= (signed_by[draft] >> steward & 1u) << draft;
    }
    return {commits, uint32_t{summed[steward]} << 1 | (dealt >> steward & 1u)};
  }
  // As if stewards `a` and `b` had changed places.
  void Swap(size_t a, size_t b) {
    const auto swap_bits = [a, b](uint8_t& bits) {
      if ((bits >> a & 1u) != (bits >> b & 1u)) bits ^= static_cast<uint8_t>(1u << a | 1u << b);
    };
    for (uint8_t& signers : signed_by) swap_bits(signers);
    swap_bits(dealt);
    std::swap(summed[a], summed[b]);
  }

  friend bool operator==(const Evidence&, const Evidence&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Evidence& e) {
    return H::combine(std::move(h), e.signed_by, e.summed, e.dealt);
  }
};

}  // namespace perdura::explorer

#endif  // PERDURA_TESTS_SIMULATION_EXPLORER_EVIDENCE_H_
