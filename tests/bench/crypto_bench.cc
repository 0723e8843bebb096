// What the wrappers cost beyond libsodium's primitives, and the steps of a round at the sizes of
// the design: compare Sign with SignPrimitive, and so on; targets are within 10 %, and within three
// times the design's figures for split + seal and for a steward's work.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <sodium.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "crypto/draw.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "crypto/init.h"
#include "crypto/shamir.h"
#include "crypto/sign.h"
#include "crypto/system_random.h"
#include "crypto/x25519.h"

namespace perdura::crypto {
namespace {

const std::string& Message() {
  static const auto* const message = new std::string(300, 'm');
  return *message;
}

void SignPrimitive(benchmark::State& state) {
  std::vector<uint8_t> public_key(32), secret(64), signature(64);
  crypto_sign_keypair(public_key.data(), secret.data());
  const auto* message = reinterpret_cast<const uint8_t*>(Message().data());
  for (auto _ : state) {
    crypto_sign_detached(signature.data(), nullptr, message, Message().size(), secret.data());
    benchmark::DoNotOptimize(signature.data());
  }
}
BENCHMARK(SignPrimitive);

void SignWrapper(benchmark::State& state) {
  SystemRandom random;
  const SigningKey key = SigningKey::Generate(random);
  for (auto _ : state) benchmark::DoNotOptimize(key.Sign(Message()));
}
BENCHMARK(SignWrapper);

void VerifyPrimitive(benchmark::State& state) {
  std::vector<uint8_t> public_key(32), secret(64), signature(64);
  crypto_sign_keypair(public_key.data(), secret.data());
  const auto* message = reinterpret_cast<const uint8_t*>(Message().data());
  crypto_sign_detached(signature.data(), nullptr, message, Message().size(), secret.data());
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto_sign_verify_detached(signature.data(), message,
                                                         Message().size(), public_key.data()));
  }
}
BENCHMARK(VerifyPrimitive);

void VerifyWrapper(benchmark::State& state) {
  SystemRandom random;
  const SigningKey key = SigningKey::Generate(random);
  const std::string signature = key.Sign(Message());
  for (auto _ : state) {
    benchmark::DoNotOptimize(Verify(key.public_key(), Message(), signature));
  }
}
BENCHMARK(VerifyWrapper);

void X25519Primitive(benchmark::State& state) {
  std::vector<uint8_t> secret(32), public_key(32), out(32);
  randombytes_buf(secret.data(), 32);
  crypto_scalarmult_base(public_key.data(), secret.data());
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto_scalarmult(out.data(), secret.data(), public_key.data()));
  }
}
BENCHMARK(X25519Primitive);

void X25519Wrapper(benchmark::State& state) {
  SystemRandom random;
  const SecretBytes secret = SecretBytes::Random(32, random);
  const KemKeyPair peer = KemKeyPair::Generate(random);
  WipedArray<32> out;
  for (auto _ : state) benchmark::DoNotOptimize(X25519(secret, peer.public_key(), out.span()));
}
BENCHMARK(X25519Wrapper);

// One share envelope: two X25519, the key schedule, 8 L bytes of AEAD.
void HpkeSeal(benchmark::State& state) {
  SystemRandom random;
  const KemKeyPair recipient = KemKeyPair::Generate(random);
  const std::string plaintext(static_cast<size_t>(state.range(0)) * 8, 'p');
  for (auto _ : state) {
    const auto sealed = Seal(recipient.public_key(), "info", "", plaintext, nullptr, random);
    PERDURA_CHECK(sealed.ok());
  }
}
BENCHMARK(HpkeSeal)->Arg(4)->Arg(1025)->Arg(3241);

void HpkeOpen(benchmark::State& state) {
  SystemRandom random;
  const KemKeyPair recipient = KemKeyPair::Generate(random);
  const std::string plaintext(static_cast<size_t>(state.range(0)) * 8, 'p');
  const auto sealed = Seal(recipient.public_key(), "info", "", plaintext, nullptr, random);
  PERDURA_CHECK(sealed.ok());
  for (auto _ : state) {
    const auto opened = Open(recipient, "info", "", *sealed, nullptr);
    PERDURA_CHECK(opened.ok());
  }
}
BENCHMARK(HpkeOpen)->Arg(4)->Arg(1025)->Arg(3241);

// A node's contribution: args m, s, t. Design: 0.36 ms at (1024, 5, 3), 0.50 ms at (3240, 5, 3),
// 0.14 and 0.19 ms for (2, 2), without the key schedule.
void NodeSplitAndSeal(benchmark::State& state) {
  SystemRandom random;
  const int s = static_cast<int>(state.range(1));
  const int t = static_cast<int>(state.range(2));
  const FieldVector secret(static_cast<size_t>(state.range(0)) + 1);
  const KemKeyPair recipient = KemKeyPair::Generate(random);
  const std::string manifest = Sha256("manifest");
  for (auto _ : state) {
    DrawSource draw = DrawSource::Create(random, manifest, 1, "node", DrawUse::kSplit);
    const auto shares = Split(secret, s, t, draw);
    PERDURA_CHECK(shares.ok());
    for (const FieldVector& share : *shares) {
      std::string plaintext = EncodeFields(share);
      const auto sealed = Seal(recipient.public_key(), "info", "", plaintext, nullptr, random);
      PERDURA_CHECK(sealed.ok());
      WipeString(plaintext);
    }
  }
}
BENCHMARK(NodeSplitAndSeal)
    ->Args({1024, 5, 3})
    ->Args({3240, 5, 3})
    ->Args({1024, 2, 2})
    ->Args({3240, 2, 2});

// A steward's share of one node: open, check, add. Design: 40 and 54 us (500 nodes in 20 and 27
// ms).
void StewardOpenAndAdd(benchmark::State& state) {
  SystemRandom random;
  const KemKeyPair recipient = KemKeyPair::Generate(random);
  FieldVector sum(static_cast<size_t>(state.range(0)) + 1);
  const auto sealed = Seal(recipient.public_key(), "info", "", EncodeFields(sum), nullptr, random);
  PERDURA_CHECK(sealed.ok());
  for (auto _ : state) {
    const auto opened = Open(recipient, "info", "", *sealed, nullptr);
    PERDURA_CHECK(opened.ok());
    const auto share = DecodeFields(opened->view());
    PERDURA_CHECK(share.ok());
    for (size_t c = 0; c < sum.size(); ++c) sum[c] += (*share)[c];
  }
}
BENCHMARK(StewardOpenAndAdd)->Arg(1024)->Arg(3240);

// Eight bytes at a time, as samplers read. Design: 2.96 M samples/s from the buffer.
void DrawEightBytes(benchmark::State& state) {
  SystemRandom random;
  DrawSource draw = DrawSource::Create(random, Sha256("manifest"), 2, "s1", DrawUse::kNoise);
  std::vector<uint8_t> word(8);
  for (auto _ : state) {
    draw.Fill(word);
    benchmark::DoNotOptimize(word.data());
  }
}
BENCHMARK(DrawEightBytes);

}  // namespace
}  // namespace perdura::crypto

int main(int argc, char** argv) {
  PERDURA_CHECK(perdura::crypto::Init().ok());
  // Each iteration frees all it took; glibc would hand that memory back and fetch it again, which
  // costs more than the work that is measured.
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
