#include "privacy/discrete_gaussian.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "privacy/exact_sampler.h"
#include "privacy/noise.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tape_random.h"
#include "tests/unit/privacy/sampler_back_ends.h"

namespace perdura::privacy {
namespace {

using ::perdura::test_support::IsOk;
using ::perdura::test_support::SeededRandom;
using ::perdura::test_support::StatusIs;
using ::perdura::test_support::TapeRandom;
using ::testing::HasSubstr;

std::string ToString(const mpz_class& value) { return value.get_str(); }

std::string ToString(Uint128 value) {
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return digits;
}

template <typename Arithmetic>
class TapeTest : public ::testing::Test {
 protected:
  using Integer = typename Arithmetic::Integer;

  static Integer Number(uint64_t value) { return NumberOf<Arithmetic>(value); }

  static std::vector<int64_t> Gaussians(uint64_t variance, TapeRandom& tape) {
    ExactSampler<Arithmetic> sampler(tape);
    const Integer v = Number(variance);
    const Integer scale = Number(IntegerSquareRoot(variance) + 1);
    const Integer denominator = Number(2) * v * scale * scale;
    std::vector<int64_t> draws;
    for (int i = 0; i < 16; ++i) draws.push_back(ToInt64(sampler.Gaussian(v, scale, denominator)));
    return draws;
  }

  static std::vector<int64_t> Laplaces(uint64_t scale, TapeRandom& tape) {
    ExactSampler<Arithmetic> sampler(tape);
    std::vector<int64_t> draws;
    for (int i = 0; i < 16; ++i) draws.push_back(ToInt64(sampler.Laplace(Number(scale))));
    return draws;
  }
};

TYPED_TEST_SUITE(TapeTest, BackEnds);

struct Tape {
  uint64_t parameter;
  std::vector<int64_t> draws;
  uint64_t bytes;
};

const std::vector<Tape>& GaussianTapes() {
  static const auto& tapes = *new std::vector<Tape>{
      {9, {0, -2, 4, 3, 0, 2, -2, -7, 1, -1, 2, 2, 1, 5, 4, 0}, 294},
      {10, {2, 2, -7, -5, 5, 2, 2, 1, 5, -9, 1, -2, -1, -4, -1, 0}, 373},
      {100, {-10, -3, 7, 4, 3, -24, 4, 1, 1, -3, 13, -22, 10, 13, 14, 0}, 235},
      {676099,
       {-652, 243, 196, 372, -992, -186, 199, 675, 760, -1296, 224, 509, 998, -698, 1328, 613},
       371},
      {uint64_t{1} << 50,
       {23554374, 46807498, 38705304, -32414923, -16232994, -4560922, 36871065, -26016627,
        -30451686, -18525609, -11522339, -28176324, 43082823, 27879022, 69029595, 61617726},
       1188}};
  return tapes;
}

TYPED_TEST(TapeTest, GaussianGivesTheGoldenDrawsAndBytes) {
  for (const Tape& golden : GaussianTapes()) {
    TapeRandom tape("perdura sampler tape 1");
    EXPECT_EQ(this->Gaussians(golden.parameter, tape), golden.draws) << golden.parameter;
    EXPECT_EQ(tape.bytes_read(), golden.bytes) << golden.parameter;
  }
}

TYPED_TEST(TapeTest, LaplaceGivesTheGoldenDrawsAndBytes) {
  const Tape tapes[] = {
      {1, {-2, 0, 1, -1, 1, 0, -2, 0, -2, 0, 0, 0, 0, 0, 0, 0}, 78},
      {3, {-3, 0, 0, 0, 1, -3, 0, -8, -1, 4, 0, 1, -7, -8, -1, 5}, 160},
      {823,
       {-94, -588, -45, 408, -168, 347, 547, -226, -265, 614, -282, -174, 291, 356, 76, -787},
       218}};
  for (const Tape& golden : tapes) {
    TapeRandom tape("perdura sampler tape 2");
    EXPECT_EQ(this->Laplaces(golden.parameter, tape), golden.draws) << golden.parameter;
    EXPECT_EQ(tape.bytes_read(), golden.bytes) << golden.parameter;
  }
}

TYPED_TEST(TapeTest, UniformGivesTheGoldenDrawsAndBytes) {
  TapeRandom tape("perdura sampler tape 4");
  ExactSampler<TypeParam> sampler(tape);
  const typename TestFixture::Integer two_64_plus_1 =
      this->Number(uint64_t{1} << 32) * this->Number(uint64_t{1} << 32) + this->Number(1);
  const typename TestFixture::Integer two_100_minus_3 =
      this->Number(uint64_t{1} << 50) * this->Number(uint64_t{1} << 50) - this->Number(3);
  EXPECT_EQ(ToString(sampler.Uniform(this->Number(2))), "1");
  EXPECT_EQ(ToString(sampler.Uniform(this->Number(3))), "1");
  EXPECT_EQ(ToString(sampler.Uniform(this->Number(256))), "152");
  EXPECT_EQ(ToString(sampler.Uniform(this->Number(257))), "230");
  EXPECT_EQ(ToString(sampler.Uniform(this->Number(65537))), "56237");
  EXPECT_EQ(ToString(sampler.Uniform(two_64_plus_1)), "16142334069869281240");
  EXPECT_EQ(ToString(sampler.Uniform(two_100_minus_3)), "956178151019928726278013896869");
  EXPECT_EQ(tape.bytes_read(), 34u);
}

TYPED_TEST(TapeTest, UniformBelowOneReadsNothing) {
  TapeRandom tape("perdura sampler tape 4");
  ExactSampler<TypeParam> sampler(tape);
  EXPECT_EQ(ToString(sampler.Uniform(this->Number(1))), "0");
  EXPECT_EQ(tape.bytes_read(), 0u);
}

TEST(DiscreteGaussianTest, DrawGivesTheGoldenDrawsAndBytes) {
  for (const Tape& golden : GaussianTapes()) {
    ASSERT_OK_AND_ASSIGN(const DiscreteGaussian noise, DiscreteGaussian::Create(golden.parameter));
    TapeRandom tape("perdura sampler tape 1");
    std::vector<int64_t> draws;
    for (size_t i = 0; i < golden.draws.size(); ++i) draws.push_back(noise.Draw(tape));
    EXPECT_EQ(draws, golden.draws) << golden.parameter;
    EXPECT_EQ(tape.bytes_read(), golden.bytes) << golden.parameter;
  }
}

// Beyond the golden tapes: the two back ends agree over many draws, at the ends of the range and in
// between.
TEST(DiscreteGaussianTest, AgreesWithGmpOverManyDraws) {
  for (const uint64_t v : {uint64_t{1}, uint64_t{2}, uint64_t{9}, uint64_t{676099},
                           (uint64_t{1} << 32) + 1, (uint64_t{1} << 50) - 1, uint64_t{1} << 50}) {
    ASSERT_OK_AND_ASSIGN(const DiscreteGaussian noise, DiscreteGaussian::Create(v));
    SeededRandom first(v), second(v);
    ExactSampler<GmpArithmetic> gmp(second);
    const mpz_class scale = sqrt(Gmp(v)) + 1;
    const mpz_class denominator = 2 * Gmp(v) * scale * scale;
    for (int i = 0; i < 2000; ++i) {
      ASSERT_EQ(noise.Draw(first), ToInt64(gmp.Gaussian(Gmp(v), scale, denominator)))
          << "v " << v << " draw " << i;
    }
  }
}

TEST(DiscreteGaussianTest, CreateFailsIfVarianceIsZero) {
  EXPECT_THAT(DiscreteGaussian::Create(0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("variance")));
}

TEST(DiscreteGaussianTest, CreateFailsBeyondTwoToThe50) {
  EXPECT_THAT(DiscreteGaussian::Create(uint64_t{1} << 50), IsOk());
  EXPECT_THAT(DiscreteGaussian::Create((uint64_t{1} << 50) + 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("variance")));
}

// A source that is stuck must not make the sampler loop for ever, nor return a biased draw.
class StuckRandom final : public base::RandomSource {
 public:
  explicit StuckRandom(uint8_t byte) : byte_(byte) {}
  void Fill(std::span<uint8_t> out) override { std::fill(out.begin(), out.end(), byte_); }

 private:
  uint8_t byte_;
};

TEST(DiscreteGaussianDeathTest, EndsTheProcessIfTheSourceGivesOnlyOnes) {
  ASSERT_OK_AND_ASSIGN(const DiscreteGaussian noise, DiscreteGaussian::Create(676099));
  StuckRandom ones(0xff);
  EXPECT_DEATH(noise.Draw(ones), "");
}

TEST(DiscreteGaussianDeathTest, EndsTheProcessIfTheSourceGivesOnlyZeros) {
  ASSERT_OK_AND_ASSIGN(const DiscreteGaussian noise, DiscreteGaussian::Create(676099));
  StuckRandom zeros(0);
  EXPECT_DEATH(noise.Draw(zeros), "");
}

}  // namespace
}  // namespace perdura::privacy
