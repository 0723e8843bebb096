#ifndef PERDURA_TESTS_SUPPORT_SHARED_DATA_H_
#define PERDURA_TESTS_SUPPORT_SHARED_DATA_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace perdura::test_support {

// The path of `relative` ("vectors/dsse.json") inside the folder of outside vectors and reference
// tables, which is no part of the repository: the environment variable PERDURA_SHARED, else
// ../shared beside the sources. Nothing where the file is absent; the test then skips and says so:
//   const auto path = SharedPath("vectors/dsse.json");
//   if (!path) GTEST_SKIP() << kNoSharedData;
std::optional<std::string> SharedPath(absl::string_view relative);

// The fields of one CSV line of that folder; a comma between double quotes belongs to its field.
std::vector<std::string> CsvFields(absl::string_view line);

inline constexpr char kNoSharedData[] =
    "outside vectors absent: set PERDURA_SHARED to their folder to run this test";

}  // namespace perdura::test_support

#endif  // PERDURA_TESTS_SUPPORT_SHARED_DATA_H_
