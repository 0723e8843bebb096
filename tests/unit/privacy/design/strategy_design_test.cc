#include "privacy/design/strategy_design.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/escaping.h"
#include "crypto/hash.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/privacy/grids.h"

namespace perdura::privacy_design {
namespace {

using ::perdura::privacy::ShippedGrid;
using ::perdura::privacy::Strategy;
using ::perdura::test_support::IsOk;
using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

Cohort PriorNamed(absl::string_view name) {
  return name == "curative" ? CurativePrior() : DurablePrior();
}

std::string HexHash(const Strategy& strategy) {
  return absl::BytesToHexString(crypto::Sha256(strategy.canonical_bytes()));
}

int SmallestDiagonal(const Strategy& strategy) {
  int smallest = strategy.at(0, 0);
  for (int i = 1; i < strategy.rows(); ++i) smallest = std::min<int>(smallest, strategy.at(i, i));
  return smallest;
}

struct GoldenStrategy {
  const char* prior;
  const char* grid;
  int causes, rows;
  uint64_t l2_squared, l1, replace_one;
  int smallest_diagonal;
  const char* sha256;
};

void PrintTo(const GoldenStrategy& golden, std::ostream* out) {
  *out << golden.prior << "_" << golden.grid << "_J" << golden.causes;
}

constexpr GoldenStrategy kGoldenStrategies[] = {
    {"curative", "g8", 1, 16, 65783, 880, 175812, 147,
     "87cacb6b6c75c7c563700c505a0a10e71f6fc4316d176604ba5ce2229d4b57c9"},
    {"durable", "g8", 1, 16, 65835, 703, 145538, 182,
     "f1679ca421bef811bb4890f194d95da189608652a2230a4b36ee0e8f297308fb"},
    {"curative", "g10", 1, 20, 65861, 979, 172445, 136,
     "ab14d834db815e8e33520c7a6089ca52b4a2834112acc17605863ff9f4a5cecf"},
    {"durable", "g10", 1, 20, 65833, 782, 144806, 172,
     "f1aac32ac19f0c79b748287377123ec4de6c7184ebc69fbafbc34d14cabbb013"},
    {"curative", "g15", 1, 30, 65868, 1168, 165622, 129,
     "a67877d774d71877e533f88cfb6b0f4df2fe4bafa3583cab36846acfd682e119"},
    {"durable", "g15", 1, 30, 65889, 930, 141809, 160,
     "746f3332ca07617ce7e3397df47de7d43e3b67be44dd0635cb9c273bfbe99ee1"},
    {"curative", "g20", 1, 40, 65799, 1313, 158740, 124,
     "b554d2fe9ccfab8393607ae5f0c5bbc6c2f9e783f6efc435691789170cd48e26"},
    {"durable", "g20", 1, 40, 65827, 1053, 141565, 152,
     "57465155fcb360a246a37b9db05ee537e06fcbe5d03228f973c36bd7d8566490"},
    {"curative", "g15y", 1, 40, 65829, 1326, 173905, 120,
     "51cfcd1f9c24aed90bb1f651c1a9e0f10777de333059fa1e460b3da4e8e3eee2"},
    {"durable", "g15y", 1, 40, 65801, 1290, 167933, 126,
     "f9cd193927ca7f57a1d1909f744a108460b35b1edeb8687844b284e9c5d0d2d0"},
    {"curative", "g8", 2, 24, 65805, 776, 142491, 118,
     "e7cd1c33c5a0ebb41d92d039f581294ef8128ed59f7ee52e696ccb29991ebd3f"},
    {"durable", "g8", 2, 24, 65824, 621, 136721, 187,
     "467cbb7d9b884a5852d0063397870fdb6ed313628de626619951b7dafe5d3880"},
    {"curative", "g10", 2, 30, 65828, 911, 142782, 74,
     "8ddabec4c1109764f10a2328b4de3994697da65b3c487b09e6564f298df3b065"},
    {"durable", "g10", 2, 30, 65767, 739, 136588, 140,
     "5e2faff2d47eb94bbb0b77b21b90842975aebff802f0da01441bad87dfa7b34c"},
    {"curative", "g15", 2, 45, 65932, 1102, 141517, 70,
     "f48b8688685e00c895aa869bcbaf049a4e543d354e57d686ce7a96df53de998e"},
    {"durable", "g15", 2, 45, 65890, 877, 135645, 135,
     "69e9721f323ae0dcf9a675ab6ee796d72b32560e053af28c661bc5766f3df60e"},
    {"curative", "g20", 2, 60, 65984, 1253, 140515, 68,
     "83702b224de9d0760a5c0c1f615835f605fe0206aa9f24b702fad86059d96e8d"},
    {"durable", "g20", 2, 60, 65862, 994, 135239, 132,
     "4f7208f6b60ae5f6230dda4aab930ea27a551d40f5b7a641275fea68431e6fbb"},
    {"curative", "g15y", 2, 60, 65884, 1259, 143063, 48,
     "daa4d73e175853f76e2f295d643047a2b2e8848e424f2b86ff7a391b23e3f274"},
    {"durable", "g15y", 2, 60, 65853, 1069, 147043, 118,
     "66d079fdf5f7fd8a979f4739b1bd71e200c8b5cd0105572dba20b09b5c3ab2d0"},
    {"curative", "g8", 3, 32, 65762, 822, 141358, 118,
     "7e692b77e8c64eff82f303f28a08666aaf320f8b892c50e4a941e91efbbf5710"},
    {"durable", "g8", 3, 32, 65790, 680, 136356, 184,
     "29c523c5c934dacd13ab57e036b6c73b04b7c7ee1134ded3602c5b332caabcfc"},
    {"curative", "g10", 3, 40, 65774, 964, 142277, 75,
     "87e33db42aa7df77c1e47699db5e7286ca89b74d69ae74518d1601a8fd29f2d0"},
    {"durable", "g10", 3, 40, 65778, 760, 136117, 141,
     "68901b76a935b6829906dc2c726e93b38b2439f82bf8cc3aff577075eb52d1aa"},
    {"curative", "g15", 3, 60, 65774, 1157, 140926, 72,
     "a03f9f85f11404d5b7b32aca2439dcd66670fb032edb98159807aa66ae69e361"},
    {"durable", "g15", 3, 60, 65864, 900, 135541, 136,
     "684ff77f04bdb46d9596bae5f3f1a9d9fcd1b59a24e6ce3d39b6da275c287594"},
    {"curative", "g20", 3, 80, 65897, 1313, 139850, 70,
     "e830f675a62376d7495333e156e05721dbe6b34666cc55ed614b6c70563d9b70"},
    {"durable", "g20", 3, 80, 65864, 1012, 134737, 133,
     "ab60b2bff7abbd5de847f474a3f125c98b461c14531579ef26c5668ceb8e3b32"},
    {"curative", "g15y", 3, 80, 65832, 1328, 142365, 50,
     "06f67cdede282be1fb2b0199ad5728cf84b2657f61073e49b15ae8fbd961cbe6"},
    {"durable", "g15y", 3, 80, 65954, 1146, 145781, 118,
     "1482fc251d73be70ac96213b2545e16aad4a9bab8d0d2acfa3eab69e7ff41588"},
};

class ShippedStrategyTest : public ::testing::TestWithParam<GoldenStrategy> {};

// The charter's integers are the truth: another linear-algebra library may differ by 1 in an entry.
// With Debian's Eigen all hashes are those of the reference implementation.
TEST_P(ShippedStrategyTest, HasTheGoldenHashAndNorms) {
  const GoldenStrategy& golden = GetParam();
  ASSERT_OK_AND_ASSIGN(
      const Strategy strategy,
      DesignStrategy(ShippedGrid(golden.grid), golden.causes, PriorNamed(golden.prior)));
  EXPECT_EQ(strategy.rows(), golden.rows);
  EXPECT_EQ(strategy.columns(), golden.rows);
  EXPECT_EQ(strategy.l2_squared(), golden.l2_squared);
  EXPECT_EQ(strategy.l1(), golden.l1);
  EXPECT_EQ(strategy.replace_one_squared(), golden.replace_one);
  EXPECT_EQ(SmallestDiagonal(strategy), golden.smallest_diagonal);
  EXPECT_EQ(HexHash(strategy), golden.sha256);
}

INSTANTIATE_TEST_SUITE_P(All, ShippedStrategyTest, ::testing::ValuesIn(kGoldenStrategies),
                         ::testing::PrintToStringParamName());

struct GoldenEntryStrategy {
  const char* grid;
  int rows;
  uint64_t l2_squared, l1;
  const char* sha256;
};

constexpr GoldenEntryStrategy kGoldenEntryStrategies[] = {
    {"g8", 8, 16502, 300, "54f27f546c4f1cc4b5931e41b583488a78b2e42874361527a5db0faa95a39bae"},
    {"g10", 10, 16497, 332, "aa69bef1a568317fef32810abdddb76c5554c7c7df89258313c7544fbccd63eb"},
    {"g15", 15, 16516, 400, "295692f850370add07de7aff7f1ba2e9d6c62eefecfc6f21e5142ab5d6b5ee59"},
    {"g20", 20, 16504, 454, "8ce0ff98523cad247a57c33ebf0614e238b860d76629981d390cd12a6eb0a88b"},
    {"g15y", 20, 16504, 454, "8ce0ff98523cad247a57c33ebf0614e238b860d76629981d390cd12a6eb0a88b"},
};

TEST(EntryStrategyTest, HaveTheGoldenHashesAndNorms) {
  for (const GoldenEntryStrategy& golden : kGoldenEntryStrategies) {
    ASSERT_OK_AND_ASSIGN(const Strategy strategy, DesignEntryStrategy(ShippedGrid(golden.grid)));
    EXPECT_EQ(strategy.rows(), golden.rows) << golden.grid;
    EXPECT_EQ(strategy.l2_squared(), golden.l2_squared) << golden.grid;
    EXPECT_EQ(strategy.l1(), golden.l1) << golden.grid;
    EXPECT_EQ(HexHash(strategy), golden.sha256) << golden.grid;
  }
}

// clang-format off
constexpr int16_t kCurativeG8[] = {
    256, 150, 101, 66, 38, 13, -6, -27, -7, -16, -25, -32, -36, -46, -50, -52,
    0, 208, 89, 52, 29, 10, -3, -17, 0, -11, -19, -24, -28, -35, -38, -40,
    0, 0, 218, 86, 46, 20, 2, -16, 0, 0, -17, -24, -28, -38, -42, -44,
    0, 0, 0, 226, 85, 39, 13, -10, 0, 0, 0, -16, -22, -34, -39, -41,
    0, 0, 0, 0, 232, 79, 31, -2, 0, 0, 0, 0, -14, -32, -39, -43,
    0, 0, 0, 0, 0, 239, 70, 9, 0, 0, 0, 0, 1, -46, -58, -64,
    0, 0, 0, 0, 0, 0, 244, 57, 0, 0, 0, 0, 0, 0, -26, -33,
    0, 0, 0, 0, 0, 0, 0, 247, 0, 0, 0, 1, 1, 1, 1, -20,
    0, 0, 0, 0, 0, 0, 0, 0, 256, 84, 47, 31, 23, 19, 17, 16,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 241, 96, 60, 43, 35, 31, 29,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 230, 99, 65, 51, 43, 41,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 221, 97, 67, 55, 51,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 215, 91, 68, 61,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 199, 109, 92,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 174, 106,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 147,
};
constexpr int16_t kDurableG8[] = {
    256, 165, 124, 94, 70, 48, 29, 9, -1, -2, -4, -5, -6, -8, -10, -11,
    0, 196, 92, 62, 43, 29, 17, 5, 0, -1, -2, -3, -4, -5, -6, -7,
    0, 0, 204, 90, 57, 36, 21, 7, 0, 0, -2, -3, -4, -6, -7, -8,
    0, 0, 0, 211, 89, 52, 30, 11, 0, 0, 0, -2, -3, -6, -7, -9,
    0, 0, 0, 0, 218, 86, 46, 17, 0, 0, 0, 0, -2, -6, -9, -11,
    0, 0, 0, 0, 0, 226, 80, 28, 0, 0, 0, 0, 0, -10, -14, -17,
    0, 0, 0, 0, 0, 0, 234, 65, 0, 0, 0, 0, 0, 0, -10, -17,
    0, 0, 0, 0, 0, 0, 0, 245, 0, 0, 0, 0, 0, 1, 1, -21,
    0, 0, 0, 0, 0, 0, 0, 0, 256, 87, 50, 35, 27, 22, 19, 19,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 241, 100, 65, 48, 40, 35, 34,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 230, 103, 70, 55, 48, 46,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 223, 103, 73, 61, 57,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 217, 102, 76, 68,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 210, 106, 87,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 201, 109,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 182,
};
// clang-format on

int LargestDifference(const Strategy& strategy, const int16_t* entries) {
  int largest = 0;
  for (size_t i = 0; i < strategy.entries().size(); ++i) {
    largest = std::max(largest, std::abs(strategy.entries()[i] - entries[i]));
  }
  return largest;
}

TEST(StrategyDesignTest, GivesTheGoldenMatrices) {
  ASSERT_OK_AND_ASSIGN(const Strategy curative,
                       DesignStrategy(ShippedGrid("g8"), 1, CurativePrior()));
  ASSERT_OK_AND_ASSIGN(const Strategy durable,
                       DesignStrategy(ShippedGrid("g8"), 1, DurablePrior()));
  EXPECT_LE(LargestDifference(curative, kCurativeG8), 1);
  EXPECT_LE(LargestDifference(durable, kDurableG8), 1);
}

TEST(StrategyDesignTest, OtherScalesHaveTheGoldenSensitivity) {
  ASSERT_OK_AND_ASSIGN(const Strategy coarse,
                       DesignStrategy(ShippedGrid("g15"), 1, CurativePrior(), 16));
  ASSERT_OK_AND_ASSIGN(const Strategy fine,
                       DesignStrategy(ShippedGrid("g15"), 1, CurativePrior(), 4096));
  EXPECT_EQ(coarse.l2_squared(), 270u);
  EXPECT_EQ(fine.l2_squared(), 16781172u);
}

TEST(StrategyDesignTest, IsUpperTriangular) {
  ASSERT_OK_AND_ASSIGN(const Strategy strategy,
                       DesignStrategy(ShippedGrid("g10"), 2, CurativePrior()));
  for (int r = 1; r < strategy.rows(); ++r) {
    for (int c = 0; c < r; ++c) ASSERT_EQ(strategy.at(r, c), 0);
  }
}

TEST(StrategyDesignTest, PriorCellsAddUpAndSplitCausesEvenly) {
  const Eigen::VectorXd cells = PriorCells(ShippedGrid("g8"), 2, CurativePrior(), 1000);
  ASSERT_EQ(cells.size(), 24);
  EXPECT_NEAR(cells.sum(), 1000, 1e-9);
  EXPECT_NEAR((cells.head(8) - cells.segment(8, 8)).norm(), 0, 1e-12);
  // Still event-free and followed at 60 months: S(60) G(60) of the patients, and the censored of
  // the last bin.
  EXPECT_GT(cells(23), 1000 * (0.5 + 0.5 / 32) * 0.74);
}

TEST(StrategyDesignTest, WorkloadIsTheGradientOfTheCurve) {
  const int bins = 8;
  const auto last_survival = [&](const Eigen::VectorXd& cells) {
    double survival = 1, at_risk = cells.sum();
    for (int k = 0; k < bins; ++k) {
      survival *= 1 - cells(k) / at_risk;
      at_risk -= cells(k) + cells(bins + k);
    }
    return survival;
  };
  const Eigen::VectorXd cells = PriorCells(ShippedGrid("g8"), 1, DurablePrior(), 1000);
  const Eigen::MatrixXd workload = Workload(cells, bins, 1);
  for (Eigen::Index i = 0; i < cells.size(); ++i) {
    Eigen::VectorXd up = cells, down = cells;
    up(i) += 1e-3;
    down(i) -= 1e-3;
    EXPECT_NEAR(workload(bins - 1, i), (last_survival(up) - last_survival(down)) / 2e-3, 1e-9);
  }
}

TEST(StrategyDesignTest, FailsIfCausesAreOutOfRange) {
  EXPECT_THAT(DesignStrategy(ShippedGrid("g8"), 0, CurativePrior()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("causes")));
  EXPECT_THAT(DesignStrategy(ShippedGrid("g8"), 9, CurativePrior()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("causes")));
  EXPECT_THAT(DesignStrategy(ShippedGrid("g8"), 8, CurativePrior()), IsOk());
}

TEST(StrategyDesignTest, FailsIfScaleIsOutOfRange) {
  EXPECT_THAT(DesignStrategy(ShippedGrid("g8"), 1, CurativePrior(), 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("scale")));
  EXPECT_THAT(DesignStrategy(ShippedGrid("g8"), 1, CurativePrior(), 4097),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("scale")));
}

TEST(StrategyDesignTest, FailsIfThePriorIsNoCohort) {
  Cohort prior = CurativePrior();
  prior.dropout = -1;
  EXPECT_THAT(DesignStrategy(ShippedGrid("g8"), 1, prior),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("dropout")));
}

}  // namespace
}  // namespace perdura::privacy_design
