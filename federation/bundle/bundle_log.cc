// Receipts and siblings: a part of BundleReader.

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "federation/bundle/bundle_reader.h"
#include "federation/ledger/charge_entry.h"
#include "federation/plan_fields.h"
#include "federation/witnesses.h"

namespace perdura::federation {
namespace {

absl::Status UnloggedRound(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "unlogged",
                      absl::StrCat("log: ", what));
}

// What the manifest charges: the same units on each product of its plan.
std::vector<ChargeLine> ChargedLines(const v1::Manifest& manifest) {
  std::vector<ChargeLine> lines;
  for (std::string& product : ProductsOfPlan(manifest.plan())) {
    lines.push_back({manifest.charge().compartment(), std::move(product),
                     manifest.charge().period(), manifest.charge().units()});
  }
  return lines;
}

bool IsEndState(absl::string_view state) {
  if (state == "released" || state == "reserved") return true;
  return absl::ConsumePrefix(&state, "burnt:") && base::IsName(state);
}

}  // namespace

absl::Status BundleReader::ReadLog() {
  if (charter().requires_witness()) {
    PERDURA_RETURN_IF_ERROR(ReadReserved());
    return ReadSiblings();
  }
  if (!bundle_.entries().empty()) {
    return BadBundle("entries", "must be empty without a witness");
  }
  if (!opened_.release.siblings().empty()) {
    return BadBundle("release", "siblings must be empty without a witness");
  }
  return absl::OkStatus();
}

// The receipt against the log of the aggregator in `under`, and that charter's stewards.
absl::StatusOr<log::VerifiedReceipt> BundleReader::VerifyEntry(const v1::LoggedEntry& logged,
                                                               const Charter& under) const {
  if (logged.party() != under.proto().aggregator().id()) {
    return UnloggedRound("an entry is not of the aggregator's log");
  }
  PERDURA_ASSIGN_OR_RETURN(const log::Receipt receipt, log::ParseReceipt(logged.proof()));
  PERDURA_ASSIGN_OR_RETURN(const log::SignedNote note, log::ParseNote(receipt.note));
  PERDURA_ASSIGN_OR_RETURN(const log::Checkpoint checkpoint, log::ParseCheckpoint(note.text));
  PERDURA_ASSIGN_OR_RETURN(const log::LogOrigin origin, log::LogOrigin::Parse(checkpoint.origin));
  if (origin.party != logged.party()) {
    return UnloggedRound("a receipt is of another party's log");
  }
  PERDURA_ASSIGN_OR_RETURN(const log::NoteKey key, LogKeyOf(under, origin));
  const std::vector<log::NoteKey> cosigners = CosignKeysOf(under);
  return log::VerifyReceipt(logged.proof(), logged.entry(), key, cosigners);
}

// NC8, with the cosignatures dated before the charter was replaced.
absl::Status BundleReader::ReadReserved() {
  if (bundle_.entries().empty()) return UnloggedRound("no entry of this round came along");
  const v1::LoggedEntry& logged = bundle_.entries(0);
  auto receipt = VerifyEntry(logged, charter());
  if (!receipt.ok()) return InPart("log", receipt.status());
  const absl::Time end = chain_.EndOf(charter());
  const auto in_time =
      std::count_if(receipt->cosignatures.begin(), receipt->cosignatures.end(),
                    [&](const log::Cosignature& cosignature) { return cosignature.at < end; });
  if (in_time < quorum().q) {
    return UnloggedRound(absl::StrCat(in_time, " of ", quorum().q,
                                      " cosignatures from the time of the round's charter"));
  }
  PERDURA_RETURN_IF_ERROR(InPart(
      "log",
      CheckReserved(logged.entry(),
                    {opened_.ask.analyst(), opened_.ask.question_id(), opened_.ask.attempt()},
                    opened_.manifest_hash, ChargedLines(opened_.manifest))));
  Passed("log: entry ", receipt->index, " of ", receipt->checkpoint.origin,
         " charges this manifest; ", in_time, " stewards cosigned the checkpoint of ",
         receipt->checkpoint.size, " entries over it, ", quorum().q, " required");
  PERDURA_ASSIGN_OR_RETURN(const log::LogOrigin origin,
                           log::LogOrigin::Parse(receipt->checkpoint.origin));
  if (origin.generation > 1) {
    Passed("log: it is generation ", origin.generation, " of ", origin.party,
           "'s log, which was rolled back or forked and rebased: these stewards cosign it only "
           "since the authority signed for it");
  }
  opened_.reserved = *std::move(receipt);
  return absl::OkStatus();
}

absl::Status BundleReader::ReadSiblings() {
  const auto& siblings = opened_.release.siblings();
  if (bundle_.entries_size() != siblings.size() + 1) {
    return UnloggedRound("one entry for the round and for each sibling is required");
  }
  std::set<std::string> seen = {opened_.manifest_hash};
  for (int i = 0; i < siblings.size(); ++i) {
    if (!seen.insert(siblings[i].manifest_hash()).second) {
      return BadBundle("siblings", "a manifest stands twice, or is this round's");
    }
    const std::string part = absl::StrCat("sibling ", base::HexEncode(siblings[i].manifest_hash()));
    PERDURA_RETURN_IF_ERROR(InPart(part, CheckSibling(siblings[i], bundle_.entries(i + 1))));
  }
  Passed("siblings: ", siblings.size(), " other attempt(s) at the same patients are listed",
         siblings.empty() ? "" : ", each in the log");
  return absl::OkStatus();
}

// A sibling may have been logged under any charter of the chain.
absl::Status BundleReader::CheckSibling(const v1::Sibling& sibling,
                                        const v1::LoggedEntry& logged) const {
  if (!IsEndState(sibling.end_state())) {
    return BadBundle("end_state", "released, reserved, or burnt with its reason");
  }
  PERDURA_ASSIGN_OR_RETURN(const log::Entry entry, log::ParseEntry(logged.entry()));
  if (entry.kind != "reserved" || std::get<std::string>(entry.fields.at("manifest")) !=
                                      base::HexEncode(sibling.manifest_hash())) {
    return UnloggedRound("the entry does not reserve it");
  }
  absl::Status why_not = UnloggedRound("no charter of the bundle has the log's key");
  for (uint64_t version = chain_.version(); version > 0; --version) {
    const auto under = chain_.ByVersion(version);
    const auto receipt = VerifyEntry(logged, *under);
    if (receipt.ok() && static_cast<int>(receipt->cosignatures.size()) >= under->quorum().q) {
      return absl::OkStatus();
    }
    why_not =
        receipt.ok() ? UnloggedRound("too few stewards cosigned its checkpoint") : receipt.status();
  }
  return why_not;
}

}  // namespace perdura::federation
