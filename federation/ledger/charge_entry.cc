#include "federation/ledger/charge_entry.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/canonical_json.h"
#include "base/reason.h"

namespace perdura::federation {
namespace {

absl::string_view CompartmentWord(v1::Compartment compartment) {
  switch (compartment) {
    case v1::COMPARTMENT_ADHOC:
      return "adhoc";
    case v1::COMPARTMENT_FLAGSHIP:
      return "flagship";
    default:
      return "unspecified";
  }
}

base::CanonicalObject ChargeFields(const AttemptId& id, absl::string_view manifest_hash,
                                   const std::vector<ChargeLine>& lines) {
  std::vector<std::string> charge;
  for (const ChargeLine& line : lines) {
    charge.push_back(absl::StrCat(CompartmentWord(line.compartment), ":", line.product, ":",
                                  line.period, ":", line.units));
  }
  std::sort(charge.begin(), charge.end());
  return {{"attempt", uint64_t{id.attempt}},
          {"charge", std::move(charge)},
          {"manifest", base::HexEncode(manifest_hash)},
          {"question", base::HexEncode(id.question_id)}};
}

absl::Status Unlogged(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kFailedPrecondition, "unlogged",
                      absl::StrCat("log entry: ", what));
}

}  // namespace

log::Entry ChargeEntry(absl::string_view kind, const Debit& debit) {
  std::vector<ChargeLine> lines;
  for (const CappedLine& capped : debit.lines) lines.push_back(capped.line);
  return {.seq = 0,
          .time = static_cast<uint64_t>(debit.debited_at),
          .kind = std::string(kind),
          .actor = debit.id.analyst,
          .fields = ChargeFields(debit.id, debit.manifest_hash, lines)};
}

absl::Status CheckReserved(absl::string_view line, const AttemptId& id,
                           absl::string_view manifest_hash, const std::vector<ChargeLine>& lines) {
  return CheckCharged("reserved", line, id, manifest_hash, lines);
}

absl::Status CheckCharged(absl::string_view kind, absl::string_view line, const AttemptId& id,
                          absl::string_view manifest_hash, const std::vector<ChargeLine>& lines) {
  const auto entry = log::ParseEntry(line);
  if (!entry.ok()) return Unlogged(entry.status().message());
  if (entry->kind != kind) {
    return Unlogged(kind == "reserved" ? "it is no reservation" : "it is no debit");
  }
  if (entry->actor != id.analyst) return Unlogged("it charges another analyst");
  for (const auto& [name, value] : ChargeFields(id, manifest_hash, lines)) {
    if (entry->fields.at(name) != value) return Unlogged(absl::StrCat("another ", name));
  }
  return absl::OkStatus();
}

}  // namespace perdura::federation
