#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "registry-node/import/mapping.h"
#include "registry-node/records/measures.h"
#include "registry-node/records/scales.h"
#include "registry-node/records/vocabulary.h"

// What was seen after the infusion.
namespace perdura::registry_node {
namespace {

constexpr absl::string_view kDayNeeded = "REF";

void MapVisit(Mapping& mapping, RowReader& row) {
  VisitFact fact;
  fact.episode = mapping.ReadEpisode(row).record;
  fact.slot = row.OptionalWord("slot", kSlots);
  fact.contact = row.Day("contact", "VISIT-TILE");
  fact.contact_type = row.Word("contact_type", kContactTypes);
  fact.alive = row.Flag("alive");
  fact.disease_assessed = row.Flag("disease_assessed");
  mapping.Keep(row, mapping.drafts().rows.visits,
               mapping.SourceRef("visit", {row.Raw("episode_id"), row.Raw("contact")}), fact,
               "VISIT-TILE");
}

// SCALE-GROUP: the charter says which scales an indication uses.
void CheckScaleOfIndication(const v1::Charter& charter, const EpisodeLink& link, RowReader& row,
                            absl::string_view scale) {
  const v1::Indication* indication = FindIndicationOf(charter, link.indication);
  if (indication == nullptr) return;  // REF says so already
  const auto& scales = indication->scales();
  if (std::find(scales.begin(), scales.end(), scale) != scales.end()) return;
  row.Fail("scale", "SCALE-GROUP",
           scales.empty() ? "the charter names no scale for this indication"
                          : absl::StrCat("this indication uses ", absl::StrJoin(scales, ", ")));
}

void CheckScale(const v1::Charter& charter, const EpisodeLink& link, RowReader& row,
                const ResponseFact& fact) {
  const Scale* scale = FindScale(fact.scale);
  if (scale == nullptr) {
    const auto id_of = [](std::string* out, const Scale& known) { absl::StrAppend(out, known.id); };
    return row.Fail("scale", "ENUM", absl::StrCat("one of ", absl::StrJoin(Scales(), ", ", id_of)));
  }
  CheckScaleOfIndication(charter, link, row, fact.scale);
  const std::optional<std::string> problem = ScaleProblem(*scale, fact.value);
  if (problem.has_value()) row.Fail("value", "SCALE-VALUE", *problem);
  if (fact.mrd.has_value() && !scale->has_mrd) {
    row.Fail("mrd", "SCALE-VALUE", "this scale has no result for residual disease");
  }
}

void MapResponse(Mapping& mapping, RowReader& row) {
  const EpisodeLink link = mapping.ReadEpisode(row);
  ResponseFact fact;
  fact.episode = link.record;
  fact.day = row.Day("day", kDayNeeded);
  fact.scale = std::string(row.Raw("scale"));
  fact.value = std::string(row.Raw("value"));
  fact.mrd = row.OptionalWord("mrd", kMrdResults);
  fact.evidence = row.Word("evidence", kEvidence);
  CheckScale(mapping.charter(), link, row, fact);
  mapping.Keep(row, mapping.drafts().rows.responses,
               mapping.SourceRef("response", {row.Raw("episode_id"), fact.scale, row.Raw("day")}),
               fact);
}

std::optional<std::string> ReadCause(RowReader& row, absl::string_view type) {
  if (type == "death") return row.OptionalWord("cause", kDeathCauses);
  if (type == "lost_to_follow_up") return row.OptionalWord("cause", kLossCauses);
  if (!row.Raw("cause").empty()) {
    row.Fail("cause", "ENUM", "a cause belongs to death and lost_to_follow_up only");
  }
  return std::nullopt;
}

void KeepEvent(Mapping& mapping, RowReader& row, EventFact fact) {
  auto& events = mapping.drafts().rows.events;
  if (fact.type == "death") {
    return mapping.Keep(row, events, mapping.SourceRef("death", {row.patient()}), std::move(fact),
                        "DEATH-ONE");
  }
  std::string source_ref = mapping.SourceRef(
      "event", {row.Raw("episode_id"), fact.type, row.Raw("onset"), row.Raw("code")});
  mapping.Keep(row, events, std::move(source_ref), std::move(fact));
}

void MapEvent(Mapping& mapping, RowReader& row) {
  EventFact fact;
  fact.episode = mapping.ReadEpisode(row).record;
  fact.type = row.Word("type", kEventTypes);
  fact.onset = row.Day("onset", kDayNeeded);
  fact.end = row.OptionalDay("end");
  fact.code_system = row.OptionalCode("code_system");
  fact.code = row.OptionalCode("code");
  if (fact.code.has_value() != fact.code_system.has_value()) {
    row.Fail("code", "ENUM", "a code and its system come together");
  }
  fact.grade = row.OptionalNumber("grade", "event.grade");
  fact.serious = row.OptionalFlag("serious");
  fact.related = row.OptionalWord("related", kRelations);
  fact.confirmed = row.OptionalFlag("confirmed").value_or(false);
  fact.cause = ReadCause(row, fact.type);
  KeepEvent(mapping, row, std::move(fact));
}

// RANGE: the charter's bounds in whole units, else the built-in ones.
void CheckRange(const v1::Charter& charter, const MeasureSpec& measure, RowReader& row,
                const Decimal& value) {
  const std::string field = absl::StrCat("measure.", measure.code);
  const NumberRange stated = PlausibleRangeOf(field, charter);
  const bool by_charter = stated.low <= stated.high;
  const Decimal low = by_charter ? Decimal{stated.low, 0} : measure.low;
  const Decimal high = by_charter ? Decimal{stated.high, 0} : measure.high;
  if (low <= value && value <= high) return;
  row.Fail("value", "RANGE",
           absl::StrCat("plausible from ", low.Print(), " to ", high.Print(), " ", measure.unit));
}

// Puts value and unit, given and canonical, into `fact`.
void ReadMeasured(const v1::Charter& charter, RowReader& row, MeasureFact& fact) {
  const MeasureSpec* measure = FindMeasure(fact.code);
  if (measure == nullptr) return row.Fail("code", "REF", "not a measure of the data model");
  const std::optional<Decimal> given = row.SignedDecimal("value");
  if (!given.has_value()) return;
  fact.given_value = std::string(row.Raw("value"));
  fact.given_unit = std::string(row.Raw("unit"));
  const absl::StatusOr<Decimal> value = ToCanonical(*measure, *given, fact.given_unit);
  if (!value.ok()) return row.Fail("unit", "UNIT", value.status().message());
  fact.value = value->Print();
  fact.unit = std::string(measure->unit);
  CheckRange(charter, *measure, row, *value);
}

void MapMeasure(Mapping& mapping, RowReader& row) {
  MeasureFact fact;
  fact.episode = mapping.ReadEpisode(row).record;
  fact.day = row.Day("day", kDayNeeded);
  fact.code = std::string(row.Raw("code"));
  ReadMeasured(mapping.charter(), row, fact);
  fact.method = row.OptionalCode("method");
  fact.laterality = row.OptionalWord("laterality", kLateralities);
  std::string source_ref = mapping.SourceRef(
      "measure",
      {row.Raw("episode_id"), fact.code, row.Raw("day"), row.Raw("method"), row.Raw("laterality")});
  mapping.Keep(row, mapping.drafts().rows.measures, std::move(source_ref), std::move(fact));
}

void MapAssay(Mapping& mapping, RowReader& row) {
  TransgeneFact fact;
  fact.episode = mapping.ReadEpisode(row).record;
  fact.day = row.Day("day", kDayNeeded);
  fact.assay = row.Code("assay");
  fact.value = row.OptionalDecimal("value");
  fact.unit = row.OptionalCode("unit");
  if (fact.value.has_value() != fact.unit.has_value()) {
    row.Fail("unit", "UNIT", "a value and its unit come together");
  }
  fact.detected = row.Flag("detected");
  mapping.Keep(row, mapping.drafts().rows.transgenes,
               mapping.SourceRef("transgene", {row.Raw("episode_id"), fact.assay, row.Raw("day")}),
               fact);
}

void MapTry(Mapping& mapping, RowReader& row) {
  ContactTryFact fact;
  fact.episode = mapping.ReadEpisode(row).record;
  fact.slot = row.Word("slot", kSlots);
  fact.day = row.Day("day", kDayNeeded);
  fact.mode = row.Word("mode", kContactModes);
  fact.outcome = row.Word("outcome", kContactOutcomes);
  std::string source_ref =
      mapping.SourceRef("try", {row.Raw("episode_id"), fact.slot, row.Raw("day"), fact.mode});
  mapping.Keep(row, mapping.drafts().rows.contact_tries, std::move(source_ref), std::move(fact));
}

}  // namespace

void MapVisits(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kVisits, [&](RowReader& row) { MapVisit(mapping, row); });
}

void MapResponses(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kResponses, [&](RowReader& row) { MapResponse(mapping, row); });
}

void MapEvents(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kEvents, [&](RowReader& row) { MapEvent(mapping, row); });
}

void MapMeasures(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kMeasures, [&](RowReader& row) { MapMeasure(mapping, row); });
}

void MapTransgene(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kTransgene, [&](RowReader& row) { MapAssay(mapping, row); });
}

void MapTries(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kTries, [&](RowReader& row) { MapTry(mapping, row); });
}

}  // namespace perdura::registry_node
