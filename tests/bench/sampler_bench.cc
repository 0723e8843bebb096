// Draws a second on one core, beside the bytes a second of the same ChaCha20 source in the same
// run: what the sampler costs beyond its randomness. Counters: items_per_second are draws,
// bytes_per_draw is what one draw reads.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/check.h"
#include "crypto/draw.h"
#include "crypto/init.h"
#include "crypto/system_random.h"
#include "privacy/discrete_gaussian.h"

namespace perdura::privacy {
namespace {

crypto::DrawSource Source(crypto::SystemRandom& fresh) {
  return crypto::DrawSource::Create(fresh, std::string(32, 'h'), 2, "bench",
                                    crypto::DrawUse::kNoise);
}

// Counts what a sampler reads.
class CountingSource final : public base::RandomSource {
 public:
  explicit CountingSource(base::RandomSource& source) : source_(source) {}
  void Fill(std::span<uint8_t> out) override {
    bytes_ += out.size();
    source_.Fill(out);
  }
  uint64_t bytes() const { return bytes_; }

 private:
  base::RandomSource& source_;
  uint64_t bytes_ = 0;
};

void RawBytes(benchmark::State& state) {
  crypto::SystemRandom fresh;
  crypto::DrawSource source = Source(fresh);
  std::vector<uint8_t> buffer(4096);
  for (auto _ : state) {
    source.Fill(buffer);
    benchmark::DoNotOptimize(buffer.data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * 4096);
}
BENCHMARK(RawBytes);

void Draw(benchmark::State& state) {
  const DiscreteGaussian noise = *DiscreteGaussian::Create(static_cast<uint64_t>(state.range(0)));
  crypto::SystemRandom fresh;
  crypto::DrawSource source = Source(fresh);
  for (auto _ : state) benchmark::DoNotOptimize(noise.Draw(source));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));

  CountingSource counting(source);
  constexpr int kCounted = 10000;
  for (int i = 0; i < kCounted; ++i) benchmark::DoNotOptimize(noise.Draw(counting));
  state.counters["bytes_per_draw"] = static_cast<double>(counting.bytes()) / kCounted;
}
BENCHMARK(Draw)->Arg(9)->Arg(676099)->Arg(7472037)->Arg(int64_t{1} << 50);

}  // namespace
}  // namespace perdura::privacy

int main(int argc, char** argv) {
  PERDURA_CHECK(perdura::crypto::Init().ok());
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
