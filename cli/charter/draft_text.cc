#include "cli/charter/draft_text.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/reason.h"
#include "google/protobuf/io/tokenizer.h"

namespace perdura::cli {
namespace {

// What to do about a message of the text parser.
absl::string_view NextStep(absl::string_view message) {
  if (absl::StrContains(message, "has no field named")) {
    return "the fields of a charter are those of proto/perdura/v1/charter.proto";
  }
  if (absl::StrContains(message, "specified multiple times")) {
    return "write this field once";
  }
  if (absl::StrContains(message, "Unknown enumeration value")) {
    return "the words of this field are listed in proto/perdura/v1/charter.proto";
  }
  return "correct this place; a draft is protobuf text, `name: value` or `name { ... }`";
}

// Keeps the first error: the ones after it are mostly its consequences.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  // The parser reports the end of the word it stumbled over.
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (!text_.empty()) return;
    const std::string place =
        line < 0 ? "draft" : absl::StrCat("draft line ", line + 1, ", column ", column + 1);
    text_ = absl::StrCat(place, ": ", absl::StripSuffix(message, "."), "; ", NextStep(message));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

absl::Status ParseDraft(absl::string_view text, DraftText& draft) {
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.WriteLocationsTo(&draft.places);
  const bool parsed = parser.ParseFromString(std::string(text), &draft.charter);
  if (parsed && error.text().empty()) return absl::OkStatus();
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                      error.text().empty() ? "draft: cannot be read" : error.text());
}

absl::Status DraftError(const google::protobuf::TextFormat::ParseInfoTree* place,
                        const google::protobuf::FieldDescriptor* field, int index,
                        absl::string_view what) {
  std::string where = "draft";
  if (place != nullptr) {
    const google::protobuf::TextFormat::ParseLocation at = place->GetLocation(field, index);
    if (at.line >= 0) where = absl::StrCat("draft line ", at.line + 1, ", column ", at.column + 1);
  }
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                      absl::StrCat(where, ": ", field->name(), ": ", what));
}

}  // namespace perdura::cli
