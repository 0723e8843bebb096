#include "cli/charter/diff_charters.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"

namespace perdura::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// More values than this are counted, not listed.
constexpr int kMostListed = 20;

bool IsMessage(const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

// One value for people: bytes as the start of their hex, times as dates.
std::string ValueText(const Message& message, const FieldDescriptor* field, int index) {
  if (field->type() == FieldDescriptor::TYPE_BYTES) {
    std::string scratch;
    const Reflection& reflection = *message.GetReflection();
    const std::string& bytes =
        index < 0 ? reflection.GetStringReference(message, field, &scratch)
                  : reflection.GetRepeatedStringReference(message, field, index, &scratch);
    const std::string hex = base::HexEncode(bytes);
    return hex.size() <= 16 ? absl::StrCat("\"", hex, "\"")
                            : absl::StrCat(hex.substr(0, 16), "...");
  }
  std::string text;
  google::protobuf::TextFormat::PrintFieldValueToString(message, field, index, &text);
  if (field->name() == "valid_from" || field->name() == "valid_until" ||
      field->name() == "known_at") {
    const int64_t seconds = message.GetReflection()->GetInt64(message, field);
    absl::StrAppend(&text, " (",
                    absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::FromUnixSeconds(seconds),
                                     absl::UTCTimeZone()),
                    ")");
  }
  return text;
}

// What names a record among its siblings.
std::string KeyOf(const Message& record) {
  const google::protobuf::Descriptor& type = *record.GetDescriptor();
  for (const char* name : {"id", "role", "field", "name"}) {
    if (const FieldDescriptor* field = type.FindFieldByName(name); field != nullptr) {
      return record.GetReflection()->GetString(record, field);
    }
  }
  std::vector<std::string> parts;
  for (const char* name : {"purpose", "compartment", "product", "period"}) {
    const FieldDescriptor* field = type.FindFieldByName(name);
    if (field == nullptr) continue;
    parts.push_back(field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM
                        ? record.GetReflection()->GetEnum(record, field)->name()
                        : record.GetReflection()->GetString(record, field));
  }
  return absl::StrJoin(parts, " ");
}

class Differ final {
 public:
  void Compare(const std::string& path, const Message& before, const Message& after) {
    const google::protobuf::Descriptor& type = *before.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      const std::string name = absl::StrCat(path, field->name());
      if (!field->is_repeated()) {
        CompareSingle(name, before, after, field);
      } else if (IsMessage(field)) {
        CompareRecords(name, before, after, field);
      } else {
        CompareValues(name, before, after, field);
      }
    }
  }

  std::string text() && { return std::move(text_); }

 private:
  template <typename... Parts>
  void Line(const Parts&... parts) {
    absl::StrAppend(&text_, parts..., "\n");
  }

  void CompareSingle(const std::string& name, const Message& before, const Message& after,
                     const FieldDescriptor* field) {
    if (IsMessage(field)) {
      Compare(absl::StrCat(name, "."), before.GetReflection()->GetMessage(before, field),
              after.GetReflection()->GetMessage(after, field));
      return;
    }
    const std::string was = ValueText(before, field, -1);
    const std::string is = ValueText(after, field, -1);
    if (RawText(before, field, -1) != RawText(after, field, -1)) {
      Line("~ ", name, ": ", was, " -> ", is);
    }
  }

  static std::string RawText(const Message& message, const FieldDescriptor* field, int index) {
    std::string text;
    google::protobuf::TextFormat::PrintFieldValueToString(message, field, index, &text);
    return text;
  }

  void CompareRecords(const std::string& name, const Message& before, const Message& after,
                      const FieldDescriptor* field) {
    const auto was = Records(before, field);
    const auto is = Records(after, field);
    for (const auto& [key, record] : was) {
      const auto found = is.find(key);
      if (found == is.end()) {
        Line("- ", name, " ", key);
      } else {
        Compare(absl::StrCat(name, " ", key, "."), *record, *found->second);
      }
    }
    for (const auto& [key, record] : is) {
      if (was.contains(key)) continue;
      Line("+ ", name, " ", key);
      Describe(*record, "    ");
    }
    CompareOrder(name, KeysAlsoIn(is, before, field), KeysAlsoIn(was, after, field));
  }

  // Order counts: the first grid is the default, the first category that fits is taken.
  void CompareOrder(const std::string& name, const std::vector<std::string>& was,
                    const std::vector<std::string>& is) {
    if (was == is) return;
    Line("~ ", name, ": order [", absl::StrJoin(was, ", "), "] -> [", absl::StrJoin(is, ", "), "]");
  }

  // Keys of the records of `message` that `others` has too, in the order of `message`.
  static std::vector<std::string> KeysAlsoIn(const std::map<std::string, const Message*>& others,
                                             const Message& message, const FieldDescriptor* field) {
    std::vector<std::string> keys;
    const Reflection& reflection = *message.GetReflection();
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      std::string key = KeyOf(reflection.GetRepeatedMessage(message, field, i));
      if (others.contains(key)) keys.push_back(std::move(key));
    }
    return keys;
  }

  static std::map<std::string, const Message*> Records(const Message& message,
                                                       const FieldDescriptor* field) {
    std::map<std::string, const Message*> records;
    const Reflection& reflection = *message.GetReflection();
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      const Message& record = reflection.GetRepeatedMessage(message, field, i);
      records[KeyOf(record)] = &record;
    }
    return records;
  }

  static std::vector<std::string> Values(const Message& message, const FieldDescriptor* field,
                                         bool raw) {
    std::vector<std::string> values;
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      values.push_back(raw ? RawText(message, field, i) : ValueText(message, field, i));
    }
    return values;
  }

  void CompareValues(const std::string& name, const Message& before, const Message& after,
                     const FieldDescriptor* field) {
    const std::vector<std::string> was = Values(before, field, /*raw=*/true);
    const std::vector<std::string> is = Values(after, field, /*raw=*/true);
    if (was == is) return;
    const int most = static_cast<int>(std::max(was.size(), is.size()));
    if (most > kMostListed) {
      int differ = 0;
      for (size_t i = 0; i < std::max(was.size(), is.size()); ++i) {
        if (i >= was.size() || i >= is.size() || was[i] != is[i]) ++differ;
      }
      Line("~ ", name, ": ", differ, " of ", most, " values differ");
      return;
    }
    Line("~ ", name, ": [", absl::StrJoin(Values(before, field, false), ", "), "] -> [",
         absl::StrJoin(Values(after, field, false), ", "), "]");
  }

  // Every field of a new record, indented.
  void Describe(const Message& record, const std::string& indent) {
    std::vector<const FieldDescriptor*> fields;
    record.GetReflection()->ListFields(record, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->name() == "id") continue;
      if (!field->is_repeated()) {
        DescribeSingle(record, field, indent);
        continue;
      }
      const int count = record.GetReflection()->FieldSize(record, field);
      for (int i = 0; IsMessage(field) && i < count; ++i) {
        const Message& inner = record.GetReflection()->GetRepeatedMessage(record, field, i);
        Line(indent, field->name(), " ", KeyOf(inner));
        Describe(inner, absl::StrCat(indent, "    "));
      }
      if (IsMessage(field)) continue;
      const auto values = Values(record, field, /*raw=*/false);
      Line(indent, field->name(), ": ",
           count > kMostListed ? absl::StrCat(count, " values") : absl::StrJoin(values, ", "));
    }
  }

  void DescribeSingle(const Message& record, const FieldDescriptor* field,
                      const std::string& indent) {
    if (!IsMessage(field)) {
      Line(indent, field->name(), ": ", ValueText(record, field, -1));
      return;
    }
    Line(indent, field->name());
    Describe(record.GetReflection()->GetMessage(record, field), absl::StrCat(indent, "    "));
  }

  std::string text_;
};

}  // namespace

std::string DiffCharters(const v1::Charter& before, const v1::Charter& after) {
  Differ differ;
  differ.Compare("", before, after);
  return std::move(differ).text();
}

}  // namespace perdura::cli
