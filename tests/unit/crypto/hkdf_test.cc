#include "crypto/hkdf.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/wiped.h"
#include "tests/support/status_matchers.h"

namespace perdura::crypto {
namespace {

std::string HexBytes(const char* hex) { return base::HexDecode(hex).value(); }

// RFC 5869 appendix A.1.
TEST(HkdfTest, GivesCaseOneOfTheRfc) {
  WipedArray<32> key;
  HkdfExtract(HexBytes("000102030405060708090a0b0c"), {std::string(22, '\x0b')}, key.span());
  EXPECT_EQ(base::HexEncode(std::string(key.span().begin(), key.span().end())),
            "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  std::vector<uint8_t> out(42);
  ASSERT_OK(HkdfExpand(key.span(), {HexBytes("f0f1f2f3f4f5f6f7f8f9")}, out));
  EXPECT_EQ(base::HexEncode(std::string(out.begin(), out.end())),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}
TEST(HkdfTest, PartsAreReadAsOneInput) {
  WipedArray<32> whole;
  WipedArray<32> parts;
  HkdfExtract("salt", {"abcdef"}, whole.span());
  HkdfExtract("salt", {"ab", "", "cdef"}, parts.span());
  EXPECT_TRUE(std::equal(whole.span().begin(), whole.span().end(), parts.span().begin()));
}
TEST(HkdfTest, ExpandFillsTheLongestOutputAndRefusesOneByteMore) {
  const WipedArray<32> key;
  std::vector<uint8_t> out(kHkdfMaxOutput);
  EXPECT_OK(HkdfExpand(key.span(), {"info"}, out));
  out.resize(kHkdfMaxOutput + 1);
  EXPECT_THAT(HkdfExpand(key.span(), {"info"}, out),
              test_support::StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace perdura::crypto
