#ifndef PERDURA_FEDERATION_LEDGER_COLUMNS_H_
#define PERDURA_FEDERATION_LEDGER_COLUMNS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"
#include "federation/ledger/charge_ledger.h"

namespace perdura::federation {

// What the tables of every party write in the same way.

// Columns 0 to 2 of a row: analyst (text), question id (blob), attempt (integer). Returns the
// errors of the columns.
absl::StatusOr<AttemptId> ReadAttemptId(const base::Statement& row);

// Member ids of a column that holds them with commas between; empty text: none.
std::vector<std::string> SplitMembers(absl::string_view text);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_LEDGER_COLUMNS_H_
