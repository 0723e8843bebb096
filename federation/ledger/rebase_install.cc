#include "federation/ledger/rebase_install.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "federation/envelope.h"
#include "federation/ledger/charge_entry.h"
#include "federation/ledger/party_tables.h"
#include "federation/log/entries.h"
#include "perdura/v1/round.pb.h"

namespace perdura::federation {
namespace {

constexpr size_t kQuestionIdSize = 16;
// So many fit into a log entry, whatever their names.
constexpr size_t kLinesOfAnEntry = 25;

CappedLine LineOf(const v1::LineAmount& amount) {
  return {{amount.compartment(), amount.product(), amount.period(), amount.units()}, 0, 0};
}

absl::StatusOr<Debit> DebitOf(const std::string& bytes) {
  const auto malformed = base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                                      "rebase: a known attempt cannot be read");
  v1::KnownAttempt known;
  if (!ParseStrictly(bytes, known).ok()) return malformed;
  const auto manifest = PeekPayload<v1::Manifest>(known.manifest(), MessageType::kManifest);
  if (!manifest.ok() || manifest->question_id().size() != kQuestionIdSize) return malformed;
  const auto ask = PeekPayload<v1::Ask>(manifest->ask(), MessageType::kAsk);
  if (!ask.ok()) return malformed;
  Debit debit;
  debit.id = {ask->analyst(), manifest->question_id(), manifest->attempt()};
  debit.plan = manifest->plan();
  debit.plan_hash = crypto::Sha256(debit.plan);
  debit.manifest_hash = PayloadId(known.manifest().payload());
  debit.manifest = known.manifest().SerializeAsString();
  debit.ask_hash = PayloadId(manifest->ask().payload());
  debit.purpose = ask->purpose();
  for (const v1::LineAmount& amount : known.charge()) debit.lines.push_back(LineOf(amount));
  debit.charges_nothing = manifest->charge().compartment() == v1::COMPARTMENT_CANARY;
  if (debit.lines.empty() != debit.charges_nothing) return malformed;
  return debit;
}

bool SameLine(const ChargeLine& a, const ChargeLine& b) {
  return a.compartment == b.compartment && a.product == b.product && a.period == b.period;
}

void AddLine(std::vector<CappedLine>& lines, const CappedLine& added) {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const CappedLine& one) {
    return SameLine(one.line, added.line);
  });
  if (found == lines.end()) {
    lines.push_back(added);
  } else {
    found->line.units += added.line.units;
  }
}

// One of the attempts under which stands what belongs to no other: the first has the rebase's id,
// the others ids that follow from it.
Debit AssumedDebit(const RebaseInstall& install, size_t part, std::vector<CappedLine> lines) {
  const OpenedRebase& rebase = install.rebase;
  const std::string id = part == 0 ? rebase.id : crypto::Sha256(absl::StrCat(rebase.id, "/", part));
  Debit debit;
  debit.id = {std::string(kRebaseAnalyst), id.substr(0, kQuestionIdSize),
              static_cast<uint32_t>(rebase.rebase.generation())};
  debit.plan_hash = crypto::Sha256("");
  debit.manifest_hash = id;
  debit.manifest = rebase.envelope;
  debit.ask_hash = rebase.id;
  debit.lines = std::move(lines);
  return debit;
}

absl::StatusOr<uint64_t> Charge(const base::Transaction& transaction, base::Database& database,
                                log::MerkleLog& log, const RebaseInstall& install, Debit debit) {
  debit.cut_known_at = install.cut_known_at;
  debit.debited_at = install.at_micros;
  PERDURA_RETURN_IF_ERROR(ChargeLedger(database).WriteCharged(debit, install.state));
  return log.Append(transaction, ChargeEntry(install.entry_kind, debit));
}

}  // namespace

absl::StatusOr<std::vector<Debit>> KnownDebits(const v1::RebaseFile& file) {
  std::vector<Debit> debits;
  for (const std::string& bytes : file.known()) {
    PERDURA_ASSIGN_OR_RETURN(debits.emplace_back(), DebitOf(bytes));
  }
  return debits;
}

int64_t NewestCutKnownAt(const Charter& charter, int64_t now_micros) {
  int64_t newest = 0;
  for (const v1::DataCut& cut : charter.proto().data_cuts()) {
    const int64_t known_at = cut.known_at() * 1'000'000;
    if (known_at <= now_micros) newest = std::max(newest, known_at);
  }
  return newest;
}

absl::Status InstallRebase(const base::Transaction& transaction, base::Database& database,
                           log::MerkleLog& log, const RebaseInstall& install,
                           const log::Entry& start) {
  const v1::Rebase& rebase = install.rebase.rebase;
  std::vector<CappedLine> assumed;
  for (const v1::LineAmount& amount : rebase.assumed()) AddLine(assumed, LineOf(amount));
  for (const Debit& debit : install.known) {
    PERDURA_ASSIGN_OR_RETURN(const auto held, ChargeLedger(database).Find(debit.id));
    if (!held.has_value()) {
      PERDURA_ASSIGN_OR_RETURN(const uint64_t seq,
                               Charge(transaction, database, log, install, debit));
      if (install.on_charged) PERDURA_RETURN_IF_ERROR(install.on_charged(debit, seq));
    } else if (held->manifest_hash != debit.manifest_hash) {
      // Two manifests of one attempt: both were paid, only one has the attempt's row.
      for (const CappedLine& line : debit.lines) AddLine(assumed, line);
    }
  }
  for (size_t first = 0; first < assumed.size(); first += kLinesOfAnEntry) {
    const size_t end = std::min(first + kLinesOfAnEntry, assumed.size());
    Debit debit = AssumedDebit(install, first / kLinesOfAnEntry,
                               {assumed.begin() + static_cast<ptrdiff_t>(first),
                                assumed.begin() + static_cast<ptrdiff_t>(end)});
    PERDURA_RETURN_IF_ERROR(Charge(transaction, database, log, install, std::move(debit)).status());
  }
  PERDURA_RETURN_IF_ERROR(RebaseTable(database).Add(rebase.party(), rebase.generation(),
                                                    install.rebase.id, install.rebase.envelope));
  PERDURA_RETURN_IF_ERROR(
      log.Append(transaction,
                 log::RebaseEntry(rebase.party(), install.at_micros, install.rebase.id))
          .status());
  return log.Append(transaction, start).status();
}

}  // namespace perdura::federation
