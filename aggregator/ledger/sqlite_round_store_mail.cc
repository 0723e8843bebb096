// What waits for members, and the seal-keys that came from them. Another part of SqliteRoundStore.

#include <optional>
#include <utility>

#include "aggregator/ledger/sqlite_round_store.h"
#include "base/status_macros.h"

namespace perdura::aggregator {

using base::Blob;
using base::Statement;

namespace {

absl::StatusOr<std::optional<std::string>> FirstBlob(Statement& rows) {
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(std::string blob, rows.BlobAt(0));
  return blob;
}

}  // namespace

absl::Status SqliteRoundStore::WriteItem(absl::string_view manifest_hash,
                                         const OutgoingItem& outgoing) {
  return database_.Execute(
      "INSERT INTO outbox (recipient, manifest_hash, item) VALUES (?1, ?2, ?3)",
      {outgoing.recipient, Blob{manifest_hash}, Blob{outgoing.item.SerializeAsString()}});
}

absl::StatusOr<std::vector<v1::Item>> SqliteRoundStore::ItemsAfter(absl::string_view recipient,
                                                                   uint64_t cursor,
                                                                   size_t max_bytes) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      database_.Prepare("SELECT number, item FROM outbox"
                        " WHERE recipient = ?1 AND number > ?2 ORDER BY number LIMIT 64"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({recipient, static_cast<int64_t>(cursor)}));
  std::vector<v1::Item> items;
  size_t bytes = 0;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return items;
    PERDURA_ASSIGN_OR_RETURN(const int64_t number, rows.Int64At(0));
    PERDURA_ASSIGN_OR_RETURN(const std::string body, rows.BlobAt(1));
    bytes += body.size();
    if (!items.empty() && bytes > max_bytes) return items;
    v1::Item item;
    if (!item.ParseFromString(body)) return absl::DataLossError("a stored item is damaged");
    item.set_number(static_cast<uint64_t>(number));
    items.push_back(std::move(item));
  }
}

absl::Status SqliteRoundStore::Acknowledge(absl::string_view recipient, uint64_t cursor) {
  return database_.Execute("DELETE FROM outbox WHERE recipient = ?1 AND number <= ?2",
                           {recipient, static_cast<int64_t>(cursor)});
}

absl::Status SqliteRoundStore::SaveSealKey(absl::string_view member, uint64_t number,
                                           absl::string_view id, absl::string_view envelope) {
  return database_.Execute(
      "INSERT INTO seal_key (member, number, id, envelope) VALUES (?1, ?2, ?3, ?4)"
      " ON CONFLICT DO NOTHING",
      {member, static_cast<int64_t>(number), Blob{id}, Blob{envelope}});
}

// More than a steward can have valid at once, whose clock is not set again and again.
absl::StatusOr<std::vector<std::string>> SqliteRoundStore::NewestSealKeys(
    absl::string_view member) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           database_.Prepare("SELECT envelope FROM seal_key WHERE member = ?1"
                                             " ORDER BY number DESC LIMIT 16"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({member}));
  std::vector<std::string> envelopes;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return envelopes;
    PERDURA_ASSIGN_OR_RETURN(envelopes.emplace_back(), rows.BlobAt(0));
  }
}

absl::StatusOr<std::optional<std::string>> SqliteRoundStore::SealKeyById(absl::string_view id) {
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           database_.Prepare("SELECT envelope FROM seal_key WHERE id = ?1"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({Blob{id}}));
  return FirstBlob(rows);
}

}  // namespace perdura::aggregator
