#include "registry-node/import/import_report.h"

namespace perdura::registry_node {

void ImportReport::Error(const RowPlace& place, absl::string_view patient, absl::string_view field,
                         absl::string_view rule, absl::string_view shown, absl::string_view hint) {
  refused_.insert(place);
  if (patient.empty()) {
    has_common_errors_ = true;
  } else {
    bad_patients_.insert(std::string(patient));
  }
  Add(place, field, rule, "error", shown, hint);
}

void ImportReport::Warning(const RowPlace& place, absl::string_view field, absl::string_view rule,
                           absl::string_view hint) {
  Add(place, field, rule, "warning", "", hint);
}

void ImportReport::Add(const RowPlace& place, absl::string_view field, absl::string_view rule,
                       absl::string_view severity, absl::string_view shown,
                       absl::string_view hint) {
  if (found_.findings_size() >= kMaxFindings) {
    found_.set_findings_omitted(found_.findings_omitted() + 1);
    return;
  }
  v1::Finding& finding = *found_.add_findings();
  finding.set_file(std::string(place.file));
  finding.set_row(place.line);
  finding.set_field(std::string(field));
  finding.set_rule(std::string(rule));
  finding.set_severity(std::string(severity));
  finding.set_shown(std::string(shown));
  finding.set_hint(std::string(hint));
}

void ImportReport::MoveTo(v1::ImportResponse& response) && {
  response.mutable_findings()->Swap(found_.mutable_findings());
  response.set_findings_omitted(found_.findings_omitted());
}

}  // namespace perdura::registry_node
