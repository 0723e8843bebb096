#ifndef PERDURA_REGISTRY_NODE_STORE_VAULT_STORE_H_
#define PERDURA_REGISTRY_NODE_STORE_VAULT_STORE_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/random_source.h"
#include "base/sqlite/database.h"
#include "crypto/secret_bytes.h"
#include "registry-node/store/fact_rows.h"
#include "registry-node/store/shared_database.h"

namespace perdura::registry_node {

// application_id of vault.db: "PRVT".
inline constexpr int32_t kVaultApplicationId = 0x50525654;
// Schema of vault.db.
std::span<const base::Migration> VaultMigrations();

// What identifies a person. It stays in vault.db: no other file, log or message holds it.
struct Identity {
  std::string record_number;
  std::string family;
  std::string given;
  std::string birth_date;  // ISO, as written; empty if unknown
  bool operator==(const Identity&) const = default;
};

struct VaultEntry {
  Pseudonym pseudonym;
  Identity identity;
};

// The identity vault: (source system, record number) -> pseudonym, and the identity behind it.
//
// A pseudonym is 128 random bits from the start. The look-up key is keyed BLAKE2b-256 of the
// length-prefixed parts under a random key that only this file holds, so hashes in registry.db tell
// nothing to whoever has registry.db alone. Included from records/ and import/ only
// (tests/layering_test.py): the code that answers questions cannot open it. Thread-safe: each call
// holds the mutex of the shared database.
class Vault final {
 public:
  struct Options {
    // vault.db with VaultMigrations() applied. Must outlive the vault.
    SharedDatabase& database;
    const base::Clock& clock;
    base::RandomSource& random;
  };

  // Reads the vault key, or makes it in a new vault. Returns DataLoss if it is damaged.
  static absl::StatusOr<Vault> Open(Options options);

  // Everybody of one source system, by record number.
  absl::StatusOr<absl::flat_hash_map<std::string, VaultEntry>> People(absl::string_view system);

  // Names of the source systems that have people here, sorted.
  absl::StatusOr<std::vector<std::string>> Systems();
  // Everybody of all other source systems.
  absl::StatusOr<std::vector<Identity>> PeopleElsewhere(absl::string_view system);

  // Makes a pseudonym for each identity that has none and stores changed identity columns, in one
  // transaction, durable when it returns. Order O1: before the facts. An entry without facts is
  // harmless, and the retry finds it. Returns the pseudonyms in order.
  absl::StatusOr<std::vector<Pseudonym>> Admit(absl::string_view system,
                                               std::span<const Identity> identities);

  // Keyed hash of `parts` under this vault's key, 32 bytes: what registry.db keeps of source record
  // numbers.
  std::string SourceRef(std::span<const absl::string_view> parts) const;
  std::string SourceRef(std::initializer_list<absl::string_view> parts) const {
    return SourceRef(std::span<const absl::string_view>(parts.begin(), parts.size()));
  }

 private:
  Vault(Options options, crypto::SecretBytes key) : options_(options), key_(std::move(key)) {}
  absl::StatusOr<Pseudonym> AdmitOne(absl::string_view system, const Identity& identity)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(options_.database.mutex);

  Options options_;
  crypto::SecretBytes key_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_VAULT_STORE_H_
