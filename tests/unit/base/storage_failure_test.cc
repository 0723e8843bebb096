#include "base/storage_failure.h"

#include <gtest/gtest.h>

#include "base/reason.h"

namespace perdura::base {
namespace {

TEST(StorageFailureTest, MarkedStatusIsOneAndKeepsCodeAndText) {
  const absl::Status status = StorageFailure(absl::UnavailableError("no space left"));
  EXPECT_TRUE(IsStorageFailure(status));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(status.message(), "no space left");
}

TEST(StorageFailureTest, DataLossIsOneUnlessItIsARefusal) {
  EXPECT_TRUE(IsStorageFailure(absl::DataLossError("a stored message is damaged")));
  EXPECT_FALSE(IsStorageFailure(Refuse(absl::StatusCode::kDataLoss, "ledger_fork", "two roots")));
}

TEST(StorageFailureTest, OtherErrorsAreNone) {
  EXPECT_FALSE(IsStorageFailure(absl::OkStatus()));
  EXPECT_FALSE(IsStorageFailure(absl::InvalidArgumentError("too long")));
  EXPECT_FALSE(IsStorageFailure(absl::InternalError("a bug")));
}

TEST(StorageFailureTest, ErrorWithoutAReasonWordIsMalformedAndDoesNotTellItsText) {
  const absl::Status refusal = AsRefusal(absl::InternalError("page 7 of the ledger"));
  EXPECT_TRUE(absl::IsInvalidArgument(refusal));
  EXPECT_EQ(ReasonOf(refusal), "malformed");
  EXPECT_EQ(refusal.message().find("page 7"), absl::string_view::npos);
}

TEST(StorageFailureTest, RefusalsAndStorageFailuresStayWhatTheyAre) {
  EXPECT_TRUE(AsRefusal(absl::OkStatus()).ok());
  const absl::Status refusal = Refuse(absl::StatusCode::kNotFound, "unknown_round", "none");
  EXPECT_EQ(AsRefusal(refusal), refusal);
  const absl::Status failure = StorageFailure(absl::UnavailableError("locked"));
  EXPECT_EQ(AsRefusal(failure), failure);
}

}  // namespace
}  // namespace perdura::base
