#ifndef PERDURA_TESTS_UNIT_FEDERATION_LOG_TEST_LOG_H_
#define PERDURA_TESTS_UNIT_FEDERATION_LOG_TEST_LOG_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/sqlite/database.h"
#include "crypto/sign.h"
#include "federation/log/merkle_log.h"
#include "federation/log/note_key.h"
#include "tests/support/memory_tree.h"

namespace perdura::federation::log {

// Origin of the aggregator's log, and of a party's.
inline constexpr char kOrigin[] = "transplant/aggregator/1";
std::string OriginOf(absl::string_view party);

// When things happen in these tests: 2026-07-01T00:00:00Z.
inline const absl::Time kNow = absl::FromUnixSeconds(1782864000);

// The log key of the party that an origin names, from a public seed; its public half for notes.
const crypto::SigningKey& LogSecret(absl::string_view origin);
NoteKey LogKeyOf(absl::string_view origin);

// The cosign key of steward `name`.
const crypto::SigningKey& CosignSecret(absl::string_view name);
NoteKey CosignKeyOf(absl::string_view name);

// The log of `tree`, signed as `origin` at its first `size` entries.
SignedCheckpoint SignTree(test_support::MemoryTree& tree, uint64_t size,
                          absl::string_view origin = kOrigin);

// An entry `refused` that differs for each `number`.
Entry EntryOf(uint64_t number);

// A database in memory with the tables of the log and of heads.
class LogDatabase final {
 public:
  LogDatabase();
  base::Database& get() { return *database_; }

  absl::StatusOr<MerkleLog> Open(absl::string_view origin = kOrigin);
  // Appends EntryOf(first) ... in one transaction each, up to `size` entries.
  absl::Status FillTo(MerkleLog& log, uint64_t size);
  // What somebody with the file in hand does: any SQL, past the triggers.
  void Tamper(absl::string_view sql);

 private:
  std::unique_ptr<base::Database> database_;
  std::string schema_;
  std::vector<std::string> tampered_;
};

}  // namespace perdura::federation::log

#endif  // PERDURA_TESTS_UNIT_FEDERATION_LOG_TEST_LOG_H_
