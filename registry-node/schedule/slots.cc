#include "registry-node/schedule/slots.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"

namespace perdura::registry_node {
namespace {

constexpr int kLastYear = 15;
constexpr int kLastYearOfAav = 5;
constexpr int64_t kGraceDays = 15;
constexpr absl::CivilDay kEpoch(1970, 1, 1);

// Slots that lie a number of days after day 0.
struct DaySlot {
  absl::string_view name;
  int64_t target;
  int64_t from;
  int64_t to;
};
constexpr DaySlot kDaySlots[] = {
    {"d28", 28, 21, 35},
    {"m3", 90, 60, 120},
    {"d100", 100, 85, 115},
    {"m6", 180, 150, 210},
    {"y1", 366, 366, 425},
};
// From the second year on, around the calendar day.
constexpr int64_t kBeforeYearDay = 30;
constexpr int64_t kAfterYearDay = 60;

// N of "yN", 1 to 15; 0 for other slots.
int YearOfSlot(absl::string_view slot) {
  int year = 0;
  const bool named = absl::ConsumePrefix(&slot, "y") && !slot.empty() && slot.front() != '0' &&
                     absl::SimpleAtoi(slot, &year);
  return named && 1 <= year && year <= kLastYear ? year : 0;
}

int64_t SameDayYearsLater(int64_t day0, int years) {
  const absl::CivilDay infused = kEpoch + day0;
  return absl::CivilDay(infused.year() + years, infused.month(), infused.day()) - kEpoch;
}

bool InStandardYears(int year) { return year <= 6 || year % 2 == 0; }

void AddYears(int last, std::vector<std::string>& slots) {
  for (int year = 1; year <= last; ++year) slots.push_back(absl::StrCat("y", year));
}

}  // namespace

std::vector<std::string> SlotsOf(const FollowUpPlan& plan) {
  std::vector<std::string> slots;
  if (plan.scheme == "aav") {
    slots = {"m3", "m6"};
    // 15 years are the practice for haemophilia: the track says so.
    AddYears(plan.track == "15-year" ? kLastYear : kLastYearOfAav, slots);
    return slots;
  }
  if (plan.scheme == "integrating" && plan.product_class == v1::CAR_T) slots.push_back("d28");
  slots.insert(slots.end(), {"d100", "m6"});
  AddYears(kLastYear, slots);
  if (plan.scheme == "standard") {
    std::erase_if(slots,
                  [](const std::string& slot) { return !InStandardYears(YearOfSlot(slot)); });
  }
  return slots;
}

bool TrackRequires(absl::string_view track, absl::string_view slot) {
  const int year = YearOfSlot(slot);
  if (track == "15-year") return true;
  if (track == "standard") return InStandardYears(year);
  if (track == "100-day-only") return year == 0 && slot != "m6";
  return false;
}

std::optional<SlotWindow> WindowOf(absl::string_view slot, int64_t day0) {
  const auto* found = std::find_if(std::begin(kDaySlots), std::end(kDaySlots),
                                   [&](const DaySlot& known) { return known.name == slot; });
  SlotWindow window;
  if (found != std::end(kDaySlots)) {
    window = {day0 + found->target, day0 + found->from, day0 + found->to, 0};
  } else {
    const int year = YearOfSlot(slot);
    if (year == 0) return std::nullopt;
    window.target = SameDayYearsLater(day0, year);
    window.from = window.target - kBeforeYearDay;
    window.to = window.target + kAfterYearDay;
  }
  window.due = window.to + kGraceDays;
  return window;
}

}  // namespace perdura::registry_node
