#ifndef PERDURA_AGGREGATOR_LEDGER_ROUND_SCHEMA_H_
#define PERDURA_AGGREGATOR_LEDGER_ROUND_SCHEMA_H_

#include "absl/strings/string_view.h"

namespace perdura::aggregator {

// The tables of aggregator.db that only the aggregator has: messages, outbox, releases, free
// answers, seal-keys. SqliteRoundStore migrates to them beside the tables of every party.
extern const absl::string_view kRoundSchema;
// Its later step: the generation of the log that has a reserved entry.
extern const absl::string_view kGenerationSchema;

}  // namespace perdura::aggregator

#endif  // PERDURA_AGGREGATOR_LEDGER_ROUND_SCHEMA_H_
