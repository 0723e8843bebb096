#ifndef PERDURA_BASE_CANONICAL_TEXT_H_
#define PERDURA_BASE_CANONICAL_TEXT_H_

#include <concepts>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

namespace perdura::base {

// One field of a canonical text: a string, or an integer in decimal without leading zeros.
class TextField {
 public:
  TextField(absl::string_view text) : text_(text) {}   // NOLINT(google-explicit-constructor)
  TextField(const std::string& text) : text_(text) {}  // NOLINT(google-explicit-constructor)
  TextField(const char* text) : text_(text) {}         // NOLINT(google-explicit-constructor)
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) TextField(T number)
      : text_(std::to_string(number)) {}  // NOLINT(google-explicit-constructor)

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// text(a, b, ...) of the protocols: each field followed by one LF, so that it reads back in one way
// only. It binds bytes to a context (HPKE info, draw keys). A field with an LF is a programmer
// error and ends the process; check names with IsName() where they enter.
//   Text({"perdura/v1/psk", "node-a", 2}) == "perdura/v1/psk\nnode-a\n2\n"
std::string Text(std::initializer_list<TextField> fields);

}  // namespace perdura::base

#endif  // PERDURA_BASE_CANONICAL_TEXT_H_
