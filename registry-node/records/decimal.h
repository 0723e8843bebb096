#ifndef PERDURA_REGISTRY_NODE_RECORDS_DECIMAL_H_
#define PERDURA_REGISTRY_NODE_RECORDS_DECIMAL_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace perdura::registry_node {

// A decimal number, exactly: mantissa * 10^-places. At most 18 digits, 0 to 18 places.
struct Decimal {
  int64_t mantissa = 0;
  int places = 0;

  // "-3.25": a minus, digits, at most one point with digits on both sides; no plus, exponent or
  // space. nullopt for anything else, and beyond 18 digits.
  static std::optional<Decimal> Parse(absl::string_view text);

  // The product; nullopt where it needs more than 18 digits or places.
  std::optional<Decimal> Times(Decimal other) const;

  // |this - other|; the largest number there is where it needs more than 18 digits.
  Decimal DistanceTo(const Decimal& other) const;

  // By value: 1.50 and 1.5 are equal.
  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const { return (*this <=> other) == 0; }

  // Without zeros at the end of the places: "8.5", "-0.3", "12".
  std::string Print() const;
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_RECORDS_DECIMAL_H_
