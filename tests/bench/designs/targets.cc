#include "tests/bench/designs/targets.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/support/shared_data.h"

namespace perdura::bench {
namespace {

constexpr double kShareTolerance = 0.10;
constexpr double kLeastTolerance = 0.001;

std::optional<double> Number(absl::string_view text) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value)) return std::nullopt;
  return value;
}

}  // namespace

Targets Targets::FromReference() {
  Targets targets;
  const auto path = test_support::SharedPath("reference/dp_golden.csv");
  if (!path) return targets;
  std::ifstream file(*path);
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> fields = test_support::CsvFields(line);
    if (fields.size() < 3) continue;
    targets.values_[absl::StrCat(fields[0], "|", fields[1])] = fields[2];
  }
  return targets;
}

std::optional<double> Targets::Find(const std::string& check, const std::string& inputs,
                                    const std::string& part) const {
  const auto found = values_.find(absl::StrCat(check, "|", inputs));
  if (found == values_.end()) return std::nullopt;
  if (part.empty()) return Number(found->second);
  for (absl::string_view field : absl::StrSplit(found->second, ' ')) {
    if (absl::ConsumePrefix(&field, absl::StrCat(part, "="))) return Number(field);
  }
  return std::nullopt;
}

bool Reaches(double figure, double target) {
  return std::abs(figure - target) <= std::max(kShareTolerance * target, kLeastTolerance);
}

}  // namespace perdura::bench
