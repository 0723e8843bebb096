#include "crypto/draw.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "base/bytes.h"
#include "base/canonical_text.h"
#include "base/check.h"
#include "crypto/fork_guard.h"
#include "crypto/hash.h"

namespace perdura::crypto {
namespace {

constexpr size_t kChaChaBlock = 64;
constexpr uint64_t kMaxBlocks = uint64_t{1} << 32;  // the block counter of ChaCha20-IETF

}  // namespace

DrawSource DrawSource::Create(base::RandomSource& fresh, absl::string_view manifest_hash, int role,
                              absl::string_view member, DrawUse use) {
  PERDURA_CHECK(manifest_hash.size() == kDigestSize);
  PERDURA_CHECK(role == 1 || role == 2);
  PERDURA_CHECK(base::IsName(member));
  const char* const use_word = use == DrawUse::kSplit ? "split" : "noise";
  return DrawSource(fresh, base::Text({"perdura/v1/draw", base::HexEncode(manifest_hash), role,
                                       member, use_word}));
}

DrawSource::DrawSource(base::RandomSource& fresh, absl::string_view context)
    : fork_generation_(ForkGeneration()) {
  WipedArray<32> fresh_key;
  fresh.Fill(fresh_key.span());
  KeyedBlake2b256(fresh_key.span(), context, key_.span());
}

void DrawSource::Refill() {
  PERDURA_CHECK(block_ < kMaxBlocks);
  const uint8_t nonce[crypto_stream_chacha20_ietf_NONCEBYTES] = {};
  std::memset(buffer_.data(), 0, kBufferSize);
  PERDURA_CHECK(crypto_stream_chacha20_ietf_xor_ic(buffer_.data(), buffer_.data(), kBufferSize,
                                                   nonce, static_cast<uint32_t>(block_),
                                                   key_.data()) == 0);
  block_ += kBufferSize / kChaChaBlock;
  next_ = 0;
}

void DrawSource::Fill(std::span<uint8_t> out) {
  PERDURA_CHECK(ForkGeneration() == fork_generation_);
  while (!out.empty()) {
    if (next_ == kBufferSize) Refill();
    const size_t take = std::min(out.size(), kBufferSize - next_);
    std::memcpy(out.data(), buffer_.data() + next_, take);
    Wipe(buffer_.data() + next_, take);
    next_ += take;
    out = out.subspan(take);
  }
}

}  // namespace perdura::crypto
