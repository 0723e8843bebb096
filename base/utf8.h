#ifndef PERDURA_BASE_UTF8_H_
#define PERDURA_BASE_UTF8_H_

#include "absl/strings/string_view.h"

namespace perdura::base {

// The first code point of a text and how many bytes it takes; length 0 where the text is empty or
// does not start with well-formed UTF-8 (Unicode 15, table 3-7).
struct CodePoint {
  char32_t value;
  int length;
};
CodePoint FirstCodePoint(absl::string_view text);

// Control characters, bidi controls, line and paragraph separators: never in our strings, escaped
// in logs.
bool IsControlOrBidi(char32_t code_point);

}  // namespace perdura::base

#endif  // PERDURA_BASE_UTF8_H_
