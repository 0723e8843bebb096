#ifndef PERDURA_CLI_COMMANDS_AMOUNTS_H_
#define PERDURA_CLI_COMMANDS_AMOUNTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "perdura/v1/charter.pb.h"
#include "perdura/v1/evidence.pb.h"

namespace perdura::cli {

// An amount of units for people, in the currency of its compartment: "rho 0.08815 (epsilon 2.00 at
// delta 1e-6)" or "epsilon 1 (pure)". "nothing" for 0.
std::string ShowUnits(v1::Compartment compartment, uint64_t units);

// Charges of `flagship` as --epsilon takes them: "0.375, 0.75, 1.5".
std::string ShowEpsilons(const std::vector<uint64_t>& charges);

// The charge of a plan that a party holds: ShowUnits of its compartment.
std::string ShowUnitsOfPlan(absl::string_view plan, uint64_t units);

// "default law" or "flagship law".
absl::string_view LawWord(v1::Compartment compartment);

// The epsilon that an amount guarantees at delta 1e-6; infinite for one that no epsilon describes.
double EpsilonOf(v1::Compartment compartment, uint64_t units);

// A line of text: what the charter keeps for planned tables.
std::string ShowSetAside(v1::Compartment compartment, uint64_t units);

// Budget lines: law, product, period, spent, cap, left; what is set aside for planned tables; what
// the caller and its purposes have of it.
std::string ShowLines(const google::protobuf::RepeatedPtrField<v1::LineState>& lines);

// A wanted charge of `adhoc`: "rho(2, 1e-6)", "units(n)" or a fraction such as "1/4" of
// `default_units`, rounded up. Returns InvalidArgument with the three forms.
absl::StatusOr<uint64_t> ParseCharge(absl::string_view text, uint64_t default_units);

// A wanted charge of `flagship`: "1", "0.5" or "1/2", exactly. Returns InvalidArgument for anything
// that is no whole number of eighths above 0; which of them are for sale is the plan's to check.
absl::StatusOr<uint64_t> ParseEpsilon(absl::string_view text);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_AMOUNTS_H_
