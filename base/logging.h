#ifndef PERDURA_BASE_LOGGING_H_
#define PERDURA_BASE_LOGGING_H_

#include <concepts>
#include <functional>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

namespace perdura::base {

// One named value of a log line. Never a key, a patient value, an exact count or SQL: the caller's
// duty, which the logger cannot check.
struct LogField {
  LogField(absl::string_view name, absl::string_view text) : key(name), value(text) {}
  LogField(absl::string_view name, const std::string& text) : key(name), value(text) {}
  LogField(absl::string_view name, const char* text) : key(name), value(text) {}
  template <std::integral T>
  LogField(absl::string_view name, T number) : key(name), value(std::to_string(number)) {}

  std::string key;
  std::string value;
};

// Writes one line, a JSON object: time (UTC, milliseconds), severity, event, then the fields, all
// as strings. Control and bidi characters, line separators, quotes and backslashes are escaped and
// broken UTF-8 becomes U+FFFD, so one call is one line whatever the values hold. Thread-safe.
//   LogInfo("round.committed", {{"manifest", hex}, {"dealers", 3}});
void LogInfo(absl::string_view event, std::initializer_list<LogField> fields = {});
void LogWarning(absl::string_view event, std::initializer_list<LogField> fields = {});
void LogError(absl::string_view event, std::initializer_list<LogField> fields = {});

// Receives every finished line, without its LF. Called under a lock: must not log.
using LogSink = std::function<void(absl::string_view line)>;

// Replaces the sink and returns the previous one; an empty sink stands for standard error, which is
// also the start value. Thread-safe. For tests, and for main() before the first thread.
LogSink SetLogSink(LogSink sink);

}  // namespace perdura::base

#endif  // PERDURA_BASE_LOGGING_H_
