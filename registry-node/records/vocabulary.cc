#include "registry-node/records/vocabulary.h"

#include <algorithm>

namespace perdura::registry_node {
namespace {

struct NamedRange {
  absl::string_view field;
  NumberRange range;
};
constexpr NamedRange kBuiltInRanges[] = {
    {"episode.age_at_infusion", {0, 120}},
    {"condition.prior_lines", {0, 30}},
    {"condition.ecog", {0, 4}},
    {"condition.kps", {0, 100}},
    {"condition.hct_ci", {0, 29}},
    {"infusion.seq", {1, 1000}},
    {"event.grade", {1, 5}},
    {"contract_link.contract_version", {1, 1000}},
};

bool IsVectorUnit(absl::string_view unit) { return unit == "vg/kg" || unit == "vg"; }
bool IsCellUnit(absl::string_view unit) { return unit == "cells/kg" || unit == "cells"; }

}  // namespace

bool IsOneOf(std::span<const absl::string_view> list, absl::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

absl::string_view ScopeWord(v1::ConsentScope scope) {
  switch (scope) {
    case v1::RESEARCH:
      return "research";
    case v1::REGULATORY:
      return "regulatory";
    case v1::PAYER_ADJUDICATION:
      return "payer_adjudication";
    case v1::SECONDARY_USE:
      return "secondary_use";
    case v1::CROSS_BORDER:
      return "cross_border";
    case v1::RECONTACT:
      return "recontact";
    default:
      return "";
  }
}

bool NeedsGrade(absl::string_view type) {
  constexpr absl::string_view kGraded[] = {"crs",        "icans",        "iec_hs",
                                           "gvhd_acute", "gvhd_chronic", "ae_other"};
  return IsOneOf(kGraded, type);
}

int64_t HighestGrade(absl::string_view type) {
  if (type == "gvhd_acute") return 4;    // I to IV
  if (type == "gvhd_chronic") return 3;  // mild, moderate, severe
  return 5;
}

bool MayPrecedeInfusion(absl::string_view type) {
  constexpr absl::string_view kBaseline[] = {"bleed", "voc", "transfusion"};
  return IsOneOf(kBaseline, type);
}

absl::string_view SchemeOf(v1::ProductClass product_class) {
  switch (product_class) {
    case v1::CAR_T:
    case v1::HSC_GENE_ADD:
    case v1::HSC_GENE_EDIT:
      return "integrating";
    case v1::AAV:
      return "aav";
    default:
      return "standard";
  }
}

bool DoseUnitFits(v1::ProductClass product_class, absl::string_view unit) {
  if (product_class == v1::AAV) return IsVectorUnit(unit);
  if (product_class == v1::OTHER_PRODUCT) return IsVectorUnit(unit) || IsCellUnit(unit);
  return IsCellUnit(unit);
}

NumberRange PlausibleRangeOf(absl::string_view field, const v1::Charter& charter) {
  for (const v1::PlausibleRange& range : charter.plausible_ranges()) {
    if (range.field() == field) return {range.low(), range.high()};
  }
  for (const NamedRange& built_in : kBuiltInRanges) {
    if (built_in.field == field) return built_in.range;
  }
  return {0, -1};  // empty: an unknown field takes no number
}

bool IsSentinelNumber(int64_t number) {
  constexpr int64_t kSentinels[] = {98, 99, 999, 9999, -1, -9};
  return std::find(std::begin(kSentinels), std::end(kSentinels), number) != std::end(kSentinels);
}

const v1::Product* FindProductOf(const v1::Charter& charter, absl::string_view id) {
  for (const v1::Product& product : charter.products()) {
    if (product.id() == id) return &product;
  }
  return nullptr;
}

const v1::Indication* FindIndicationOf(const v1::Charter& charter, absl::string_view id) {
  for (const v1::Indication& indication : charter.indications()) {
    if (indication.id() == id) return &indication;
  }
  return nullptr;
}

}  // namespace perdura::registry_node
