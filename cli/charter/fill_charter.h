#ifndef PERDURA_CLI_CHARTER_FILL_CHARTER_H_
#define PERDURA_CLI_CHARTER_FILL_CHARTER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cli/charter/party_card.h"
#include "federation/charter.h"
#include "federation/charter_chain.h"
#include "perdura/v1/charter.pb.h"

namespace perdura::cli {

struct FillOptions {
  // Authority keys, threshold and federation where the draft names none.
  std::optional<federation::AuthorityPin> pin = std::nullopt;
  // The charter that this one follows; nullptr for version 1.
  std::shared_ptr<const federation::Charter> previous = nullptr;
  // Start of validity where the draft names none.
  absl::Time now = absl::UnixEpoch();
  // Validity where the draft names no end; at most 100 days.
  absl::Duration validity = absl::Hours(24 * 90);
  // K of new data cuts that state none; `now` if unset.
  std::optional<absl::Time> known_at = std::nullopt;
};

// Makes a charter, ready to be signed, out of a draft: protobuf text of v1::Charter in which what
// can be computed is left out.
//
//   version, previous_hash      from `previous`
//   suite, hpke_mode, quorum    what this version speaks. Never the witness: unset means required
//   valid_from, valid_until     from `now` and `validity`
//   keys of parties             from the cards, by id
//   units of amounts            from `stated`: caps down, charges and guarantees up
//   patient guarantees          the sum of the M largest caps of each period
//   strategies                  from grid, causes and prior; those of `previous` stay as they are
//   known_at of cuts            from `previous`, else `known_at`
//
// What the draft does state is never overwritten: a contradiction is an error. The result has
// passed Charter::Create. Returns InvalidArgument with line and column for text that cannot be
// read, otherwise the errors of Charter::Create; each names the field and what to do.
absl::StatusOr<v1::Charter> FillCharter(absl::string_view draft,
                                        const std::vector<PartyCard>& cards,
                                        const FillOptions& options);

// The bytes that are signed: `charter` in protobuf's deterministic form.
std::string CharterPayload(const v1::Charter& charter);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_CHARTER_FILL_CHARTER_H_
