#include "cli/commands/shown_answer.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "cli/commands/render.h"
#include "query/derived_answer.h"
#include "query/output_files.h"

namespace perdura::cli {
namespace {

std::string ShowContributors(const federation::OpenedBundle& opened,
                             const query::Estimates& estimates) {
  const std::string dealers = absl::StrJoin(opened.commit.dealers(), ", ",
                                            [](std::string* out, const v1::CommitEntry& dealer) {
                                              absl::StrAppend(out, dealer.member());
                                            });
  std::string text = absl::StrCat("contributors: ", absl::StrJoin(estimates.contributors, ", "),
                                  "\nnoise dealt by: ", dealers, "\n");
  if (!estimates.missing.empty()) {
    absl::StrAppend(&text, "MISSING, their patients are not in this result: ",
                    absl::StrJoin(estimates.missing, ", "), "\n");
  }
  if (estimates.unchecked_against_liars) {
    absl::StrAppend(&text, "unchecked against lying stewards: too few of them answered\n");
  }
  if (opened.charter->nodes_per_patient() == 1) {
    absl::StrAppend(
        &text,
        "protected unit: one record at one node (the authority declares the sources disjoint)\n");
  }
  return text;
}

// Which release answers, and how.
std::string ShowSource(const query::Estimates& estimates) {
  std::string text = absl::StrCat("release ", base::HexEncode(estimates.release_id), "\n");
  if (estimates.derivation != query::kDirect) {
    absl::StrAppend(&text, "answers by: ", estimates.derivation,
                    ". The noise is that of this release, whose plan is\n  ",
                    estimates.released_plan,
                    "\n  (`ask --again` draws the table asked by itself, at its price)\n");
  }
  if (!estimates.decoder.empty()) {
    absl::StrAppend(&text, "decoder: ", estimates.decoder, "\n");
  }
  return text;
}

// Standard output has room for one CSV file.
std::string ShowOtherFiles(const std::vector<query::OutputFile>& files) {
  if (files.size() < 2) return "";
  std::vector<std::string> names;
  for (const query::OutputFile& file : files) names.push_back(file.name);
  names.erase(names.begin());
  return absl::StrCat("standard output has ", files.front().name, "; --out DIR also writes ",
                      absl::StrJoin(names, ", "), "\n");
}

}  // namespace

void NameContributors(const federation::OpenedBundle& opened, query::Estimates& estimates) {
  std::set<std::string> missing;
  for (const std::string& node : opened.charter->NodeIds()) missing.insert(node);
  for (const v1::CommitEntry& entry : opened.commit.contributors()) {
    estimates.contributors.push_back(entry.member());
    missing.erase(entry.member());
  }
  estimates.missing.assign(missing.begin(), missing.end());
}

ShownAnswer ShowAnswer(absl::string_view format, const federation::OpenedBundle& opened,
                       const query::Estimates& estimates, const std::string& price) {
  const std::string notes = absl::StrCat(ShowContributors(opened, estimates), ShowSource(estimates),
                                         "price: ", price, "\n");
  if (format == "json") return {.text = query::EstimatesJson(estimates), .notes = notes};
  if (format == "csv") {
    const std::vector<query::OutputFile> files = query::CsvFiles(estimates);
    return {.text = files.front().contents, .notes = absl::StrCat(ShowOtherFiles(files), notes)};
  }
  return {.text = absl::StrCat(RenderTables(estimates), RenderCurve(estimates), notes),
          .notes = ""};
}

}  // namespace perdura::cli
