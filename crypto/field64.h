#ifndef PERDURA_CRYPTO_FIELD64_H_
#define PERDURA_CRYPTO_FIELD64_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/wiped.h"

namespace perdura::crypto {

__extension__ typedef unsigned __int128 Wide128;  // a product of two words

// An element of the integers modulo p = 2^64 - 2^32 + 1. Every operation runs in time that does not
// depend on the values: no division, no branch. A value type; default is 0.
class Field64 final {
 public:
  static constexpr uint64_t kModulus = 0xFFFFFFFF00000001;
  // Signed integers of at most this size survive FromSigned() and Lift().
  static constexpr int64_t kMaxSigned = 0x7FFFFFFF80000000;  // (p - 1) / 2 = 2^63 - 2^31

  constexpr Field64() = default;
  // The element n mod p.
  static constexpr Field64 Reduce(Wide128 n);
  // A negative v is p + v. |v| <= kMaxSigned, else Lift() gives another integer: the overflow rule
  // of the layout sees to that.
  static constexpr Field64 FromSigned(int64_t v);
  // False for the 2^32 - 1 words at or above p, which no message may hold.
  static constexpr bool IsCanonical(uint64_t word) { return word < kModulus; }

  // The representative in [0, p).
  constexpr uint64_t value() const { return value_; }
  // The representative in [-kMaxSigned, kMaxSigned]: y > (p - 1) / 2 gives y - p.
  constexpr int64_t Lift() const;
  // The multiplicative inverse; 0 for 0.
  constexpr Field64 Inverse() const;

  constexpr Field64& operator+=(Field64 other);
  friend constexpr Field64 operator+(Field64 a, Field64 b) { return a += b; }
  friend constexpr Field64 operator-(Field64 a, Field64 b);
  friend constexpr Field64 operator-(Field64 a) { return Field64() - a; }
  friend constexpr Field64 operator*(Field64 a, Field64 b) {
    return Reduce(static_cast<Wide128>(a.value_) * b.value_);
  }
  friend constexpr bool operator==(Field64, Field64) = default;

 private:
  static constexpr uint64_t kEpsilon = 0xFFFFFFFF;  // 2^64 mod p
  static constexpr uint64_t MaskIf(bool condition) { return 0 - uint64_t{condition}; }
  explicit constexpr Field64(uint64_t canonical) : value_(canonical) {}
  uint64_t value_ = 0;
};

// The word at `bytes`, 8 of them, least significant first.
uint64_t LoadLittleEndian64(const uint8_t* bytes);

// Elements that are wiped when freed.
using FieldVector = std::vector<Field64, WipingAllocator<Field64>>;

// 8 bytes little endian for each element. The text is as secret as the elements: see WipeString().
std::string EncodeFields(std::span<const Field64> elements);

// Returns InvalidArgument for a length that is no multiple of 8, and where one word is p or more.
absl::StatusOr<FieldVector> DecodeFields(absl::string_view bytes);

constexpr Field64 Field64::Reduce(Wide128 n) {
  // n = a + b 2^64 + c 2^96 with 2^64 = 2^32 - 1 and 2^96 = -1 (mod p): a + b (2^32 - 1) - c.
  const uint64_t a = static_cast<uint64_t>(n);
  const uint64_t high = static_cast<uint64_t>(n >> 64);
  const uint64_t b = high & kEpsilon;
  const uint64_t c = high >> 32;
  uint64_t r = a - c;
  r -= kEpsilon &
       MaskIf(a < c);  // borrowed 2^64; r is then at least 2^64 - 2^32, so no second borrow
  const uint64_t add = b * kEpsilon;
  r += add;
  // Carried 2^64. The sum is below 2^64 + (2^32 - 1)^2, so adding 2^32 - 1 cannot carry again.
  r += kEpsilon & MaskIf(r < add);
  return Field64(r - (kModulus & MaskIf(r >= kModulus)));
}

constexpr Field64 Field64::FromSigned(int64_t v) {
  const uint64_t word = static_cast<uint64_t>(v);
  return Field64(word + (kModulus & MaskIf((word >> 63) != 0)));
}

constexpr int64_t Field64::Lift() const {
  const uint64_t half = static_cast<uint64_t>(kMaxSigned);
  return static_cast<int64_t>(value_ - (kModulus & MaskIf(value_ > half)));
}

constexpr Field64& Field64::operator+=(Field64 other) {
  const uint64_t sum = value_ + other.value_;
  const bool wrapped = sum < value_;
  value_ = sum - (kModulus & MaskIf(wrapped | (sum >= kModulus)));
  return *this;
}

constexpr Field64 operator-(Field64 a, Field64 b) {
  const uint64_t difference = a.value_ - b.value_;
  return Field64(difference + (Field64::kModulus & Field64::MaskIf(a.value_ < b.value_)));
}

constexpr Field64 Field64::Inverse() const {
  // Fermat: x^(p - 2). The exponent is public.
  Field64 result(1);
  for (int bit = 63; bit >= 0; --bit) {
    result = result * result;
    if (((kModulus - 2) >> bit) & 1) result = result * *this;
  }
  return result;
}

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_FIELD64_H_
