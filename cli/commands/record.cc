#include "cli/commands/record.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cli/client.h"
#include "cli/commands/amounts.h"
#include "cli/commands/budget.h"
#include "cli/user_file.h"
#include "query/plan_charge.h"

namespace perdura::cli {
namespace {

constexpr size_t kImportFileLimit = 64 * 1024 * 1024;

std::string FileName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// The node knows files by their names without folders, so two of one name would be one to it.
absl::StatusOr<std::vector<ImportFile>> ReadImportFiles(const std::vector<std::string>& paths) {
  std::vector<ImportFile> files;
  for (const std::string& path : paths) {
    const std::string name = FileName(path);
    if (std::any_of(files.begin(), files.end(),
                    [&name](const ImportFile& file) { return file.name == name; })) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": a file named ", name, " is already in this import; import them one by one"));
    }
    PERDURA_ASSIGN_OR_RETURN(std::string contents, ReadUserFile(path, kImportFileLimit));
    files.push_back({name, std::move(contents)});
  }
  return files;
}

std::string ShowFindings(const v1::ImportResponse& response) {
  std::string text;
  for (const v1::Finding& finding : response.findings()) {
    absl::StrAppend(&text, finding.file(),
                    finding.row() > 0 ? absl::StrCat(":", finding.row()) : "", "  ",
                    finding.severity(), " ", finding.rule(), "  ", finding.field());
    if (!finding.shown().empty()) absl::StrAppend(&text, " = `", finding.shown(), "`");
    absl::StrAppend(&text, "  ", finding.hint(), "\n");
  }
  if (response.findings_omitted() > 0) {
    absl::StrAppend(&text, "and ", response.findings_omitted(), " more\n");
  }
  return text;
}

std::string ShowCounts(const v1::ImportCounts& counts) {
  return absl::StrCat("rows read ", counts.read(), ", new ", counts.added(), ", changed ",
                      counts.changed(), ", same ", counts.same(), ", refused ", counts.refused(),
                      ", patients left out ", counts.left_out_patients(), "\n");
}

std::string ShowAnswering(const v1::GetStatusResponse& status) {
  if (status.charter_version() == 0) return "waits for a charter";
  const std::string& reason = status.not_answering();
  if (reason.empty()) return "answers questions";
  if (reason == "not_started") {
    return "records, and answers once the stewards have cosigned its start (not_started)";
  }
  if (reason == "restored") {
    return "records, but answers nothing: another party holds a newer state of its log, so this "
           "database is an old copy (restored)";
  }
  return absl::StrCat("answers nothing: ", reason);
}

}  // namespace

absl::StatusOr<std::string> RecordImport(const RecordImportOptions& options) {
  PERDURA_ASSIGN_OR_RETURN(const std::vector<ImportFile> files, ReadImportFiles(options.files));
  v1::ImportOptions import;
  import.set_dry_run(options.dry_run);
  import.set_leave_out_bad_patients(options.leave_out_bad_patients);
  import.set_source_system(options.system);
  import.set_new_system(options.new_system);
  PERDURA_ASSIGN_OR_RETURN(const v1::ImportResponse response,
                           ImportRecords(options.socket, import, files));
  const std::string report = absl::StrCat(ShowFindings(response), ShowCounts(response.counts()));
  if (response.committed()) return absl::StrCat(report, "imported\n");
  if (options.dry_run && response.counts().refused() == 0) {
    return absl::StrCat(report, "dry run: nothing was written\n");
  }
  return absl::InvalidArgumentError(
      absl::StrCat(report,
                   "nothing was written; mend the rows, or leave whole patients out with "
                   "--leave-out-bad-patients"));
}

absl::StatusOr<std::string> RecordStatus(const std::string& socket) {
  PERDURA_ASSIGN_OR_RETURN(const v1::GetStatusResponse status, NodeStatus(socket));
  std::string text =
      absl::StrCat("node ", status.member(), ", charter version ", status.charter_version(), ", ",
                   status.log_entries(), " log entries; ", ShowAnswering(status), "\n");
  for (const v1::NodeLine& line : status.lines()) {
    const v1::Compartment compartment = query::CompartmentFromText(line.compartment());
    absl::StrAppend(&text, "  ", LawWord(compartment), ", ", line.product(), ", period ",
                    line.period(), ": spent ", ShowUnits(compartment, line.spent_units()), " of ",
                    ShowUnits(compartment, line.cap_units()), "\n");
    if (line.set_aside_units() > 0) {
      absl::StrAppend(&text, "    ", ShowSetAside(compartment, line.set_aside_units()));
    }
  }
  absl::StrAppend(&text, ShowOdometer(status.lifetimes()));
  for (const v1::NodeQuestion& question : status.questions()) {
    absl::StrAppend(&text, "  ", question.state(), "  ",
                    ShowUnitsOfPlan(question.plan(), question.units()), "  ", question.analyst(),
                    "  ", question.plan(), "\n");
  }
  return text;
}

}  // namespace perdura::cli
