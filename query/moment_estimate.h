#ifndef PERDURA_QUERY_MOMENT_ESTIMATE_H_
#define PERDURA_QUERY_MOMENT_ESTIMATE_H_

#include <optional>

#include "perdura/v1/charter.pb.h"
#include "query/estimate.h"

namespace perdura::query {

// Below so many sd of its own noise a number says nothing, and is suppressed.
inline constexpr double kLeastSds = 3;

// A sum of rows in patients, with the variance of its noise.
struct Noised {
  double value = 0;
  double variance = 0;
};

// One group of a moment table. x in [-1, 1] is a value in halves of its range, from the middle.
struct MomentRows {
  Noised n;
  Noised sum;                     // of x
  std::optional<Noised> squares;  // of x squared; unset: not measured
};

// Mean and standard deviation in the value's own unit, by the delta method. With m = sum / n,
// q = squares / n, V = q - m^2 and v the variances of the noise on the rows:
//
//   mean  m          noise (v_sum + m^2 v_n) / n^2                              sampling V / n
//   sd    sqrt(V)    of V: (v_squares + 4 m^2 v_sum + (2 m^2 - q)^2 v_n) / n^2  of V: at most
//                                                                     V ((1 + |m|)^2 - V) / n
//
// The last is the largest variance of (x - m)^2 in its range (Bhatia and Davis 2000), since no
// fourth moments are measured; the interval of the sd is the root of that of V. For the mean V is
// taken no smaller than the sd of its own noise, and no larger than 1 - m^2, which stands for it
// where squares are not measured, half of a patient at the other end being the least. The sd is
// suppressed where V is below kLeastSds sd of its noise, and both if `suppressed` says so.
// `z`: normal quantile of the intervals.
MomentEstimate MomentsOf(const v1::MomentTable& table, const MomentRows& rows, bool suppressed,
                         double z);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_MOMENT_ESTIMATE_H_
