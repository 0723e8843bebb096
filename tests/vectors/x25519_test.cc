#include "crypto/x25519.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/secret_bytes.h"
#include "crypto/wiped.h"
#include "tests/support/shared_data.h"
#include "tests/vectors/vector_file.h"

namespace perdura::vectors {
namespace {

bool HasFlag(const rapidjson::Value& test, const std::string& flag) {
  for (const auto& entry : test["flags"].GetArray()) {
    if (entry.GetString() == flag) return true;
  }
  return false;
}

// Zero results are refused, everything else (twist and non-canonical points too) gives the vector.
TEST(X25519VectorTest, SharedValueOfEveryCase) {
  const auto file = LoadVectors("wycheproof_x25519.json");
  if (!file) GTEST_SKIP() << test_support::kNoSharedData;
  int refused = 0;
  int equal = 0;
  for (const auto& test : (*file)["tests"].GetArray()) {
    const int id = test["tcId"].GetInt();
    const crypto::SecretBytes secret{absl::string_view(HexField(test, "private"))};
    crypto::WipedArray<32> out;
    const bool ok = crypto::X25519(secret, HexField(test, "public"), out.span()).ok();
    ASSERT_EQ(ok, !HasFlag(test, "ZeroSharedSecret")) << "tcId " << id;
    if (!ok) {
      ++refused;
      continue;
    }
    const std::string got(out.span().begin(), out.span().end());
    EXPECT_EQ(got, HexField(test, "shared")) << "tcId " << id;
    ++equal;
  }
  EXPECT_EQ(refused, 31);
  EXPECT_EQ(equal, 487);
}

}  // namespace
}  // namespace perdura::vectors
