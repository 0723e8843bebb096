#ifndef PERDURA_FEDERATION_LOG_WITNESS_H_
#define PERDURA_FEDERATION_LOG_WITNESS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "crypto/merkle_proof.h"
#include "crypto/sign.h"
#include "federation/log/head_store.h"

namespace perdura::federation::log {

// The logs that a witness knows: origin -> public log key, 32 bytes. A rebase replaces an origin by
// the next generation's, which freezes the old one.
using LogKeys = std::map<std::string, std::string, std::less<>>;

// What a log asks of a witness; the fields of c2sp.org/tlog-witness, add-checkpoint.
struct WitnessRequest {
  std::string note;           // checkpoint, signed by its log
  uint64_t old_size = 0;      // what the log believes the witness holds of it; 0: nothing
  crypto::MerkleProof proof;  // from there to the checkpoint, at most 63 hashes
};

// A steward as the memory of other parties' logs: cosigns a checkpoint only where it extends all
// that this witness has seen of that log, so that of two histories only one finds Q cosigners.
//
//   log                                        witness
//    | note, old size, proof ---------------->  | checks, in the order below
//    |                                          | compare and store, durable
//    | <--------------------------- cosignature |
//
//   1 note, or more than 63 hashes     InvalidArgument `malformed`
//   2 unknown origin                   NotFound `unknown_origin`
//   3 not signed by that log           PermissionDenied `bad_signature`
//   4 old size > size                  InvalidArgument `malformed`
//   5 forked before, or held at the    DataLoss `ledger_fork`, with the held note; both are kept
//     same size with another root
//   6 old size is not what is held     Aborted `stale_head`, with the held note: HeldNoteOf()
//   7 proof wrong, or not empty where  InvalidArgument `bad_proof`; try again
//     old size is 0 or the size itself
// A fork is looked for before the old size, so that a wrong old size hides none. The same
// checkpoint again gets a new cosignature. Thread-compatible.
class Witness final {
 public:
  struct Options {
    HeadStore& store;               // must outlive the witness
    std::string name;               // of its cosign key
    const crypto::SigningKey& key;  // the cosign key, for nothing else; must outlive the witness
  };
  // Returns InvalidArgument unless IsNoteKeyName(name).
  static absl::StatusOr<Witness> Create(Options options);

  // The signature line, dated `now`. Returns the table's refusals, and the errors of the store.
  absl::StatusOr<std::string> AddCheckpoint(const WitnessRequest& request, const LogKeys& logs,
                                            absl::Time now);

 private:
  explicit Witness(Options options) : options_(std::move(options)) {}
  absl::Status CheckAndStore(const WitnessRequest& request, const SignedCheckpoint& seen);

  Options options_;
};

// The note that a witness holds, from its answer `stale_head` or `ledger_fork`; empty where it
// holds none, or for another status. The log checks it against itself (CheckOwnHead): it is an old
// copy, or asks again from that size.
std::string HeldNoteOf(const absl::Status& status);

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_WITNESS_H_
