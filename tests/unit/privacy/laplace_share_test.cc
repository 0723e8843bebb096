#include "privacy/laplace_share.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "privacy/noise.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tape_random.h"
#include "tests/unit/privacy/sampler_back_ends.h"

namespace perdura::privacy {
namespace {

using ::perdura::test_support::SeededRandom;
using ::perdura::test_support::StatusIs;
using ::perdura::test_support::TapeRandom;
using ::testing::HasSubstr;

LaplaceLevel LevelOf(uint64_t eighths) {
  return *LaplaceLevel::ForCharge(*Charge::Create(eighths << 37), 1);
}

// Rows tape_share of dp_golden.csv.
struct ShareTape {
  uint64_t eighths;
  int honest_dealers;
  uint64_t shape_units;
  std::vector<int64_t> draws;
  uint64_t bytes;
};

const std::vector<ShareTape>& ShareTapes() {
  static const auto& tapes = *new std::vector<ShareTape>{
      {8,
       1,
       504318655846,
       {0, 0, -2, 0, 0, 0, 0, 1, 0, 0, 0, 0, -2, 0, -5, -1, 3, -1, -1, 0, 0, 0, 0, 0},
       765},
      {8,
       2,
       252159327923,
       {0, 0, -2, -1, 0, 1, 0, 1, -1, 0, 0, -2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
       419},
      {8,
       3,
       168106218616,
       {0, 0, -2, -1, 0, 1, 0, 0, 0, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
       378},
      {4,
       1,
       1025571812626,
       {0, -3, 1, 0, 0, 0, 6, 1, 0, 0, -3, -3, 0, -2, 0, -5, 0, 4, -3, -5, 1, -1, -11, -4},
       1566},
      {4,
       2,
       512785906313,
       {0, 0, -2, -1, -1, 0, 0, 0, -1, -1, 0, 0, 5, 1, -1, 0, 0, 0, 0, 0, 0, -5, 0, -1},
       784},
      {4,
       3,
       341857270876,
       {0, 0, -2, -1, 3, 1, 0, -1, -6, -1, 0, 0, -1, -2, 0, 0, 1, 0, 6, 0, 0, -2, 0, 0},
       646},
      {2,
       1,
       1658823902049,
       {-3, 2, 1, -5, -2, 1, -6, 1, -7, 2, 0, 0, -8, 1, 0, 6, -1, 2, 0, 2, 2, -4, -15, 8},
       4765},
      {2,
       2,
       829411951025,
       {0, 3, 2, 6, 1, 0, 0, -5, 0, -2, 2, -1, 0, -2, 2, 1, -1, -8, -2, 0, 2, 0, 3, 3},
       2134},
      {2,
       3,
       552941300683,
       {0, 3, 2, 1, -2, 1, -2, 2, 0, -3, 0, -2, 0, 0, 1, 1, 2, 0, 0, 0, -6, 1, 0, 4},
       2437}};
  return tapes;
}

template <typename Arithmetic>
class ShareTapeTest : public ::testing::Test {};
TYPED_TEST_SUITE(ShareTapeTest, BackEnds);

TYPED_TEST(ShareTapeTest, GivesTheGoldenDrawsAndBytes) {
  for (const ShareTape& golden : ShareTapes()) {
    TapeRandom tape("perdura sampler tape 3");
    ExactSampler<TypeParam> sampler(tape);
    const auto p = NumberOf<TypeParam>(LevelOf(golden.eighths).p_numerator());
    const auto shape = NumberOf<TypeParam>(golden.shape_units);
    std::vector<int64_t> draws;
    for (size_t i = 0; i < golden.draws.size(); ++i) {
      draws.push_back(ToInt64(sampler.LaplaceShare(p, shape)));
    }
    EXPECT_EQ(draws, golden.draws) << golden.eighths << " " << golden.honest_dealers;
    EXPECT_EQ(tape.bytes_read(), golden.bytes) << golden.eighths << " " << golden.honest_dealers;
  }
}

TEST(LaplaceShareTest, DrawGivesTheGoldenDrawsAndBytes) {
  for (const ShareTape& golden : ShareTapes()) {
    ASSERT_OK_AND_ASSIGN(const LaplaceShare share,
                         LaplaceShare::Create(LevelOf(golden.eighths), golden.honest_dealers));
    EXPECT_EQ(share.shape_units(), golden.shape_units);
    TapeRandom tape("perdura sampler tape 3");
    std::vector<int64_t> draws;
    for (size_t i = 0; i < golden.draws.size(); ++i) draws.push_back(share.Draw(tape));
    EXPECT_EQ(draws, golden.draws);
    EXPECT_EQ(tape.bytes_read(), golden.bytes);
  }
}

TEST(LaplaceShareTest, AgreesWithGmpOverManyDraws) {
  for (const LaplaceLevel& level : LaplaceLevel::All()) {
    for (const int h : {1, 2, 3, 5, kMaxDealers}) {
      ASSERT_OK_AND_ASSIGN(const LaplaceShare share, LaplaceShare::Create(level, h));
      SeededRandom first(level.eighths()), second(level.eighths());
      ExactSampler<GmpArithmetic> gmp(second);
      for (int i = 0; i < 500; ++i) {
        ASSERT_EQ(share.Draw(first),
                  ToInt64(gmp.LaplaceShare(Gmp(level.p_numerator()), Gmp(share.shape_units()))))
            << level.eighths() << "/8, h " << h << ", draw " << i;
      }
    }
  }
}

// Rounding up gives h dealers at least the whole shape, and not a millionth more.
TEST(LaplaceShareTest, SharesOfTheHonestDealersReachTheWholeShape) {
  for (const LaplaceLevel& level : LaplaceLevel::All()) {
    for (int h = 1; h <= 9; ++h) {
      ASSERT_OK_AND_ASSIGN(const LaplaceShare share, LaplaceShare::Create(level, h));
      const uint64_t whole = share.shape_units() * static_cast<uint64_t>(h);
      EXPECT_GE(whole, level.lambda());
      EXPECT_LT(whole - level.lambda(), static_cast<uint64_t>(h));
    }
  }
}

TEST(LaplaceShareTest, CreateFailsWithoutAnHonestDealer) {
  EXPECT_THAT(LaplaceShare::Create(LevelOf(8), 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("honest_dealers")));
}

TEST(LaplaceShareTest, CreateFailsWithTooManyDealers) {
  EXPECT_THAT(LaplaceShare::Create(LevelOf(8), kMaxDealers + 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("honest_dealers")));
}

class StuckSource final : public base::RandomSource {
 public:
  explicit StuckSource(uint8_t byte) : byte_(byte) {}
  void Fill(std::span<uint8_t> out) override { std::fill(out.begin(), out.end(), byte_); }

 private:
  uint8_t byte_;
};

// Zeros let every coin come up, so the geometric count never ends.
TEST(LaplaceShareDeathTest, EndsTheProcessIfTheSourceGivesOnlyZeros) {
  ASSERT_OK_AND_ASSIGN(const LaplaceShare share, LaplaceShare::Create(LevelOf(8), 2));
  StuckSource zeros(0);
  EXPECT_DEATH(share.Draw(zeros), "");
}

// Why every dealer must count only the honest ones (Lambda / h, not Lambda / Q): the largest log
// ratio of neighbouring probabilities of a difference of two negative-binomial variables of total
// shape r.
double LargestLogRatio(double shape, double level) {
  constexpr int kTerms = 800;
  const double p = std::exp(-level);
  std::vector<double> half = {std::pow(1 - p, shape)};
  for (int k = 1; k < kTerms; ++k) half.push_back(half.back() * p * (k - 1 + shape) / k);
  const auto probability = [&half](size_t z) {
    double sum = 0;
    for (size_t k = 0; k + z < half.size(); ++k) sum += half[k] * half[k + z];
    return sum;
  };
  double largest = 0;
  for (size_t z = 0; z < 40; ++z) {
    largest = std::max(largest, std::log(probability(z) / probability(z + 1)));
  }
  return largest;
}

// Rows flagship_shape_too_small of dp_golden.csv with the further digits of a 40-digit series. They
// round to the file's four, but for the fourth row, where the file has 1.4936.
TEST(LaplaceShareTest, ShapeBelowOneCostsMoreThanTheLevel) {
  EXPECT_NEAR(LargestLogRatio(0.9, 1), 1.09894057, 5e-9);
  EXPECT_NEAR(LargestLogRatio(0.75, 1), 1.27422741, 5e-9);
  EXPECT_NEAR(LargestLogRatio(2.0 / 3, 1), 1.38948484, 5e-9);
  EXPECT_NEAR(LargestLogRatio(0.6, 1), 1.49354806, 5e-9);
  EXPECT_NEAR(LargestLogRatio(0.5, 1), 1.67513863, 5e-9);
}

TEST(LaplaceShareTest, ShapeOfOneAndMoreCostsNoMoreThanTheLevel) {
  EXPECT_NEAR(LargestLogRatio(1, 1), 1, 1e-9);
  EXPECT_LE(LargestLogRatio(1.5, 1), 1 + 1e-9);
  EXPECT_LE(LargestLogRatio(2, 0.125), 0.125 + 1e-9);
}

}  // namespace
}  // namespace perdura::privacy
