#include "tests/unit/federation/log/test_log.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "federation/log/sqlite_head_store.h"
#include "tests/support/test_charter.h"

namespace perdura::federation::log {
namespace {

constexpr int32_t kTestApplication = 7;

const crypto::SigningKey& Secret(const std::string& name) {
  static auto* const keys = new std::map<std::string, crypto::SigningKey>();
  const auto found = keys->find(name);
  if (found != keys->end()) return found->second;
  return keys->emplace(name, test_support::TestKey(name)).first->second;
}

NoteKey PublicHalf(absl::string_view name, NoteKeyType type, const crypto::SigningKey& secret) {
  auto key = NoteKey::Create(name, type, secret.public_key());
  PERDURA_CHECK(key.ok());
  return *std::move(key);
}

}  // namespace

std::string OriginOf(absl::string_view party) { return absl::StrCat("transplant/", party, "/1"); }

const crypto::SigningKey& LogSecret(absl::string_view origin) {
  return Secret(absl::StrCat("log of ", origin));
}
NoteKey LogKeyOf(absl::string_view origin) {
  return PublicHalf(origin, NoteKeyType::kCheckpoint, LogSecret(origin));
}

const crypto::SigningKey& CosignSecret(absl::string_view name) {
  return Secret(absl::StrCat("cosign of ", name));
}
NoteKey CosignKeyOf(absl::string_view name) {
  return PublicHalf(name, NoteKeyType::kCosignature, CosignSecret(name));
}

SignedCheckpoint SignTree(test_support::MemoryTree& tree, uint64_t size, absl::string_view origin) {
  return SignCheckpoint({.origin = std::string(origin), .size = size, .root = tree.RootAt(size)},
                        LogSecret(origin));
}

Entry EntryOf(uint64_t number) {
  return {.seq = 0,
          .time = 1'782'864'000'000'000 + number,
          .kind = "refused",
          .actor = "payer-desk",
          .fields = {{"manifest", base::HexEncode(crypto::Sha256(absl::StrCat(number)))},
                     {"reason", "expired"}}};
}

LogDatabase::LogDatabase() : schema_(absl::StrCat(kLogSchema, kHeadSchema)) {
  auto opened = base::Database::OpenInMemory();
  PERDURA_CHECK(opened.ok());
  database_ = *std::move(opened);
  const base::Migration first[] = {{1, schema_}};
  PERDURA_CHECK(base::ApplyMigrations(*database_, kTestApplication, first).ok());
}

absl::StatusOr<MerkleLog> LogDatabase::Open(absl::string_view origin) {
  const auto parsed = LogOrigin::Parse(origin);
  PERDURA_CHECK(parsed.ok());
  return MerkleLog::Open({.database = *database_, .origin = *parsed, .key = LogSecret(origin)});
}

absl::Status LogDatabase::FillTo(MerkleLog& log, uint64_t size) {
  PERDURA_ASSIGN_OR_RETURN(uint64_t have, log.Size());
  for (; have < size; ++have) {
    PERDURA_ASSIGN_OR_RETURN(base::Transaction transaction, base::Transaction::Begin(*database_));
    PERDURA_RETURN_IF_ERROR(log.Append(transaction, EntryOf(have)).status());
    PERDURA_RETURN_IF_ERROR(transaction.Commit());
  }
  return absl::OkStatus();
}

void LogDatabase::Tamper(absl::string_view sql) {
  // A migration may do what no statement may.
  tampered_.push_back(absl::StrCat(
      "DROP TRIGGER IF EXISTS log_stays; DROP TRIGGER IF EXISTS log_grows;"
      "DROP TRIGGER IF EXISTS log_entry_stays; DROP TRIGGER IF EXISTS log_entry_fixed;"
      "DROP TRIGGER IF EXISTS log_subtree_stays; DROP TRIGGER IF EXISTS log_subtree_fixed;"
      "DROP TRIGGER IF EXISTS log_checkpoint_stays; DROP TRIGGER IF EXISTS log_checkpoint_fixed;",
      sql));
  std::vector<base::Migration> all = {{1, schema_}};
  for (const std::string& step : tampered_) {
    all.push_back({static_cast<int>(all.size()) + 1, step});
  }
  PERDURA_CHECK(base::ApplyMigrations(*database_, kTestApplication, all).ok());
}

}  // namespace perdura::federation::log
