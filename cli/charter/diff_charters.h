#ifndef PERDURA_CLI_CHARTER_DIFF_CHARTERS_H_
#define PERDURA_CLI_CHARTER_DIFF_CHARTERS_H_

#include <string>

#include "perdura/v1/charter.pb.h"

namespace perdura::cli {

// What changes from one charter to the next, one line for each change, for the people who sign it:
//   ~ version: 1 -> 2
//   + data_cuts bmt@1
//       cutoff_day: 9131
//   - analysts old-desk
//   ~ members ohio.country: "US" -> "CA"
//   ~ grids: order [monthly@1, yearly@1] -> [yearly@1, monthly@1]
// Records are matched by what names them (id; role; purpose, compartment, product and period;
// field), not by their place; a line of its own says where their order changes. Long byte fields
// are shortened, entries of strategies counted. Empty if nothing changes.
std::string DiffCharters(const v1::Charter& before, const v1::Charter& after);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_CHARTER_DIFF_CHARTERS_H_
