#include "crypto/secret_bytes.h"

#include <sodium.h>

#include <cstring>
#include <utility>

#include "base/check.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/wiped.h"

namespace perdura::crypto {

SecretBytes::SecretBytes(size_t size, Memory memory) : memory_(memory), size_(size) {
  if (size == 0) return;
  if (memory == Memory::kHeap) {
    data_ = new uint8_t[size]();
    return;
  }
  PERDURA_CHECK(Init().ok());
  // sodium_malloc ends its memory at the end of a page: only a multiple of 16 starts aligned.
  const size_t padded = (size + 15) / 16 * 16;
  data_ = static_cast<uint8_t*>(sodium_malloc(padded));
  PERDURA_CHECK(data_ != nullptr);
  std::memset(data_, 0, padded);
}

SecretBytes::SecretBytes(absl::string_view bytes) : SecretBytes(bytes.size()) {
  if (size_ > 0) std::memcpy(data_, bytes.data(), size_);
}

SecretBytes SecretBytes::Random(size_t size, base::RandomSource& random) {
  SecretBytes secret(size);
  random.Fill(secret.mutable_span());
  return secret;
}

SecretBytes SecretBytes::TakeFrom(std::string& source) {
  SecretBytes secret{absl::string_view(source)};
  WipeString(source);
  return secret;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : memory_(other.memory_),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Free();
    memory_ = other.memory_;
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() { Free(); }

void SecretBytes::Free() {
  if (memory_ == Memory::kLocked) {
    sodium_free(data_);  // wipes
  } else {
    sodium_memzero(data_, size_);
    delete[] data_;
  }
}

SecretBytes SecretBytes::Clone() const { return SecretBytes(view()); }

absl::string_view SecretBytes::view() const {
  return {reinterpret_cast<const char*>(data_), size_};
}

bool SecretBytes::EqualsConstantTime(absl::string_view other) const {
  return EqualConstantTime(view(), other);
}

}  // namespace perdura::crypto
