#ifndef PERDURA_CRYPTO_DRAW_H_
#define PERDURA_CRYPTO_DRAW_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/strings/string_view.h"
#include "base/random_source.h"
#include "crypto/wiped.h"

namespace perdura::crypto {

// What a draw stream is used for; part of its key.
enum class DrawUse { kSplit, kNoise };

// The secret randomness of one split or one noise deal: ChaCha20-IETF, nonce zero, under
//   draw key = BLAKE2b-256(key = 32 fresh bytes,
//                          text("perdura/v1/draw", manifest hash, role, member, use)).
// Because the key is bound to the manifest, two manifests never share a stream, not even where a
// restored virtual machine draws the same fresh bytes twice.
// Bytes are wiped once read; the key is wiped with the object. Ends the process after a fork and
// beyond 256 GiB. Make one for each split or deal and throw it away. Move-only is not needed:
// neither copyable nor movable. Thread-compatible.
class DrawSource final : public base::RandomSource {
 public:
  // Reads 32 bytes of `fresh`. `manifest_hash`: 32 raw bytes. `role`: 1 node, 2 dealer. `member`:
  // its name in the charter (base::IsName). Anything else is a programmer error.
  static DrawSource Create(base::RandomSource& fresh, absl::string_view manifest_hash, int role,
                           absl::string_view member, DrawUse use);
  DrawSource(const DrawSource&) = delete;
  DrawSource& operator=(const DrawSource&) = delete;

  void Fill(std::span<uint8_t> out) override;

 private:
  DrawSource(base::RandomSource& fresh, absl::string_view context);
  void Refill();

  static constexpr size_t kBufferSize = 4096;
  WipedArray<32> key_;
  WipedArray<kBufferSize> buffer_;
  size_t next_ = kBufferSize;
  uint64_t block_ = 0;  // 64-byte blocks handed out so far
  uint64_t fork_generation_;
};

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_DRAW_H_
