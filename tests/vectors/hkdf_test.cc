#include "crypto/hkdf.h"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/wiped.h"
#include "tests/support/shared_data.h"
#include "tests/vectors/vector_file.h"

namespace perdura::vectors {
namespace {

TEST(HkdfVectorTest, OutputOfEveryCase) {
  const auto file = LoadVectors("wycheproof_hkdf_sha256.json");
  if (!file) GTEST_SKIP() << test_support::kNoSharedData;
  int valid = 0;
  int invalid = 0;
  for (const auto& test : (*file)["tests"].GetArray()) {
    crypto::WipedArray<32> key;
    crypto::HkdfExtract(HexField(test, "salt"), {HexField(test, "ikm")}, key.span());
    std::vector<uint8_t> out(test["size"].GetUint());
    const bool ok = crypto::HkdfExpand(key.span(), {HexField(test, "info")}, out).ok();
    const bool want = TextField(test, "result") == "valid";
    ASSERT_EQ(ok, want) << "tcId " << test["tcId"].GetInt();
    ++(want ? valid : invalid);
    if (want) {
      EXPECT_EQ(std::string(out.begin(), out.end()), HexField(test, "okm"))
          << "tcId " << test["tcId"].GetInt();
    }
  }
  EXPECT_EQ(valid, 83);
  EXPECT_EQ(invalid, 3);
}

}  // namespace
}  // namespace perdura::vectors
