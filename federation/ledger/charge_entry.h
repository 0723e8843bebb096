#ifndef PERDURA_FEDERATION_LEDGER_CHARGE_ENTRY_H_
#define PERDURA_FEDERATION_LEDGER_CHARGE_ENTRY_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "federation/ledger/charge_ledger.h"
#include "federation/log/entry.h"

namespace perdura::federation {

// How a charge stands in a party's log: kind `reserved` at the aggregator, `debited` at a node.
// Each line is "<compartment>:<product>:<period>:<units>", units of 2^-40 in decimal.

// The entry for a debit that ChargeLedger::Write has taken in the same transaction.
log::Entry ChargeEntry(absl::string_view kind, const Debit& debit);

// NC8: that `line`, an entry shown to be in the aggregator's log, reserves exactly this charge for
// this attempt and manifest. Returns FailedPrecondition `unlogged` naming what differs.
absl::Status CheckReserved(absl::string_view line, const AttemptId& id,
                           absl::string_view manifest_hash, const std::vector<ChargeLine>& lines);

// The same for an entry of `kind`, `reserved` or `debited`.
absl::Status CheckCharged(absl::string_view kind, absl::string_view line, const AttemptId& id,
                          absl::string_view manifest_hash, const std::vector<ChargeLine>& lines);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_LEDGER_CHARGE_ENTRY_H_
