#include "federation/audit/entry_proof.h"

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/merkle_proof.h"
#include "federation/log/signed_note.h"
#include "federation/witnesses.h"

namespace perdura::federation {
namespace {

// `checkpoints()` are largest first.
absl::StatusOr<const CheckedCheckpoint*> BestCheckpoint(const LogCopy& copy, uint64_t least_size) {
  const CheckedCheckpoint* best = nullptr;
  for (const CheckedCheckpoint& one : copy.checkpoints()) {
    if (one.head.checkpoint.size < least_size) break;
    if (best == nullptr || one.cosignatures.size() > best->cosignatures.size()) best = &one;
  }
  if (best != nullptr) return best;
  return absl::NotFoundError(
      absl::StrCat("no signed checkpoint of this copy has ", least_size, " entries or more"));
}

}  // namespace

absl::StatusOr<EntryProof> ProveEntry(LogCopy& copy, uint64_t seq) {
  PERDURA_ASSIGN_OR_RETURN(const CheckedCheckpoint* const best, BestCheckpoint(copy, seq + 1));
  EntryProof proof{.entry = "",
                   .receipt = "",
                   .size = best->head.checkpoint.size,
                   .cosignatures = static_cast<int>(best->cosignatures.size())};
  PERDURA_ASSIGN_OR_RETURN(proof.entry, copy.log().EntryAt(seq));
  PERDURA_ASSIGN_OR_RETURN(proof.receipt, copy.log().ReceiptOf(seq, proof.size));
  return proof;
}

absl::StatusOr<std::vector<uint64_t>> EntriesOfManifest(LogCopy& copy,
                                                        absl::string_view manifest_hash) {
  const base::CanonicalValue wanted = base::HexEncode(manifest_hash);
  std::vector<uint64_t> numbers;
  PERDURA_RETURN_IF_ERROR(copy.ForEachEntry([&](const log::Entry& entry, const std::string&) {
    const auto manifest = entry.fields.find("manifest");
    if (manifest != entry.fields.end() && manifest->second == wanted) numbers.push_back(entry.seq);
    return absl::OkStatus();
  }));
  if (numbers.empty()) return absl::NotFoundError("no entry of this log names the manifest");
  return numbers;
}

absl::StatusOr<std::string> ProveGrowth(LogCopy& copy, uint64_t from) {
  if (from == 0) return absl::InvalidArgumentError("from: at least one entry");
  PERDURA_ASSIGN_OR_RETURN(const CheckedCheckpoint* const best, BestCheckpoint(copy, from));
  PERDURA_ASSIGN_OR_RETURN(const crypto::Digest root, crypto::RootAt(from, copy.log()));
  PERDURA_ASSIGN_OR_RETURN(const crypto::MerkleProof proof,
                           crypto::ConsistencyProof(from, best->head.checkpoint.size, copy.log()));
  std::string text =
      absl::StrCat("perdura-log-growth/1\nfrom ", from, " ", base::Base64Encode(root), "\n");
  for (const crypto::Digest& hash : proof) {
    absl::StrAppend(&text, base::Base64Encode(hash), "\n");
  }
  return absl::StrCat(text, "\n", log::PrintNote(best->head.note));
}

absl::StatusOr<std::string> VerifierKeys(const LogCopy& copy) {
  const Charter& charter = *copy.chain().current();
  PERDURA_ASSIGN_OR_RETURN(const log::NoteKey key, LogKeyOf(charter, copy.origin()));
  std::string text = absl::StrCat(key.ToText(), "\n");
  for (const log::NoteKey& cosigner : CosignKeysOf(charter)) {
    absl::StrAppend(&text, cosigner.ToText(), "\n");
  }
  return text;
}

}  // namespace perdura::federation
