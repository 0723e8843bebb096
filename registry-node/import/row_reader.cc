#include "registry-node/import/row_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "registry-node/records/dates.h"
#include "registry-node/records/vocabulary.h"

namespace perdura::registry_node {
namespace {

constexpr absl::string_view kIdentityColumns[] = {"record_number", "family",       "given",
                                                  "birth_date",    "condition_id", "episode_id"};
constexpr absl::string_view kNumericColumns[] = {"prior_lines",     "ecog", "kps",   "hct_ci",
                                                 "age_at_infusion", "dose", "grade", "value"};
constexpr absl::string_view kFlags[] = {"true", "false"};
constexpr size_t kMaxIdentifier = 64;
constexpr size_t kMaxName = 200;
constexpr size_t kMaxCode = 40;
// Crowded: more than 1 in 50 (assumed).
constexpr size_t kCrowd = 50;

bool IsCode(absl::string_view text) {
  return text.size() <= kMaxCode && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  absl::string_view("._+:@/-").find(c) != absl::string_view::npos;
         });
}

bool IsDecimal(absl::string_view text) {
  return text.size() <= 30 && absl::ascii_isdigit(static_cast<unsigned char>(text.front())) &&
         absl::ascii_isdigit(static_cast<unsigned char>(text.back())) &&
         std::count(text.begin(), text.end(), '.') <= 1 &&
         text.find_first_not_of("0123456789.") == absl::string_view::npos;
}

bool IsSentinelText(absl::string_view text) {
  int64_t number;
  return absl::SimpleAtoi(text, &number) && IsSentinelNumber(number);
}

bool IsCrowded(const ParsedTable& table, size_t column) {
  size_t values = 0;
  size_t sentinels = 0;
  for (const CsvRow& row : table.rows) {
    if (row.fields[column].empty()) continue;
    ++values;
    sentinels += IsSentinelText(row.fields[column]) ? 1 : 0;
  }
  return kCrowd * sentinels > values;
}

constexpr absl::string_view kSentinelHint =
    "this is a code for a missing value; leave the field empty";

}  // namespace

absl::flat_hash_set<std::string> CrowdedColumns(const ParsedTable& table) {
  absl::flat_hash_set<std::string> crowded;
  for (const absl::string_view name : kNumericColumns) {
    const std::optional<size_t> column = table.ColumnOf(name);
    if (column.has_value() && IsCrowded(table, *column)) crowded.insert(std::string(name));
  }
  return crowded;
}

absl::string_view RowReader::Raw(absl::string_view column) const {
  const std::optional<size_t> index = context_.table.ColumnOf(column);
  return index.has_value() ? absl::string_view(row_.fields[*index]) : absl::string_view();
}

void RowReader::Fail(absl::string_view column, absl::string_view rule, absl::string_view hint) {
  ok_ = false;
  const bool identity = IsOneOf(kIdentityColumns, column);
  context_.report.Error(place(), patient_, column, rule, identity ? "" : Raw(column), hint);
}

std::string RowReader::Identifier(absl::string_view column) {
  const absl::string_view text = Raw(column);
  if (text.empty() || text.size() > kMaxIdentifier) {
    Fail(column, "REF", "this field is needed and has at most 64 bytes");
  }
  return std::string(text);
}

std::string RowReader::Name(absl::string_view column) {
  const absl::string_view text = Raw(column);
  if (text.size() > kMaxName) Fail(column, "ENUM", "at most 200 bytes");
  return std::string(text);
}

std::string RowReader::Word(absl::string_view column, std::span<const absl::string_view> list) {
  const absl::string_view text = Raw(column);
  if (!IsOneOf(list, text)) {
    Fail(column, "ENUM", absl::StrCat("one of ", absl::StrJoin(list, ", ")));
  }
  return std::string(text);
}

std::optional<std::string> RowReader::OptionalWord(absl::string_view column,
                                                   std::span<const absl::string_view> list) {
  if (Raw(column).empty()) return std::nullopt;
  return Word(column, list);
}

std::optional<std::string> RowReader::OptionalCode(absl::string_view column) {
  const absl::string_view text = Raw(column);
  if (text.empty()) return std::nullopt;
  if (!IsCode(text)) {
    Fail(column, "ENUM", "a code of at most 40 letters, digits and ._+:@/-; free text stays out");
  }
  return std::string(text);
}

std::string RowReader::Code(absl::string_view column) {
  if (Raw(column).empty()) Fail(column, "REF", "this code is needed");
  return OptionalCode(column).value_or("");
}

std::optional<DayInterval> RowReader::OptionalDay(absl::string_view column) {
  const absl::string_view text = Raw(column);
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<DayInterval> day = ParseDay(text);
  if (!day.ok()) {
    Fail(column, "DATE", day.status().message());
    return std::nullopt;
  }
  if (IsSentinelDay(*day)) Fail(column, "SENTINEL", kSentinelHint);
  return *day;
}

DayInterval RowReader::Day(absl::string_view column, absl::string_view missing_rule) {
  if (Raw(column).empty()) Fail(column, missing_rule, "a date is needed; month or year will do");
  return OptionalDay(column).value_or(DayInterval());
}

int64_t RowReader::ExactDay(absl::string_view column) {
  if (Raw(column).empty()) Fail(column, "DAY-EXACT", "an exact day is needed");
  const DayInterval day = OptionalDay(column).value_or(DayInterval());
  if (!day.exact()) Fail(column, "DAY-EXACT", "an exact day is needed, not a month or year");
  return day.lo;
}

std::optional<int64_t> RowReader::OptionalNumber(absl::string_view column,
                                                 absl::string_view field) {
  const absl::string_view text = Raw(column);
  if (text.empty()) return std::nullopt;
  const NumberRange range = PlausibleRangeOf(field, context_.charter);
  int64_t number = 0;
  const bool whole = absl::SimpleAtoi(text, &number);
  const bool inside = whole && range.low <= number && number <= range.high;
  if (whole && IsSentinelNumber(number) && (!inside || context_.crowded.contains(column))) {
    Fail(column, "SENTINEL", kSentinelHint);
  } else if (!inside) {
    Fail(column, "RANGE", absl::StrCat("a whole number from ", range.low, " to ", range.high));
  }
  return number;
}

std::optional<std::string> RowReader::OptionalDecimal(absl::string_view column) {
  const absl::string_view text = Raw(column);
  if (text.empty()) return std::nullopt;
  if (IsSentinelText(text) && (text.front() == '-' || context_.crowded.contains(column))) {
    Fail(column, "SENTINEL", kSentinelHint);
  } else if (!IsDecimal(text)) {
    Fail(column, "RANGE", "a number such as 250000000 or 0.6, with a decimal point");
  }
  return std::string(text);
}

std::optional<Decimal> RowReader::SignedDecimal(absl::string_view column) {
  const absl::string_view text = Raw(column);
  const std::optional<Decimal> number = Decimal::Parse(text);
  if (number.has_value() && IsSentinelText(text) && context_.crowded.contains(column)) {
    Fail(column, "SENTINEL", kSentinelHint);
    return std::nullopt;
  }
  if (!number.has_value()) {
    Fail(column, "RANGE", "a number such as 9.8 or -1.2, with a decimal point");
  }
  return number;
}

bool RowReader::Flag(absl::string_view column) { return Word(column, kFlags) == "true"; }

std::optional<bool> RowReader::OptionalFlag(absl::string_view column) {
  if (Raw(column).empty()) return std::nullopt;
  return Flag(column);
}

}  // namespace perdura::registry_node
