// What of the log goes along with an announcement. Another part of LogDesk.

#include <algorithm>

#include "aggregator/rounds/log_desk.h"
#include "base/status_macros.h"
#include "crypto/merkle_proof.h"
#include "federation/envelope.h"
#include "federation/log/receipt.h"

namespace perdura::aggregator {

namespace log = federation::log;

absl::Status LogDesk::Complete(const std::string& member, std::vector<v1::Item>& items) {
  for (auto item = items.begin(); item != items.end(); ++item) {
    if (item->body_case() != v1::Item::kAnnouncement) continue;
    v1::Announcement& announcement = *item->mutable_announcement();
    const std::string hash = federation::PayloadId(announcement.manifest().payload());
    v1::Manifest manifest;
    if (!manifest.ParseFromString(announcement.manifest().payload())) {
      return absl::DataLossError("a stored manifest is damaged");
    }
    if (manifest.charter_hash() != charter_->hash()) {
      PERDURA_RETURN_IF_ERROR(CompleteEarlier(member, hash, announcement));
      continue;
    }
    if (!active()) continue;
    PERDURA_ASSIGN_OR_RETURN(const bool may_leave, CompleteOne(member, hash, announcement));
    if (may_leave) continue;
    items.erase(item, items.end());
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> LogDesk::CompleteOne(const std::string& member,
                                          const std::string& manifest_hash,
                                          v1::Announcement& announcement) {
  PERDURA_ASSIGN_OR_RETURN(const auto seq, store_.ReservedEntry(manifest_hash));
  // A round whose charge stands in an earlier generation of the log goes to nobody: it burns.
  if (!seq.has_value() || cosigned_size_ <= *seq || own_heads_[member] > cosigned_size_) {
    return false;
  }
  PERDURA_ASSIGN_OR_RETURN(*announcement.mutable_log_entry(), store_.log().EntryAt(*seq));
  PERDURA_ASSIGN_OR_RETURN(*announcement.mutable_log_proof(),
                           store_.log().ReceiptOf(*seq, cosigned_size_));
  PERDURA_RETURN_IF_ERROR(AddProof(own_heads_[member], cosigned_size_, announcement));
  PERDURA_RETURN_IF_ERROR(AddOwnLog(member, *charter_, announcement));
  return true;
}

// Under the charter before. Without a receipt that one had no witness.
absl::Status LogDesk::CompleteEarlier(const std::string& member, const std::string& manifest_hash,
                                      v1::Announcement& announcement) {
  PERDURA_ASSIGN_OR_RETURN(const auto logged, ReceiptWhenLogged(manifest_hash));
  if (!logged.has_value() || before_ == nullptr) return absl::OkStatus();
  announcement.set_log_entry(logged->entry());
  announcement.set_log_proof(logged->proof());
  PERDURA_ASSIGN_OR_RETURN(const log::Receipt receipt, log::ParseReceipt(logged->proof()));
  const auto head = log::OpenCheckpoint(receipt.note, store_.log().note_key());
  // Of an earlier generation: receivers refuse it.
  if (!head.ok()) return absl::OkStatus();
  const auto [from, to] = std::minmax(own_heads_[member], head->checkpoint.size);
  PERDURA_RETURN_IF_ERROR(AddProof(from, to, announcement));
  return AddOwnLog(member, *before_, announcement);
}

absl::StatusOr<std::optional<v1::LoggedEntry>> LogDesk::ReceiptWhenLogged(
    const std::string& manifest_hash) {
  PERDURA_ASSIGN_OR_RETURN(const auto messages, store_.Messages(manifest_hash));
  for (const StoredMessage& message : messages) {
    if (message.kind != MessageKind::kLogged) continue;
    v1::LoggedEntry logged;
    if (!logged.ParseFromString(message.bytes)) {
      return absl::DataLossError("a stored receipt is damaged");
    }
    return logged;
  }
  return std::nullopt;
}

absl::Status LogDesk::AddProof(uint64_t from, uint64_t to, v1::Announcement& announcement) {
  if (from == 0) return absl::OkStatus();
  PERDURA_ASSIGN_OR_RETURN(const crypto::MerkleProof proof,
                           crypto::ConsistencyProof(from, to, store_.log()));
  for (const crypto::Digest& hash : proof) announcement.add_consistency_proof(hash);
  return absl::OkStatus();
}

// What is known of the receiver's own log, here and at the stewards of the round.
absl::Status LogDesk::AddOwnLog(const std::string& member, const federation::Charter& charter,
                                v1::Announcement& announcement) {
  PERDURA_ASSIGN_OR_RETURN(
      const auto own,
      heads_.Find(federation::OriginOf(charter.proto().federation(), member, store_.generations())
                      .ToText()));
  if (own.has_value()) announcement.set_newest_checkpoint(own->note);
  for (const std::string& steward : charter.proto().committee().stewards()) {
    announcement.add_steward_log_sizes(SizeAt(steward, member));
  }
  return absl::OkStatus();
}

}  // namespace perdura::aggregator
