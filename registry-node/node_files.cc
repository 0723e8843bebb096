#include "registry-node/node_files.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "base/rpc/daemon.h"
#include "base/status_macros.h"
#include "crypto/system_random.h"
#include "federation/ledger/charge_ledger.h"
#include "federation/ledger/party_tables.h"
#include "registry-node/store/round_schema.h"

namespace perdura::registry_node {
namespace {

constexpr size_t kMaxPinFile = 16 * 1024;

absl::StatusOr<std::unique_ptr<base::Database>> OpenFile(const std::string& folder,
                                                         absl::string_view name) {
  return base::Database::Open({.path = absl::StrCat(folder, "/", name), .create = true});
}

}  // namespace

absl::StatusOr<crypto::SigningKey> ReadSigningKey(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(std::string seed, base::ReadSeedFile(path));
  return crypto::SigningKey::FromSeed(crypto::SecretBytes::TakeFrom(seed));
}

absl::StatusOr<federation::AuthorityPin> ReadAuthorityPin(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, kMaxPinFile));
  return federation::ParseAuthorityPin(text);
}

NodeFiles::NodeFiles(DatabasePtr registry, DatabasePtr rounds, DatabasePtr vault,
                     const base::Clock& clock)
    : registry_(std::move(registry)),
      rounds_(std::move(rounds)),
      vault_database_(std::move(vault)),
      facts_({.database = registry_,
              .clock = clock,
              .newest_debited_cut_micros =
                  [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {  // the fact store holds the lock
                    return federation::ChargeLedger(*registry_.db).NewestCutKnownAt();
                  }}),
      answers_(registry_, rounds_),
      steward_(registry_, rounds_),
      tables_(facts_, clock) {}

absl::StatusOr<std::unique_ptr<NodeFiles>> NodeFiles::Open(const std::string& data_dir,
                                                           const base::Clock& clock,
                                                           base::RandomSource& random) {
  PERDURA_RETURN_IF_ERROR(base::MakePrivateFolder(data_dir));
  PERDURA_ASSIGN_OR_RETURN(auto registry, OpenFile(data_dir, "registry.db"));
  PERDURA_ASSIGN_OR_RETURN(auto rounds, OpenFile(data_dir, "rounds.db"));
  PERDURA_ASSIGN_OR_RETURN(auto vault, OpenFile(data_dir, "vault.db"));
  PERDURA_RETURN_IF_ERROR(MigrateRegistry(*registry));
  PERDURA_RETURN_IF_ERROR(MigrateRounds(*rounds));
  PERDURA_RETURN_IF_ERROR(base::ApplyMigrations(*vault, kVaultApplicationId, VaultMigrations()));
  std::unique_ptr<NodeFiles> files(
      new NodeFiles(std::move(registry), std::move(rounds), std::move(vault), clock));
  PERDURA_RETURN_IF_ERROR(files->Prepare(clock, random));
  return files;
}

absl::Status NodeFiles::Prepare(const base::Clock& clock, base::RandomSource& random) {
  PERDURA_RETURN_IF_ERROR(facts_.Verify());
  PERDURA_ASSIGN_OR_RETURN(
      Vault vault, Vault::Open({.database = vault_database_, .clock = clock, .random = random}));
  vault_.emplace(std::move(vault));
  import_.emplace(ImportHandler::Options{.facts = facts_, .vault = *vault_, .random = random});
  return absl::OkStatus();
}

absl::Status NodeFiles::LogStart(absl::Time now) {
  std::string nonce(16, '\0');
  crypto::SystemRandom().Fill({reinterpret_cast<uint8_t*>(nonce.data()), nonce.size()});
  absl::MutexLock lock(&registry_.mutex);
  return federation::PartyLog(*registry_.db).Append(absl::ToUnixMicros(now), "start", nonce, "");
}

absl::StatusOr<std::vector<std::string>> NodeFiles::Charters() {
  absl::MutexLock lock(&registry_.mutex);
  return federation::CharterTable(*registry_.db).Envelopes();
}

absl::Status NodeFiles::SaveCharter(uint64_t version, const std::string& hash,
                                    const std::string& envelope, absl::Time now) {
  absl::MutexLock lock(&registry_.mutex);
  PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*registry_.db));
  PERDURA_RETURN_IF_ERROR(federation::CharterTable(*registry_.db).Add(version, hash, envelope));
  PERDURA_RETURN_IF_ERROR(
      federation::PartyLog(*registry_.db).Append(absl::ToUnixMicros(now), "charter", hash, ""));
  return transaction.Commit();
}

}  // namespace perdura::registry_node
