#include "base/canonical_text.h"

#include "base/check.h"

namespace perdura::base {

std::string Text(std::initializer_list<TextField> fields) {
  std::string text;
  for (const TextField& field : fields) {
    PERDURA_CHECK(field.text().find('\n') == std::string::npos);
    text += field.text();
    text += '\n';
  }
  return text;
}

}  // namespace perdura::base
