#ifndef PERDURA_FEDERATION_LOG_SQLITE_HEAD_STORE_H_
#define PERDURA_FEDERATION_LOG_SQLITE_HEAD_STORE_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"
#include "federation/log/head_store.h"

namespace perdura::federation::log {

// Schema of held_head and head_fork, for the migrations of a party's database.
extern const absl::string_view kHeadSchema;

// HeadStore in a party's database. Triggers refuse a head that shrinks. Thread-compatible;
// `database` must outlive it.
class SqliteHeadStore final : public HeadStore {
 public:
  explicit SqliteHeadStore(base::Database& database) : database_(database) {}

  absl::StatusOr<std::optional<HeldHead>> Find(absl::string_view origin) override;
  absl::Status Replace(uint64_t held_size, const SignedCheckpoint& head) override;
  absl::Status KeepFork(const HeldHead& held, const SignedCheckpoint& other) override;

 private:
  base::Database& database_;
};

}  // namespace perdura::federation::log

#endif  // PERDURA_FEDERATION_LOG_SQLITE_HEAD_STORE_H_
