#include <algorithm>

#include "absl/strings/str_cat.h"
#include "registry-node/import/mapping.h"
#include "registry-node/records/dates.h"
#include "registry-node/records/vocabulary.h"

// What was treated, with what, and who pays for it.
namespace perdura::registry_node {
namespace {

constexpr absl::string_view kCodeSystems[] = {"perdura"};

void CheckIndication(const v1::Charter& charter, RowReader& row, const ConditionFact& fact) {
  const v1::Indication* indication = FindIndicationOf(charter, fact.code);
  if (indication == nullptr) {
    row.Fail("code", "REF", "not an indication of the charter");
  } else if (fact.subtype.has_value() &&
             std::find(indication->subtypes().begin(), indication->subtypes().end(),
                       *fact.subtype) == indication->subtypes().end()) {
    row.Fail("subtype", "ENUM", "not a subtype of this indication in the charter");
  }
}

void MapCondition(Mapping& mapping, RowReader& row) {
  ConditionFact fact;
  fact.pseudonym = mapping.ReadKnownPatient(row);
  const std::string condition_id = row.Identifier("condition_id");
  fact.code_system = row.Word("code_system", kCodeSystems);
  fact.code = std::string(row.Raw("code"));
  fact.indication = fact.code;
  fact.subtype = row.OptionalCode("subtype");
  CheckIndication(mapping.charter(), row, fact);
  fact.dx = row.Day("diagnosed", "REF");
  fact.stage = row.OptionalCode("stage");
  fact.risk_group = row.OptionalCode("risk_group");
  fact.prior_lines = row.OptionalNumber("prior_lines", "condition.prior_lines");
  fact.ecog = row.OptionalNumber("ecog", "condition.ecog");
  fact.kps = row.OptionalNumber("kps", "condition.kps");
  fact.hct_ci = row.OptionalNumber("hct_ci", "condition.hct_ci");
  std::string source_ref = mapping.ConditionRef(row.patient(), condition_id);
  mapping.AddCondition(RecordOf(source_ref), fact.indication);
  mapping.Keep(row, mapping.drafts().rows.conditions, std::move(source_ref), fact);
}

void CheckProduct(const v1::Charter& charter, RowReader& row, EpisodeFact& fact) {
  const v1::Product* product = FindProductOf(charter, fact.product);
  if (product == nullptr) return row.Fail("product", "REF", "not a product of the charter");
  if (product->product_class() == v1::CANARY) {
    return row.Fail("product", "ENUM", "a canary product takes no patients");
  }
  fact.scheme = std::string(SchemeOf(product->product_class()));
}

std::optional<int64_t> AgeAtInfusion(const Mapping& mapping, RowReader& row, int64_t day0) {
  const std::optional<int64_t> stated =
      row.OptionalNumber("age_at_infusion", "episode.age_at_infusion");
  const std::optional<DayInterval> birth = mapping.BirthOf(row.patient());
  if (!birth.has_value() || !row.ok()) return stated;
  const int64_t age = WholeYears(*birth, day0);
  const NumberRange range = PlausibleRangeOf("episode.age_at_infusion", mapping.charter());
  if (age < range.low || age > range.high) {
    row.Fail("infused", "RANGE", "birth date and infusion give an age that is not plausible");
  }
  return age;
}

void MapEpisode(Mapping& mapping, RowReader& row) {
  EpisodeFact fact;
  fact.pseudonym = mapping.ReadKnownPatient(row);
  const std::string episode_id = row.Identifier("episode_id");
  std::string source_ref = mapping.EpisodeRef(episode_id);
  fact.condition = RecordOf(mapping.ConditionRef(row.patient(), row.Identifier("condition_id")));
  fact.product = std::string(row.Raw("product"));
  CheckProduct(mapping.charter(), row, fact);
  fact.day0 = row.ExactDay("infused");
  fact.enrolled = row.Day("enrolled", "ENROL");
  fact.apheresis = row.OptionalDay("apheresis");
  fact.laterality = row.OptionalWord("laterality", kLateralities);
  fact.intent = row.OptionalWord("intent", kIntents);
  fact.track = row.Word("track", kTracks);
  fact.age_at_infusion = AgeAtInfusion(mapping, row, fact.day0);
  const RecordId record = RecordOf(source_ref);
  const absl::string_view twice = mapping.AddEpisode(row, record, fact);
  mapping.drafts().episode_ids.try_emplace(record, episode_id);
  mapping.Keep(row, mapping.drafts().rows.episodes, std::move(source_ref), fact, twice);
}

bool UnitFits(const v1::Charter& charter, const EpisodeLink& link, absl::string_view unit) {
  const v1::Product* product = FindProductOf(charter, link.product);
  return product != nullptr && DoseUnitFits(product->product_class(), unit);
}

void MapInfusion(Mapping& mapping, RowReader& row) {
  const EpisodeLink link = mapping.ReadEpisode(row);
  InfusionFact fact;
  fact.episode = link.record;
  const std::optional<int64_t> seq = row.OptionalNumber("seq", "infusion.seq");
  if (!seq.has_value()) row.Fail("seq", "INF-SEQ", "the sequence number is needed, from 1");
  fact.seq = seq.value_or(0);
  fact.day = row.ExactDay("day");
  fact.dose = row.OptionalDecimal("dose");
  fact.dose_unit = row.OptionalWord("dose_unit", kDoseUnits);
  if (fact.dose.has_value() != fact.dose_unit.has_value()) {
    row.Fail("dose_unit", "UNIT", "a dose and its unit come together");
  } else if (fact.dose_unit.has_value() && row.ok() &&
             !UnitFits(mapping.charter(), link, *fact.dose_unit)) {
    row.Fail("dose_unit", "INF-SEQ", "not a unit of this product's class");
  }
  fact.in_spec = row.OptionalFlag("in_spec");
  fact.conditioning = row.OptionalCode("conditioning");
  fact.bridging = row.OptionalCode("bridging");
  mapping.Keep(row, mapping.drafts().rows.infusions,
               mapping.InfusionRef(row.Raw("episode_id"), absl::StrCat(fact.seq)), fact);
}

void MapContract(Mapping& mapping, RowReader& row) {
  ContractLinkFact fact;
  fact.episode = mapping.ReadEpisode(row).record;
  fact.contract = row.Code("contract");
  const std::optional<int64_t> version =
      row.OptionalNumber("contract_version", "contract_link.contract_version");
  if (!version.has_value()) row.Fail("contract_version", "REF", "the version of the contract");
  fact.contract_version = version.value_or(0);
  fact.payer_at_infusion = row.Code("payer_at_infusion");
  fact.accepted_day = row.ExactDay("accepted");
  mapping.Keep(row, mapping.drafts().rows.contract_links,
               mapping.SourceRef("contract", {row.Raw("episode_id"), fact.contract}), fact);
}

}  // namespace

void MapConditions(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kConditions, [&](RowReader& row) { MapCondition(mapping, row); });
}

void MapEpisodes(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kEpisodes, [&](RowReader& row) { MapEpisode(mapping, row); });
}

void MapInfusions(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kInfusions, [&](RowReader& row) { MapInfusion(mapping, row); });
}

void MapContracts(Mapping& mapping) {
  mapping.ForEachRow(TableFile::kContracts, [&](RowReader& row) { MapContract(mapping, row); });
}

}  // namespace perdura::registry_node
