#include "federation/audit/sibling_facts.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "federation/envelope.h"
#include "federation/ledger/rebase_install.h"
#include "federation/plan_fields.h"
#include "perdura/v1/round.pb.h"

namespace perdura::federation {
namespace {

using base::Statement;

// The manifests that a ledger was charged for. What a rebase assumes to be spent has none.
absl::Status ReadManifests(LogCopy& copy, AttemptBook& book) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      copy.database().Prepare("SELECT manifest_hash, manifest FROM attempt WHERE analyst <> ?1"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({kRebaseAnalyst}));
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return absl::OkStatus();
    PERDURA_ASSIGN_OR_RETURN(const std::string hash, rows.BlobAt(0));
    PERDURA_ASSIGN_OR_RETURN(const std::string bytes, rows.BlobAt(1));
    v1::Envelope envelope;
    v1::Manifest manifest;
    if (!envelope.ParseFromString(bytes) || PayloadId(envelope.payload()) != hash ||
        !manifest.ParseFromString(envelope.payload())) {
      return LedgerMismatch(
          absl::StrCat(copy.party(), " keeps another manifest than ", base::HexEncode(hash)));
    }
    book[hash].overlap_key = OverlapKeyOfPlan(manifest.plan());
  }
}

// A steward keeps no manifest, only what it compared when it signed a commit (KC7).
absl::Status ReadSignedCommits(LogCopy& copy, AttemptBook& book) {
  PERDURA_ASSIGN_OR_RETURN(
      Statement rows,
      copy.database().Prepare("SELECT manifest_hash, overlap_key FROM signed_commit"));
  PERDURA_RETURN_IF_ERROR(rows.Bind({}));
  for (;;) {
    PERDURA_ASSIGN_OR_RETURN(const bool more, rows.Step());
    if (!more) return absl::OkStatus();
    PERDURA_ASSIGN_OR_RETURN(const std::string hash, rows.BlobAt(0));
    PERDURA_ASSIGN_OR_RETURN(const std::string key, rows.TextAt(1));
    AttemptFacts& facts = book[hash];
    if (!facts.overlap_key.has_value()) facts.overlap_key = key;
  }
}

void ReadEntry(const log::Entry& entry, const log::LogOrigin& origin, AttemptBook& book) {
  const auto manifest = entry.fields.find("manifest");
  if (manifest == entry.fields.end()) return;
  const auto hash = base::HexDecode(std::get<std::string>(manifest->second));
  if (!hash.ok()) return;
  AttemptFacts& facts = book[*hash];
  const LoggedAt at{.origin = origin.ToText(), .seq = entry.seq, .time = entry.time};
  if (entry.kind == "reserved") {
    facts.reserved = at;
  } else if (entry.kind == "released") {
    facts.ended = at;
    facts.end_state = entry.kind;
  } else if (entry.kind == "burnt") {
    facts.ended = at;
    facts.end_state =
        absl::StrCat(entry.kind, ":", std::get<std::string>(entry.fields.at("reason")));
  } else if (entry.kind == "dealt") {
    facts.dealt.emplace(origin.party, at);
  } else if (entry.kind == "committed") {
    facts.committed.emplace(origin.party, at);
  } else if (entry.kind == "summed") {
    facts.summed.emplace(origin.party, at);
  }
}

}  // namespace

bool LoggedAt::IsBefore(const LoggedAt& other) const {
  if (origin == other.origin) return seq < other.seq;
  const auto own = log::LogOrigin::Parse(origin);
  const auto others = log::LogOrigin::Parse(other.origin);
  return own.ok() && others.ok() && own->federation == others->federation &&
         own->party == others->party && own->generation < others->generation;
}

absl::StatusOr<AttemptBook> ReadAttempts(const std::vector<std::unique_ptr<LogCopy>>& copies) {
  AttemptBook book;
  for (const auto& copy : copies) PERDURA_RETURN_IF_ERROR(ReadManifests(*copy, book));
  for (const auto& copy : copies) {
    if (!copy->IsAggregators()) PERDURA_RETURN_IF_ERROR(ReadSignedCommits(*copy, book));
    PERDURA_RETURN_IF_ERROR(copy->ForEachEntryEver(
        [&](const log::LogOrigin& origin, const log::Entry& entry, const std::string&) {
          ReadEntry(entry, origin, book);
          return absl::OkStatus();
        }));
  }
  return book;
}

}  // namespace perdura::federation
