#ifndef PERDURA_REGISTRY_NODE_ANSWER_BUDGET_STATUS_H_
#define PERDURA_REGISTRY_NODE_ANSWER_BUDGET_STATUS_H_

#include "absl/status/status.h"
#include "federation/charter_chain.h"
#include "federation/ledger/charge_ledger.h"
#include "perdura/v1/registry.pb.h"
#include "registry-node/answer/own_caps.h"

namespace perdura::registry_node {

// What this node's own ledger says of its budgets, for its staff: the lines of the charter in
// force, under the lower of the charter's cap and the node's own, and the lifetime odometer.
// `chain` has a charter in force. Errors of the ledger.
absl::Status AddBudgetStatus(federation::ChargeLedger& ledger,
                             const federation::CharterChain& chain, const OwnCaps& own_caps,
                             v1::GetStatusResponse& response);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_ANSWER_BUDGET_STATUS_H_
