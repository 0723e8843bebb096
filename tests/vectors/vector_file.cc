#include "tests/vectors/vector_file.h"

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/files.h"
#include "tests/support/shared_data.h"

namespace perdura::vectors {

std::optional<rapidjson::Document> LoadVectors(absl::string_view name) {
  const auto path = test_support::SharedPath(absl::StrCat("vectors/", name));
  if (!path.has_value()) return std::nullopt;
  const auto text = base::ReadFile(*path, 1 << 20);
  PERDURA_CHECK(text.ok());
  rapidjson::Document document;
  document.Parse(text->c_str());
  PERDURA_CHECK(!document.HasParseError());
  return document;
}

std::string HexField(const rapidjson::Value& object, const char* key) {
  if (!object.HasMember(key)) return "";
  const auto bytes = base::HexDecode(object[key].GetString());
  PERDURA_CHECK(bytes.ok());
  return *bytes;
}

std::string TextField(const rapidjson::Value& object, const char* key) {
  PERDURA_CHECK(object.HasMember(key));
  return object[key].GetString();
}

}  // namespace perdura::vectors
