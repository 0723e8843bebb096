#include "federation/log/receipt.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/merkle.h"

namespace perdura::federation::log {
namespace {

constexpr absl::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr absl::string_view kIndexWord = "index ";
constexpr size_t kMaxProofLines = 64;

absl::Status MalformedReceipt(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                      absl::StrCat("receipt: ", what));
}

// The lines above the empty one: format, index, hashes.
absl::StatusOr<Receipt> ParseHead(absl::string_view head) {
  const std::vector<absl::string_view> lines = absl::StrSplit(head, '\n');
  if (lines.size() < 2 || lines.size() > 2 + kMaxProofLines || lines[0] != kFirstLine) {
    return MalformedReceipt("not a tlog-proof@v1 of at most 64 hashes");
  }
  absl::string_view number = lines[1];
  if (!absl::ConsumePrefix(&number, kIndexWord)) return MalformedReceipt("no index line");
  const auto index = base::ParseDecimal(number);
  if (!index.ok()) return MalformedReceipt("the index is no decimal integer");
  Receipt receipt{.index = *index, .proof = {}, .note = ""};
  for (size_t i = 2; i < lines.size(); ++i) {
    const auto hash = base::Base64Decode(lines[i]);
    if (!hash.ok() || hash->size() != crypto::kDigestSize) {
      return MalformedReceipt("a hash is base64 of 32 bytes");
    }
    receipt.proof.push_back(*hash);
  }
  return receipt;
}

}  // namespace

std::string PrintReceipt(const Receipt& receipt) {
  std::string bytes = absl::StrCat(kFirstLine, "\n", kIndexWord, receipt.index, "\n");
  for (const crypto::Digest& hash : receipt.proof) {
    absl::StrAppend(&bytes, base::Base64Encode(hash), "\n");
  }
  return absl::StrCat(bytes, "\n", receipt.note);
}

absl::StatusOr<Receipt> ParseReceipt(absl::string_view bytes) {
  const size_t gap = bytes.find("\n\n");
  if (gap == absl::string_view::npos) return MalformedReceipt("no empty line above the checkpoint");
  PERDURA_ASSIGN_OR_RETURN(Receipt receipt, ParseHead(bytes.substr(0, gap)));
  receipt.note = std::string(bytes.substr(gap + 2));
  return receipt;
}

absl::StatusOr<VerifiedReceipt> VerifyReceipt(absl::string_view bytes, absl::string_view entry,
                                              const NoteKey& log_key,
                                              std::span<const NoteKey> cosigners) {
  PERDURA_ASSIGN_OR_RETURN(const Receipt receipt, ParseReceipt(bytes));
  PERDURA_ASSIGN_OR_RETURN(const SignedCheckpoint head, OpenCheckpoint(receipt.note, log_key));
  if (!crypto::VerifyInclusion(receipt.index, head.checkpoint.size, crypto::LeafHash(entry),
                               head.checkpoint.root, receipt.proof)) {
    return base::Refuse(absl::StatusCode::kInvalidArgument, "bad_proof",
                        "receipt: the entry is not shown to be in the log");
  }
  VerifiedReceipt verified{
      .checkpoint = head.checkpoint, .index = receipt.index, .cosignatures = {}};
  PERDURA_ASSIGN_OR_RETURN(verified.cosignatures, VerifiedCosignatures(head.note, cosigners));
  return verified;
}

}  // namespace perdura::federation::log
