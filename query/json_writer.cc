#include "query/json_writer.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace perdura::query {

std::string JsonString(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", std::string(1, c));
    } else if (c == '\n') {
      absl::StrAppend(&out, "\\n");
    } else if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppendFormat(&out, "\\u%04x", byte);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
  return out;
}

void JsonWriter::Separate() {
  if (need_comma_) text_.push_back(',');
  need_comma_ = true;
}

void JsonWriter::Open(char bracket) {
  Separate();
  text_.push_back(bracket);
  need_comma_ = false;
}

void JsonWriter::Close(char bracket) {
  text_.push_back(bracket);
  need_comma_ = true;
}

void JsonWriter::Key(absl::string_view key) {
  Separate();
  absl::StrAppend(&text_, JsonString(key), ":");
  need_comma_ = false;
}

void JsonWriter::String(absl::string_view value) {
  Separate();
  absl::StrAppend(&text_, JsonString(value));
}

void JsonWriter::Number(double value) {
  if (!std::isfinite(value)) return Null();
  Separate();
  absl::StrAppendFormat(&text_, "%.10g", value == 0 ? 0.0 : value);
}

void JsonWriter::Integer(uint64_t value) {
  Separate();
  absl::StrAppend(&text_, value);
}

void JsonWriter::Bool(bool value) {
  Separate();
  absl::StrAppend(&text_, value ? "true" : "false");
}

void JsonWriter::Null() {
  Separate();
  absl::StrAppend(&text_, "null");
}

void JsonWriter::Field(absl::string_view key, absl::string_view value) {
  Key(key);
  String(value);
}

void JsonWriter::Field(absl::string_view key, const std::optional<double>& value) {
  Key(key);
  if (value.has_value()) {
    Number(*value);
  } else {
    Null();
  }
}

}  // namespace perdura::query
