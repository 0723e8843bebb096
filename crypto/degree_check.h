#ifndef PERDURA_CRYPTO_DEGREE_CHECK_H_
#define PERDURA_CRYPTO_DEGREE_CHECK_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/field64.h"

namespace perdura::crypto {

// Diagnosis of bad shares (protocols.md 4.6): partial sums of one commit do not agree, so a steward
// lied or a sender dealt shares that lie on no polynomial of degree < t. For each sender a steward
// publishes one check value, a linear form of the share that it got; check values of an honest
// sender lie on one polynomial of degree < t again.

// r = SHA-256(text("perdura/v1/degree", hex of the commit id)) mod p, the digest read as a
// little-endian integer. Whoever dealt shares had to fix them before: the commit id covers their
// hashes. A commit has one r: two of them would open a linear form of a sender's rows.
Field64 DegreePoint(absl::string_view commit_id);

// c = sum over k < m of r^(k+1) share[k], plus share[m], for a share of m + 1 elements, m >= 1.
//
// Privacy: element m is uniform and used nowhere else, so the check values of one sender, all s of
// them, are shares of a uniform element and say nothing about its rows, also to f stewards who know
// their own shares. A share that is off is missed with probability at most m / p < 2^-51.
Field64 CheckValue(std::span<const Field64> share, Field64 r);

// What one steward published: a check value for each sender, in one order for all stewards, and its
// partial sum Y_j of m elements.
struct PublishedChecks {
  int steward;  // 1 to 15
  FieldVector values;
  FieldVector sum;
};

// Who is off, by the smallest explanation: the fewest stewards, at most t - 1, and senders whose
// misconduct explains everything that was published. A sender that is off at several stewards, or a
// steward that is off for several senders or in its sum alone, is found; one pair that is off
// leaves two suspects, and t + 1 answers tell no steward from another.
//
// It presumes the least guilt: t - 1 stewards who collude can make an honest one look guilty. So it
// shows people where to look, and excludes nobody.
struct Suspicion {
  // Indices into `values`, ascending; 1 to 15, ascending.
  std::vector<size_t> senders;
  std::vector<int> stewards;
  // One explanation is smallest: all of them are culprits together. Else they are the suspects of
  // several explanations of one size. Nobody and true: nothing is off. Nobody and false: more than
  // t - 1 stewards are off, and nothing can be said.
  bool certain = false;
};

// Returns InvalidArgument for fewer than t + 1 lists, repeated or impossible stewards, unequal
// lengths, or unless 2 <= t <= 15.
absl::StatusOr<Suspicion> FindSuspects(std::span<const PublishedChecks> lists, Field64 r, int t);

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_DEGREE_CHECK_H_
