#ifndef PERDURA_TESTS_SUPPORT_TEMP_FOLDER_H_
#define PERDURA_TESTS_SUPPORT_TEMP_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "base/check.h"

namespace perdura::test_support {

// An empty folder that is gone with its object.
class TempFolder final {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "perdura-XXXXXX").string();
    PERDURA_CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace perdura::test_support

#endif  // PERDURA_TESTS_SUPPORT_TEMP_FOLDER_H_
