#include "crypto/hkdf.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "crypto/spans.h"
#include "crypto/wiped.h"

namespace perdura::crypto {
namespace {

constexpr size_t kBlock = crypto_auth_hmacsha256_BYTES;

// HMAC-SHA-256 with a key of any length, over parts; its state is wiped at the end.
class Hmac final {
 public:
  explicit Hmac(absl::string_view key) {
    PERDURA_CHECK(crypto_auth_hmacsha256_init(&state_, Bytes(key), key.size()) == 0);
  }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;
  ~Hmac() { Wipe(&state_, sizeof(state_)); }

  void Add(absl::string_view part) {
    PERDURA_CHECK(crypto_auth_hmacsha256_update(&state_, Bytes(part), part.size()) == 0);
  }
  void Finish(uint8_t* out) { PERDURA_CHECK(crypto_auth_hmacsha256_final(&state_, out) == 0); }

 private:
  crypto_auth_hmacsha256_state state_;
};

}  // namespace

void HkdfExtract(absl::string_view salt, HkdfParts input_key, std::span<uint8_t, 32> key) {
  Hmac hmac(salt);  // HMAC fills a short key with zeros: an empty salt is 32 zero bytes
  for (const absl::string_view part : input_key) hmac.Add(part);
  hmac.Finish(key.data());
}

absl::Status HkdfExpand(std::span<const uint8_t, 32> key, HkdfParts info, std::span<uint8_t> out) {
  if (out.size() > kHkdfMaxOutput) {
    return absl::InvalidArgumentError("HKDF output is at most 8160 bytes");
  }
  WipedArray<kBlock> block;
  size_t block_size = 0;  // T(0) is empty
  for (uint8_t counter = 1; !out.empty(); ++counter) {
    Hmac hmac(View(key.data(), key.size()));
    hmac.Add(View(block.data(), block_size));
    for (const absl::string_view part : info) hmac.Add(part);
    hmac.Add(View(&counter, 1));
    hmac.Finish(block.data());
    block_size = kBlock;
    const size_t take = std::min(out.size(), kBlock);
    std::memcpy(out.data(), block.data(), take);
    out = out.subspan(take);
  }
  return absl::OkStatus();
}

}  // namespace perdura::crypto
