#include "base/canonical_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace perdura::base {
namespace {

TEST(CanonicalTextTest, EndsEachFieldWithOneLineFeed) {
  EXPECT_EQ(Text({"perdura/v1/psk", std::string("node-a"), 2}), "perdura/v1/psk\nnode-a\n2\n");
}
TEST(CanonicalTextTest, KeepsEmptyFields) {
  EXPECT_EQ(Text({}), "");
  EXPECT_EQ(Text({""}), "\n");
  EXPECT_NE(Text({"", "a"}), Text({"a", ""}));
}
TEST(CanonicalTextTest, PrintsTheExtremesOfIntegers) {
  EXPECT_EQ(Text({std::numeric_limits<uint64_t>::max(), std::numeric_limits<int64_t>::min()}),
            "18446744073709551615\n-9223372036854775808\n");
}
TEST(CanonicalTextDeathTest, LineFeedInsideAFieldEndsTheProcess) {
  EXPECT_DEATH(Text({"a\nb"}), "check.failed");
}

}  // namespace
}  // namespace perdura::base
