#ifndef PERDURA_TESTS_SIMULATION_REBASING_H_
#define PERDURA_TESTS_SIMULATION_REBASING_H_

#include <string>
#include <vector>

#include "base/check.h"
#include "federation/envelope.h"
#include "federation/ledger/rebase_draft.h"
#include "tests/simulation/simulated_federation.h"

namespace perdura::simulation {

// What operator and authority do for a party that was rolled back. `own`: the party's database;
// `others`: those whose ledgers are asked what happened since the backup.
inline v1::RebaseFile DraftFor(base::Database& own, const std::vector<base::Database*>& others,
                               bool gap_is_known) {
  federation::RebaseDraftOptions options{.known = {},
                                         .gap_is_known = gap_is_known,
                                         .reason = "restored from a backup",
                                         .operator_name = "A. Operator"};
  for (base::Database* const other : others) {
    auto known = federation::KnownAttemptsIn(*other);
    PERDURA_CHECK(known.ok());
    options.known.push_back(*std::move(known));
  }
  auto draft = federation::DraftRebase(own, options);
  PERDURA_CHECK(draft.ok());
  return *std::move(draft);
}

inline void SignRebase(v1::RebaseFile& file, const test_support::TestFederation& federation,
                       const std::vector<int>& authorities) {
  for (const int number : authorities) {
    federation::AddSignature(*file.mutable_rebase(), federation.authority_key(number), "authority");
  }
}

}  // namespace perdura::simulation

#endif  // PERDURA_TESTS_SIMULATION_REBASING_H_
