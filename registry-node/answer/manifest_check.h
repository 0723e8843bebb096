#ifndef PERDURA_REGISTRY_NODE_ANSWER_MANIFEST_CHECK_H_
#define PERDURA_REGISTRY_NODE_ANSWER_MANIFEST_CHECK_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "federation/charter_chain.h"
#include "federation/ledger/charge_ledger.h"
#include "perdura/v1/round.pb.h"
#include "query/round_terms.h"

namespace perdura::registry_node {

// A manifest whose signatures hold (NC1 to NC4). Identity first: NC9 comes before everything
// costly.
struct OpenedManifest {
  std::shared_ptr<const federation::Charter> charter;
  v1::Manifest manifest;
  v1::Ask ask;
  // SHA-256 of the manifest's and the ask's payloads.
  std::string hash;
  std::string ask_hash;
  // The signed manifest as it came, serialised.
  std::string envelope;
  federation::AttemptId id;
};

// A manifest that plan and charter allow (NC5 to NC19). Keeps its charter alive.
struct CheckedManifest {
  OpenedManifest opened;
  query::RoundTerms terms;
  // In steward order.
  std::vector<v1::SealKey> seal_keys;
};

// The checks of a manifest that node and steward share, in the order and with the words of
// protocols.md 4.2. Pure: no patient data, no I/O. NC6 to NC8 are off under `witness: none`, the
// only kind of charter that this version accepts: every proof field must be empty.

// NC1 `malformed`, `bad_signature`; NC2 `charter_mismatch` (only the charter in force opens
// rounds); NC3 `unknown_suite`; NC4 `bad_ask`.
absl::StatusOr<OpenedManifest> OpenManifest(const v1::Announcement& announcement,
                                            const federation::CharterChain& chain, absl::Time now);

// NC5 `not_open`, `expired` (`needs_upload`: an upload slot at or after now + w must be left), NC8
// empty proofs, NC10 `bad_seal_key`, NC11 `plan_not_canonical`, NC12 `unknown_name`, NC13 to NC17
// by RoundTerms, NC19 `not_allowed`. `newest_seal_key`: largest number seen of a steward.
absl::StatusOr<CheckedManifest> CheckManifest(
    OpenedManifest opened, const v1::Announcement& announcement,
    const federation::CharterChain& chain, absl::Time now, bool needs_upload,
    const std::function<absl::StatusOr<uint64_t>(absl::string_view)>& newest_seal_key);

// NC10b: signed role-2 headers of this manifest by at least Q distinct stewards. Returns
// Unavailable `no_dealers`.
absl::Status CheckDealerHeaders(const CheckedManifest& checked,
                                const v1::Announcement& announcement);

// NC21: the cut is open and its K has passed on this clock. Returns FailedPrecondition
// `cut_not_ready`.
absl::Status CheckCut(const CheckedManifest& checked, absl::Time now);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_ANSWER_MANIFEST_CHECK_H_
