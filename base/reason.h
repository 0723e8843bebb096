#ifndef PERDURA_BASE_REASON_H_
#define PERDURA_BASE_REASON_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace perdura::base {

inline constexpr absl::string_view kReasonUrl = "perdura/reason";

// A typed refusal: a status code plus one stable reason word of docs (`bad_ask`,
// `budget_exhausted`, ...) and a message that names the field, the bound and the next step. Never a
// patient value, count, key or SQL.
inline absl::Status Refuse(absl::StatusCode code, absl::string_view reason,
                           absl::string_view message) {
  absl::Status status(code, absl::StrCat(reason, ": ", message));
  status.SetPayload(kReasonUrl, absl::Cord(reason));
  return status;
}

// The reason word of a refusal; empty if `status` carries none.
inline std::string ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kReasonUrl);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace perdura::base

#endif  // PERDURA_BASE_REASON_H_
