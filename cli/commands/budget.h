#ifndef PERDURA_CLI_COMMANDS_BUDGET_H_
#define PERDURA_CLI_COMMANDS_BUDGET_H_

#include <string>

#include "absl/status/statusor.h"
#include "perdura/v1/evidence.pb.h"

namespace perdura::cli {

// `perdura budget`: lines, planned tables, lifetime odometer and attempts of the aggregator's
// ledger.
absl::StatusOr<std::string> ShowBudget(const std::string& home);

// What all periods of a product have cost together, as (sum of epsilon + epsilon(sum of rho, 1e-6),
// 1e-6), and beside it the same over the sums of caps: what is spent at a time that the data chose
// is no statement about privacy, the caps are. Empty for no product.
std::string ShowOdometer(const google::protobuf::RepeatedPtrField<v1::LifetimeState>& lifetimes);

// Each planned table, and whether it was released. Empty for none.
std::string ShowPlanned(const google::protobuf::RepeatedPtrField<v1::PlannedState>& planned);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_BUDGET_H_
