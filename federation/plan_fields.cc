#include "federation/plan_fields.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace perdura::federation {
namespace {

absl::string_view FieldOf(absl::string_view text, absl::string_view name) {
  for (absl::string_view field : absl::StrSplit(text, ' ')) {
    if (absl::ConsumePrefix(&field, name) && absl::ConsumePrefix(&field, "=")) return field;
  }
  return "";
}

bool IsCanary(absl::string_view text) {
  return absl::StartsWith(FieldOf(text, "charge"), "canary:");
}

}  // namespace

std::string OverlapKeyOfPlan(absl::string_view text) {
  std::string key;
  if (IsCanary(text)) return key;
  for (const absl::string_view name : {"cut", "endpoint", "scope", "products", "cohort"}) {
    absl::StrAppend(&key, key.empty() ? "" : " ", name, "=", FieldOf(text, name));
  }
  return key;
}

std::vector<std::string> ProductsOfPlan(absl::string_view text) {
  if (IsCanary(text)) return {};
  return absl::StrSplit(FieldOf(text, "products"), ',', absl::SkipEmpty());
}

}  // namespace perdura::federation
