#ifndef PERDURA_REGISTRY_NODE_RECORDS_SCALES_H_
#define PERDURA_REGISTRY_NODE_RECORDS_SCALES_H_

#include <optional>
#include <span>
#include <string>

#include "absl/strings/string_view.h"
#include "registry-node/records/decimal.h"

// Closed scales on which a response is given. The version of a scale is part of its id.
namespace perdura::registry_node {

struct Scale {
  absl::string_view id;
  // Words from best to worst, NE (not evaluable) last; empty for a scale of numbers.
  std::span<const absl::string_view> words;
  // Bounds of a scale of numbers, inclusive, and its finest step in decimal places.
  Decimal low;
  Decimal high;
  int places = 0;
  bool has_mrd = false;  // whether a result for minimal residual disease may stand beside it
};

std::span<const Scale> Scales();

// nullptr for an unknown id.
const Scale* FindScale(absl::string_view id);

// What is wrong with `value` on the scale, as a hint that names what is allowed; nullopt if nothing
// is. eq-5d-5l: five digits from 1 to 5.
std::optional<std::string> ScaleProblem(const Scale& scale, absl::string_view value);

// Place of a word from best, 0, to worst; nullopt for NE, for other words and scales of numbers.
std::optional<int> RankOf(const Scale& scale, absl::string_view word);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_RECORDS_SCALES_H_
