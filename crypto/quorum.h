#ifndef PERDURA_CRYPTO_QUORUM_H_
#define PERDURA_CRYPTO_QUORUM_H_

#include "absl/status/statusor.h"

namespace perdura::crypto {

// The numbers of a committee. Any two quorums share 2q - s > f stewards, so an honest one, so an
// attempt has at most one commit; of the q noise dealers at least h are honest.
//   (s,t) = (2,2): f 1, q 2, h 1   (3,2): 1, 3, 2   (4,2): 1, 3, 2   (5,3): 2, 4, 2   (7,3): 2, 5,
//   3
struct Quorum {
  // Returns InvalidArgument unless 2 <= t <= s <= 15, and where h would be below 1.
  static absl::StatusOr<Quorum> Create(int s, int t);

  int s;  // stewards
  int t;  // shares that open a value
  int f;  // stewards that may be corrupt: t - 1
  int q;  // stewards that certify a commit, and noise dealers of a round: floor((s + f) / 2) + 1
  int h;  // honest dealers at least: q - f
};

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_QUORUM_H_
