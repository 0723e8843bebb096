#include "cli/commands/answer.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "cli/commands/amounts.h"
#include "cli/commands/evidence_files.h"
#include "cli/commands/output_folder.h"
#include "cli/commands/shown_answer.h"
#include "federation/envelope.h"
#include "query/estimate.h"
#include "query/layout.h"

namespace perdura::cli {
namespace {

// How the answer is to be read.
query::EstimateOptions ReadingOptions(const QuestionOptions& options) {
  query::EstimateOptions reading;
  reading.landmarks = options.landmarks;
  if (options.decoder == query::DecoderWord(statistics::Decoder::kSmoothedHazards)) {
    reading.decoder = statistics::Decoder::kSmoothedHazards;
  }
  return reading;
}

absl::StatusOr<query::Estimates> EstimatesOf(const QuestionOptions& options,
                                             const federation::OpenedBundle& opened,
                                             const std::string& plan_text) {
  const federation::Charter& charter = *opened.charter;
  PERDURA_ASSIGN_OR_RETURN(
      const query::Plan plan,
      query::Plan::Parse(plan_text.empty() ? opened.release.plan() : plan_text, charter));
  PERDURA_ASSIGN_OR_RETURN(const query::Layout layout, query::Layout::Create(plan, charter));
  query::EstimateOptions reading = ReadingOptions(options);
  reading.release_id = opened.release_id;
  PERDURA_ASSIGN_OR_RETURN(query::Estimates estimates,
                           query::Estimate(plan, layout, charter, opened.release, reading));
  NameContributors(opened, estimates);
  return estimates;
}

// Writes the files and says what to print.
absl::StatusOr<ShownAnswer> ReadAndKeep(const QuestionOptions& options,
                                        const federation::OpenedBundle& opened,
                                        const v1::Answer& answer, const std::string& plan) {
  PERDURA_ASSIGN_OR_RETURN(const query::Estimates estimates, EstimatesOf(options, opened, plan));
  if (!options.out.empty()) {
    PERDURA_RETURN_IF_ERROR(WriteAnswer(options.out, estimates, answer.bundle()));
  }
  const std::string price = answer.from_store()
                                ? "0, a stored release answers"
                                : ShowUnits(estimates.charge.compartment, answer.charged_units());
  return ShowAnswer(options.format, opened, estimates, price);
}

}  // namespace

absl::StatusOr<federation::OpenedBundle> OpenAnswer(const Session& session,
                                                    const v1::Answer& answer,
                                                    const std::string& wanted_id) {
  v1::ReleaseBundle bundle;
  PERDURA_RETURN_IF_ERROR(federation::ParseStrictly(answer.bundle(), bundle));
  PERDURA_ASSIGN_OR_RETURN(federation::OpenedBundle opened,
                           OpenRelease(bundle, session.authority()));
  if (!wanted_id.empty() && opened.release_id != wanted_id) {
    return absl::DataLossError("the aggregator sent another release than the one asked for");
  }
  return opened;
}

absl::Status CheckOutput(const QuestionOptions& options, const query::Plan& plan,
                         const federation::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(query::CheckReading(plan, charter, ReadingOptions(options)));
  if (options.out.empty()) return absl::OkStatus();
  return PrepareFolder(options.out, charter.FindEndpoint(plan.endpoint())->kind());
}

absl::StatusOr<std::string> PresentAnswer(const QuestionOptions& options, const Session& session,
                                          const v1::Answer& answer,
                                          const ExpectedAnswer& expected) {
  PERDURA_ASSIGN_OR_RETURN(const federation::OpenedBundle opened,
                           OpenAnswer(session, answer, expected.release_id));
  const auto shown = ReadAndKeep(options, opened, answer, expected.plan);
  if (!shown.ok()) {
    return absl::Status(shown.status().code(),
                        absl::StrCat(shown.status().message(),
                                     "\nThe answer itself is good and stored; this reads it again, "
                                     "free: perdura releases ",
                                     base::HexEncode(opened.release_id)));
  }
  std::fputs(shown->notes.c_str(), stderr);
  return shown->text;
}

}  // namespace perdura::cli
