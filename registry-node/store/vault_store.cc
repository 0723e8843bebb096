#include "registry-node/store/vault_store.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/failpoint.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "crypto/wiped.h"

namespace perdura::registry_node {
namespace {

using base::Database;
using base::Statement;
using base::Transaction;

constexpr size_t kKeySize = 32;

// Updates are allowed here: who a person is has no history, only what happened to them has.
constexpr absl::string_view kVaultSchema =
    "-- The key of all keyed hashes of this node. Lost with the file, and with it every "
    "re-import.\n"
    "CREATE TABLE vault_key (\n"
    "one INTEGER PRIMARY KEY CHECK(one = 1), -- there is one\n"
    "key BLOB NOT NULL CHECK(length(key) = 32) -- random\n"
    ") STRICT;\n"
    "-- Who a pseudonym is.\n"
    "CREATE TABLE person (\n"
    "pseudonym BLOB NOT NULL PRIMARY KEY CHECK(length(pseudonym) = 16), -- random\n"
    "source_key BLOB NOT NULL UNIQUE CHECK(length(source_key) = 32), -- keyed hash of the next "
    "two\n"
    "source_system TEXT NOT NULL CHECK(length(source_system) BETWEEN 1 AND 40), -- whose numbers\n"
    "record_number TEXT NOT NULL CHECK(length(record_number) BETWEEN 1 AND 64\n"
    "  AND instr(record_number, char(0)) = 0), -- as the source writes it\n"
    "family TEXT NOT NULL CHECK(length(family) <= 200 AND instr(family, char(0)) = 0), -- or ''\n"
    "given TEXT NOT NULL CHECK(length(given) <= 200 AND instr(given, char(0)) = 0), -- or ''\n"
    "birth_date TEXT NOT NULL CHECK(length(birth_date) <= 10\n"
    "  AND instr(birth_date, char(0)) = 0), -- ISO, or '' if unknown\n"
    "created_at INTEGER NOT NULL -- microseconds UTC\n"
    ") STRICT;\n"
    "CREATE INDEX person_by_system ON person(source_system);\n";

constexpr base::Migration kVaultSteps[] = {{1, kVaultSchema}};

absl::StatusOr<std::string> ReadOrMakeKey(Database& db, base::RandomSource& random) {
  PERDURA_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(db));
  {
    PERDURA_ASSIGN_OR_RETURN(Statement select, db.Prepare("SELECT key FROM vault_key"));
    PERDURA_ASSIGN_OR_RETURN(const bool found, select.Step());
    if (found) return select.BlobAt(0);
  }
  {
    // People without a key cannot be found again: a new key would give everybody a second
    // pseudonym.
    PERDURA_ASSIGN_OR_RETURN(Statement people, db.Prepare("SELECT 1 FROM person LIMIT 1"));
    PERDURA_ASSIGN_OR_RETURN(const bool found, people.Step());
    if (found) return absl::DataLossError("the vault has lost its key");
  }
  const crypto::SecretBytes key = crypto::SecretBytes::Random(kKeySize, random);
  PERDURA_RETURN_IF_ERROR(
      db.Execute("INSERT INTO vault_key(one, key) VALUES(1, ?1)", {base::Blob{key.view()}}));
  PERDURA_RETURN_IF_ERROR(transaction.Commit());
  return std::string(key.view());
}

void AppendLengthPrefixed(absl::string_view part, std::string& message) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    message.push_back(static_cast<char>(part.size() >> shift & 0xff));
  }
  absl::StrAppend(&message, part);
}

absl::StatusOr<VaultEntry> ReadEntry(const Statement& row) {
  VaultEntry entry;
  PERDURA_ASSIGN_OR_RETURN(const std::string bytes, row.BlobAt(0));
  if (bytes.size() != entry.pseudonym.bytes.size()) {
    return absl::DataLossError("a pseudonym is damaged");
  }
  entry.pseudonym = Pseudonym::FromBytes(bytes);
  PERDURA_ASSIGN_OR_RETURN(entry.identity.record_number, row.TextAt(1));
  PERDURA_ASSIGN_OR_RETURN(entry.identity.family, row.TextAt(2));
  PERDURA_ASSIGN_OR_RETURN(entry.identity.given, row.TextAt(3));
  PERDURA_ASSIGN_OR_RETURN(entry.identity.birth_date, row.TextAt(4));
  return entry;
}

}  // namespace

std::span<const base::Migration> VaultMigrations() { return kVaultSteps; }

absl::StatusOr<Vault> Vault::Open(Options options) {
  absl::MutexLock lock(&options.database.mutex);
  PERDURA_ASSIGN_OR_RETURN(std::string key, ReadOrMakeKey(*options.database.db, options.random));
  if (key.size() != kKeySize) return absl::DataLossError("the vault key is damaged");
  return Vault(options, crypto::SecretBytes::TakeFrom(key));
}

std::string Vault::SourceRef(std::span<const absl::string_view> parts) const {
  std::string message;
  for (const absl::string_view part : parts) AppendLengthPrefixed(part, message);
  crypto::WipedArray<crypto::kDigestSize> hash;
  crypto::KeyedBlake2b256(key_.span().first<kKeySize>(), message, hash.span());
  return std::string(reinterpret_cast<const char*>(hash.data()), hash.size());
}

absl::StatusOr<absl::flat_hash_map<std::string, VaultEntry>> Vault::People(
    absl::string_view system) {
  absl::MutexLock lock(&options_.database.mutex);
  PERDURA_ASSIGN_OR_RETURN(
      Statement select,
      options_.database.db->Prepare("SELECT pseudonym, record_number, family, given, birth_date "
                                    "FROM person WHERE source_system = ?1"));
  PERDURA_RETURN_IF_ERROR(select.Bind({system}));
  absl::flat_hash_map<std::string, VaultEntry> people;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) return people;
    PERDURA_ASSIGN_OR_RETURN(VaultEntry entry, ReadEntry(select));
    std::string record_number = entry.identity.record_number;
    people.emplace(std::move(record_number), std::move(entry));
  }
}

absl::StatusOr<std::vector<std::string>> Vault::Systems() {
  absl::MutexLock lock(&options_.database.mutex);
  PERDURA_ASSIGN_OR_RETURN(Statement select,
                           options_.database.db->Prepare("SELECT DISTINCT source_system "
                                                         "FROM person ORDER BY source_system"));
  std::vector<std::string> systems;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) return systems;
    PERDURA_ASSIGN_OR_RETURN(systems.emplace_back(), select.TextAt(0));
  }
}

absl::StatusOr<std::vector<Identity>> Vault::PeopleElsewhere(absl::string_view system) {
  absl::MutexLock lock(&options_.database.mutex);
  PERDURA_ASSIGN_OR_RETURN(
      Statement select,
      options_.database.db->Prepare("SELECT pseudonym, record_number, family, given, birth_date "
                                    "FROM person WHERE source_system <> ?1"));
  PERDURA_RETURN_IF_ERROR(select.Bind({system}));
  std::vector<Identity> people;
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) return people;
    PERDURA_ASSIGN_OR_RETURN(VaultEntry entry, ReadEntry(select));
    people.push_back(std::move(entry.identity));
  }
}

absl::StatusOr<Pseudonym> Vault::AdmitOne(absl::string_view system, const Identity& identity) {
  Database& db = *options_.database.db;
  const std::string source_key = SourceRef({"person", system, identity.record_number});
  {
    PERDURA_ASSIGN_OR_RETURN(Statement select,
                             db.Prepare("SELECT pseudonym FROM person WHERE source_key = ?1"));
    PERDURA_RETURN_IF_ERROR(select.Bind({base::Blob{source_key}}));
    PERDURA_ASSIGN_OR_RETURN(const bool found, select.Step());
    if (found) {
      PERDURA_ASSIGN_OR_RETURN(const std::string bytes, select.BlobAt(0));
      const Pseudonym known = Pseudonym::FromBytes(bytes);
      select.Reset();
      PERDURA_RETURN_IF_ERROR(db.Execute(
          "UPDATE person SET family = ?2, given = ?3, birth_date = ?4 WHERE source_key = ?1",
          {base::Blob{source_key}, identity.family, identity.given, identity.birth_date}));
      return known;
    }
  }
  Pseudonym fresh;
  options_.random.Fill(fresh.bytes);
  PERDURA_RETURN_IF_ERROR(
      db.Execute("INSERT INTO person(pseudonym, source_key, source_system, record_number, family, "
                 "given, birth_date, created_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                 {base::Blob{fresh.view()}, base::Blob{source_key}, system, identity.record_number,
                  identity.family, identity.given, identity.birth_date,
                  absl::ToUnixMicros(options_.clock.Now())}));
  return fresh;
}

absl::StatusOr<std::vector<Pseudonym>> Vault::Admit(absl::string_view system,
                                                    std::span<const Identity> identities) {
  absl::MutexLock lock(&options_.database.mutex);
  PERDURA_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*options_.database.db));
  std::vector<Pseudonym> pseudonyms;
  pseudonyms.reserve(identities.size());
  for (const Identity& identity : identities) {
    PERDURA_ASSIGN_OR_RETURN(const Pseudonym pseudonym, AdmitOne(system, identity));
    pseudonyms.push_back(pseudonym);
  }
  PERDURA_RETURN_IF_ERROR(transaction.Commit());
  PERDURA_FAILPOINT("vault_after_commit");
  return pseudonyms;
}

}  // namespace perdura::registry_node
