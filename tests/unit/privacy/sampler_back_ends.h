#ifndef PERDURA_TESTS_UNIT_PRIVACY_SAMPLER_BACK_ENDS_H_
#define PERDURA_TESTS_UNIT_PRIVACY_SAMPLER_BACK_ENDS_H_

#include <gmpxx.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <span>

#include "privacy/exact_sampler.h"

namespace perdura::privacy {

// The second back end: arbitrary precision, so no product can overflow. Tests only.
struct GmpArithmetic {
  using Integer = mpz_class;

  static int BitLength(const mpz_class& n) {
    return n == 0 ? 0 : static_cast<int>(mpz_sizeinbase(n.get_mpz_t(), 2));
  }

  static mpz_class LowBits(std::span<const uint8_t> bytes, int bits) {
    mpz_class value, low;
    mpz_import(value.get_mpz_t(), bytes.size(), -1, 1, 0, 0, bytes.data());
    mpz_fdiv_r_2exp(low.get_mpz_t(), value.get_mpz_t(), static_cast<mp_bitcnt_t>(bits));
    return low;
  }
};

using BackEnds = ::testing::Types<Uint128Arithmetic, GmpArithmetic>;

inline mpz_class Gmp(uint64_t value) { return mpz_class(static_cast<unsigned long>(value)); }

template <typename Arithmetic>
typename Arithmetic::Integer NumberOf(uint64_t value) {
  if constexpr (std::is_same_v<Arithmetic, GmpArithmetic>) {
    return Gmp(value);
  } else {
    return value;
  }
}

inline int64_t ToInt64(const ExactSampler<GmpArithmetic>::Signed& z) {
  const int64_t magnitude = z.magnitude.get_si();
  return z.negative ? -magnitude : magnitude;
}

inline int64_t ToInt64(const ExactSampler<Uint128Arithmetic>::Signed& z) {
  const int64_t magnitude = static_cast<int64_t>(z.magnitude);
  return z.negative ? -magnitude : magnitude;
}

}  // namespace perdura::privacy

#endif  // PERDURA_TESTS_UNIT_PRIVACY_SAMPLER_BACK_ENDS_H_
