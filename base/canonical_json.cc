#include "base/canonical_json.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/status_macros.h"

namespace perdura::base {
namespace {

bool IsPlain(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isprint(static_cast<unsigned char>(c)) && c != '"' && c != '\\';
  });
}

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", text, "\""); }

absl::Status OutsideSubset(absl::string_view key) {
  return absl::InvalidArgumentError(absl::StrCat(
      "member ", key, ": must be plain ASCII text, a list of it, or an integer below 2^53"));
}

// Prints one value, or nothing where it is outside the subset.
struct ValuePrinter {
  absl::StatusOr<std::string> operator()(uint64_t number) const {
    if (number > kMaxCanonicalInteger) return OutsideSubset(key);
    return absl::StrCat(number);
  }
  absl::StatusOr<std::string> operator()(const std::string& text) const {
    if (!IsPlain(text)) return OutsideSubset(key);
    return Quoted(text);
  }
  absl::StatusOr<std::string> operator()(const std::vector<std::string>& list) const {
    if (!std::all_of(list.begin(), list.end(), IsPlain)) return OutsideSubset(key);
    return absl::StrCat("[",
                        absl::StrJoin(list, ",",
                                      [](std::string* out, const std::string& text) {
                                        absl::StrAppend(out, Quoted(text));
                                      }),
                        "]");
  }
  absl::string_view key;
};

// Reads from the front of a text. What it accepts beyond the subset (the order of members) is
// refused afterwards, because it prints otherwise.
class Reader final {
 public:
  explicit Reader(absl::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }

  bool Take(char wanted) {
    if (rest_.empty() || rest_[0] != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  absl::StatusOr<std::string> TakeString() {
    if (!Take('"')) return NotJson();
    const size_t end = rest_.find('"');
    if (end == absl::string_view::npos) return NotJson();
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }

  absl::StatusOr<CanonicalValue> TakeValue() {
    if (rest_.empty()) return NotJson();
    if (rest_[0] == '"') return TakeString();
    if (rest_[0] == '[') return TakeList();
    return TakeNumber();
  }

  static absl::Status NotJson() {
    return absl::InvalidArgumentError("not one line of canonical JSON");
  }

 private:
  absl::StatusOr<CanonicalValue> TakeNumber() {
    const size_t end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    PERDURA_ASSIGN_OR_RETURN(const uint64_t number, ParseDecimal(rest_.substr(0, end)));
    rest_.remove_prefix(end);
    return number;
  }

  absl::StatusOr<CanonicalValue> TakeList() {
    std::vector<std::string> list;
    if (!Take('[')) return NotJson();
    if (Take(']')) return list;
    do {
      PERDURA_ASSIGN_OR_RETURN(std::string text, TakeString());
      list.push_back(std::move(text));
    } while (Take(','));
    if (!Take(']')) return NotJson();
    return list;
  }

  absl::string_view rest_;
};

absl::StatusOr<CanonicalObject> ReadObject(Reader& reader) {
  CanonicalObject object;
  if (!reader.Take('{')) return Reader::NotJson();
  if (reader.Take('}')) return object;
  do {
    PERDURA_ASSIGN_OR_RETURN(std::string key, reader.TakeString());
    if (!reader.Take(':')) return Reader::NotJson();
    PERDURA_ASSIGN_OR_RETURN(CanonicalValue value, reader.TakeValue());
    if (!object.emplace(std::move(key), std::move(value)).second) return Reader::NotJson();
  } while (reader.Take(','));
  if (!reader.Take('}')) return Reader::NotJson();
  return object;
}

}  // namespace

absl::StatusOr<std::string> PrintCanonicalJson(const CanonicalObject& object) {
  std::vector<std::string> members;
  for (const auto& [key, value] : object) {
    if (!IsName(key)) return absl::InvalidArgumentError("a key is no name");
    PERDURA_ASSIGN_OR_RETURN(const std::string printed, std::visit(ValuePrinter{key}, value));
    members.push_back(absl::StrCat(Quoted(key), ":", printed));
  }
  return absl::StrCat("{", absl::StrJoin(members, ","), "}");
}

absl::StatusOr<CanonicalObject> ParseCanonicalJson(absl::string_view line) {
  Reader reader(line);
  PERDURA_ASSIGN_OR_RETURN(CanonicalObject object, ReadObject(reader));
  if (!reader.AtEnd()) return Reader::NotJson();
  PERDURA_ASSIGN_OR_RETURN(const std::string again, PrintCanonicalJson(object));
  if (again != line) return Reader::NotJson();
  return object;
}

}  // namespace perdura::base
