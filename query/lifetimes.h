#ifndef PERDURA_QUERY_LIFETIMES_H_
#define PERDURA_QUERY_LIFETIMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "federation/charter_chain.h"
#include "perdura/v1/evidence.pb.h"

namespace perdura::query {

// Units of 2^-40 charged over all periods of a product.
using LifetimeSpent = absl::FunctionRef<absl::StatusOr<uint64_t>(v1::Compartment compartment,
                                                                 const std::string& product)>;

// The lifetime odometer of a ledger, for people: one state for each compartment and product that a
// charter of the chain has a budget line for, in their order. `chain` has a charter in force, whose
// lifetime caps are shown. Errors of `spent`.
absl::StatusOr<std::vector<v1::LifetimeState>> LifetimesOf(const federation::CharterChain& chain,
                                                           LifetimeSpent spent);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_LIFETIMES_H_
