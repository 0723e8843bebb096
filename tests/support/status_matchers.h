#ifndef PERDURA_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define PERDURA_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Matchers for Status and StatusOr, with which Debian's Abseil comes without.
//   EXPECT_THAT(Charge::Create(-1), StatusIs(absl::StatusCode::kInvalidArgument,
//   HasSubstr("units"))); ASSERT_OK_AND_ASSIGN(Charge charge, Charge::Create(5));
namespace perdura::test_support {

inline const absl::Status& GetStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, negation ? "is an error" : "is OK") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).ok();
}

// A Status or StatusOr with this code and a message that fits (any message if left out).
MATCHER_P2(StatusIs, code, message,
           "has code " + absl::StatusCodeToString(code) + " and a message that " +
               ::testing::DescribeMatcher<std::string>(message)) {
  const absl::Status& status = GetStatus(arg);
  *result_listener << status.ToString();
  return status.code() == code &&
         ::testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}
inline auto StatusIs(absl::StatusCode code) { return StatusIs(code, ::testing::_); }

// An OK StatusOr whose value fits.
MATCHER_P(IsOkAndHolds, value, "is OK and holds a value that fits") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  using Value = typename std::decay_t<decltype(arg)>::value_type;
  return ::testing::ExplainMatchResult(::testing::MatcherCast<const Value&>(value), *arg,
                                       result_listener);
}

}  // namespace perdura::test_support

#define PERDURA_TEST_CONCAT_INNER_(a, b) a##b
#define PERDURA_TEST_CONCAT_(a, b) PERDURA_TEST_CONCAT_INNER_(a, b)
#define ASSERT_OK_AND_ASSIGN_IMPL_(result, lhs, expr) \
  auto result = (expr);                               \
  ASSERT_TRUE(result.ok()) << result.status();        \
  lhs = *std::move(result)

#define ASSERT_OK(expr) ASSERT_THAT((expr), ::perdura::test_support::IsOk())
#define EXPECT_OK(expr) EXPECT_THAT((expr), ::perdura::test_support::IsOk())
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  ASSERT_OK_AND_ASSIGN_IMPL_(PERDURA_TEST_CONCAT_(test_result_, __LINE__), lhs, expr)

#endif  // PERDURA_TESTS_SUPPORT_STATUS_MATCHERS_H_
