#include "registry-node/records/decimal.h"

#include <gtest/gtest.h>

namespace perdura::registry_node {
namespace {

TEST(DecimalTest, ReadsAndPrintsNumbers) {
  for (const char* text : {"0", "-0.3", "12", "8.5", "0.000001", "123456789012345678"}) {
    const auto number = Decimal::Parse(text);
    ASSERT_TRUE(number.has_value()) << text;
    EXPECT_EQ(number->Print(), text);
  }
}

TEST(DecimalTest, DropsZerosAtTheEnd) {
  EXPECT_EQ(Decimal::Parse("1.500")->Print(), "1.5");
  EXPECT_EQ(Decimal::Parse("20.00")->Print(), "20");
  EXPECT_EQ(Decimal::Parse("200")->Print(), "200");
}

TEST(DecimalTest, RefusesWhatIsNoPlainNumber) {
  for (const char* text : {"", "-", ".5", "5.", "1e3", "+1", " 1", "1,5", "1.2.3", "0x1", "--1",
                           "NaN", "1234567890123456789", "0.1234567890123456789"}) {
    EXPECT_FALSE(Decimal::Parse(text).has_value()) << text;
  }
}

TEST(DecimalTest, MultipliesExactly) {
  EXPECT_EQ(Decimal::Parse("85")->Times({1, 1})->Print(), "8.5");
  EXPECT_EQ(Decimal::Parse("150")->Times({45359237, 8})->Print(), "68.0388555");
  EXPECT_EQ(Decimal::Parse("-2.5")->Times({4, 0})->Print(), "-10");
  EXPECT_FALSE(Decimal::Parse("999999999999999999")->Times({11, 0}).has_value());
}

TEST(DecimalTest, OrdersByValue) {
  EXPECT_EQ(*Decimal::Parse("1.50"), *Decimal::Parse("1.5"));
  EXPECT_LT(*Decimal::Parse("-1"), *Decimal::Parse("0.001"));
  EXPECT_GT(*Decimal::Parse("999999999999999999"), *Decimal::Parse("0.00000000000000001"));
}

TEST(DecimalTest, DistanceHasNoSign) {
  EXPECT_EQ(Decimal::Parse("7.1")->DistanceTo(*Decimal::Parse("13.25")).Print(), "6.15");
  EXPECT_EQ(Decimal::Parse("13.25")->DistanceTo(*Decimal::Parse("7.1")).Print(), "6.15");
  EXPECT_EQ(Decimal::Parse("-1")->DistanceTo(*Decimal::Parse("1")).Print(), "2");
}

}  // namespace
}  // namespace perdura::registry_node
