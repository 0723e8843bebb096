#ifndef PERDURA_TESTS_SUPPORT_COMMAND_LINE_H_
#define PERDURA_TESTS_SUPPORT_COMMAND_LINE_H_

#include <cstdint>
#include <cstdlib>
#include <cstring>

// `--name value` of the programs that are tests and benchmarks. What stands nowhere is the
// fallback; unknown words are ignored.
namespace perdura::test_support {

inline const char* TextOption(int argc, char** argv, const char* name, const char* fallback) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], name) == 0) return argv[i + 1];
  }
  return fallback;
}

// 0 for what is no number.
inline uint64_t NumberOption(int argc, char** argv, const char* name, uint64_t fallback) {
  const char* const text = TextOption(argc, argv, name, nullptr);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

}  // namespace perdura::test_support

#endif  // PERDURA_TESTS_SUPPORT_COMMAND_LINE_H_
