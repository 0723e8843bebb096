#ifndef PERDURA_BASE_IN_FILE_H_
#define PERDURA_BASE_IN_FILE_H_

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace perdura::base {

// An error about a file that a person named, on a command line or in a configuration: the message
// begins with that name, code and reason word stay. Only for messages to this person, since errors
// that travel never hold a path.
inline absl::Status InFile(absl::string_view path, const absl::Status& status) {
  if (status.ok()) return status;
  absl::Status named(status.code(), absl::StrCat(path, ": ", status.message()));
  status.ForEachPayload([&named](absl::string_view url, const absl::Cord& payload) {
    named.SetPayload(url, payload);
  });
  return named;
}

}  // namespace perdura::base

#endif  // PERDURA_BASE_IN_FILE_H_
