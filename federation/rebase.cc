#include "federation/rebase.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "federation/envelope.h"
#include "federation/log/checkpoint.h"

namespace perdura::federation {
namespace {

constexpr size_t kMostText = 200;
constexpr uint64_t kMostAssumedUnits = uint64_t{1} << 58;
constexpr uint64_t kMostGenerations = 1'000'000;

absl::Status RebaseRefused(absl::string_view reason, absl::string_view what) {
  return base::Refuse(absl::StatusCode::kFailedPrecondition, reason,
                      absl::StrCat("rebase: ", what));
}

absl::Status MalformedRebase(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                      absl::StrCat("rebase: ", what));
}

bool IsText(const std::string& text) {
  return !text.empty() && base::IsStrictUtf8(text, kMostText);
}

// The note of the generation before, under the party's log key.
absl::Status CheckCheckpoint(const v1::Rebase& rebase, const Charter& charter) {
  if (rebase.checkpoint().empty()) return absl::OkStatus();
  const Generations before = {{rebase.party(), rebase.generation() - 1}};
  PERDURA_ASSIGN_OR_RETURN(const log::NoteKey key, LogKeyOf(charter, rebase.party(), before));
  if (log::OpenCheckpoint(rebase.checkpoint(), key).ok()) return absl::OkStatus();
  return MalformedRebase("checkpoint: not signed by this party's log of the generation before");
}

}  // namespace

absl::Status CheckRebaseContent(const v1::Rebase& rebase) {
  if (rebase.generation() == 0 || rebase.generation() > kMostGenerations) {
    return MalformedRebase(absl::StrCat("generation: in [1, ", kMostGenerations, "]"));
  }
  if (!IsText(rebase.reason()) || !IsText(rebase.operator_())) {
    return MalformedRebase("reason and operator: 1 to 200 bytes of plain text");
  }
  if (std::adjacent_find(rebase.known().begin(), rebase.known().end(), std::greater_equal<>()) !=
      rebase.known().end()) {
    return MalformedRebase("known: sorted, without repeats");
  }
  for (const std::string& hash : rebase.known()) {
    if (hash.size() != crypto::kDigestSize) return MalformedRebase("known: hashes of 32 bytes");
  }
  for (const v1::LineAmount& line : rebase.assumed()) {
    if (line.units() == 0 || line.units() > kMostAssumedUnits) {
      return MalformedRebase("assumed: units in [1, 2^58]");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<OpenedRebase> OpenRebase(const v1::Envelope& envelope, const CharterChain& chain,
                                        const Generations& held) {
  const auto charter = chain.current();
  if (charter == nullptr) return RebaseRefused("charter_mismatch", "no charter is held here");
  const std::vector<std::string> keys(charter->proto().authority_keys().begin(),
                                      charter->proto().authority_keys().end());
  OpenedRebase opened;
  PERDURA_ASSIGN_OR_RETURN(
      opened.rebase,
      OpenEnvelope<v1::Rebase>(envelope, MessageType::kRebase, keys,
                               static_cast<int>(charter->proto().authority_threshold())));
  const v1::Rebase& rebase = opened.rebase;
  if (chain.ByHash(rebase.charter_hash()) == nullptr) {
    return RebaseRefused("charter_mismatch", "charter_hash is not of a charter held here");
  }
  if (!LogKeyOf(*charter, rebase.party(), {}).ok()) {
    return RebaseRefused("charter_mismatch", "the charter has no log key of this party");
  }
  if (rebase.generation() <= GenerationOf(held, rebase.party())) {
    return RebaseRefused("rebase_old", "this generation, or a later one, is held");
  }
  PERDURA_RETURN_IF_ERROR(CheckRebaseContent(rebase));
  PERDURA_RETURN_IF_ERROR(CheckCheckpoint(rebase, *charter));
  opened.id = PayloadId(envelope.payload());
  opened.envelope = envelope.SerializeAsString();
  return opened;
}

absl::Status CheckInstallable(const v1::Rebase& rebase, const v1::RebaseFile& file,
                              const Charter& in_force) {
  if (rebase.charter_hash() != in_force.hash()) {
    return RebaseRefused("charter_mismatch",
                         "drafted under an earlier charter; draft it again from this database");
  }
  std::vector<std::string> hashes;
  for (const std::string& attempt : file.known()) hashes.push_back(crypto::Sha256(attempt));
  std::sort(hashes.begin(), hashes.end());
  if (std::equal(hashes.begin(), hashes.end(), rebase.known().begin(), rebase.known().end())) {
    return absl::OkStatus();
  }
  return RebaseRefused("known_missing",
                       "the attempts that it lists did not come along; install the .rebase file");
}

}  // namespace perdura::federation
