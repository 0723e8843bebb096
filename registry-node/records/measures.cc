#include "registry-node/records/measures.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace perdura::registry_node {
namespace {

constexpr MeasureSpec kMeasures[] = {
    {"718-7", "haemoglobin", "g/dL", {1, 0}, {25, 0}},
    {"751-8", "neutrophils", "10*3/uL", {0, 0}, {200, 0}},
    {"777-3", "platelets", "10*3/uL", {0, 0}, {3000, 0}},
    {"1742-6", "alanine aminotransferase", "U/L", {0, 0}, {20000, 0}},
    {"3209-4", "factor VIII activity", "[IU]/dL", {0, 0}, {500, 0}},
    {"3187-2", "factor IX activity", "[IU]/dL", {0, 0}, {500, 0}},
    {"89243-0", "Karnofsky performance status", "{score}", {0, 0}, {100, 0}},
    {"89247-1", "ECOG performance status", "{score}", {0, 0}, {5, 0}},
    {"29463-7", "body weight", "kg", {3, 1}, {400, 0}},
    {"8302-2", "body height", "cm", {20, 0}, {260, 0}},
    {"hbf_pct", "fetal haemoglobin, share", "%", {0, 0}, {100, 0}},
    {"hba_t87q", "haemoglobin A with T87Q", "g/dL", {0, 0}, {25, 0}},
    {"vcn", "vector copies per cell", "{copies}/{cell}", {0, 0}, {100, 0}},
    {"car_persistence", "CAR transgene copies", "{copies}/ug", {0, 0}, {10000000, 0}},
    {"ice", "ICE score", "{score}", {0, 0}, {10, 0}},
};

// One unit as the canonical one: value * factor.
struct UnitFactor {
  absl::string_view canonical;
  absl::string_view unit;
  Decimal factor;
};
constexpr Decimal kOne = {1, 0};
constexpr UnitFactor kFactors[] = {
    {"g/dL", "g/dL", kOne},
    {"g/dL", "g/L", {1, 1}},
    {"10*3/uL", "10*3/uL", kOne},
    {"10*3/uL", "10^3/uL", kOne},
    {"10*3/uL", "10*9/L", kOne},
    {"10*3/uL", "10^9/L", kOne},
    {"10*3/uL", "/uL", {1, 3}},
    {"U/L", "U/L", kOne},
    {"U/L", "[IU]/L", kOne},
    {"U/L", "IU/L", kOne},
    {"[IU]/dL", "[IU]/dL", kOne},
    {"[IU]/dL", "IU/dL", kOne},
    {"[IU]/dL", "%", kOne},
    {"[IU]/dL", "[IU]/mL", {100, 0}},
    {"[IU]/dL", "IU/mL", {100, 0}},
    {"{score}", "{score}", kOne},
    {"{score}", "1", kOne},
    {"kg", "kg", kOne},
    {"kg", "g", {1, 3}},
    {"kg", "[lb_av]", {45359237, 8}},
    {"cm", "cm", kOne},
    {"cm", "m", {100, 0}},
    {"cm", "[in_i]", {254, 2}},
    {"%", "%", kOne},
    {"{copies}/{cell}", "{copies}/{cell}", kOne},
    {"{copies}/ug", "{copies}/ug", kOne},
};

std::string UnitsOf(absl::string_view canonical) {
  std::string units;
  for (const UnitFactor& known : kFactors) {
    if (known.canonical == canonical)
      absl::StrAppend(&units, units.empty() ? "" : ", ", known.unit);
  }
  return units;
}

}  // namespace

std::span<const MeasureSpec> Measures() { return kMeasures; }

const MeasureSpec* FindMeasure(absl::string_view code) {
  const auto* found = std::find_if(std::begin(kMeasures), std::end(kMeasures),
                                   [&](const MeasureSpec& spec) { return spec.code == code; });
  return found == std::end(kMeasures) ? nullptr : found;
}

absl::StatusOr<Decimal> ToCanonical(const MeasureSpec& measure, Decimal value,
                                    absl::string_view unit) {
  for (const UnitFactor& known : kFactors) {
    if (known.canonical != measure.unit || known.unit != unit) continue;
    const std::optional<Decimal> converted = value.Times(known.factor);
    if (!converted.has_value()) return absl::OutOfRangeError("at most 18 digits");
    return *converted;
  }
  const absl::string_view more =
      unit == "mmol/L" && measure.unit == "g/dL"
          ? "; mmol/L depends on whether monomers or tetramers were meant: convert it at the source"
          : "";
  return absl::InvalidArgumentError(
      absl::StrCat("units of this measure are ", UnitsOf(measure.unit), more));
}

}  // namespace perdura::registry_node
