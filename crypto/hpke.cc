#include "crypto/hpke.h"

#include <sodium.h>

#include <cstring>
#include <limits>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/spans.h"
#include "crypto/wiped.h"
#include "crypto/x25519.h"

namespace perdura::crypto {
namespace {

static_assert(kKemKeySize == kX25519Size);
static_assert(kAeadTagSize == crypto_aead_chacha20poly1305_ietf_ABYTES);

constexpr size_t kNonceSize = 12;
constexpr size_t kNonceAt = 32;
constexpr size_t kExporterAt = kNonceAt + kNonceSize;
constexpr size_t kKeysSize = kExporterAt + 32;
constexpr size_t kMinPskSize = 32;

constexpr absl::string_view kVersion = "HPKE-v1";
// "KEM" || 0x0020, and "HPKE" || 0x0020 || 0x0001 || 0x0003.
constexpr absl::string_view kKemSuite("KEM\x00\x20", 5);
constexpr absl::string_view kHpkeSuite("HPKE\x00\x20\x00\x01\x00\x03", 10);

using Key = WipedArray<32>;

// The labelled steps of RFC 9180 section 4.
void LabeledExtract(absl::string_view suite, absl::string_view salt, absl::string_view label,
                    absl::string_view input_key, Key& out) {
  HkdfExtract(salt, {kVersion, suite, label, input_key}, out.span());
}

absl::Status LabeledExpand(absl::string_view suite, std::span<const uint8_t, 32> key,
                           absl::string_view label, absl::string_view info,
                           std::span<uint8_t> out) {
  if (out.size() > kHkdfMaxOutput) {
    return absl::InvalidArgumentError("length is at most 8160 bytes");
  }
  const uint8_t length[2] = {static_cast<uint8_t>(out.size() >> 8),
                             static_cast<uint8_t>(out.size() & 0xff)};
  return HkdfExpand(key, {View(length, 2), kVersion, suite, label, info}, out);
}

absl::string_view KeyView(const Key& key) { return View(key.data(), key.size()); }

// ExtractAndExpand of DHKEM over the X25519 value of `secret` and `peer`. `enc` and `recipient` are
// the two public keys of the exchange.
absl::Status SharedSecret(const SecretBytes& secret, absl::string_view peer, absl::string_view enc,
                          absl::string_view recipient, Key& out) {
  Key dh;
  PERDURA_RETURN_IF_ERROR(X25519(secret, peer, dh.span()));
  Key extracted;
  LabeledExtract(kKemSuite, "", "eae_prk", KeyView(dh), extracted);
  return LabeledExpand(kKemSuite, extracted.span(), "shared_secret", absl::StrCat(enc, recipient),
                       out.span());
}

absl::Status CheckPsk(const HpkePsk* psk) {
  if (psk == nullptr) return absl::OkStatus();
  if (psk->key.size() < kMinPskSize) return absl::InvalidArgumentError("psk under 32 bytes");
  if (psk->id.empty()) return absl::InvalidArgumentError("psk id is empty");
  return absl::OkStatus();
}

std::string KeyScheduleContext(absl::string_view info, const HpkePsk* psk) {
  Key psk_id_hash;
  LabeledExtract(kHpkeSuite, "", "psk_id_hash", psk == nullptr ? "" : psk->id, psk_id_hash);
  Key info_hash;
  LabeledExtract(kHpkeSuite, "", "info_hash", info, info_hash);
  const char mode = psk == nullptr ? 0 : 1;
  return absl::StrCat(absl::string_view(&mode, 1), KeyView(psk_id_hash), KeyView(info_hash));
}

// One answer for every cause, so that a sender learns nothing from it.
absl::Status DoesNotOpen() { return absl::InvalidArgumentError("sealed text does not open"); }

}  // namespace

KemKeyPair KemKeyPair::Generate(base::RandomSource& random) {
  absl::StatusOr<KemKeyPair> pair = FromSecret(SecretBytes::Random(kKemKeySize, random));
  PERDURA_CHECK(pair.ok());
  return *std::move(pair);
}

absl::StatusOr<KemKeyPair> KemKeyPair::FromSecret(SecretBytes secret) {
  if (secret.size() != kKemKeySize) return absl::InvalidArgumentError("secret needs 32 bytes");
  std::string public_key(kKemKeySize, '\0');
  PERDURA_CHECK(crypto_scalarmult_base(Bytes(public_key), secret.span().data()) == 0);
  return KemKeyPair(std::move(secret), std::move(public_key));
}

absl::StatusOr<HpkeContext> HpkeContext::ForSender(absl::string_view recipient_public_key,
                                                   absl::string_view info, const HpkePsk* psk,
                                                   const KemKeyPair& ephemeral) {
  Key shared;
  PERDURA_RETURN_IF_ERROR(SharedSecret(ephemeral.secret_, recipient_public_key,
                                       ephemeral.public_key(), recipient_public_key, shared));
  return Schedule(KeyView(shared), info, psk);
}

absl::StatusOr<HpkeContext> HpkeContext::ForRecipient(const KemKeyPair& recipient,
                                                      absl::string_view enc, absl::string_view info,
                                                      const HpkePsk* psk) {
  Key shared;
  PERDURA_RETURN_IF_ERROR(
      SharedSecret(recipient.secret_, enc, enc, recipient.public_key(), shared));
  return Schedule(KeyView(shared), info, psk);
}

absl::StatusOr<HpkeContext> HpkeContext::Schedule(absl::string_view shared_secret,
                                                  absl::string_view info, const HpkePsk* psk) {
  PERDURA_RETURN_IF_ERROR(CheckPsk(psk));
  const std::string context = KeyScheduleContext(info, psk);
  Key secret;
  LabeledExtract(kHpkeSuite, shared_secret, "secret",
                 psk == nullptr ? absl::string_view() : psk->key.view(), secret);
  HpkeContext result;
  result.keys_ = SecretBytes(kKeysSize, SecretBytes::Memory::kHeap);
  const std::span<uint8_t> keys = result.keys_.mutable_span();
  PERDURA_RETURN_IF_ERROR(
      LabeledExpand(kHpkeSuite, secret.span(), "key", context, keys.subspan(0, kNonceAt)));
  PERDURA_RETURN_IF_ERROR(LabeledExpand(kHpkeSuite, secret.span(), "base_nonce", context,
                                        keys.subspan(kNonceAt, kNonceSize)));
  PERDURA_RETURN_IF_ERROR(
      LabeledExpand(kHpkeSuite, secret.span(), "exp", context, keys.subspan(kExporterAt)));
  return result;
}

void HpkeContext::NextNonce(uint8_t* nonce) const {
  PERDURA_CHECK(sequence_ != std::numeric_limits<uint64_t>::max());
  std::memcpy(nonce, keys_.span().data() + kNonceAt, kNonceSize);
  for (size_t i = 0; i < sizeof(sequence_); ++i) {
    nonce[kNonceSize - 1 - i] ^= static_cast<uint8_t>(sequence_ >> (8 * i));
  }
}

std::string HpkeContext::Seal(absl::string_view aad, absl::string_view plaintext) {
  std::string ciphertext(plaintext.size() + kAeadTagSize, '\0');
  uint8_t nonce[kNonceSize];
  NextNonce(nonce);
  PERDURA_CHECK(crypto_aead_chacha20poly1305_ietf_encrypt(
                    Bytes(ciphertext), nullptr, Bytes(plaintext), plaintext.size(), Bytes(aad),
                    aad.size(), nullptr, nonce, keys_.span().data()) == 0);
  ++sequence_;
  return ciphertext;
}

absl::StatusOr<SecretBytes> HpkeContext::Open(absl::string_view aad, absl::string_view ciphertext) {
  if (ciphertext.size() < kAeadTagSize) return DoesNotOpen();
  SecretBytes plaintext(ciphertext.size() - kAeadTagSize, SecretBytes::Memory::kHeap);
  uint8_t nonce[kNonceSize];
  NextNonce(nonce);
  if (crypto_aead_chacha20poly1305_ietf_decrypt(plaintext.mutable_span().data(), nullptr, nullptr,
                                                Bytes(ciphertext), ciphertext.size(), Bytes(aad),
                                                aad.size(), nonce, keys_.span().data()) != 0) {
    return DoesNotOpen();
  }
  ++sequence_;
  return plaintext;
}

absl::StatusOr<SecretBytes> HpkeContext::Export(absl::string_view exporter_context,
                                                size_t length) const {
  if (length > kHkdfMaxOutput) return absl::InvalidArgumentError("length is at most 8160 bytes");
  SecretBytes exported(length);
  const std::span<const uint8_t, 32> key(keys_.span().data() + kExporterAt, 32);
  PERDURA_RETURN_IF_ERROR(
      LabeledExpand(kHpkeSuite, key, "sec", exporter_context, exported.mutable_span()));
  return exported;
}

absl::StatusOr<std::string> Seal(absl::string_view recipient_public_key, absl::string_view info,
                                 absl::string_view aad, absl::string_view plaintext,
                                 const HpkePsk* psk, base::RandomSource& random) {
  SecretBytes one_time(kKemKeySize, SecretBytes::Memory::kHeap);
  random.Fill(one_time.mutable_span());
  PERDURA_ASSIGN_OR_RETURN(const KemKeyPair ephemeral, KemKeyPair::FromSecret(std::move(one_time)));
  PERDURA_ASSIGN_OR_RETURN(HpkeContext context,
                           HpkeContext::ForSender(recipient_public_key, info, psk, ephemeral));
  return absl::StrCat(ephemeral.public_key(), context.Seal(aad, plaintext));
}

absl::StatusOr<SecretBytes> Open(const KemKeyPair& recipient, absl::string_view info,
                                 absl::string_view aad, absl::string_view sealed,
                                 const HpkePsk* psk) {
  PERDURA_RETURN_IF_ERROR(CheckPsk(psk));
  if (sealed.size() < kHpkeOverhead) return DoesNotOpen();
  absl::StatusOr<HpkeContext> context =
      HpkeContext::ForRecipient(recipient, sealed.substr(0, kKemKeySize), info, psk);
  if (!context.ok()) return DoesNotOpen();
  return context->Open(aad, sealed.substr(kKemKeySize));
}

}  // namespace perdura::crypto
