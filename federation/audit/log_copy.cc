#include "federation/audit/log_copy.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/merkle_proof.h"
#include "federation/envelope.h"
#include "federation/ledger/party_tables.h"
#include "federation/log/stored_tree.h"
#include "federation/witnesses.h"

namespace perdura::federation {
namespace {

using base::Statement;

// A whole log may be read in one statement.
constexpr int64_t kStatementLimitMs = 600'000;

}  // namespace

absl::Status LedgerMismatch(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kDataLoss, "ledger_mismatch",
                      absl::StrCat("ledger: ", what));
}

absl::StatusOr<std::unique_ptr<LogCopy>> LogCopy::Open(const std::string& path,
                                                       const AuthorityPin& pin) {
  PERDURA_ASSIGN_OR_RETURN(
      auto database,
      base::Database::Open(
          {.path = path, .read_only = true, .statement_limit_ms = kStatementLimitMs}));
  std::unique_ptr<LogCopy> copy(new LogCopy(std::move(database), pin));
  PERDURA_RETURN_IF_ERROR(copy->ReadCharters());
  PERDURA_RETURN_IF_ERROR(copy->FindLogs());
  PERDURA_RETURN_IF_ERROR(copy->ReadRebases());
  for (Generation& generation : copy->generations_) {
    PERDURA_RETURN_IF_ERROR(copy->CheckTree(generation));
    PERDURA_RETURN_IF_ERROR(copy->ReadCheckpoints(generation));
  }
  return copy;
}

absl::Status LogCopy::ReadCharters() {
  PERDURA_ASSIGN_OR_RETURN(const auto envelopes, CharterTable(*database_).Envelopes());
  for (const std::string& bytes : envelopes) {
    v1::Envelope envelope;
    if (!envelope.ParseFromString(bytes)) return LedgerMismatch("a stored charter cannot be read");
    PERDURA_RETURN_IF_ERROR(chain_.Accept(envelope, absl::UnixEpoch(), /*replay=*/true));
  }
  if (chain_.current() == nullptr) return LedgerMismatch("it holds no charter");
  lines_.push_back(absl::StrCat("charters: 1 to ", chain_.version(), ", signed by the authority"));
  return absl::OkStatus();
}

absl::Status LogCopy::FindLogs() {
  PERDURA_ASSIGN_OR_RETURN(Statement rows, database_->Prepare("SELECT id, origin, size FROM log"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({}));
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) break;
    Generation& generation = generations_.emplace_back();
    PERDURA_ASSIGN_OR_RETURN(const int64_t id, rows.Int64At(0));
    PERDURA_ASSIGN_OR_RETURN(const std::string origin, rows.TextAt(1));
    PERDURA_ASSIGN_OR_RETURN(const int64_t size, rows.Int64At(2));
    PERDURA_ASSIGN_OR_RETURN(generation.origin, log::LogOrigin::Parse(origin));
    generation.size = static_cast<uint64_t>(size);
    generation.log = std::make_unique<log::StoredLog>(*database_, id);
  }
  if (generations_.empty()) return LedgerMismatch("it holds no log");
  std::sort(generations_.begin(), generations_.end(), [](const Generation& a, const Generation& b) {
    return a.origin.generation < b.origin.generation;
  });
  for (const Generation& one : generations_) {
    if (one.origin.federation != origin().federation || one.origin.party != party()) {
      return LedgerMismatch("it holds logs of two parties");
    }
  }
  return absl::OkStatus();
}

// Under the newest charter whose authority keys signed it; it was accepted under one of them.
absl::StatusOr<v1::Rebase> LogCopy::OpenSigned(const std::string& envelope) const {
  v1::Envelope parsed;
  if (!parsed.ParseFromString(envelope)) return LedgerMismatch("a stored rebase cannot be read");
  for (uint64_t version = chain_.version(); version > 0; --version) {
    const v1::Charter& charter = chain_.ByVersion(version)->proto();
    const std::vector<std::string> keys(charter.authority_keys().begin(),
                                        charter.authority_keys().end());
    auto rebase = OpenEnvelope<v1::Rebase>(parsed, MessageType::kRebase, keys,
                                           static_cast<int>(charter.authority_threshold()));
    if (rebase.ok()) return rebase;
  }
  return LedgerMismatch("a stored rebase is not signed by the authority");
}

absl::Status LogCopy::ReadRebases() {
  PERDURA_ASSIGN_OR_RETURN(const auto rows, RebaseTable(*database_).Newest());
  uint64_t authorised = 1;
  for (const auto& [rebased, row] : rows) {
    PERDURA_ASSIGN_OR_RETURN(const v1::Rebase rebase, OpenSigned(row.envelope));
    if (rebase.party() != rebased || rebase.generation() != row.generation) {
      return LedgerMismatch("a stored rebase is another than its row says");
    }
    if (rebased == party()) authorised = row.generation;
    lines_.push_back(absl::StrCat(
        "rebase: ", rebased, " goes on in generation ", rebase.generation(),
        ", signed by the authority; ", rebase.known_size(), " question(s) charged as recorded, ",
        rebase.assumed_size(), " amount(s) assumed; reason: ", rebase.reason()));
  }
  if (origin().generation > authorised) {
    lines_.push_back(absl::StrCat("rebase: none for generation ", origin().generation,
                                  "; this database is an old copy, and its party answers nothing"));
  } else if (origin().generation < authorised) {
    return LedgerMismatch("the log that its rebase begins is not there");
  }
  return absl::OkStatus();
}

absl::Status LogCopy::CheckTree(const Generation& generation) {
  PERDURA_RETURN_IF_ERROR(log::VerifyStoredTree(*database_, generation.log->id(), std::nullopt));
  lines_.push_back(absl::StrCat("log: ", generation.origin.ToText(), ", tree of ", generation.size,
                                " entries recomputed"));
  return absl::OkStatus();
}

bool LogCopy::HasLogKey(const log::LogOrigin& origin) const {
  for (uint64_t version = chain_.version(); version > 0; --version) {
    if (LogKeyOf(*chain_.ByVersion(version), origin).ok()) return true;
  }
  return false;
}

absl::Status LogCopy::ReadCheckpoints(Generation& generation) {
  PERDURA_ASSIGN_OR_RETURN(const auto sizes,
                           generation.log->SignedSizes(std::numeric_limits<int>::max()));
  if (sizes.empty() || !HasLogKey(generation.origin)) {
    lines_.push_back("checkpoints: none that the charter's keys can verify");
    return absl::OkStatus();
  }
  for (const uint64_t size : sizes) {
    PERDURA_ASSIGN_OR_RETURN(generation.checkpoints.emplace_back(),
                             ReadCheckpoint(generation, size));
  }
  const CheckedCheckpoint& newest = generation.checkpoints.front();
  lines_.push_back(absl::StrCat("checkpoints: ", generation.checkpoints.size(),
                                " signed, each on the tree; the newest, of ",
                                newest.head.checkpoint.size, " entries, cosigned by ",
                                newest.cosignatures.size(), " stewards"));
  return absl::OkStatus();
}

// Under the newest charter whose log key signed it. Its stewards may have been others' before.
absl::StatusOr<CheckedCheckpoint> LogCopy::ReadCheckpoint(const Generation& generation,
                                                          uint64_t size) {
  PERDURA_ASSIGN_OR_RETURN(const std::string note, generation.log->NoteAt(size));
  CheckedCheckpoint checked;
  bool is_signed = false;
  for (uint64_t version = chain_.version(); version > 0; --version) {
    const Charter& charter = *chain_.ByVersion(version);
    const auto key = LogKeyOf(charter, generation.origin);
    if (!key.ok()) continue;
    auto opened = log::OpenCheckpoint(note, *key);
    if (!opened.ok()) continue;
    if (!is_signed) checked.head = *std::move(opened);
    is_signed = true;
    PERDURA_ASSIGN_OR_RETURN(auto cosignatures,
                             log::VerifiedCosignatures(checked.head.note, CosignKeysOf(charter)));
    if (cosignatures.size() > checked.cosignatures.size()) {
      checked.cosignatures = std::move(cosignatures);
    }
  }
  if (!is_signed) return log::LogDamaged("a checkpoint is not signed by this log");
  const auto root = crypto::RootAt(size, *generation.log);
  if (checked.head.checkpoint.size != size || size > generation.size || !root.ok() ||
      *root != checked.head.checkpoint.root) {
    return log::LogDamaged(
        absl::StrCat("its entries do not give the root of the checkpoint of ", size, " entries"));
  }
  return checked;
}

absl::Status LogCopy::ForEachEntry(
    const std::function<absl::Status(const log::Entry&, const std::string& line)>& visit) {
  return ForEachEntryOf(newest(), visit);
}

absl::Status LogCopy::ForEachEntryEver(
    const std::function<absl::Status(const log::LogOrigin&, const log::Entry&,
                                     const std::string& line)>& visit) {
  for (const Generation& generation : generations_) {
    PERDURA_RETURN_IF_ERROR(
        ForEachEntryOf(generation, [&](const log::Entry& entry, const std::string& line) {
          return visit(generation.origin, entry, line);
        }));
  }
  return absl::OkStatus();
}

absl::Status LogCopy::ForEachEntryOf(
    const Generation& generation,
    const std::function<absl::Status(const log::Entry&, const std::string& line)>& visit) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows, database_->Prepare("SELECT line FROM log_entry WHERE log = ?1 ORDER BY seq"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({generation.log->id()}));
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return absl::OkStatus();
    PERDURA_ASSIGN_OR_RETURN(const std::string line, rows.TextAt(0));
    PERDURA_ASSIGN_OR_RETURN(const log::Entry entry, log::ParseEntry(line));
    PERDURA_RETURN_IF_ERROR(visit(entry, line));
  }
}

}  // namespace perdura::federation
