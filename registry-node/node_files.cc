#include "registry-node/node_files.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/files.h"
#include "base/in_file.h"
#include "base/rpc/daemon.h"
#include "base/status_macros.h"
#include "federation/ledger/charge_ledger.h"
#include "federation/ledger/party_tables.h"
#include "registry-node/store/round_schema.h"

namespace perdura::registry_node {
namespace {

constexpr absl::string_view kPairSecretSuffix = ".psk";

absl::StatusOr<std::unique_ptr<base::Database>> OpenFile(const std::string& folder,
                                                         absl::string_view name, bool create) {
  auto opened = base::Database::Open({.path = absl::StrCat(folder, "/", name), .create = create});
  if (!absl::IsNotFound(opened.status())) return opened;
  return absl::NotFoundError(
      absl::StrCat("data_dir has no ", name, "; --init makes a new database"));
}

absl::Status AddPairSecret(const std::string& folder, const std::string& name,
                           PairSecrets& secrets) {
  const std::vector<std::string> pair =
      absl::StrSplit(absl::StripSuffix(name, kPairSecretSuffix), '@');
  const std::string path = absl::StrCat(folder, "/", name);
  if (pair.size() != 2) {
    return base::InFile(
        path, absl::InvalidArgumentError("the name of a pair secret is NODE@STEWARD.psk"));
  }
  PERDURA_ASSIGN_OR_RETURN(std::string secret,
                           base::ReadSeedFile(path, base::KeyKind::kPairSecret));
  return base::InFile(path, secrets.Add(pair[0], pair[1], crypto::SecretBytes::TakeFrom(secret)));
}

}  // namespace

absl::StatusOr<crypto::SigningKey> ReadSigningKey(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(std::string seed, base::ReadSeedFile(path, base::KeyKind::kSecretKey));
  return crypto::SigningKey::FromSeed(crypto::SecretBytes::TakeFrom(seed));
}

absl::StatusOr<PairSecrets> ReadPairSecrets(const std::string& folder) {
  PairSecrets secrets;
  if (folder.empty()) return secrets;
  const auto names = base::FileNames(folder, kPairSecretSuffix);
  if (!names.ok()) return base::InFile(folder, names.status());
  for (const std::string& name : *names) {
    PERDURA_RETURN_IF_ERROR(AddPairSecret(folder, name, secrets));
  }
  return secrets;
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
      seal_keys_(registry_, rounds_),
      tables_(facts_, clock) {}

absl::StatusOr<std::unique_ptr<NodeFiles>> NodeFiles::Open(const Options& options) {
  if (!options.create) PERDURA_RETURN_IF_ERROR(base::CheckFolder("data_dir", options.data_dir));
  PERDURA_RETURN_IF_ERROR(base::MakePrivateFolder(options.data_dir));
  PERDURA_ASSIGN_OR_RETURN(auto registry,
                           OpenFile(options.data_dir, "registry.db", options.create));
  PERDURA_ASSIGN_OR_RETURN(auto vault, OpenFile(options.data_dir, "vault.db", options.create));
  PERDURA_ASSIGN_OR_RETURN(auto rounds, OpenFile(options.data_dir, "rounds.db", true));
  PERDURA_RETURN_IF_ERROR(MigrateRegistry(*registry));
  PERDURA_RETURN_IF_ERROR(MigrateRounds(*rounds));
  PERDURA_RETURN_IF_ERROR(base::ApplyMigrations(*vault, kVaultApplicationId, VaultMigrations()));
  std::unique_ptr<NodeFiles> files(
      new NodeFiles(std::move(registry), std::move(rounds), std::move(vault), options.clock));
  PERDURA_RETURN_IF_ERROR(files->Prepare(options));
  return files;
}

absl::Status NodeFiles::Prepare(const Options& options) {
  PERDURA_ASSIGN_OR_RETURN(
      log_,
      PartyLog::Open({.database = registry_, .origin = options.origin, .key = options.log_key}));
  answers_.emplace(registry_, rounds_, *log_);
  steward_.emplace(registry_, rounds_, *log_);
  PERDURA_RETURN_IF_ERROR(facts_.Verify());
  PERDURA_ASSIGN_OR_RETURN(
      Vault vault,
      Vault::Open({.database = vault_database_, .clock = options.clock, .random = options.random}));
  vault_.emplace(std::move(vault));
  import_.emplace(
      ImportHandler::Options{.facts = facts_, .vault = *vault_, .random = options.random});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> NodeFiles::Charters() {
  absl::MutexLock lock(&registry_.mutex);
  return federation::CharterTable(*registry_.db).Envelopes();
}

}  // namespace perdura::registry_node
