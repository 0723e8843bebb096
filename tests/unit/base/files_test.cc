#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace perdura::base {
namespace {

using test_support::IsOkAndHolds;
using test_support::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

mode_t ModeOf(const std::string& path) {
  struct stat facts;
  EXPECT_EQ(::stat(path.c_str(), &facts), 0);
  return facts.st_mode & 0777;
}

class FilesTest : public ::testing::Test {
 protected:
  test_support::TempFolder folder_;
  const std::string path_ = folder_.File("file");
};

TEST_F(FilesTest, ReadGivesWhatWriteKept) {
  const std::string contents("a\0b\n", 4);
  ASSERT_OK(WriteFileAtomic(path_, contents));
  EXPECT_THAT(ReadFile(path_, 4), IsOkAndHolds(contents));
}
TEST_F(FilesTest, ReadFailsBeyondTheBound) {
  ASSERT_OK(WriteFileAtomic(path_, "12345"));
  EXPECT_THAT(ReadFile(path_, 4), StatusIs(absl::StatusCode::kInvalidArgument));
}
TEST_F(FilesTest, ReadFailsIfAbsentAndDoesNotNameThePath) {
  EXPECT_THAT(ReadFile(path_, 4),
              StatusIs(absl::StatusCode::kNotFound, Not(HasSubstr(folder_.path()))));
}
TEST_F(FilesTest, ReadRefusesAFolder) {
  EXPECT_THAT(ReadFile(folder_.path(), 4), StatusIs(absl::StatusCode::kInvalidArgument));
}
TEST_F(FilesTest, ReadRefusesAPipeWithoutWaiting) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(ReadFile(path_, 4), StatusIs(absl::StatusCode::kInvalidArgument));
}
TEST_F(FilesTest, WriteIsForTheOwnerUnlessTold) {
  ASSERT_OK(WriteFileAtomic(path_, "x"));
  EXPECT_EQ(ModeOf(path_), 0600u);
  ASSERT_OK(WriteFileAtomic(path_, "x", 0644));
  EXPECT_EQ(ModeOf(path_), 0644u);
}
TEST_F(FilesTest, WriteReplacesAndLeavesNothingBeside) {
  ASSERT_OK(WriteFileAtomic(path_, "long old contents"));
  ASSERT_OK(WriteFileAtomic(path_, "new"));
  EXPECT_THAT(ReadFile(path_, 100), IsOkAndHolds("new"));
  const std::filesystem::directory_iterator entries(folder_.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}
TEST_F(FilesTest, WriteFailsWhereTheFolderIsAbsent) {
  EXPECT_THAT(WriteFileAtomic(folder_.File("no/file"), "x"), StatusIs(absl::StatusCode::kNotFound));
}
TEST_F(FilesTest, FailedRenameKeepsTheOldEntryAndLeavesNothingBeside) {
  ASSERT_TRUE(std::filesystem::create_directories(folder_.File("file/inside")));
  EXPECT_FALSE(WriteFileAtomic(path_, "x").ok());  // a full folder cannot be replaced by a file
  const std::filesystem::directory_iterator entries(folder_.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}
TEST_F(FilesTest, FsyncDirectoryFailsForAFile) {
  ASSERT_OK(WriteFileAtomic(path_, "x"));
  EXPECT_FALSE(FsyncDirectory(path_).ok());
  EXPECT_OK(FsyncDirectory(folder_.path()));
}
TEST_F(FilesTest, FileExistsSeesBothCases) {
  EXPECT_THAT(FileExists(path_), IsOkAndHolds(false));
  ASSERT_OK(WriteFileAtomic(path_, "x"));
  EXPECT_THAT(FileExists(path_), IsOkAndHolds(true));
}
TEST(DirectoryOfTest, NamesTheFolderPart) {
  EXPECT_EQ(DirectoryOf("a/b/c"), "a/b");
  EXPECT_EQ(DirectoryOf("/a"), "/");
  EXPECT_EQ(DirectoryOf("a"), ".");
}

}  // namespace
}  // namespace perdura::base
