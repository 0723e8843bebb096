#ifndef PERDURA_CRYPTO_HPKE_H_
#define PERDURA_CRYPTO_HPKE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/random_source.h"
#include "crypto/secret_bytes.h"

namespace perdura::crypto {

// Hybrid public key encryption, RFC 9180: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001,
// ChaCha20Poly1305 0x0003; base mode, or psk mode where a pre-shared key is given. `info` binds an
// envelope to its context (base::Text): in another round, role, sender or recipient it does not
// open.

inline constexpr size_t kKemKeySize = 32;  // public keys, secret keys and enc
inline constexpr size_t kAeadTagSize = 16;
// Length of Seal() beyond the plain text.
inline constexpr size_t kHpkeOverhead = kKemKeySize + kAeadTagSize;

// An X25519 key pair. Move-only. Thread-safe once made.
class KemKeyPair final {
 public:
  static KemKeyPair Generate(base::RandomSource& random);
  // Returns InvalidArgument unless the secret has 32 bytes.
  static absl::StatusOr<KemKeyPair> FromSecret(SecretBytes secret);

  // 32 bytes.
  const std::string& public_key() const { return public_key_; }

 private:
  friend class HpkeContext;
  KemKeyPair(SecretBytes secret, std::string public_key)
      : secret_(std::move(secret)), public_key_(std::move(public_key)) {}
  SecretBytes secret_;
  std::string public_key_;
};

// For psk mode: at least 32 secret bytes known to both sides, and its public name, which must not
// be empty. The charter chooses the mode, never a message.
struct HpkePsk {
  SecretBytes key;
  std::string id;
};

// One direction of messages under one key schedule; each Seal or Open takes the next sequence
// number. Perdura sends one message per context, through Seal() and Open() below. Move-only,
// thread-compatible.
class HpkeContext final {
 public:
  // For the side that seals. `ephemeral` is used once and thrown away; its public key is `enc`.
  // `psk` null means base mode. Returns InvalidArgument for a recipient key of wrong length or low
  // order, and for a psk under 32 bytes or without id.
  static absl::StatusOr<HpkeContext> ForSender(absl::string_view recipient_public_key,
                                               absl::string_view info, const HpkePsk* psk,
                                               const KemKeyPair& ephemeral);
  // For the side that opens; same errors for `enc`.
  static absl::StatusOr<HpkeContext> ForRecipient(const KemKeyPair& recipient,
                                                  absl::string_view enc, absl::string_view info,
                                                  const HpkePsk* psk);

  // Cipher text with its tag: 16 bytes longer than the plain text.
  std::string Seal(absl::string_view aad, absl::string_view plaintext);

  // Returns InvalidArgument if the text was not sealed by the other side at this sequence number
  // with this aad; one message for every cause. The number advances only on success.
  absl::StatusOr<SecretBytes> Open(absl::string_view aad, absl::string_view ciphertext);

  // A secret that both sides derive; `length` <= kHkdfMaxOutput (hkdf.h), else InvalidArgument.
  absl::StatusOr<SecretBytes> Export(absl::string_view exporter_context, size_t length) const;

 private:
  HpkeContext() = default;
  static absl::StatusOr<HpkeContext> Schedule(absl::string_view shared_secret,
                                              absl::string_view info, const HpkePsk* psk);
  void NextNonce(uint8_t* nonce) const;

  SecretBytes keys_;  // key[32] || base_nonce[12] || exporter_secret[32]
  uint64_t sequence_ = 0;
};

// enc[32] || ciphertext[plaintext + 16] to the holder of `recipient_public_key`, under a new
// ephemeral key. Errors as HpkeContext::ForSender. Thread-safe but for `random`.
absl::StatusOr<std::string> Seal(absl::string_view recipient_public_key, absl::string_view info,
                                 absl::string_view aad, absl::string_view plaintext,
                                 const HpkePsk* psk, base::RandomSource& random);

// Opens what Seal() made. Returns InvalidArgument, one message for every cause, if `sealed` is too
// short or anything differs from what was sealed.
absl::StatusOr<SecretBytes> Open(const KemKeyPair& recipient, absl::string_view info,
                                 absl::string_view aad, absl::string_view sealed,
                                 const HpkePsk* psk);

}  // namespace perdura::crypto

#endif  // PERDURA_CRYPTO_HPKE_H_
