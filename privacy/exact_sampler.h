#ifndef PERDURA_PRIVACY_EXACT_SAMPLER_H_
#define PERDURA_PRIVACY_EXACT_SAMPLER_H_

#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/planted_fault.h"
#include "base/random_source.h"
#include "privacy/int128.h"

namespace perdura::privacy {

// A run of this many refusals has a chance below 2^-1000 from a working source; a run of this many
// geometric steps one below 2^-700 (Laplace level 1/8).
inline constexpr int kMaxRefusals = 4096;

// The integer arithmetic that a sampler runs on. Production uses Uint128Arithmetic; tests run the
// same algorithm on GMP and must get the same draws from the same bytes, since wrong big-number
// division once biased the noise of a well-kept library. A type `A` has A::Integer (with + - * / <
// == and construction from uint64_t), A::BitLength(n) and A::LowBits(bytes, bits): the
// little-endian number in `bytes`, modulo 2^bits.
struct Uint128Arithmetic {
  using Integer = Uint128;

  static int BitLength(Uint128 n) {
    const uint64_t high = static_cast<uint64_t>(n >> 64);
    const uint64_t low = static_cast<uint64_t>(n);
    if (high != 0) return 128 - __builtin_clzll(high);
    return low == 0 ? 0 : 64 - __builtin_clzll(low);
  }

  static Uint128 LowBits(std::span<const uint8_t> bytes, int bits) {
    Uint128 value = 0;
    for (size_t i = bytes.size(); i-- > 0;) value = (value << 8) | bytes[i];
    return bits == 128 ? value : value & ((Uint128{1} << bits) - 1);
  }
};

// Exact samplers by integers alone (Canonne, Kamath, Steinke 2020, algorithms 1 to 3; shares of the
// discrete Laplace as compound Poisson sums, Harrison, Manurangsi 2025). The order
// and number of bytes that each call reads are part of the contract: the known-answer tapes fix
// them. Overflow bounds for Uint128Arithmetic stand at Gaussian. Thread-compatible; `random` must
// outlive the sampler.
template <typename Arithmetic>
class ExactSampler final {
 public:
  using Integer = typename Arithmetic::Integer;
  struct Signed {
    bool negative = false;
    Integer magnitude = Integer(uint64_t{0});
  };

  explicit ExactSampler(base::RandomSource& random) : random_(random) {}

  // Uniform on 0..n-1, n >= 1. Reads nothing for n = 1.
  Integer Uniform(const Integer& n) {
    const int bits = Arithmetic::BitLength(n - Integer(uint64_t{1}));
    if (bits == 0) return Integer(uint64_t{0});
    std::array<uint8_t, 16> buffer;
    const std::span<uint8_t> bytes(buffer.data(), static_cast<size_t>((bits + 7) / 8));
    for (int refusals = 0; refusals < kMaxRefusals; ++refusals) {
      random_.Fill(bytes);
      const Integer x = Arithmetic::LowBits(bytes, bits);
      if (x < n) return x;
    }
    std::abort();
  }

  // True with probability a/d, 0 <= a <= d, d >= 1.
  bool Bernoulli(const Integer& a, const Integer& d) { return Uniform(d) < a; }

  // True with probability exp(-a/d), 0 <= a <= d: the parity of the first miss in a chain with odds
  // a/(d k).
  bool BernoulliExpAtMostOne(const Integer& a, const Integer& d) {
    Integer dk = d;
    for (int k = 1; k < kMaxRefusals; ++k) {
      if (!Bernoulli(a, dk)) return k % 2 == 1;
      dk = dk + d;
    }
    std::abort();
  }

  // True with probability exp(-a/d), a >= 0.
  bool BernoulliExp(Integer a, const Integer& d) {
    while (d < a) {
      if (!BernoulliExpAtMostOne(one_, one_)) return false;
      a = a - d;
    }
    return BernoulliExpAtMostOne(a, d);
  }

  // Discrete Laplace: Pr[z] proportional to exp(-|z|/scale), scale >= 1.
  Signed Laplace(const Integer& scale) {
    for (int refusals = 0; refusals < kMaxRefusals; ++refusals) {
      const Integer x = Uniform(scale);
      if (!BernoulliExpAtMostOne(x, scale)) continue;
      const Integer magnitude = x + scale * Integer(CountSuccesses());
      const bool negative = Uniform(two_) == one_;
      // Zero has one sign, or it would count twice.
      if (negative && magnitude == zero_ && !base::Planted(base::PlantedFault::kZeroCountedTwice)) {
        continue;
      }
      return Signed{negative, magnitude};
    }
    std::abort();
  }

  // Discrete Gaussian of variance v >= 1, given scale = isqrt(v) + 1 and denominator = 2 v scale^2.
  // For v <= 2^50: scale <= 2^25 + 1, |z| < 4096 scale < 2^37.1, excess < 2^62.1, its square <
  // 2^124.2, and denominator k < 2^101.1 2^12.
  Signed Gaussian(const Integer& v, const Integer& scale, const Integer& denominator) {
    for (int refusals = 0; refusals < kMaxRefusals; ++refusals) {
      const Signed z = Laplace(scale);
      const Integer scaled = z.magnitude * scale;
      const Integer excess = scaled < v ? Integer(v - scaled) : Integer(scaled - v);
      if (BernoulliExp(excess * excess, denominator)) return z;
    }
    std::abort();
  }

  // One share of the discrete Laplace law Pr[z] proportional to p^|z|, p = p_numerator / 2^32: the
  // difference of two negative-binomial variables of shape L / (-2^40 ln(1 - p)), L = shape_units.
  // For L < 2^42 each half is below 2^3 2^12 2^12.
  Signed LaplaceShare(const Integer& p_numerator, const Integer& shape_units) {
    const Integer plus = NegativeBinomial(p_numerator, shape_units);
    const Integer minus = NegativeBinomial(p_numerator, shape_units);
    if (plus < minus) return Signed{true, minus - plus};
    return Signed{false, plus - minus};
  }

 private:
  // A Poisson number of logarithmic-series variables, in pieces of intensity at most 1/2.
  Integer NegativeBinomial(const Integer& p_numerator, const Integer& shape_units) {
    const Integer pieces = (shape_units + half_unit_ - one_) / half_unit_;
    const Integer intensity = (shape_units + pieces - one_) / pieces;
    Integer sum = zero_;
    for (Integer piece = zero_; piece < pieces; piece = piece + one_) {
      const uint64_t terms = Poisson(intensity);
      for (uint64_t i = 0; i < terms; ++i) sum = sum + Integer(LogSeries(p_numerator));
    }
    return sum;
  }

  // Poisson of mean l / 2^40, l <= 2^39: k from a geometric law, kept with probability 1 / k!.
  uint64_t Poisson(const Integer& l) {
    for (int refusals = 0; refusals < kMaxRefusals; ++refusals) {
      const uint64_t k = CountBernoulli(l, whole_unit_);
      bool kept = true;
      for (uint64_t i = 2; kept && i <= k; ++i) kept = Uniform(Integer(i)) == zero_;
      if (kept) return k;
    }
    std::abort();
  }

  // Pr[k] proportional to p^k / k, k >= 1: a geometric number, kept with probability 1 / k.
  uint64_t LogSeries(const Integer& p_numerator) {
    for (int refusals = 0; refusals < kMaxRefusals; ++refusals) {
      const uint64_t k = 1 + CountBernoulli(p_numerator, p_denominator_);
      if (Uniform(Integer(k)) == zero_) return k;
    }
    std::abort();
  }

  // How often a coin of probability a/d comes up before it fails.
  uint64_t CountBernoulli(const Integer& a, const Integer& d) {
    for (uint64_t k = 0; k < uint64_t{kMaxRefusals}; ++k) {
      if (!Bernoulli(a, d)) return k;
    }
    std::abort();
  }

  // The geometric part of a Laplace draw: how often exp(-1) comes up before it fails.
  uint64_t CountSuccesses() {
    for (uint64_t w = 0; w < uint64_t{kMaxRefusals}; ++w) {
      if (!BernoulliExpAtMostOne(one_, one_)) return w;
    }
    std::abort();
  }

  base::RandomSource& random_;
  const Integer zero_ = Integer(uint64_t{0});
  const Integer one_ = Integer(uint64_t{1});
  const Integer two_ = Integer(uint64_t{2});
  const Integer half_unit_ = Integer(uint64_t{1} << 39);
  const Integer whole_unit_ = Integer(uint64_t{1} << 40);
  const Integer p_denominator_ = Integer(uint64_t{1} << 32);
};

}  // namespace perdura::privacy

#endif  // PERDURA_PRIVACY_EXACT_SAMPLER_H_
