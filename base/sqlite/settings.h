#ifndef PERDURA_BASE_SQLITE_SETTINGS_H_
#define PERDURA_BASE_SQLITE_SETTINGS_H_

#include "absl/status/status.h"

struct sqlite3;

namespace perdura::base {

// Internal to base/sqlite.

struct SettingsOptions {
  bool exclusive = false;
  bool read_only = false;
  bool in_memory = false;
};

// Puts the settings of the reliability document on a new connection and reads each one back.
// Returns FailedPrecondition, naming the setting, where one did not take; DataLoss where the file
// is no sound database.
absl::Status ApplySettings(sqlite3* handle, const SettingsOptions& options);

// The authorizer: SELECT, INSERT, UPDATE, DELETE and transactions always; schema changes only while
// `*migrating`, which must outlive the connection.
absl::Status InstallAuthorizer(sqlite3* handle, const bool* migrating);

}  // namespace perdura::base

#endif  // PERDURA_BASE_SQLITE_SETTINGS_H_
