#include "federation/log/entry.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace perdura::federation::log {
namespace {

using base::CanonicalObject;
using base::CanonicalValue;

struct KindRule {
  absl::string_view kind;
  absl::string_view fields;  // names, with spaces between
};

constexpr std::array kKinds = {
    KindRule{"reserved", "attempt charge manifest question"},
    KindRule{"debited", "attempt charge manifest question"},
    KindRule{"refused", "manifest reason"},
    KindRule{"burnt", "manifest reason"},
    KindRule{"sent", "contribution manifest"},
    KindRule{"dealt", "manifest"},
    KindRule{"committed", "commit manifest"},
    KindRule{"summed", "commit manifest"},
    KindRule{"diagnosed", "commit manifest outcome suspects"},
    KindRule{"released", "commit manifest release"},
    KindRule{"charter", "charter version"},
    KindRule{"rebase", "rebase"},
    KindRule{"start", "config nonce program"},
    KindRule{"restored", "root size"},
    KindRule{"records", "detail"},
    KindRule{"export", "detail"},
    KindRule{"backup", "detail"},
    KindRule{"approval", "manifest outcome"},
    KindRule{"login", "outcome"},
    KindRule{"link", "batch"},
    KindRule{"dkg", "certificate key"},
    KindRule{"reshare", "certificate key"},
    KindRule{"oprf", "key site size"},
};

constexpr size_t kHashBytes = 32;
constexpr size_t kNonceBytes = 16;

bool IsHexOf(const CanonicalValue& value, size_t bytes) {
  const auto* const text = std::get_if<std::string>(&value);
  if (text == nullptr || text->size() != 2 * bytes) return false;
  return base::HexDecode(*text).ok();
}
bool IsHash(const CanonicalValue& value) { return IsHexOf(value, kHashBytes); }
bool IsNonce(const CanonicalValue& value) { return IsHexOf(value, kNonceBytes); }
bool IsWord(const CanonicalValue& value) {
  const auto* const text = std::get_if<std::string>(&value);
  return text != nullptr && base::IsName(*text);
}
bool IsNumber(const CanonicalValue& value) { return std::holds_alternative<uint64_t>(value); }
// A set in its one order. Empty for a round that charges nothing.
bool IsSet(const CanonicalValue& value) {
  const auto* const list = std::get_if<std::vector<std::string>>(&value);
  return list != nullptr &&
         std::adjacent_find(list->begin(), list->end(), std::greater_equal<>()) == list->end();
}

struct FieldRule {
  absl::string_view name;
  bool (*holds)(const CanonicalValue&);
  absl::string_view wanted;
};

constexpr absl::string_view kHashText = "the hex of 32 bytes";
constexpr absl::string_view kNonceText = "the hex of 16 bytes";
constexpr absl::string_view kWordText = "1 to 40 of a-z 0-9 . _ -";
constexpr absl::string_view kNumberText = "an integer";

constexpr std::array kFields = {
    FieldRule{"attempt", IsNumber, kNumberText},
    FieldRule{"batch", IsHash, kHashText},
    FieldRule{"certificate", IsHash, kHashText},
    FieldRule{"charge", IsSet, "a sorted list without repeats"},
    FieldRule{"charter", IsHash, kHashText},
    FieldRule{"commit", IsHash, kHashText},
    FieldRule{"config", IsHash, kHashText},
    FieldRule{"contribution", IsHash, kHashText},
    FieldRule{"detail", IsHash, kHashText},
    FieldRule{"key", IsWord, kWordText},
    FieldRule{"manifest", IsHash, kHashText},
    FieldRule{"nonce", IsNonce, kNonceText},
    FieldRule{"outcome", IsWord, kWordText},
    FieldRule{"program", IsWord, kWordText},
    FieldRule{"question", IsNonce, kNonceText},
    FieldRule{"reason", IsWord, kWordText},
    FieldRule{"rebase", IsHash, kHashText},
    FieldRule{"release", IsHash, kHashText},
    FieldRule{"root", IsHash, kHashText},
    FieldRule{"site", IsWord, kWordText},
    FieldRule{"size", IsNumber, kNumberText},
    FieldRule{"suspects", IsSet, "a sorted list without repeats"},
    FieldRule{"version", IsNumber, kNumberText},
};

absl::Status MalformedEntry(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                      absl::StrCat("log entry: ", what));
}

absl::Status CheckField(absl::string_view name, const CanonicalValue& value) {
  const auto* const rule = std::find_if(kFields.begin(), kFields.end(),
                                        [&](const FieldRule& field) { return field.name == name; });
  if (rule == kFields.end()) return MalformedEntry(absl::StrCat("no member ", name, " is known"));
  if (!rule->holds(value)) return MalformedEntry(absl::StrCat(name, " must be ", rule->wanted));
  return absl::OkStatus();
}

absl::Status CheckFields(const Entry& entry) {
  const auto* const rule =
      std::find_if(kKinds.begin(), kKinds.end(),
                   [&](const KindRule& candidate) { return candidate.kind == entry.kind; });
  if (rule == kKinds.end()) return MalformedEntry("unknown kind");
  const std::vector<absl::string_view> names = absl::StrSplit(rule->fields, ' ');
  const bool same_names =
      std::equal(names.begin(), names.end(), entry.fields.begin(), entry.fields.end(),
                 [](absl::string_view name, const auto& f) { return name == f.first; });
  if (!same_names) {
    return MalformedEntry(absl::StrCat(entry.kind, " has exactly the members ", rule->fields));
  }
  for (const auto& [name, value] : entry.fields) {
    PERDURA_RETURN_IF_ERROR(CheckField(name, value));
  }
  return absl::OkStatus();
}

// Takes a member out of `object`. Returns InvalidArgument if it is missing or of another type.
template <typename T>
absl::StatusOr<T> TakeMember(CanonicalObject& object, const std::string& name) {
  const auto found = object.find(name);
  T* const value = found == object.end() ? nullptr : std::get_if<T>(&found->second);
  if (value == nullptr)
    return MalformedEntry(absl::StrCat("no member ", name, ", or another type"));
  T taken = std::move(*value);
  object.erase(found);
  return taken;
}

}  // namespace

absl::StatusOr<std::string> PrintEntry(const Entry& entry) {
  if (!base::IsName(entry.actor)) return MalformedEntry("actor must be a name");
  PERDURA_RETURN_IF_ERROR(CheckFields(entry));
  CanonicalObject object = entry.fields;
  object.emplace("seq", entry.seq);
  object.emplace("time", entry.time);
  object.emplace("kind", entry.kind);
  object.emplace("actor", entry.actor);
  const auto line = base::PrintCanonicalJson(object);
  if (!line.ok()) return MalformedEntry(line.status().message());
  if (line->size() > kMaxEntryBytes) return MalformedEntry("more than 4096 bytes");
  return *line;
}

absl::StatusOr<Entry> ParseEntry(absl::string_view line) {
  if (line.size() > kMaxEntryBytes) return MalformedEntry("more than 4096 bytes");
  auto object = base::ParseCanonicalJson(line);
  if (!object.ok()) return MalformedEntry(object.status().message());
  Entry entry;
  PERDURA_ASSIGN_OR_RETURN(entry.seq, TakeMember<uint64_t>(*object, "seq"));
  PERDURA_ASSIGN_OR_RETURN(entry.time, TakeMember<uint64_t>(*object, "time"));
  PERDURA_ASSIGN_OR_RETURN(entry.kind, TakeMember<std::string>(*object, "kind"));
  PERDURA_ASSIGN_OR_RETURN(entry.actor, TakeMember<std::string>(*object, "actor"));
  entry.fields = *std::move(object);
  PERDURA_RETURN_IF_ERROR(PrintEntry(entry).status());
  return entry;
}

}  // namespace perdura::federation::log
