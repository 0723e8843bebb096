#ifndef PERDURA_BASE_STORAGE_FAILURE_H_
#define PERDURA_BASE_STORAGE_FAILURE_H_

#include "absl/status/status.h"

namespace perdura::base {

// Which errors end a process. Only the failure of a party's own storage does: after it nothing in
// memory can be trusted, and the process starts again from what is durable. Whatever else another
// party's bytes lead to is an answer to that party.

// Marks `status`, which must not be OK, as a failure of this party's own storage.
absl::Status StorageFailure(absl::Status status);

// True for a marked status, and for DataLoss without a reason word: something stored does not read
// back.
bool IsStorageFailure(const absl::Status& status);

// What the other side is told. OK, a storage failure and a refusal (base/reason.h) stay what they
// are. Any other error becomes InvalidArgument `malformed`, with a line in the log that keeps its
// text: some check of ours let the bytes come too far.
absl::Status AsRefusal(const absl::Status& status);

}  // namespace perdura::base

#endif  // PERDURA_BASE_STORAGE_FAILURE_H_
