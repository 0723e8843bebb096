#include "federation/audit/log_copy.h"

#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/merkle_proof.h"
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
  PERDURA_RETURN_IF_ERROR(copy->FindLog());
  PERDURA_RETURN_IF_ERROR(copy->CheckTree());
  PERDURA_RETURN_IF_ERROR(copy->ReadCheckpoints());
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

absl::Status LogCopy::FindLog() {
  PERDURA_ASSIGN_OR_RETURN(Statement rows,
                           database_->Prepare("SELECT id, origin, size FROM log ORDER BY id DESC"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({}));
  PERDURA_ASSIGN_OR_RETURN(const bool found, rows.Step());
  if (!found) return LedgerMismatch("it holds no log");
  PERDURA_ASSIGN_OR_RETURN(const int64_t id, rows.Int64At(0));
  PERDURA_ASSIGN_OR_RETURN(const std::string origin, rows.TextAt(1));
  PERDURA_ASSIGN_OR_RETURN(const int64_t size, rows.Int64At(2));
  PERDURA_ASSIGN_OR_RETURN(origin_, log::LogOrigin::Parse(origin));
  size_ = static_cast<uint64_t>(size);
  log_ = std::make_unique<log::StoredLog>(*database_, id);
  return absl::OkStatus();
}

absl::Status LogCopy::CheckTree() {
  PERDURA_RETURN_IF_ERROR(log::VerifyStoredTree(*database_, log_->id(), std::nullopt));
  lines_.push_back(
      absl::StrCat("log: ", origin_.ToText(), ", tree of ", size_, " entries recomputed"));
  return absl::OkStatus();
}

bool LogCopy::HasLogKey() const {
  for (uint64_t version = chain_.version(); version > 0; --version) {
    if (LogKeyOf(*chain_.ByVersion(version), origin_).ok()) return true;
  }
  return false;
}

absl::Status LogCopy::ReadCheckpoints() {
  PERDURA_ASSIGN_OR_RETURN(const auto sizes, log_->SignedSizes(std::numeric_limits<int>::max()));
  if (sizes.empty() || !HasLogKey()) {
    lines_.push_back("checkpoints: none that the charter's keys can verify");
    return absl::OkStatus();
  }
  for (const uint64_t size : sizes) {
    PERDURA_ASSIGN_OR_RETURN(checkpoints_.emplace_back(), ReadCheckpoint(size));
  }
  const CheckedCheckpoint& newest = checkpoints_.front();
  lines_.push_back(absl::StrCat("checkpoints: ", checkpoints_.size(),
                                " signed, each on the tree; the newest, of ",
                                newest.head.checkpoint.size, " entries, cosigned by ",
                                newest.cosignatures.size(), " stewards"));
  return absl::OkStatus();
}

// Under the newest charter whose log key signed it. Its stewards may have been others' before.
absl::StatusOr<CheckedCheckpoint> LogCopy::ReadCheckpoint(uint64_t size) {
  PERDURA_ASSIGN_OR_RETURN(const std::string note, log_->NoteAt(size));
  CheckedCheckpoint checked;
  bool is_signed = false;
  for (uint64_t version = chain_.version(); version > 0; --version) {
    const Charter& charter = *chain_.ByVersion(version);
    const auto key = LogKeyOf(charter, origin_);
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
  const auto root = crypto::RootAt(size, *log_);
  if (checked.head.checkpoint.size != size || size > size_ || !root.ok() ||
      *root != checked.head.checkpoint.root) {
    return log::LogDamaged(
        absl::StrCat("its entries do not give the root of the checkpoint of ", size, " entries"));
  }
  return checked;
}

absl::Status LogCopy::ForEachEntry(
    const std::function<absl::Status(const log::Entry&, const std::string& line)>& visit) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows, database_->Prepare("SELECT line FROM log_entry WHERE log = ?1 ORDER BY seq"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({log_->id()}));
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return absl::OkStatus();
    PERDURA_ASSIGN_OR_RETURN(const std::string line, rows.TextAt(0));
    PERDURA_ASSIGN_OR_RETURN(const log::Entry entry, log::ParseEntry(line));
    PERDURA_RETURN_IF_ERROR(visit(entry, line));
  }
}

}  // namespace perdura::federation
