#include <gtest/gtest.h>

#include "crypto/sign.h"
#include "tests/support/shared_data.h"
#include "tests/vectors/vector_file.h"

namespace perdura::vectors {
namespace {

// Wycheproof: malleable S, wrong lengths, edge points.
TEST(Ed25519VectorTest, VerifyAgreesWithEveryCase) {
  const auto file = LoadVectors("wycheproof_ed25519.json");
  if (!file) GTEST_SKIP() << test_support::kNoSharedData;
  int valid = 0;
  int invalid = 0;
  for (const auto& test : (*file)["tests"].GetArray()) {
    const bool want = TextField(test, "result") == "valid";
    const bool got =
        crypto::Verify(HexField(test, "pk"), HexField(test, "msg"), HexField(test, "sig"));
    EXPECT_EQ(got, want) << "tcId " << test["tcId"].GetInt();
    ++(want ? valid : invalid);
  }
  EXPECT_EQ(valid, 88);
  EXPECT_EQ(invalid, 63);
}

}  // namespace
}  // namespace perdura::vectors
