#ifndef PERDURA_FEDERATION_BUNDLE_BUNDLE_H_
#define PERDURA_FEDERATION_BUNDLE_BUNDLE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "federation/charter.h"
#include "federation/charter_chain.h"
#include "federation/log/receipt.h"
#include "perdura/v1/round.pb.h"

namespace perdura::federation {

// A release whose every signature and number has been checked. Only OpenBundle makes one worth the
// name: read it instead of the bundle.
struct OpenedBundle {
  // The charter of the round, which may no longer be in force.
  std::shared_ptr<const Charter> charter;
  v1::Manifest manifest;
  // SHA-256 of the manifest's payload, 32 bytes.
  std::string manifest_hash;
  v1::Ask ask;
  v1::Commit commit;
  v1::Release release;
  // Stewards that signed the certificate, in charter order.
  std::vector<std::string> certified_by;
  // Stewards whose partial sums give the values, in the order of the bundle.
  std::vector<std::string> summed_by;
  // SHA-256 of the release's payload, 32 bytes.
  std::string release_id;
  // Where the aggregator's log has the charge of the round; nothing under `witness: none`.
  std::optional<log::VerifiedReceipt> reserved;
  // One readable line for each check that passed, in order.
  std::vector<std::string> checks;
};

// Checks a `.release` file offline, trusting the pinned authority keys alone:
//
//   charters       from version 1 on, each signed by k authority keys of the one before (CH1 to
//   CH6) manifest       the aggregator's; its ask the analyst's, about the same plan and charge at
//   most
//                  max_charge; its seal-keys the stewards', in order
//   certificate    one commit that >= Q distinct stewards signed: exactly Q dealers, contributors
//                  from >= min_entities legal entities
//   partial sums   each signed by its steward and about this commit; interpolated again, they give
//                  the released values, liars and the unchecked flag, within the overflow bound
//   release        the aggregator's, equal to manifest and charter in plan, layout, noise, Q and f
//   log            under `witness: required`: the aggregator's entry `reserved` names this manifest
//                  and its charge, and is in its log under a checkpoint that >= Q stewards of the
//                  round's charter cosigned while that charter was in force, as far as the bundle
//                  holds the next one; so is the entry of each sibling, under any charter of the
//                  bundle. Under `none` there are neither entries nor siblings
//
// What it shows: nobody but t - 1 stewards together with the aggregator could have altered the
// values. Not checked here, since it needs plan and layout: that noise and rows are what plan and
// charge demand (query::RoundTerms::CheckManifest). Nor, since it needs copies of the logs: that
// all siblings are listed, and their end states (federation/audit/sibling_audit.h). Validity in
// time is not judged.
// Returns the errors of the checks: `unlogged`, `bad_proof`, `bad_signature` for the log; else
// InvalidArgument `bad_bundle`; each names the part that failed. Pure.
absl::StatusOr<OpenedBundle> OpenBundle(const v1::ReleaseBundle& bundle, const AuthorityPin& pin);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_BUNDLE_BUNDLE_H_
