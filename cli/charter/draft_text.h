#ifndef PERDURA_CLI_CHARTER_DRAFT_TEXT_H_
#define PERDURA_CLI_CHARTER_DRAFT_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"
#include "perdura/v1/charter.pb.h"

namespace perdura::cli {

// A charter as its authors write it (protobuf text), with the places where its fields stand.
struct DraftText {
  v1::Charter charter;
  google::protobuf::TextFormat::ParseInfoTree places;
};

// Fills `draft`. Unknown fields, repeated single fields and unknown words are refused. Returns
// InvalidArgument `malformed` with line, column, the field and what to do.
absl::Status ParseDraft(absl::string_view text, DraftText& draft);

// An InvalidArgument about a field that was read: "draft line 12, column 3: <what>". No place is
// named where `place` is nullptr or does not know the field. `index` is -1 for a single field.
absl::Status DraftError(const google::protobuf::TextFormat::ParseInfoTree* place,
                        const google::protobuf::FieldDescriptor* field, int index,
                        absl::string_view what);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_CHARTER_DRAFT_TEXT_H_
