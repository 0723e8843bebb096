#ifndef PERDURA_FEDERATION_AUDIT_NEWEST_CHECKPOINTS_H_
#define PERDURA_FEDERATION_AUDIT_NEWEST_CHECKPOINTS_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "federation/audit/log_copy.h"
#include "federation/log/checkpoint.h"

namespace perdura::federation {

// By party.
using NewestCheckpoints = std::map<std::string, log::SignedCheckpoint>;

// Adds what a copied database knows of every party's log: its own newest checkpoint, and those that
// it holds of others. Of each party the latest generation counts, in it the largest size. Notes
// that the log keys of the copy's newest charter do not open are left out: parties that left, and
// keys that changed. Returns DataLoss `ledger_fork` where two copies show two histories of one log;
// the errors of the database.
absl::Status AddNewestCheckpoints(LogCopy& copy, NewestCheckpoints& newest);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_AUDIT_NEWEST_CHECKPOINTS_H_
