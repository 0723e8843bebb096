#ifndef PERDURA_CLI_CHARTER_FILL_AMOUNTS_H_
#define PERDURA_CLI_CHARTER_FILL_AMOUNTS_H_

#include "absl/status/status.h"
#include "cli/charter/draft_text.h"

namespace perdura::cli {

// Units of every amount of the draft from what is stated, wherever it stands: default charge and
// patient guarantees rounded up, all others (caps) down. The compartment beside an amount says
// whether it is stated as rho or as epsilon; the default charge is one of rho. An amount that
// states both must agree. Returns InvalidArgument with line and column.
absl::Status FillAmounts(DraftText& draft);

// Adds the patient guarantees that the draft leaves out: for each compartment and period the sum of
// the M largest product caps. Units must be filled.
void FillGuarantees(v1::Charter& charter);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_CHARTER_FILL_AMOUNTS_H_
