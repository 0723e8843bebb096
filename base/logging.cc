#include "base/logging.h"

#include <unistd.h>

#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/utf8.h"

namespace perdura::base {
namespace {

ABSL_CONST_INIT absl::Mutex sink_mutex(absl::kConstInit);

LogSink& Sink() ABSL_EXCLUSIVE_LOCKS_REQUIRED(sink_mutex) {
  static LogSink* const sink = new LogSink;  // never destroyed: threads may log until the very end
  return *sink;
}

void AppendCodePoint(absl::string_view bytes, char32_t value, std::string& out) {
  if (value == '"' || value == '\\') {
    absl::StrAppend(&out, "\\", bytes);
  } else if (IsControlOrBidi(value)) {  // all of them lie in the first plane
    absl::StrAppendFormat(&out, "\\u%04x", static_cast<uint32_t>(value));
  } else {
    absl::StrAppend(&out, bytes);
  }
}

void AppendJsonString(absl::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const CodePoint point = FirstCodePoint(text);
    if (point.length == 0) {
      out += "\\ufffd";
      text.remove_prefix(1);
      continue;
    }
    const auto length = static_cast<size_t>(point.length);
    AppendCodePoint(text.substr(0, length), point.value, out);
    text.remove_prefix(length);
  }
  out += '"';
}

void AppendPair(absl::string_view key, absl::string_view value, std::string& out) {
  AppendJsonString(key, out);
  out += ':';
  AppendJsonString(value, out);
}

// One write for one line, so that lines of several processes on one terminal do not mix.
void WriteToStandardError(std::string line) {
  line += '\n';
  absl::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written <= 0) return;  // there is nowhere left to report it
    rest.remove_prefix(static_cast<size_t>(written));
  }
}

void Log(absl::string_view severity, absl::string_view event,
         std::initializer_list<LogField> fields) {
  std::string line = "{";
  AppendPair("time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()),
             line);
  line += ',';
  AppendPair("severity", severity, line);
  line += ',';
  AppendPair("event", event, line);
  for (const LogField& field : fields) {
    line += ',';
    AppendPair(field.key, field.value, line);
  }
  line += '}';
  absl::MutexLock lock(&sink_mutex);
  if (Sink()) {
    Sink()(line);
  } else {
    WriteToStandardError(std::move(line));
  }
}

}  // namespace

void LogInfo(absl::string_view event, std::initializer_list<LogField> fields) {
  Log("INFO", event, fields);
}
void LogWarning(absl::string_view event, std::initializer_list<LogField> fields) {
  Log("WARNING", event, fields);
}
void LogError(absl::string_view event, std::initializer_list<LogField> fields) {
  Log("ERROR", event, fields);
}

LogSink SetLogSink(LogSink sink) {
  absl::MutexLock lock(&sink_mutex);
  return std::exchange(Sink(), std::move(sink));
}

}  // namespace perdura::base
