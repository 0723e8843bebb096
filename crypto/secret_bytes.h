#ifndef PERDURA_CRYPTO_SECRET_BYTES_H_
#define PERDURA_CRYPTO_SECRET_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/strings/string_view.h"
#include "base/random_source.h"

namespace perdura::crypto {

// Secret bytes of fixed length: wiped on destruction, with no way to print, copy or compare them
// with
// ==. Move-only. Thread-compatible.
class SecretBytes final {
 public:
  // Where the bytes live. kLocked, for keys that stay: guard pages around, out of swap and core
  // dumps; about 50 us each. Locking fails silently beyond RLIMIT_MEMLOCK, so a daemon checks that
  // limit at start. kHeap, for what lives for one call (opened shares, one-time keys): only wiped.
  enum class Memory { kLocked, kHeap };

  SecretBytes() = default;  // empty
  // Zeros, to be filled through mutable_span().
  explicit SecretBytes(size_t size, Memory memory = Memory::kLocked);
  // A copy; the caller wipes its own.
  explicit SecretBytes(absl::string_view bytes);

  // `size` bytes of `random`: a new seed, pre-shared key or X25519 secret.
  static SecretBytes Random(size_t size, base::RandomSource& random);
  // Copies `source`, then wipes and empties it.
  static SecretBytes TakeFrom(std::string& source);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  SecretBytes Clone() const;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Both show the secret and live as long as this object does.
  absl::string_view view() const;
  std::span<const uint8_t> span() const { return {data_, size_}; }
  std::span<uint8_t> mutable_span() { return {data_, size_}; }

  // In time that depends on the lengths only.
  bool EqualsConstantTime(absl::string_view other) const;
  bool EqualsConstantTime(const SecretBytes& other) const {
    return EqualsConstantTime(other.view());
  }

 private:
  void Free();

  Memory memory_ = Memory::kLocked;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_SECRET_BYTES_H_
