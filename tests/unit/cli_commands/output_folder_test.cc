#include "cli/commands/output_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace perdura::cli {
namespace {

using ::perdura::test_support::IsOkAndHolds;
using ::perdura::test_support::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Median tables of a release, whose lines begin with its id.
query::Estimates Answer(char id) {
  query::Estimates estimates;
  estimates.release_id = std::string(32, id);
  estimates.kind = v1::TABLE_EVENT;
  estimates.endpoint = "overall-survival@1";
  estimates.decoder = "plain";
  estimates.derivation = "direct";
  query::GroupEstimates group;
  group.quantiles = {{.quantile = 0.5, .reached = false, .months = {}}};
  estimates.groups = {group};
  return estimates;
}

constexpr char kFirstFile[] = "overall-survival-010101010101.release";
constexpr char kSecondFile[] = "overall-survival-020202020202.release";

class OutputFolderTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::string> Read(const std::string& name) const {
    return base::ReadFile(folder_.File(name), 1 << 20);
  }
  const test_support::TempFolder folder_;
};

TEST_F(OutputFolderTest, EveryReleaseHasItsOwnFile) {
  ASSERT_OK(WriteAnswer(folder_.path(), Answer('\x01'), "first bundle"));
  ASSERT_OK(WriteAnswer(folder_.path(), Answer('\x02'), "second bundle"));
  EXPECT_THAT(Read(kFirstFile), IsOkAndHolds("first bundle"));
  EXPECT_THAT(Read(kSecondFile), IsOkAndHolds("second bundle"));
}

TEST_F(OutputFolderTest, LinesOfOtherReleasesStay) {
  ASSERT_OK(WriteAnswer(folder_.path(), Answer('\x01'), "first"));
  ASSERT_OK(WriteAnswer(folder_.path(), Answer('\x02'), "second"));
  EXPECT_THAT(*Read("median.csv"), AllOf(HasSubstr("\n0101"), HasSubstr("\n0202")));
}

TEST_F(OutputFolderTest, LinesOfThisReadingAreReplaced) {
  ASSERT_OK(WriteAnswer(folder_.path(), Answer('\x01'), "first"));
  const std::string once = *Read("median.csv");
  ASSERT_OK(WriteAnswer(folder_.path(), Answer('\x01'), "first"));
  EXPECT_THAT(Read("median.csv"), IsOkAndHolds(once));
}

// A folder under that name cannot be read as a file, whoever runs this.
TEST_F(OutputFolderTest, FileThatCannotBeReadIsRefusedAndNothingIsWritten) {
  std::filesystem::create_directory(folder_.File("cif.csv"));
  EXPECT_THAT(PrepareFolder(folder_.path(), v1::TABLE_EVENT),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("cif.csv")));
  EXPECT_THAT(WriteAnswer(folder_.path(), Answer('\x01'), "first"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Read("km.csv"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Read(kFirstFile), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(OutputFolderTest, FileWithOtherColumnsIsRefusedAndStays) {
  ASSERT_OK(base::WriteFileAtomic(folder_.File("km.csv"), "release,other\n1,2\n"));
  EXPECT_THAT(PrepareFolder(folder_.path(), v1::TABLE_EVENT),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("km.csv")));
  EXPECT_FALSE(WriteAnswer(folder_.path(), Answer('\x01'), "first").ok());
  EXPECT_THAT(Read("km.csv"), IsOkAndHolds("release,other\n1,2\n"));
}

// Its files do not matter for a table of another kind.
TEST_F(OutputFolderTest, OnlyFilesOfTheKindAreLookedAt) {
  ASSERT_OK(base::WriteFileAtomic(folder_.File("km.csv"), "release,other\n"));
  EXPECT_OK(PrepareFolder(folder_.path(), v1::TABLE_CATEGORY));
}

}  // namespace
}  // namespace perdura::cli
