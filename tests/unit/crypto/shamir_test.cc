#include "crypto/shamir.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace perdura::crypto {
namespace {

using test_support::IsOkAndHolds;
using test_support::SeededRandom;
using test_support::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kRefusedShares = absl::StatusCode::kInvalidArgument;
constexpr std::pair<int, int> kCommittees[] = {{2, 2}, {3, 2}, {4, 2}, {5, 3}, {7, 3}};

FieldVector Values(std::initializer_list<int64_t> integers) {
  FieldVector values;
  for (const int64_t v : integers) values.push_back(Field64::FromSigned(v));
  return values;
}

// The shares of the stewards whose bits are set, bit 0 for steward 1.
std::vector<PartialSum> Chosen(const std::vector<FieldVector>& shares, unsigned subset) {
  std::vector<PartialSum> chosen;
  for (size_t i = 0; i < shares.size(); ++i) {
    if (subset >> i & 1) chosen.push_back({static_cast<int>(i) + 1, shares[i]});
  }
  return chosen;
}

// Gives fixed words in order, so that a test chooses the coefficients.
class WordSource final : public base::RandomSource {
 public:
  explicit WordSource(std::vector<uint64_t> words) : words_(std::move(words)) {}
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& byte : out) {
      byte = static_cast<uint8_t>(words_.at(read_ / 8) >> (8 * (read_ % 8)) & 0xff);
      ++read_;
    }
  }
  size_t bytes_read() const { return read_; }

 private:
  std::vector<uint64_t> words_;
  size_t read_ = 0;
};

// Two coordinates, t = 3: words 5, 6 are the coefficients of x, then 7, 8 those of x^2.
// P(x) = 100 + 5 x + 7 x^2 and 200 + 6 x + 8 x^2.
TEST(SplitTest, CoefficientsAreAllFirstOnesThenAllSecondOnes) {
  WordSource words({5, 6, 7, 8});
  ASSERT_OK_AND_ASSIGN(const auto shares, Split(Values({100, 200}), 3, 3, words));
  EXPECT_THAT(shares, ElementsAre(Values({112, 214}), Values({138, 244}), Values({178, 290})));
  EXPECT_EQ(words.bytes_read(), 32u);
}
TEST(SplitTest, WordsBeyondPAreSkippedInPlace) {
  WordSource words({Field64::kModulus, 5, ~uint64_t{0}, 6, Field64::kModulus - 1});
  ASSERT_OK_AND_ASSIGN(const auto shares, Split(Values({100, 200}), 2, 2, words));
  EXPECT_THAT(shares, ElementsAre(Values({105, 206}), Values({110, 212})));
  EXPECT_EQ(words.bytes_read(), 32u);  // the largest element, p - 1, was not needed
}
TEST(SplitTest, EverySubsetOfTSharesGivesTheSecret) {
  SeededRandom random(1);
  const FieldVector secret = Values({0, 1, -1, 285, Field64::kMaxSigned, -Field64::kMaxSigned});
  for (const auto& [s, t] : kCommittees) {
    ASSERT_OK_AND_ASSIGN(const auto shares, Split(secret, s, t, random));
    for (unsigned subset = 0; subset < 1u << s; ++subset) {
      if (std::popcount(subset) < t) continue;
      EXPECT_THAT(Interpolate(Chosen(shares, subset)), IsOkAndHolds(secret)) << s << " " << subset;
    }
  }
}
TEST(SplitTest, FewerThanTSharesGiveSomethingElse) {
  SeededRandom random(2);
  const FieldVector secret = Values({285});
  ASSERT_OK_AND_ASSIGN(const auto shares, Split(secret, 5, 3, random));
  for (unsigned subset = 1; subset < 1u << 5; ++subset) {
    if (std::popcount(subset) >= 3) continue;
    ASSERT_OK_AND_ASSIGN(const FieldVector value, Interpolate(Chosen(shares, subset)));
    EXPECT_FALSE(value == secret);
  }
}
TEST(SplitTest, SumsOfSharesOpenToTheSum) {
  SeededRandom random(3);
  std::vector<PartialSum> sums = {{1, FieldVector(2)}, {2, FieldVector(2)}, {3, FieldVector(2)}};
  for (int node = 0; node < 50; ++node) {
    ASSERT_OK_AND_ASSIGN(const auto shares, Split(Values({node, -2}), 3, 2, random));
    for (size_t j = 0; j < 3; ++j) {
      for (size_t c = 0; c < 2; ++c) sums[j].values[c] += shares[j][c];
    }
  }
  EXPECT_THAT(Interpolate(sums), IsOkAndHolds(Values({1225, -100})));
}
TEST(SplitTest, EmptyVectorHasEmptyShares) {
  SeededRandom random(4);
  ASSERT_OK_AND_ASSIGN(const auto shares, Split({}, 2, 2, random));
  EXPECT_THAT(shares, ElementsAre(IsEmpty(), IsEmpty()));
}
TEST(SplitTest, FailsIfCommitteeIsOutOfRange) {
  SeededRandom random(5);
  EXPECT_THAT(Split(Values({1}), 1, 1, random), StatusIs(kRefusedShares, HasSubstr("s must")));
  EXPECT_THAT(Split(Values({1}), 16, 2, random), StatusIs(kRefusedShares, HasSubstr("s must")));
  EXPECT_THAT(Split(Values({1}), 3, 1, random), StatusIs(kRefusedShares, HasSubstr("t must")));
  EXPECT_THAT(Split(Values({1}), 3, 4, random), StatusIs(kRefusedShares, HasSubstr("t must")));
}

// Pearson's statistic of the top 6 bits of one share against the uniform law, 63 degrees of
// freedom.
int64_t ChiSquareTimesCount(int64_t secret, size_t steward, uint64_t seed) {
  constexpr int kDraws = 64000;
  SeededRandom random(seed);
  std::vector<int64_t> bins(64);
  for (int i = 0; i < kDraws; ++i) {
    const auto shares = Split(Values({secret}), 5, 3, random).value();
    ++bins[shares[steward][0].value() >> 58];
  }
  int64_t sum = 0;
  for (const int64_t n : bins) sum += (n - kDraws / 64) * (n - kDraws / 64);
  return sum;  // chi-square x 1000
}
// Seeded, so it passes or fails for good; on a fresh seed each comparison would fail by chance with
// 1e-4 (quantile 113.5). Shows that single shares look uniform for both secrets; does not prove
// that pairs do.
TEST(SplitTest, OneShareIsUniformWhateverTheSecret) {
  for (size_t steward = 0; steward < 5; ++steward) {
    EXPECT_LT(ChiSquareTimesCount(0, steward, 10 + steward), 113500) << steward;
    EXPECT_LT(ChiSquareTimesCount(1 << 20, steward, 20 + steward), 113500) << steward;
  }
}

TEST(InterpolateTest, RefusesNoPointARepeatedOneAndAnImpossibleOne) {
  EXPECT_THAT(Interpolate({}), StatusIs(kRefusedShares, HasSubstr("no partial")));
  const std::vector<PartialSum> repeated = {{1, Values({1})}, {1, Values({1})}};
  EXPECT_THAT(Interpolate(repeated), StatusIs(kRefusedShares, HasSubstr("repeated")));
  const std::vector<PartialSum> zero = {{0, Values({1})}};
  EXPECT_THAT(Interpolate(zero), StatusIs(kRefusedShares, HasSubstr("1 to 15")));
  const std::vector<PartialSum> sixteen = {{16, Values({1})}};
  EXPECT_THAT(Interpolate(sixteen), StatusIs(kRefusedShares, HasSubstr("1 to 15")));
  const std::vector<PartialSum> unequal = {{1, Values({1})}, {2, Values({1, 2})}};
  EXPECT_THAT(Interpolate(unequal), StatusIs(kRefusedShares, HasSubstr("unequal")));
}

TEST(CheckedInterpolateTest, HonestAnswersAreAcceptedAndMarkedBelowTPlusF) {
  SeededRandom random(30);
  const FieldVector secret = Values({17, -3});
  for (const auto& [s, t] : kCommittees) {
    ASSERT_OK_AND_ASSIGN(const auto shares, Split(secret, s, t, random));
    for (unsigned subset = 0; subset < 1u << s; ++subset) {
      const int k = std::popcount(subset);
      if (k < t) continue;
      ASSERT_OK_AND_ASSIGN(const CheckedSum sum, CheckedInterpolate(Chosen(shares, subset), t));
      EXPECT_EQ(sum.values, secret);
      EXPECT_THAT(sum.liars, IsEmpty());
      EXPECT_EQ(sum.unchecked_against_liars, k < 2 * t - 1) << s << " " << k;
    }
  }
}

// Puts the answers of up to f stewards on another polynomial of degree < t (the strongest lie: they
// agree with one another) that differs in one coordinate only.
void Lie(std::vector<PartialSum>& answers, unsigned liars, int t, SeededRandom& random) {
  const auto lies = Split(Values({static_cast<int64_t>(random.Below(100)) + 1}), 15, t, random);
  for (size_t i = 0; i < answers.size(); ++i) {
    if (liars >> (answers[i].steward - 1) & 1) {
      answers[i].values[1] += (*lies)[static_cast<size_t>(answers[i].steward) - 1][0];
    }
  }
}

// Attack X11: every set of answers with k >= t + f, every set of 1 to f liars in it.
TEST(CheckedInterpolateTest, LiarsAreNeverBelievedAndNamedWhereEnoughHonestAnswersRemain) {
  SeededRandom random(31);
  const FieldVector secret = Values({17, -3, 5});
  int named = 0;
  int refused = 0;
  for (const auto& [s, t] : kCommittees) {
    const int f = t - 1;
    ASSERT_OK_AND_ASSIGN(const auto shares, Split(secret, s, t, random));
    for (unsigned present = 0; present < 1u << s; ++present) {
      if (std::popcount(present) < t + f) continue;
      for (unsigned liars = 1; liars < 1u << s; ++liars) {
        if ((liars & ~present) != 0 || std::popcount(liars) > f) continue;
        std::vector<PartialSum> answers = Chosen(shares, present);
        Lie(answers, liars, t, random);
        const auto sum = CheckedInterpolate(answers, t);
        if (std::popcount(present) - std::popcount(liars) < t + f) {
          EXPECT_THAT(sum, StatusIs(absl::StatusCode::kDataLoss, HasSubstr("bad_sum")));
          ++refused;
          continue;
        }
        ASSERT_OK(sum);
        EXPECT_EQ(sum->values, secret);
        unsigned found = 0;
        for (const int liar : sum->liars) found |= 1u << (liar - 1);
        EXPECT_EQ(found, liars);
        EXPECT_FALSE(sum->unchecked_against_liars);
        ++named;
      }
    }
  }
  EXPECT_GT(named, 20);
  EXPECT_GT(refused, 100);
}
TEST(CheckedInterpolateTest, DisagreementBelowTPlusFIsBadSumWithoutAName) {
  SeededRandom random(32);
  ASSERT_OK_AND_ASSIGN(const auto shares, Split(Values({17, -3}), 5, 3, random));
  std::vector<PartialSum> four = Chosen(shares, 0b01111);
  four[2].values[1] += Field64::FromSigned(1);
  EXPECT_THAT(CheckedInterpolate(four, 3),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("bad_sum")));
}
// The limit that the flag tells of: with exactly t answers one liar shifts the result unseen.
TEST(CheckedInterpolateTest, TwoOfTwoCannotSeeALiarAndSaysSo) {
  SeededRandom random(33);
  ASSERT_OK_AND_ASSIGN(const auto shares, Split(Values({17}), 2, 2, random));
  std::vector<PartialSum> answers = Chosen(shares, 0b11);
  answers[0].values[0] += Field64::FromSigned(1);
  ASSERT_OK_AND_ASSIGN(const CheckedSum sum, CheckedInterpolate(answers, 2));
  EXPECT_FALSE(sum.values == Values({17}));
  EXPECT_TRUE(sum.unchecked_against_liars);
}
// Beyond the model: two sets of t + f answers on two polynomials. None is believed.
TEST(CheckedInterpolateTest, TwoAgreeingSetsAreRefused) {
  SeededRandom random(34);
  ASSERT_OK_AND_ASSIGN(const auto shares, Split(Values({17, -3, 5}), 7, 2, random));
  std::vector<PartialSum> answers = Chosen(shares, 0b1111111);
  Lie(answers, 0b1110000, 2, random);  // 4 on the one, 3 on the other, t + f = 3
  EXPECT_THAT(CheckedInterpolate(answers, 2), StatusIs(absl::StatusCode::kDataLoss));
}
TEST(CheckedInterpolateTest, LargestCommitteeNamesFourLiars) {
  SeededRandom random(35);
  const FieldVector secret = Values({17, -3, 5});
  ASSERT_OK_AND_ASSIGN(const auto shares, Split(secret, 15, 5, random));
  std::vector<PartialSum> answers = Chosen(shares, 0x7fff);
  Lie(answers, 0b101010000000001, 5, random);
  ASSERT_OK_AND_ASSIGN(const CheckedSum sum, CheckedInterpolate(answers, 5));
  EXPECT_EQ(sum.values, secret);
  EXPECT_THAT(sum.liars, ElementsAre(1, 11, 13, 15));
}
TEST(CheckedInterpolateTest, FailsForFewerThanTAnswersOrAnImpossibleThreshold) {
  const std::vector<PartialSum> one = {{1, Values({1})}};
  EXPECT_THAT(CheckedInterpolate(one, 2), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(CheckedInterpolate(one, 1), StatusIs(kRefusedShares, HasSubstr("t must")));
  EXPECT_THAT(CheckedInterpolate({}, 2), StatusIs(kRefusedShares));
}

}  // namespace
}  // namespace perdura::crypto
