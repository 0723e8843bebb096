#ifndef PERDURA_FEDERATION_AUDIT_SIBLING_FACTS_H_
#define PERDURA_FEDERATION_AUDIT_SIBLING_FACTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/audit/log_copy.h"

namespace perdura::federation {

// Where and when an entry stands: its number in one log, that party's clock.
struct LoggedAt {
  std::string origin;  // of the log
  uint64_t seq = 0;
  uint64_t time = 0;  // microseconds since 1970

  // In one party's log, through its generations: the order in which it came to be. False across
  // parties.
  bool IsBefore(const LoggedAt& other) const;
};

// What the copied logs say of one manifest.
struct AttemptFacts {
  // Key of the patients it read (plan_fields.h); nullopt where no copy holds the manifest.
  std::optional<std::string> overlap_key;
  // In the aggregator's log.
  std::optional<LoggedAt> reserved;
  std::optional<LoggedAt> ended;
  std::string end_state;  // "released", "burnt:<reason>"; empty until it ended
  // In stewards' logs, by steward.
  std::map<std::string, LoggedAt> dealt;
  std::map<std::string, LoggedAt> committed;
  std::map<std::string, LoggedAt> summed;
};

// By manifest hash, 32 bytes.
using AttemptBook = std::map<std::string, AttemptFacts>;

// Reads all copies. A manifest that a ledger keeps is taken only where its hash is right; what a
// steward noted of a commit it signed stands in where no ledger has the manifest. Returns DataLoss
// `ledger_mismatch` for a manifest that cannot be read; the errors of the copies.
absl::StatusOr<AttemptBook> ReadAttempts(const std::vector<std::unique_ptr<LogCopy>>& copies);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_AUDIT_SIBLING_FACTS_H_
