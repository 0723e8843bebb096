#ifndef PERDURA_QUERY_JSON_WRITER_H_
#define PERDURA_QUERY_JSON_WRITER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace perdura::query {

// Writes one JSON value (RFC 8259) from front to back. Keys are ours, values are escaped. A number
// that is not finite becomes null. Calls must nest as JSON does; a key precedes each value in an
// object.
//   JsonWriter json; json.BeginObject(); json.Key("n"); json.Number(3); json.EndObject();
class JsonWriter final {
 public:
  void BeginObject() { Open('{'); }
  void EndObject() { Close('}'); }
  void BeginArray() { Open('['); }
  void EndArray() { Close(']'); }
  void Key(absl::string_view key);
  void String(absl::string_view value);
  void Number(double value);
  void Integer(uint64_t value);
  void Bool(bool value);
  void Null();

  void Field(absl::string_view key, absl::string_view value);
  // Null where there is no value.
  void Field(absl::string_view key, const std::optional<double>& value);

  const std::string& text() const { return text_; }

 private:
  void Open(char bracket);
  void Close(char bracket);
  // A comma where one belongs.
  void Separate();

  std::string text_;
  bool need_comma_ = false;
};

// `text` between quotes, with quotes, backslashes and control characters escaped. Bytes that are no
// UTF-8 are the caller's fault and pass as they are.
std::string JsonString(absl::string_view text);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_JSON_WRITER_H_
