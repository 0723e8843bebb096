#include "registry-node/records/scales.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace perdura::registry_node {
namespace {

constexpr absl::string_view kNotEvaluable = "NE";
constexpr absl::string_view kProfiles = "eq5d5l";

constexpr absl::string_view kLugano2014[] = {"CR", "PR", "SD", "PD", "NE"};
constexpr absl::string_view kImwg2016[] = {"sCR", "CR", "VGPR", "PR", "MR", "SD", "PD", "NE"};
constexpr absl::string_view kBallNccn[] = {"CR", "CRi", "NR", "RELAPSE", "NE"};
constexpr absl::string_view kMilestones[] = {"walk", "stand", "sit_30s", "none"};

constexpr Scale Words(absl::string_view id, std::span<const absl::string_view> words,
                      bool has_mrd = false) {
  return {id, words, {}, {}, 0, has_mrd};
}
constexpr Scale Numbers(absl::string_view id, Decimal low, Decimal high, int places = 0) {
  return {id, {}, low, high, places, false};
}

constexpr Scale kScales[] = {
    Words("lugano2014", kLugano2014),           Words("imwg2016", kImwg2016, true),
    Words("ball_nccn", kBallNccn, true),        Words("motor_milestone", kMilestones),
    Numbers("chop_intend", {0, 0}, {64, 0}),    Numbers("hfmse", {0, 0}, {66, 0}),
    Numbers("fst_log", {-8, 0}, {2, 0}, 2),  // log10(cd.s/m2); bounds assumed
    Numbers("mlmt_lux", {1, 0}, {400, 0}),      Numbers("eq_vas", {0, 0}, {100, 0}),
    Numbers(kProfiles, {11111, 0}, {55555, 0}),
};

bool IsProfile(absl::string_view value) {
  return value.size() == 5 &&
         std::all_of(value.begin(), value.end(), [](char c) { return '1' <= c && c <= '5'; });
}

}  // namespace

std::span<const Scale> Scales() { return kScales; }

const Scale* FindScale(absl::string_view id) {
  const auto* found = std::find_if(std::begin(kScales), std::end(kScales),
                                   [&](const Scale& scale) { return scale.id == id; });
  return found == std::end(kScales) ? nullptr : found;
}

std::optional<std::string> ScaleProblem(const Scale& scale, absl::string_view value) {
  if (scale.id == kProfiles) {
    if (IsProfile(value)) return std::nullopt;
    return "five digits from 1 to 5, one for each dimension";
  }
  if (!scale.words.empty()) {
    const bool known =
        std::find(scale.words.begin(), scale.words.end(), value) != scale.words.end();
    if (known) return std::nullopt;
    return absl::StrCat("one of ", absl::StrJoin(scale.words, ", "));
  }
  const std::optional<Decimal> number = Decimal::Parse(value);
  if (number.has_value() && scale.low <= *number && *number <= scale.high &&
      number->places <= scale.places) {
    return std::nullopt;
  }
  return absl::StrCat("a number from ", scale.low.Print(), " to ", scale.high.Print(),
                      " with at most ", scale.places, " decimals");
}

std::optional<int> RankOf(const Scale& scale, absl::string_view word) {
  const auto found = std::find(scale.words.begin(), scale.words.end(), word);
  if (found == scale.words.end() || word == kNotEvaluable) return std::nullopt;
  return static_cast<int>(found - scale.words.begin());
}

}  // namespace perdura::registry_node
