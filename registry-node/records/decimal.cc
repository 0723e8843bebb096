#include "registry-node/records/decimal.h"

#include <algorithm>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace perdura::registry_node {
namespace {

constexpr int kMaxDigits = 18;

constexpr int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

bool AllDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

}  // namespace

std::optional<Decimal> Decimal::Parse(absl::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const absl::string_view whole = text.substr(0, point);
  const bool has_point = point != absl::string_view::npos;
  const absl::string_view fraction = has_point ? text.substr(point + 1) : absl::string_view();
  if (!AllDigits(whole) || (has_point && !AllDigits(fraction))) return std::nullopt;
  if (whole.size() + fraction.size() > kMaxDigits) return std::nullopt;
  Decimal number;
  number.places = static_cast<int>(fraction.size());
  for (const absl::string_view part : {whole, fraction}) {
    for (const char digit : part) number.mantissa = 10 * number.mantissa + (digit - '0');
  }
  if (negative) number.mantissa = -number.mantissa;
  return number;
}

std::optional<Decimal> Decimal::Times(Decimal other) const {
  absl::int128 product = absl::int128(mantissa) * other.mantissa;
  int product_places = places + other.places;
  while (product_places > 0 && product % 10 == 0) {
    product /= 10;
    --product_places;
  }
  const absl::int128 limit = PowerOfTen(kMaxDigits);
  if (product >= limit || product <= -limit || product_places > kMaxDigits) return std::nullopt;
  return Decimal{static_cast<int64_t>(product), product_places};
}

Decimal Decimal::DistanceTo(const Decimal& other) const {
  const int common = std::max(places, other.places);
  const absl::int128 difference = absl::int128(mantissa) * PowerOfTen(common - places) -
                                  absl::int128(other.mantissa) * PowerOfTen(common - other.places);
  const absl::int128 distance = difference < 0 ? -difference : difference;
  const int64_t largest = PowerOfTen(kMaxDigits) - 1;
  if (distance > largest) return {largest, 0};
  return {static_cast<int64_t>(distance), common};
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  const absl::int128 mine = absl::int128(mantissa) * PowerOfTen(other.places);
  const absl::int128 theirs = absl::int128(other.mantissa) * PowerOfTen(places);
  if (mine == theirs) return std::strong_ordering::equal;
  return mine < theirs ? std::strong_ordering::less : std::strong_ordering::greater;
}

std::string Decimal::Print() const {
  std::string digits = absl::StrCat(mantissa < 0 ? -mantissa : mantissa);
  const size_t fraction = static_cast<size_t>(places);
  if (digits.size() <= fraction) digits.insert(0, fraction + 1 - digits.size(), '0');
  if (places > 0) {
    digits.insert(digits.size() - fraction, ".");
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return mantissa < 0 ? absl::StrCat("-", digits) : digits;
}

}  // namespace perdura::registry_node
