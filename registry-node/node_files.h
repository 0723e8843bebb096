#ifndef PERDURA_REGISTRY_NODE_NODE_FILES_H_
#define PERDURA_REGISTRY_NODE_NODE_FILES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/random_source.h"
#include "crypto/sign.h"
#include "federation/charter_chain.h"
#include "registry-node/derive/fact_table_source.h"
#include "registry-node/import/import_handler.h"
#include "registry-node/log/party_log.h"
#include "registry-node/store/sqlite_answer_store.h"
#include "registry-node/store/sqlite_seal_key_store.h"
#include "registry-node/store/sqlite_steward_store.h"

namespace perdura::registry_node {

// Errors of base::ReadSeedFile; each names the file.
absl::StatusOr<crypto::SigningKey> ReadSigningKey(const std::string& path);

// The secrets that a member shares in pairs: every file NODE@STEWARD.psk of `folder`, mode 0600. An
// empty `folder` gives none. Errors of base::ReadSeedFile, and InvalidArgument for another name;
// each names the file.
absl::StatusOr<PairSecrets> ReadPairSecrets(const std::string& folder);

// The three databases of a node with the stores over them: registry.db (facts, ledger, charters,
// log), vault.db (identities) and rounds.db (keys and messages of open rounds, in no backup).
// Thread-safe as its stores are.
class NodeFiles final {
 public:
  struct Options {
    std::string data_dir;
    // Make registry.db and vault.db if they are absent. rounds.db is in no backup and always made.
    bool create = false;
    // Of this member's own log.
    federation::log::LogOrigin origin;
    // These must outlive the files; `random` is for imports.
    const crypto::SigningKey& log_key;
    const base::Clock& clock;
    base::RandomSource& random;
  };
  // Migrates, verifies the log and the fact tables. Returns NotFound naming the database that is
  // absent and may not be made, and the errors of base::CheckFolder and MakePrivateFolder.
  static absl::StatusOr<std::unique_ptr<NodeFiles>> Open(const Options& options);
  NodeFiles(const NodeFiles&) = delete;
  NodeFiles& operator=(const NodeFiles&) = delete;

  SharedDatabase& registry() { return registry_; }
  PartyLog& log() { return *log_; }
  AnswerStore& answers() { return *answers_; }
  StewardStore& steward() { return *steward_; }
  SealKeyStore& seal_keys() { return seal_keys_; }
  TableSource& tables() { return tables_; }
  ImportHandler& import() { return *import_; }

  // Serialised envelopes, version 1 first.
  absl::StatusOr<std::vector<std::string>> Charters();

 private:
  using DatabasePtr = std::unique_ptr<base::Database>;
  NodeFiles(DatabasePtr registry, DatabasePtr rounds, DatabasePtr vault, const base::Clock& clock);
  absl::Status Prepare(const Options& options);

  SharedDatabase registry_;
  SharedDatabase rounds_;
  SharedDatabase vault_database_;
  FactStore facts_;
  std::unique_ptr<PartyLog> log_;
  std::optional<SqliteAnswerStore> answers_;
  std::optional<SqliteStewardStore> steward_;
  SqliteSealKeyStore seal_keys_;
  FactTableSource tables_;
  std::optional<Vault> vault_;
  std::optional<ImportHandler> import_;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_NODE_FILES_H_
