// What is checked of the wanted output before a question is paid.

#include "cli/commands/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "base/files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_charter.h"

namespace perdura::cli {
namespace {

using ::perdura::test_support::StatusIs;
using ::testing::HasSubstr;

class CheckOutputTest : public ::testing::Test {
 protected:
  absl::Status Check(const std::string& endpoint) const {
    query::PlanRequest request;
    request.endpoint = endpoint;
    request.role = "researcher";
    const auto plan = query::Plan::Build(request, *charter_);
    PERDURA_CHECK(plan.ok());
    return CheckOutput(options_, *plan, *charter_);
  }

  const std::shared_ptr<const federation::Charter> charter_ = *federation::Charter::Create(
      test_support::TestFederation::Make().charter.SerializeAsString());
  const test_support::TempFolder folder_;
  QuestionOptions options_;
};

TEST_F(CheckOutputTest, FolderIsMade) {
  options_.out = folder_.File("results");
  EXPECT_OK(Check("overall-survival"));
  EXPECT_OK(base::WriteFileAtomic(folder_.File("results/note"), "made"));
}

TEST_F(CheckOutputTest, FolderInsideNoFolderIsRefused) {
  options_.out = folder_.File("no/such/folder");
  EXPECT_THAT(Check("overall-survival"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no/such/folder")));
}

TEST_F(CheckOutputTest, FileInPlaceOfTheFolderIsRefused) {
  options_.out = folder_.File("results");
  ASSERT_OK(base::WriteFileAtomic(options_.out, "a file"));
  EXPECT_THAT(Check("overall-survival"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no folder")));
}

TEST_F(CheckOutputTest, LandmarkBeyondTheGridIsRefused) {
  options_.landmarks = {18, 90};
  EXPECT_THAT(Check("overall-survival"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("landmarks")));
}

TEST_F(CheckOutputTest, SmoothingIsRefusedWhereItCannotBe) {
  options_.decoder = "smoothed";
  EXPECT_OK(Check("overall-survival"));
  for (const char* endpoint : {"late-entry-survival", "status-12"}) {
    EXPECT_THAT(Check(endpoint), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("decoder")))
        << endpoint;
  }
}

}  // namespace
}  // namespace perdura::cli
