#ifndef PERDURA_CRYPTO_WIPED_H_
#define PERDURA_CRYPTO_WIPED_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace perdura::crypto {

// Overwrites `size` bytes in a way that no optimiser removes.
void Wipe(void* data, size_t size);

// Overwrites the whole buffer of `text` and empties it.
void WipeString(std::string& text);

// Bytes on the stack or in an object, wiped at the end. For intermediate keys; long-lived ones are
// SecretBytes.
template <size_t N>
class WipedArray final {
 public:
  WipedArray() = default;
  WipedArray(const WipedArray&) = delete;
  WipedArray& operator=(const WipedArray&) = delete;
  ~WipedArray() { Wipe(bytes_.data(), N); }

  uint8_t* data() { return bytes_.data(); }
  const uint8_t* data() const { return bytes_.data(); }
  static constexpr size_t size() { return N; }
  std::span<uint8_t, N> span() { return bytes_; }
  std::span<const uint8_t, N> span() const { return bytes_; }

 private:
  std::array<uint8_t, N> bytes_{};
};

// Wipes every block before it is freed, also the old one when a vector grows. Elements must be
// trivially destructible.
template <typename T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>&) {}  // NOLINT(google-explicit-constructor)
  T* allocate(size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* data, size_t n) {
    Wipe(data, n * sizeof(T));
    std::allocator<T>().deallocate(data, n);
  }
  bool operator==(const WipingAllocator&) const = default;
};

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_WIPED_H_
