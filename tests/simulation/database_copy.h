#ifndef PERDURA_TESTS_SIMULATION_DATABASE_COPY_H_
#define PERDURA_TESTS_SIMULATION_DATABASE_COPY_H_

#include <memory>
#include <string>

#include "base/check.h"
#include "base/sqlite/database.h"
#include "tests/support/temp_folder.h"

namespace perdura::simulation {

// What a database holds now, for a restore later: a backup on other media.
class DatabaseCopy final {
 public:
  explicit DatabaseCopy(base::Database& database)
      : folder_(std::make_unique<test_support::TempFolder>()) {
    PERDURA_CHECK(database.BackupTo(path()).ok());
    Open().reset();  // a copy of a database in memory gets the journal that files have
  }
  std::string path() const { return folder_->File("copy.db"); }
  // One at a time. The copy must outlive the database.
  std::unique_ptr<base::Database> Open() const {
    auto opened = base::Database::Open({.path = path()});
    PERDURA_CHECK(opened.ok());
    return *std::move(opened);
  }

 private:
  std::unique_ptr<test_support::TempFolder> folder_;
};

}  // namespace perdura::simulation

#endif  // PERDURA_TESTS_SIMULATION_DATABASE_COPY_H_
