#ifndef PERDURA_TESTS_VECTORS_VECTOR_FILE_H_
#define PERDURA_TESTS_VECTORS_VECTOR_FILE_H_

#include <rapidjson/document.h>

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace perdura::vectors {

// The parsed JSON file "vectors/<name>" of the shared folder; nothing where it is absent. A file
// that is there and does not parse ends the test run.
std::optional<rapidjson::Document> LoadVectors(absl::string_view name);

// The member `key` of `object`, a lower-case hex string, as bytes; empty where there is no such
// member.
std::string HexField(const rapidjson::Value& object, const char* key);

// The member `key`, a string that must be there.
std::string TextField(const rapidjson::Value& object, const char* key);

}  // namespace perdura::vectors

#endif  // PERDURA_TESTS_VECTORS_VECTOR_FILE_H_
