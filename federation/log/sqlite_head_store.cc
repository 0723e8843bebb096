#include "federation/log/sqlite_head_store.h"

#include <limits>
#include <string>

#include "base/status_macros.h"

namespace perdura::federation::log {
namespace {

// SQLite's integers are signed.
constexpr uint64_t kMaxStoredSize = std::numeric_limits<int64_t>::max();

}  // namespace

const absl::string_view kHeadSchema = R"sql(
-- The newest accepted checkpoint of each other party's log.
CREATE TABLE held_head (
  origin TEXT PRIMARY KEY,
  size INTEGER NOT NULL CHECK (size > 0),                   -- mutable: that of the note; only grows
  note TEXT NOT NULL                                        -- mutable: the signed note as it came
) STRICT;
-- Logs that have signed two histories: two notes of one size with different roots.
CREATE TABLE head_fork (
  origin TEXT PRIMARY KEY,
  held_note TEXT NOT NULL,
  other_note TEXT NOT NULL
) STRICT;
CREATE TRIGGER held_head_stays BEFORE DELETE ON held_head BEGIN SELECT RAISE(ABORT, 'heads stay'); END;
CREATE TRIGGER held_head_grows BEFORE UPDATE ON held_head
  WHEN NEW.size <= OLD.size OR NEW.origin <> OLD.origin BEGIN SELECT RAISE(ABORT, 'heads only grow'); END;
CREATE TRIGGER head_fork_stays BEFORE DELETE ON head_fork BEGIN SELECT RAISE(ABORT, 'evidence'); END;
CREATE TRIGGER head_fork_fixed BEFORE UPDATE ON head_fork BEGIN SELECT RAISE(ABORT, 'evidence'); END;
)sql";

absl::StatusOr<std::optional<HeldHead>> SqliteHeadStore::Find(absl::string_view origin) {
  PERDURA_ASSIGN_OR_RETURN(
      base::Statement rows,
      database_.Prepare("SELECT note, EXISTS (SELECT 1 FROM head_fork WHERE head_fork.origin = "
                        "held_head.origin) FROM held_head WHERE origin = ?1"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({origin}));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return std::nullopt;
  HeldHead held;
  PERDURA_ASSIGN_OR_RETURN(held.note, rows.TextAt(0));
  PERDURA_ASSIGN_OR_RETURN(const int64_t forked, rows.Int64At(1));
  held.forked = forked != 0;
  const auto note = ParseNote(held.note);
  if (!note.ok()) return absl::DataLossError("a held head is no signed note");
  const auto checkpoint = ParseCheckpoint(note->text);
  if (!checkpoint.ok()) return absl::DataLossError("a held head is no checkpoint");
  held.checkpoint = *checkpoint;
  return held;
}

absl::Status SqliteHeadStore::Replace(uint64_t held_size, const SignedCheckpoint& head) {
  if (head.checkpoint.size > kMaxStoredSize) {
    return absl::InvalidArgumentError("head: size must be below 2^63");
  }
  const std::string note = PrintNote(head.note);
  const auto size = static_cast<int64_t>(head.checkpoint.size);
  const absl::Status stored =
      held_size == 0
          ? database_.Execute("INSERT INTO held_head (origin, size, note) VALUES (?1, ?2, ?3)",
                              {head.checkpoint.origin, size, note})
          : database_.Execute(
                "UPDATE held_head SET size = ?2, note = ?3 WHERE origin = ?1 AND size = ?4",
                {head.checkpoint.origin, size, note, static_cast<int64_t>(held_size)});
  const bool overtaken = absl::IsAlreadyExists(stored) || (stored.ok() && database_.changes() == 0);
  return overtaken ? absl::AbortedError("another head was stored meanwhile") : stored;
}

absl::Status SqliteHeadStore::KeepFork(const HeldHead& held, const SignedCheckpoint& other) {
  return database_.Execute(
      "INSERT INTO head_fork (origin, held_note, other_note) VALUES (?1, ?2, ?3)"
      " ON CONFLICT (origin) DO NOTHING",
      {held.checkpoint.origin, held.note, PrintNote(other.note)});
}

}  // namespace perdura::federation::log
