#ifndef PERDURA_FEDERATION_LEDGER_CHARGE_LEDGER_H_
#define PERDURA_FEDERATION_LEDGER_CHARGE_LEDGER_H_

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/sqlite/database.h"
#include "federation/ledger/capped_line.h"

namespace perdura::federation {

// Identifies a round: the analyst's name, the client's random question id, and its attempt from 1.
struct AttemptId {
  std::string analyst;
  std::string question_id;
  uint32_t attempt = 0;
  auto operator<=>(const AttemptId&) const = default;
};

// What is written when a question is charged.
struct Debit {
  AttemptId id;
  std::string plan;
  std::string plan_hash;
  std::string manifest_hash;
  // The signed manifest as it came (or as it will leave).
  std::string manifest;
  // SHA-256 of the ask's payload: the same question id with another ask is refused.
  std::string ask_hash;
  // The purpose that the ask names.
  std::string purpose = {};
  // K of the plan's cut, microseconds since 1970: no record may be stamped before it afterwards.
  int64_t cut_known_at = 0;
  int64_t debited_at = 0;
  std::vector<CappedLine> lines;
  // A canary round (query/canary.h), which has no lines. Any other debit has at least one.
  bool charges_nothing = false;
};

// One attempt as stored. `state` and `reason` are words of protocols.md 4.4; all states count.
struct AttemptRecord {
  AttemptId id;
  std::string plan;
  std::string manifest_hash;
  std::string manifest;
  std::string ask_hash;
  std::string state;
  std::string reason;
  uint64_t units = 0;
  int64_t debited_at = 0;
  // Empty in attempts from before purposes were recorded.
  std::string purpose;
};

// Proof that a charge stands. Only ChargeLedger makes one; what depends on data takes it by value.
class Reservation final {
 public:
  Reservation(Reservation&&) = default;
  Reservation& operator=(Reservation&&) = default;
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  const std::string& manifest_hash() const { return manifest_hash_; }

 private:
  friend class ChargeLedger;
  explicit Reservation(std::string manifest_hash) : manifest_hash_(std::move(manifest_hash)) {}
  std::string manifest_hash_;
};

// Schema of attempt and charge_line, for the migrations of a party's database, and the later step
// that adds the purpose of an attempt.
extern const absl::string_view kChargeLedgerSchema;
extern const absl::string_view kChargePurposeSchema;

// The durable budget of one party, node and aggregator alike: tables attempt and charge_line in
// that party's database. There is no refund: no call deletes or lowers a charge, and triggers
// refuse it.
//
// Filter (privacy.md 8): spent + charge <= cap on every line, checked and written in the caller's
// transaction; valid under full adaptivity (Feldman, Zrnic 2021; Whitehouse et al. 2023). It reads
// plan and charter only, never data. Caps of analysts and purposes lie inside the line: they are
// fair shares, not privacy, since analysts collude. Integers only: units of 2^-40.
// Thread-compatible; `database` must outlive it.
class ChargeLedger final {
 public:
  explicit ChargeLedger(base::Database& database) : database_(database) {}

  // Writes the attempt in `state` and all its lines. The caller holds a Transaction and commits it:
  // only then the charge is durable. Returns AlreadyExists `attempt_reused` if the attempt exists;
  // ResourceExhausted `analyst_cap`, `purpose_cap`, `budget_exhausted` or `lifetime_cap` (in this
  // order, line by line) naming the line and what is left; the transaction must then be dropped.
  // InvalidArgument, writing nothing, unless `lines` is empty where `charges_nothing` says so and
  // only there.
  absl::StatusOr<Reservation> Write(const Debit& debit, absl::string_view state);

  // What a rebase says was charged already: as Write, but no cap stops it. Returns AlreadyExists
  // `attempt_reused` if the attempt exists; InvalidArgument as Write.
  absl::Status WriteCharged(const Debit& debit, absl::string_view state);

  // The checks of Write, without writing.
  absl::Status CheckCaps(const ChargeOrigin& origin, const std::vector<CappedLine>& lines);

  // The reservation of a charge that stands, for going on after a restart. Returns NotFound for an
  // unknown manifest.
  absl::StatusOr<Reservation> Resume(absl::string_view manifest_hash);

  // Moves an attempt on. Returns NotFound for an unknown one.
  absl::Status SetState(absl::string_view manifest_hash, absl::string_view state,
                        absl::string_view reason);

  absl::StatusOr<std::optional<AttemptRecord>> Find(const AttemptId& id);
  absl::StatusOr<std::optional<AttemptRecord>> FindByManifest(absl::string_view manifest_hash);
  // Newest first, at most `limit`; all analysts' where `analyst` is empty.
  absl::StatusOr<std::vector<AttemptRecord>> Attempts(absl::string_view analyst, int limit);
  // Those in one of `states`, oldest first.
  absl::StatusOr<std::vector<AttemptRecord>> InStates(const std::vector<std::string>& states);

  // Units charged on a line by everybody.
  absl::StatusOr<uint64_t> Spent(const ChargeLine& line);
  // The same over all periods of a product.
  absl::StatusOr<uint64_t> LifetimeSpent(v1::Compartment compartment, absl::string_view product);
  // Is there an attempt of this plan, in whatever state?
  absl::StatusOr<bool> IsCharged(absl::string_view plan_hash);
  // Everything that CheckCaps holds against the caps of a line.
  absl::StatusOr<LineUse> UseOf(const ChargeOrigin& origin, const CappedLine& capped);
  // Largest cut_known_at of all attempts, 0 if none.
  absl::StatusOr<int64_t> NewestCutKnownAt();

 private:
  absl::StatusOr<uint64_t> Sum(absl::string_view where,
                               std::initializer_list<base::SqlValue> values);
  absl::Status CheckLine(const ChargeOrigin& origin, const CappedLine& capped);

  base::Database& database_;
};

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_LEDGER_CHARGE_LEDGER_H_
