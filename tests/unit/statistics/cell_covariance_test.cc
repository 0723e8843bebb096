#include "statistics/cell_covariance.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/status_matchers.h"

namespace perdura::statistics {
namespace {

using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

const std::vector<int16_t> kUpper = {4, 2, -1, 0, 5, 3, 0, 0, 2};

TEST(CellCovarianceTest, DiagonalIsTheVarianceTimesTheSquaredLength) {
  ASSERT_OK_AND_ASSIGN(const CellCovariance covariance, CellCovariance::Diagonal(3, 2.5));
  EXPECT_DOUBLE_EQ(covariance.Quadratic(std::vector<double>{1, -2, 3}), 2.5 * 14);
  EXPECT_EQ(covariance.cells(), 3);
}

TEST(CellCovarianceTest, FromStrategyInvertsTheGramMatrix) {
  ASSERT_OK_AND_ASSIGN(const CellCovariance covariance,
                       CellCovariance::FromStrategy(3, 3, kUpper, 7));
  // Cov (R'R) = 7 I.
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      double product = 0;
      for (int k = 0; k < 3; ++k) {
        double gram = 0;
        for (size_t r = 0; r < 3; ++r) {
          gram += kUpper[r * 3 + static_cast<size_t>(k)] * kUpper[r * 3 + static_cast<size_t>(j)];
        }
        product += covariance.at(i, k) * gram;
      }
      EXPECT_NEAR(product, i == j ? 7 : 0, 1e-12);
    }
  }
}

TEST(CellCovarianceTest, FromScaledIdentityDividesByTheSquare) {
  ASSERT_OK_AND_ASSIGN(
      const CellCovariance covariance,
      CellCovariance::FromStrategy(2, 2, std::vector<int16_t>{256, 0, 0, 256}, 65536));
  EXPECT_DOUBLE_EQ(covariance.at(0, 0), 1);
  EXPECT_DOUBLE_EQ(covariance.at(0, 1), 0);
}

TEST(CellCovarianceTest, FromValuesKeepsThem) {
  ASSERT_OK_AND_ASSIGN(const CellCovariance covariance,
                       CellCovariance::FromValues(2, {4, -1, -1, 9}));
  EXPECT_DOUBLE_EQ(covariance.at(0, 1), -1);
  EXPECT_DOUBLE_EQ(covariance.Quadratic(std::vector<double>{1, 1}), 11);
}

TEST(CellCovarianceTest, FromValuesFailsIfThereAreNoCells) {
  EXPECT_THAT(CellCovariance::FromValues(0, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cells")));
}

TEST(CellCovarianceTest, FromValuesFailsIfNotSquare) {
  EXPECT_THAT(CellCovariance::FromValues(2, {1, 0, 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("values")));
}

TEST(CellCovarianceTest, FromValuesFailsIfNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(CellCovariance::FromValues(2, {1, infinity, infinity, 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("finite")));
}

TEST(CellCovarianceTest, FromValuesFailsIfAVarianceIsNegative) {
  EXPECT_THAT(CellCovariance::FromValues(2, {1, 0, 0, -1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("variance")));
}

TEST(CellCovarianceTest, JoinedBlocksAreIndependent) {
  ASSERT_OK_AND_ASSIGN(const CellCovariance first, CellCovariance::FromStrategy(3, 3, kUpper, 7));
  ASSERT_OK_AND_ASSIGN(const CellCovariance second, CellCovariance::Diagonal(2, 3));
  const CellCovariance joined = CellCovariance::Join(first, second);
  EXPECT_EQ(joined.cells(), 5);
  EXPECT_EQ(joined.at(1, 2), first.at(1, 2));
  EXPECT_EQ(joined.at(4, 4), 3);
  EXPECT_EQ(joined.at(0, 4), 0);
  EXPECT_EQ(joined.at(4, 0), 0);
}

TEST(CellCovarianceTest, DiagonalFailsWithoutCells) {
  EXPECT_THAT(CellCovariance::Diagonal(0, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cells")));
}

TEST(CellCovarianceTest, DiagonalFailsIfVarianceIsNegative) {
  EXPECT_THAT(CellCovariance::Diagonal(1, -1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("variance")));
}

TEST(CellCovarianceTest, FromStrategyFailsIfRowVarianceIsNotANumber) {
  EXPECT_THAT(CellCovariance::FromStrategy(3, 3, kUpper, std::numeric_limits<double>::quiet_NaN()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("row_variance")));
}

TEST(CellCovarianceTest, FromStrategyFailsIfNotSquare) {
  EXPECT_THAT(CellCovariance::FromStrategy(2, 1, std::vector<int16_t>{1, 1}, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("square")));
}

TEST(CellCovarianceTest, FromStrategyFailsIfEntriesAreMissing) {
  EXPECT_THAT(CellCovariance::FromStrategy(3, 3, std::vector<int16_t>{1, 1}, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("entries")));
}

TEST(CellCovarianceTest, FromStrategyFailsIfNotUpperTriangular) {
  EXPECT_THAT(CellCovariance::FromStrategy(2, 2, std::vector<int16_t>{1, 0, 1, 1}, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("triangular")));
}

TEST(CellCovarianceTest, FromStrategyFailsIfSingular) {
  EXPECT_THAT(CellCovariance::FromStrategy(2, 2, std::vector<int16_t>{1, 1, 0, 0}, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("diagonal")));
}

TEST(InvertStrategyTest, GivesTheCellsBack) {
  // R (3, -2, 10) with R above.
  const std::vector<int64_t> y = {12 - 4 - 10, -10 + 30, 20};
  ASSERT_OK_AND_ASSIGN(const std::vector<double> cells, InvertStrategy(3, 3, kUpper, y));
  EXPECT_NEAR(cells[0], 3, 1e-12);
  EXPECT_NEAR(cells[1], -2, 1e-12);
  EXPECT_NEAR(cells[2], 10, 1e-12);
}

TEST(InvertStrategyTest, FailsIfAMeasurementIsMissing) {
  EXPECT_THAT(InvertStrategy(3, 3, kUpper, std::vector<int64_t>{1, 2}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("y:")));
}

TEST(InvertStrategyTest, FailsIfNotUpperTriangular) {
  EXPECT_THAT(InvertStrategy(2, 2, std::vector<int16_t>{1, 0, 1, 1}, std::vector<int64_t>{1, 2}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("triangular")));
}

// Sums 0 + 2 and 1, by hand: Var(q0 + q2) = c00 + 2 c02 + c22.
TEST(CellCovarianceTest, SumsHaveTheCovarianceOfTheirParts) {
  ASSERT_OK_AND_ASSIGN(const CellCovariance parts,
                       CellCovariance::FromValues(3, {5, 1, 2, 1, 7, -3, 2, -3, 11}));
  const CellCovariance sums = parts.Summed(std::vector<int>{0, 1, 0}, 2);
  ASSERT_EQ(sums.cells(), 2);
  EXPECT_DOUBLE_EQ(sums.at(0, 0), 5 + 2 * 2 + 11);
  EXPECT_DOUBLE_EQ(sums.at(0, 1), 1 - 3);
  EXPECT_DOUBLE_EQ(sums.at(1, 0), 1 - 3);
  EXPECT_DOUBLE_EQ(sums.at(1, 1), 7);
}

}  // namespace
}  // namespace perdura::statistics
