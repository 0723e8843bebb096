#include "registry-node/log/announcement_log.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/log/head_keeper.h"
#include "federation/log/receipt.h"
#include "federation/witnesses.h"

namespace perdura::registry_node {
namespace {

namespace log = federation::log;

// Cosignatures are dated in whole seconds, rounded down.
constexpr absl::Duration kCosignatureGranularity = absl::Seconds(1);

absl::Status UnloggedCharge(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "unlogged",
                      absl::StrCat("the charge is not shown to be in the log: ", what));
}

// A cosignature that is older than the longest round says nothing of today.
absl::Duration MaxAge(const v1::Limits& limits) {
  const int64_t round = int64_t{limits.deal_ms()} + limits.upload_ms() + limits.collect_ms() +
                        limits.commit_ms() + limits.answer_ms();
  return absl::Milliseconds(round + limits.skew_ms()) + kCosignatureGranularity;
}

// NC7.
absl::Status SeeHead(const log::SignedCheckpoint& head, const v1::Announcement& announcement,
                     const federation::RoundCharter& under,
                     const std::vector<log::NoteKey>& cosigners, PartyLog& party_log,
                     absl::Time now) {
  const federation::Charter& charter = *under.charter;
  const crypto::MerkleProof proof(announcement.consistency_proof().begin(),
                                  announcement.consistency_proof().end());
  absl::MutexLock lock(&party_log.mutex());
  log::HeadKeeper keeper(party_log.heads());
  PERDURA_ASSIGN_OR_RETURN(const auto held, party_log.heads().Find(head.checkpoint.origin));
  if (held.has_value() && held->checkpoint.size > head.checkpoint.size) {
    const absl::Status on_path = keeper.SeeSince(head.checkpoint, head, {}, proof);
    if (base::ReasonOf(on_path) != "bad_proof") return on_path;
  }
  return keeper.See(head, proof,
                    {.cosigners = cosigners,
                     .needed = charter.quorum().q,
                     .now = now,
                     .max_age = MaxAge(charter.proto().limits())});
}

}  // namespace

absl::Status CheckAnnouncementLog(const v1::Announcement& announcement,
                                  const federation::RoundCharter& under, PartyLog& party_log,
                                  absl::Time now) {
  const federation::Charter& charter = *under.charter;
  if (announcement.steward_log_sizes_size() != charter.quorum().s) {
    return UnloggedCharge("steward_log_sizes: one for each steward is required");
  }
  PERDURA_RETURN_IF_ERROR(party_log.SeeOwn(announcement.newest_checkpoint(), now));
  PERDURA_ASSIGN_OR_RETURN(
      const log::NoteKey key,
      federation::LogKeyOf(charter, charter.proto().aggregator().id(), party_log.generations()));
  const auto receipt = log::ParseReceipt(announcement.log_proof());
  if (!receipt.ok()) return UnloggedCharge(receipt.status().message());
  const auto head = log::OpenCheckpoint(receipt->note, key);
  if (!head.ok()) return UnloggedCharge(head.status().message());
  const std::vector<log::NoteKey> cosigners = federation::CosignKeysOf(charter);
  PERDURA_RETURN_IF_ERROR(SeeHead(*head, announcement, under, cosigners, party_log, now));
  const auto verified =
      log::VerifyReceipt(announcement.log_proof(), announcement.log_entry(), key, cosigners);
  if (!verified.ok()) return UnloggedCharge(verified.status().message());
  const auto in_time =
      std::count_if(verified->cosignatures.begin(), verified->cosignatures.end(),
                    [&](const log::Cosignature& one) { return one.at < under.ends_at; });
  if (in_time >= charter.quorum().q) return absl::OkStatus();
  return UnloggedCharge(absl::StrCat(in_time, " of ", charter.quorum().q,
                                     " cosignatures from the time of the round's charter"));
}

}  // namespace perdura::registry_node
