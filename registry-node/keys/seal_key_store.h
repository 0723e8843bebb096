#ifndef PERDURA_REGISTRY_NODE_KEYS_SEAL_KEY_STORE_H_
#define PERDURA_REGISTRY_NODE_KEYS_SEAL_KEY_STORE_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/secret_bytes.h"

namespace perdura::registry_node {

// Moments are microseconds since 1970, as in the messages.

// A seal-key of this steward: the signed announcement and its private half.
struct SealKeyRecord {
  uint64_t number = 0;
  // SHA-256 of the seal-key payload.
  std::string id;
  // Serialised envelope.
  std::string envelope;
  crypto::SecretBytes private_key;
  int64_t not_before = 0;
  int64_t not_after = 0;
};

// How long a private half may be needed.
struct SealKeyLife {
  uint64_t number = 0;
  int64_t not_before = 0;
  int64_t not_after = 0;
  // End of the last round that names it; 0 if none did.
  int64_t named_until = 0;
};

// The largest number that a steward's seal-keys have reached here.
struct SealKeySeen {
  // 0: none.
  uint64_t number = 0;
  // The earliest `opened_at` of a manifest that named it; kNotNamed while none has.
  int64_t since = 0;

  static constexpr int64_t kNotNamed = std::numeric_limits<int64_t>::max();
  // NC10: numbers never go back, in the order in which rounds were opened. A round that was opened
  // before the first one under the newer key may still end under the older.
  bool Allows(uint64_t other, int64_t opened_at) const {
    return other >= number || opened_at <= since;
  }
};

// Seal-keys as a member keeps them: its own with their private halves, which lie nowhere else, and
// the largest number seen of each steward. Durable when a call returns. Thread-compatible.
class SealKeyStore {
 public:
  virtual ~SealKeyStore() = default;

  virtual absl::Status Save(const SealKeyRecord& record) = 0;
  // By number.
  virtual absl::StatusOr<std::optional<SealKeyRecord>> Newest() = 0;
  virtual absl::StatusOr<std::optional<SealKeyRecord>> Find(absl::string_view id) = 0;
  // A round that ends at `until` names the key.
  virtual absl::Status MarkNamed(absl::string_view id, int64_t until) = 0;
  // Of all that are kept.
  virtual absl::StatusOr<std::vector<SealKeyLife>> Lives() = 0;
  // Destroys these keys; their bytes are in no file afterwards. Also finishes what a crash
  // interrupted.
  virtual absl::Status Wipe(const std::vector<uint64_t>& numbers) = 0;

  // Survives the loss of the keys themselves.
  virtual absl::StatusOr<SealKeySeen> Seen(absl::string_view steward) = 0;
  // Keeps the larger number, and of equal ones the earlier `since`.
  virtual absl::Status Remember(absl::string_view steward, const SealKeySeen& seen) = 0;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_KEYS_SEAL_KEY_STORE_H_
