#include "base/logging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace perdura::base {
namespace {

using ::testing::EndsWith;
using ::testing::MatchesRegex;

class LoggingTest : public ::testing::Test {
 protected:
  LoggingTest() {
    previous_ = SetLogSink([this](absl::string_view line) { lines_.emplace_back(line); });
  }
  ~LoggingTest() override { SetLogSink(previous_); }

  std::vector<std::string> lines_;
  LogSink previous_;
};

TEST_F(LoggingTest, LineIsOneObjectWithTimeSeverityEventAndFields) {
  LogInfo("round.committed", {{"manifest", "00ff"}, {"dealers", 3}});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_THAT(lines_[0],
              MatchesRegex("\\{\"time\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
                           "\\.[0-9]{3}Z\",\"severity\":\"INFO\",\"event\":\"round.committed\","
                           "\"manifest\":\"00ff\",\"dealers\":\"3\"\\}"));
}
TEST_F(LoggingTest, SeverityIsNamed) {
  LogWarning("a");
  LogError("b");
  EXPECT_THAT(lines_[0], EndsWith("\"severity\":\"WARNING\",\"event\":\"a\"}"));
  EXPECT_THAT(lines_[1], EndsWith("\"severity\":\"ERROR\",\"event\":\"b\"}"));
}
TEST_F(LoggingTest, ForgedLineStaysInsideItsField) {
  LogInfo("a", {{"name", "x\"}\n{\"event\":\"forged\\"}});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_THAT(lines_[0], EndsWith("\"name\":\"x\\\"}\\u000a{\\\"event\\\":\\\"forged\\\\\"}"));
}
TEST_F(LoggingTest, ControlBidiAndSeparatorsAreEscaped) {
  LogInfo("a", {{"b", std::string("\0\x7f", 2) + "\xe2\x80\xae\xe2\x80\xa8\xc3\xa4"}});
  EXPECT_THAT(lines_[0], EndsWith("\"b\":\"\\u0000\\u007f\\u202e\\u2028\xc3\xa4\"}"));
}
TEST_F(LoggingTest, BrokenUtf8BecomesTheReplacementCharacter) {
  LogInfo("a", {{"b", "\xff(\xe2\x80"}});
  EXPECT_THAT(lines_[0], EndsWith("\"b\":\"\\ufffd(\\ufffd\\ufffd\"}"));
}
TEST_F(LoggingTest, KeysAreEscapedToo) {
  LogInfo("a", {{"b\n", "c"}});
  EXPECT_THAT(lines_[0], EndsWith("\"b\\u000a\":\"c\"}"));
}
TEST_F(LoggingTest, ThreadsDoNotMixTheirLines) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 100; ++i) LogInfo("tick", {{"i", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(lines_.size(), 400u);
}
TEST(LoggingDefaultTest, GoesToStandardError) {
  ::testing::internal::CaptureStderr();
  LogInfo("hello");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), EndsWith("\"event\":\"hello\"}\n"));
}

}  // namespace
}  // namespace perdura::base
