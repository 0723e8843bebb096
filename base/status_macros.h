#ifndef PERDURA_BASE_STATUS_MACROS_H_
#define PERDURA_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns the status of `expr` from the enclosing function unless it is OK.
#define PERDURA_RETURN_IF_ERROR(expr)                                                         \
  do {                                                                                        \
    if (absl::Status perdura_status_ = (expr); !perdura_status_.ok()) return perdura_status_; \
  } while (false)

#define PERDURA_STATUS_CONCAT_INNER_(a, b) a##b
#define PERDURA_STATUS_CONCAT_(a, b) PERDURA_STATUS_CONCAT_INNER_(a, b)

#define PERDURA_ASSIGN_OR_RETURN_IMPL_(result, lhs, expr) \
  auto result = (expr);                                   \
  if (!result.ok()) return std::move(result).status();    \
  lhs = *std::move(result)

// Evaluates `expr` (a StatusOr) and assigns its value to `lhs`, or returns its status.
#define PERDURA_ASSIGN_OR_RETURN(lhs, expr) \
  PERDURA_ASSIGN_OR_RETURN_IMPL_(PERDURA_STATUS_CONCAT_(perdura_result_, __LINE__), lhs, expr)

#endif  // PERDURA_BASE_STATUS_MACROS_H_
