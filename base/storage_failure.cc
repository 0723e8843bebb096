#include "base/storage_failure.h"

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "base/logging.h"
#include "base/reason.h"

namespace perdura::base {
namespace {

constexpr absl::string_view kStorageUrl = "perdura/storage-failure";

}  // namespace

absl::Status StorageFailure(absl::Status status) {
  PERDURA_CHECK(!status.ok());
  status.SetPayload(kStorageUrl, absl::Cord());
  return status;
}

bool IsStorageFailure(const absl::Status& status) {
  if (status.GetPayload(kStorageUrl).has_value()) return true;
  return absl::IsDataLoss(status) && ReasonOf(status).empty();
}

absl::Status AsRefusal(const absl::Status& status) {
  if (status.ok() || IsStorageFailure(status) || !ReasonOf(status).empty()) return status;
  LogError("refusal.unnamed",
           {{"code", absl::StatusCodeToString(status.code())}, {"message", status.message()}});
  return Refuse(absl::StatusCode::kInvalidArgument, "malformed", "this message cannot be taken");
}

}  // namespace perdura::base
