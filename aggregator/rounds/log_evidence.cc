#include "aggregator/rounds/log_evidence.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/merkle_proof.h"
#include "federation/log/checkpoint.h"
#include "federation/log/receipt.h"

namespace perdura::aggregator {
namespace {

namespace log = federation::log;

absl::StatusOr<v1::LoggedEntry> ParseLogged(const std::string& bytes) {
  v1::LoggedEntry logged;
  if (bytes.empty() || !logged.ParseFromString(bytes)) {
    return absl::DataLossError("a released round has no receipt of its charge");
  }
  return logged;
}

std::string EndStateOf(const ReservedAttempt& attempt) {
  if (attempt.state != kStateBurnt) return attempt.state;
  return absl::StrCat(kStateBurnt, ":", attempt.reason);
}

// Receipts under the checkpoint of one that exists.
class ReceiptsUnder final {
 public:
  static absl::StatusOr<ReceiptsUnder> Create(const v1::LoggedEntry& own, log::MerkleLog& log) {
    PERDURA_ASSIGN_OR_RETURN(const log::Receipt receipt, log::ParseReceipt(own.proof()));
    // Of an earlier generation, it covers nothing of this one.
    const auto head = log::OpenCheckpoint(receipt.note, log.note_key());
    return ReceiptsUnder(own.party(), receipt.note, head.ok() ? head->checkpoint.size : 0, log);
  }

  bool Covers(uint64_t seq) const { return seq < size_; }

  absl::StatusOr<v1::LoggedEntry> ReceiptOf(uint64_t seq) const {
    v1::LoggedEntry logged;
    logged.set_party(party_);
    PERDURA_ASSIGN_OR_RETURN(*logged.mutable_entry(), log_.EntryAt(seq));
    log::Receipt receipt{.index = seq, .proof = {}, .note = note_};
    PERDURA_ASSIGN_OR_RETURN(receipt.proof, crypto::InclusionProof(seq, size_, log_));
    logged.set_proof(log::PrintReceipt(receipt));
    return logged;
  }

 private:
  ReceiptsUnder(std::string party, std::string note, uint64_t size, log::MerkleLog& log)
      : party_(std::move(party)), note_(std::move(note)), size_(size), log_(log) {}

  std::string party_;
  std::string note_;
  uint64_t size_;
  log::MerkleLog& log_;
};

}  // namespace

absl::StatusOr<LogEvidence> GatherLogEvidence(RoundStore& store, absl::string_view manifest_hash,
                                              absl::string_view overlap_key) {
  PERDURA_ASSIGN_OR_RETURN(const auto attempts, store.ReservedAttempts(overlap_key));
  const auto own = std::find_if(
      attempts.begin(), attempts.end(),
      [&](const ReservedAttempt& attempt) { return attempt.manifest_hash == manifest_hash; });
  if (own == attempts.end()) return absl::DataLossError("a released round has no log entry");
  LogEvidence evidence;
  PERDURA_ASSIGN_OR_RETURN(evidence.entries.emplace_back(), ParseLogged(own->logged));
  PERDURA_ASSIGN_OR_RETURN(const ReceiptsUnder under,
                           ReceiptsUnder::Create(evidence.entries.front(), store.log()));
  for (const ReservedAttempt& attempt : attempts) {
    // Without a key: a canary round, which has no siblings.
    if (attempt.manifest_hash == manifest_hash || overlap_key.empty()) continue;
    if (attempt.logged.empty() && !under.Covers(attempt.seq)) continue;
    PERDURA_ASSIGN_OR_RETURN(evidence.entries.emplace_back(), attempt.logged.empty()
                                                                  ? under.ReceiptOf(attempt.seq)
                                                                  : ParseLogged(attempt.logged));
    v1::Sibling& sibling = evidence.siblings.emplace_back();
    sibling.set_manifest_hash(attempt.manifest_hash);
    sibling.set_end_state(EndStateOf(attempt));
  }
  return evidence;
}

}  // namespace perdura::aggregator
