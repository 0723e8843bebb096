// What the witnessed log costs: the tree alone, and a party's log in SQLite. Entries of 300 bytes,
// or refusals of 212.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/sqlite/database.h"
#include "crypto/init.h"
#include "crypto/merkle.h"
#include "crypto/merkle_proof.h"
#include "federation/log/merkle_log.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_charter.h"

namespace perdura::federation::log {
namespace {

void TreeAppend(benchmark::State& state) {
  const std::string entry(300, 'e');
  crypto::Frontier tree;
  for (auto _ : state) benchmark::DoNotOptimize(tree.Append(crypto::LeafHash(entry)));
}
BENCHMARK(TreeAppend);

// A log in a file, or in memory where nothing is synced.
class BenchLog final {
 public:
  explicit BenchLog(bool in_file) {
    auto opened = in_file ? base::Database::Open({.path = folder_.File("log.db"), .create = true})
                          : base::Database::OpenInMemory();
    PERDURA_CHECK(opened.ok());
    database_ = *std::move(opened);
    const base::Migration schema[] = {{1, kLogSchema}};
    PERDURA_CHECK(base::ApplyMigrations(*database_, 1, schema).ok());
  }
  MerkleLog Open() {
    auto log =
        MerkleLog::Open({.database = *database_,
                         .origin = {.federation = "transplant", .party = "ohio", .generation = 1},
                         .key = key_});
    PERDURA_CHECK(log.ok());
    return *std::move(log);
  }
  // All in one transaction.
  void Append(MerkleLog& log, int64_t entries) {
    auto transaction = base::Transaction::Begin(*database_);
    PERDURA_CHECK(transaction.ok());
    for (int64_t i = 0; i < entries; ++i) {
      PERDURA_CHECK(log.Append(*transaction, Refusal(number_++)).ok());
    }
    PERDURA_CHECK(transaction->Commit().ok());
  }

 private:
  static Entry Refusal(uint64_t number) {
    return {.seq = 0,
            .time = 1'782'864'000'000'000 + number,
            .kind = "refused",
            .actor = "payer-desk",
            .fields = {{"manifest", base::HexEncode(crypto::Sha256(absl::StrCat(number)))},
                       {"reason", "budget_exhausted"}}};
  }
  test_support::TempFolder folder_;
  crypto::SigningKey key_ = test_support::TestKey("log");
  std::unique_ptr<base::Database> database_;
  uint64_t number_ = 0;
};

void LogAppend(benchmark::State& state) {
  BenchLog bench(false);
  MerkleLog log = bench.Open();
  for (auto _ : state) bench.Append(log, 1);
}
BENCHMARK(LogAppend);

void LogAppendAndSignInFile(benchmark::State& state) {
  BenchLog bench(true);
  MerkleLog log = bench.Open();
  for (auto _ : state) {
    bench.Append(log, 1);
    PERDURA_CHECK(log.SignHead().ok());
  }
}
BENCHMARK(LogAppendAndSignInFile);

void LogOpen(benchmark::State& state) {
  BenchLog bench(false);
  MerkleLog log = bench.Open();
  bench.Append(log, state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(bench.Open());
}
BENCHMARK(LogOpen)->Arg(1000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void LogProofs(benchmark::State& state) {
  BenchLog bench(false);
  MerkleLog log = bench.Open();
  const auto size = static_cast<uint64_t>(state.range(0));
  bench.Append(log, state.range(0));
  uint64_t index = 0;
  for (auto _ : state) {
    index = (index + 7919) % (size - 1);
    PERDURA_CHECK(crypto::InclusionProof(index, size, log).ok());
    PERDURA_CHECK(crypto::ConsistencyProof(index + 1, size, log).ok());
  }
}
BENCHMARK(LogProofs)->Arg(1000)->Arg(100'000);

}  // namespace
}  // namespace perdura::federation::log

int main(int argc, char** argv) {
  PERDURA_CHECK(perdura::crypto::Init().ok());
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
