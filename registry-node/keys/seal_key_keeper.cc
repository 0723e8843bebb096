#include "registry-node/keys/seal_key_keeper.h"

#include <algorithm>
#include <utility>

#include "base/logging.h"
#include "base/status_macros.h"
#include "federation/envelope.h"
#include "federation/seal_key.h"

namespace perdura::registry_node {
namespace {

using federation::MessageType;

// A minute less than may be, since others count the life too.
constexpr absl::Duration kSealKeyLife = absl::Minutes(35 * 24 * 60 - 1);
// The next one is made this long before the end: every week, so that a steward may stay away for
// four weeks before its key lapses and stops the federation.
constexpr absl::Duration kSealKeyRenewal = absl::Hours(24 * 28);
// A private half is kept this long after its last use.
constexpr absl::Duration kSealKeyKept = absl::Hours(24 * 7);
constexpr absl::Duration kSealKeyRetry = absl::Milliseconds(200);

// When `life` ends: some days after the last round that names it and after the key that followed
// it, and never later than some days after its own end.
absl::Time WipeAt(const SealKeyLife& life, const std::vector<SealKeyLife>& all) {
  const absl::Time longest = absl::FromUnixMicros(life.not_after);
  absl::Time followed = longest;
  for (const SealKeyLife& other : all) {
    if (other.number > life.number) {
      followed = std::min(followed, absl::FromUnixMicros(other.not_before));
    }
  }
  const absl::Time named = absl::FromUnixMicros(life.named_until);
  return std::min(longest, std::max(followed, named)) + kSealKeyKept;
}

}  // namespace

absl::Status SealKeyKeeper::WipeOld(absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const std::vector<SealKeyLife> lives, options_.store.Lives());
  std::vector<uint64_t> over;
  for (const SealKeyLife& life : lives) {
    if (WipeAt(life, lives) <= now) over.push_back(life.number);
  }
  PERDURA_RETURN_IF_ERROR(options_.store.Wipe(over));
  for (const uint64_t number : over) base::LogInfo("seal_key.wiped", {{"number", number}});
  return absl::OkStatus();
}

absl::StatusOr<SealKeyRecord> SealKeyKeeper::MakeNext(const federation::Charter& charter,
                                                      absl::Time now) {
  const std::string& self = options_.sender.member;
  PERDURA_ASSIGN_OR_RETURN(const auto newest, options_.store.Newest());
  PERDURA_ASSIGN_OR_RETURN(const SealKeySeen seen, options_.store.Seen(self));
  SealKeyRecord record;
  record.number = std::max({newest.has_value() ? newest->number : 0, seen.number, least_}) + 1;
  record.private_key = crypto::SecretBytes::Random(crypto::kKemKeySize, options_.sender.random);
  record.not_before = absl::ToUnixMicros(now);
  record.not_after = absl::ToUnixMicros(now + kSealKeyLife);
  PERDURA_ASSIGN_OR_RETURN(const auto pair,
                           crypto::KemKeyPair::FromSecret(record.private_key.Clone()));
  v1::SealKey key;
  key.set_charter_hash(charter.hash());
  key.set_member(self);
  key.set_use("share");
  key.set_number(record.number);
  key.set_public_key(pair.public_key());
  key.set_not_before(record.not_before);
  key.set_not_after(record.not_after);
  const v1::Envelope envelope =
      federation::SignMessage(MessageType::kSealKey, key, options_.sender.key, self);
  record.id = federation::PayloadId(envelope.payload());
  record.envelope = envelope.SerializeAsString();
  // The number first: it outlives rounds.db, so that no number is ever used twice.
  PERDURA_RETURN_IF_ERROR(options_.store.Remember(self, {record.number, SealKeySeen::kNotNamed}));
  PERDURA_RETURN_IF_ERROR(options_.store.Save(record));
  base::LogInfo("seal_key.made", {{"number", record.number}});
  return record;
}

absl::StatusOr<std::vector<Outgoing>> SealKeyKeeper::Tend(absl::Time now) {
  PERDURA_RETURN_IF_ERROR(WipeOld(now));
  const auto charter = options_.chain.current();
  if (charter == nullptr || charter->StewardIndex(options_.sender.member) == 0) {
    return std::vector<Outgoing>();
  }
  PERDURA_ASSIGN_OR_RETURN(auto newest, options_.store.Newest());
  PERDURA_ASSIGN_OR_RETURN(const SealKeySeen seen, options_.store.Seen(options_.sender.member));
  const absl::Duration skew = absl::Milliseconds(charter->proto().limits().skew_ms());
  const bool serves = newest.has_value() && newest->number >= seen.number &&
                      newest->number > least_ &&
                      absl::FromUnixMicros(newest->not_before) <= now + skew &&
                      absl::FromUnixMicros(newest->not_after) >= now + kSealKeyRenewal;
  if (!serves) {
    PERDURA_ASSIGN_OR_RETURN(newest, MakeNext(*charter, now));
  }
  Outgoing outgoing{.kind = OutgoingKind::kSealKey,
                    .manifest_hash = "",
                    .due = now,
                    .retry_every = kSealKeyRetry,
                    .expires = absl::FromUnixMicros(newest->not_after),
                    .post = {}};
  if (!outgoing.post.mutable_message()->ParseFromString(newest->envelope)) {
    return absl::DataLossError("the stored seal-key is damaged");
  }
  std::vector<Outgoing> result;
  result.push_back(std::move(outgoing));
  return result;
}

absl::StatusOr<std::vector<Outgoing>> SealKeyKeeper::OnLost(uint64_t number, absl::Time now) {
  PERDURA_ASSIGN_OR_RETURN(const auto newest, options_.store.Newest());
  const auto charter = options_.chain.current();
  if (charter != nullptr && (!newest.has_value() || newest->number <= number)) {
    PERDURA_RETURN_IF_ERROR(MakeNext(*charter, now).status());
  }
  return Tend(now);
}

absl::StatusOr<std::optional<crypto::KemKeyPair>> SealKeyKeeper::Find(absl::string_view id) {
  PERDURA_ASSIGN_OR_RETURN(auto record, options_.store.Find(id));
  if (!record.has_value()) return std::nullopt;
  PERDURA_ASSIGN_OR_RETURN(auto pair,
                           crypto::KemKeyPair::FromSecret(std::move(record->private_key)));
  return pair;
}

absl::StatusOr<bool> SealKeyKeeper::KeepFor(absl::string_view id, absl::Time until) {
  PERDURA_ASSIGN_OR_RETURN(const auto pair, Find(id));
  if (!pair.has_value()) return false;
  PERDURA_RETURN_IF_ERROR(options_.store.MarkNamed(id, absl::ToUnixMicros(until)));
  return true;
}

}  // namespace perdura::registry_node
