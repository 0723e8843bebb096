#ifndef PERDURA_REGISTRY_NODE_ANSWER_MANIFEST_CHECK_H_
#define PERDURA_REGISTRY_NODE_ANSWER_MANIFEST_CHECK_H_

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
#include "registry-node/keys/seal_key_store.h"
#include "registry-node/log/party_log.h"

namespace perdura::registry_node {

// A manifest whose signatures hold (NC1 to NC4). Identity first: NC9 comes before everything
// costly.
struct OpenedManifest {
  federation::RoundCharter under;
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
// protocols.md 4.2. Pure: no patient data, no I/O of their own.

// NC1 before anything of an announcement is answered or written down: the aggregator of the charter
// that the manifest names, in force or the one before, has signed it; where it names neither, that
// of the charter in force. A lapsed charter does for that; OpenManifest names it. Returns
// `malformed`, `bad_signature`, FailedPrecondition `charter_expired` without a charter.
absl::Status VerifyManifest(const v1::Announcement& announcement,
                            const federation::CharterChain& chain);

// NC1 `malformed`, `bad_signature`: by the aggregator's key in the charter that it names; NC2
// `charter_mismatch`: neither the charter in force nor the one before; NC3 `unknown_suite`; NC4
// `bad_ask`. `charter_expired` where no charter is in force here.
//
// A round ends under the charter it began with, and all that follows is checked against that one.
// That a round under the charter before was opened before the switch, CheckManifest asks.
absl::StatusOr<OpenedManifest> OpenManifest(const v1::Announcement& announcement,
                                            const federation::CharterChain& chain, absl::Time now);

// What a receiver brings to the checks.
struct ManifestReceiver {
  const federation::CharterChain& chain;
  // NC5: an upload slot at or after now + w must be left.
  bool needs_upload = false;
  // Under the charter before with `witness: none`, where no cosignature says when it was opened:
  // this manifest was taken here before the switch.
  bool taken_before = false;
  // NC6 to NC8 under `witness: required` (registry-node/log/announcement_log.h).
  PartyLog& log;
  // NC10: numbers seen of the stewards' seal-keys, which must stay valid until collect_until.
  SealKeyStore& seal_keys;
};

// NC5 `not_open`, `expired`; NC6 to NC8 by CheckAnnouncementLog, or under `witness: none` every
// proof field empty, else `unlogged`, and under the charter before `taken_before`, else
// `charter_mismatch`; NC10 `bad_seal_key`, NC11 `plan_not_canonical`, NC12
// `unknown_name`, NC13 to NC17 by RoundTerms, NC19 `not_allowed`. That the entry `reserved` names
// this manifest and charge (NC8, `unlogged`) is compared once the plan has been read.
absl::StatusOr<CheckedManifest> CheckManifest(OpenedManifest opened,
                                              const v1::Announcement& announcement,
                                              const ManifestReceiver& receiver, absl::Time now);

// Keeps the numbers of the manifest's seal-keys, before anything is sealed to them.
absl::Status RememberSealKeys(const CheckedManifest& checked, SealKeyStore& store);

// NC10b: signed role-2 headers of this manifest by at least Q distinct stewards. Returns
// Unavailable `no_dealers`.
absl::Status CheckDealerHeaders(const CheckedManifest& checked,
                                const v1::Announcement& announcement);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_ANSWER_MANIFEST_CHECK_H_
