#ifndef PERDURA_CRYPTO_SHAMIR_H_
#define PERDURA_CRYPTO_SHAMIR_H_

#include <cstddef>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "base/random_source.h"
#include "crypto/field64.h"

namespace perdura::crypto {

// Shamir's secret sharing of vectors over Field64: any t shares give the vector, fewer say nothing.
// Steward j has the point x = j, from 1.

// Splits each coordinate by a random polynomial of degree t - 1 with the secret at 0. Element j - 1
// of the result is the share of steward j. Coefficients come from `random` (a DrawSource of use
// kSplit) as 8-byte little-endian words in order, words >= p skipped: all first coefficients (of
// x), then all second ones. Returns InvalidArgument unless 2 <= t <= s <= 15.
absl::StatusOr<std::vector<FieldVector>> Split(std::span<const Field64> secret, int s, int t,
                                               base::RandomSource& random);

// The share, or the sum of shares, of one steward.
struct PartialSum {
  int steward;         // 1 to 15
  FieldVector values;  // one element for each coordinate
};

// The values at 0 of the polynomials of least degree through all points. Returns InvalidArgument
// for no point, a repeated or impossible steward, or unequal lengths. Trusts every point: releases
// go through CheckedInterpolate().
absl::StatusOr<FieldVector> Interpolate(std::span<const PartialSum> points);

// Coordinates in which the points do not lie on one polynomial of degree < t, ascending; none for t
// points or fewer. Returns InvalidArgument as Interpolate() and unless 2 <= t <= 15.
absl::StatusOr<std::vector<size_t>> OffPolynomial(std::span<const PartialSum> points, int t);

struct CheckedSum {
  FieldVector values;
  std::vector<int> liars;                // stewards off the polynomial, ascending
  bool unchecked_against_liars = false;  // fewer than t + f answers: f liars could have shifted it
};

// The aggregator's rule, f = t - 1 and k answers:
//   k >= t + f  accepted only if at least t + f answers lie on one polynomial of degree < t in
//   every
//               coordinate (at least t of those are honest, so it is the right one); the answers
//               off it are the liars
//   k < t + f   all must agree, and the result is marked unchecked
// Returns FailedPrecondition for k < t, DataLoss ("bad_sum") where the answers do not agree,
// InvalidArgument as Interpolate() and unless 2 <= t <= 15.
// Worked: (s,t) = (4,2), f = 1, t + f = 3: with 4 answers one liar is named; with 3 answers one
// liar gives bad_sum without a name; with 2 answers nothing is checked.
absl::StatusOr<CheckedSum> CheckedInterpolate(std::span<const PartialSum> answers, int t);

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_SHAMIR_H_
