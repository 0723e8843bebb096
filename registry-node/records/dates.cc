#include "registry-node/records/dates.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace perdura::registry_node {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);
constexpr int kFirstYear = 1800;

int64_t DayNumber(absl::CivilDay day) { return day - kEpoch; }
absl::CivilDay CivilOf(int64_t day) { return kEpoch + day; }

absl::Status BadForm() {
  return absl::InvalidArgumentError(
      "write 2024-03-05, 2024-03 or 2024; other forms such as 12-09-1994 have two readings");
}

// True where digits stand exactly at the places where `pattern` has 9 and everything else agrees.
bool Matches(absl::string_view text, absl::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (pattern[i] == '9' ? !absl::ascii_isdigit(static_cast<unsigned char>(text[i]))
                          : text[i] != pattern[i]) {
      return false;
    }
  }
  return true;
}

int NumberAt(absl::string_view text, size_t from, size_t digits) {
  int number = 0;
  for (const char digit : text.substr(from, digits)) number = 10 * number + (digit - '0');
  return number;
}

DayInterval WholeMonth(int year, int month) {
  const absl::CivilMonth first(year, month);
  return {DayNumber(absl::CivilDay(first)), DayNumber(absl::CivilDay(first + 1)) - 1, 'm'};
}

DayInterval WholeYear(int year) {
  return {DayNumber(absl::CivilDay(year, 1, 1)), DayNumber(absl::CivilDay(year, 12, 31)), 'y'};
}

}  // namespace

absl::StatusOr<DayInterval> ParseDay(absl::string_view text) {
  const bool day = Matches(text, "9999-99-99");
  const bool month = Matches(text, "9999-99");
  if (!day && !month && !Matches(text, "9999")) return BadForm();
  const int y = NumberAt(text, 0, 4);
  if (y < kFirstYear) return absl::InvalidArgumentError("the year is before 1800");
  if (!day && !month) return WholeYear(y);
  const int m = NumberAt(text, 5, 2);
  if (m < 1 || m > 12) return absl::InvalidArgumentError("there is no such month");
  if (month) return WholeMonth(y, m);
  const int d = NumberAt(text, 8, 2);
  const absl::CivilDay civil(y, m, d);
  if (civil.day() != d || civil.month() != m) {
    return absl::InvalidArgumentError("there is no such day");
  }
  return DayInterval::Exact(DayNumber(civil));
}

std::string PrintDay(const DayInterval& day) {
  const absl::CivilDay civil = CivilOf(day.lo);
  if (day.precision == 'y') return absl::StrFormat("%04d", civil.year());
  if (day.precision == 'm') return absl::StrFormat("%04d-%02d", civil.year(), civil.month());
  return absl::StrFormat("%04d-%02d-%02d", civil.year(), civil.month(), civil.day());
}

bool IsSentinelDay(const DayInterval& day) {
  constexpr absl::CivilDay kSentinels[] = {absl::CivilDay(1800, 1, 1), absl::CivilDay(1900, 1, 1),
                                           absl::CivilDay(1970, 1, 1),
                                           absl::CivilDay(9999, 12, 31)};
  return day.exact() && std::any_of(std::begin(kSentinels), std::end(kSentinels),
                                    [&](absl::CivilDay each) { return DayNumber(each) == day.lo; });
}

int64_t LatestDay(absl::Time now) {
  return DayNumber(absl::ToCivilDay(now + absl::Hours(14), absl::UTCTimeZone()));
}

int64_t WholeYears(const DayInterval& birth, int64_t day) {
  const absl::CivilDay from = CivilOf(birth.Placed());
  const absl::CivilDay to = CivilOf(day);
  const bool before_birthday =
      to.month() < from.month() || (to.month() == from.month() && to.day() < from.day());
  return to.year() - from.year() - (before_birthday ? 1 : 0);
}

int64_t YearOf(int64_t day) { return CivilOf(day).year(); }

}  // namespace perdura::registry_node
