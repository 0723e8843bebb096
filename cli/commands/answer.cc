#include "cli/commands/answer.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "cli/commands/amounts.h"
#include "cli/commands/output_folder.h"
#include "cli/commands/render.h"
#include "federation/envelope.h"
#include "query/derived_answer.h"
#include "query/estimate.h"
#include "query/output_files.h"
#include "query/plan.h"
#include "query/round_terms.h"

namespace perdura::cli {
namespace {

std::string ShowMembers(const google::protobuf::RepeatedPtrField<v1::CommitEntry>& entries) {
  return absl::StrJoin(entries, ", ", [](std::string* out, const v1::CommitEntry& entry) {
    absl::StrAppend(out, entry.member());
  });
}

// Who took part and who is missing.
std::string ShowContributors(const federation::OpenedBundle& opened) {
  std::set<std::string> missing;
  for (const std::string& node : opened.charter->NodeIds()) missing.insert(node);
  for (const v1::CommitEntry& entry : opened.commit.contributors()) missing.erase(entry.member());
  std::string text = absl::StrCat("contributors: ", ShowMembers(opened.commit.contributors()),
                                  "\nnoise dealt by: ", ShowMembers(opened.commit.dealers()), "\n");
  if (!missing.empty()) {
    absl::StrAppend(&text, "MISSING, their patients are not in this result: ",
                    absl::StrJoin(missing, ", "), "\n");
  }
  if (opened.release.unchecked_against_liars()) {
    absl::StrAppend(&text, "unchecked against lying stewards: too few of them answered\n");
  }
  if (opened.charter->nodes_per_patient() == 1) {
    absl::StrAppend(
        &text,
        "protected unit: one record at one node (the authority declares the sources disjoint)\n");
  }
  return text;
}

absl::StatusOr<query::Estimates> EstimatesOf(const QuestionOptions& options,
                                             const federation::OpenedBundle& opened,
                                             const std::string& plan_text) {
  const federation::Charter& charter = *opened.charter;
  PERDURA_ASSIGN_OR_RETURN(
      const query::Plan plan,
      query::Plan::Parse(plan_text.empty() ? opened.release.plan() : plan_text, charter));
  PERDURA_ASSIGN_OR_RETURN(const query::Layout layout, query::Layout::Create(plan, charter));
  query::EstimateOptions estimate;
  estimate.landmarks = options.landmarks;
  estimate.release_id = opened.release_id;
  if (options.decoder == query::DecoderWord(statistics::Decoder::kSmoothedHazards)) {
    estimate.decoder = statistics::Decoder::kSmoothedHazards;
  }
  return query::Estimate(plan, layout, charter, opened.release, estimate);
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

}  // namespace

absl::StatusOr<federation::OpenedBundle> OpenAnswer(const Session& session,
                                                    const v1::Answer& answer,
                                                    const std::string& wanted_id) {
  v1::ReleaseBundle bundle;
  PERDURA_RETURN_IF_ERROR(federation::ParseStrictly(answer.bundle(), bundle));
  PERDURA_ASSIGN_OR_RETURN(federation::OpenedBundle opened,
                           federation::OpenBundle(bundle, session.authority()));
  if (!wanted_id.empty() && opened.release_id != wanted_id) {
    return absl::DataLossError("the aggregator sent another release than the one asked for");
  }
  PERDURA_ASSIGN_OR_RETURN(const query::Plan released,
                           query::Plan::Parse(opened.release.plan(), *opened.charter));
  PERDURA_ASSIGN_OR_RETURN(const query::RoundTerms terms,
                           query::RoundTerms::Create(released, *opened.charter));
  PERDURA_RETURN_IF_ERROR(terms.CheckManifest(opened.manifest));
  return opened;
}

absl::StatusOr<std::string> PresentAnswer(const QuestionOptions& options, const Session& session,
                                          const v1::Answer& answer,
                                          const ExpectedAnswer& expected) {
  PERDURA_ASSIGN_OR_RETURN(const federation::OpenedBundle opened,
                           OpenAnswer(session, answer, expected.release_id));
  PERDURA_ASSIGN_OR_RETURN(const query::Estimates estimates,
                           EstimatesOf(options, opened, expected.plan));
  if (!options.out.empty()) {
    PERDURA_RETURN_IF_ERROR(WriteAnswer(options.out, estimates, answer.bundle()));
  }
  if (options.format == "json") return query::EstimatesJson(estimates);
  if (options.format == "csv") return query::CsvFiles(estimates).front().contents;
  return absl::StrCat(RenderTables(estimates), RenderCurve(estimates), ShowContributors(opened),
                      ShowSource(estimates), "price: ",
                      answer.from_store()
                          ? "0, a stored release answers"
                          : ShowUnits(estimates.charge.compartment, answer.charged_units()),
                      "\n");
}

}  // namespace perdura::cli
