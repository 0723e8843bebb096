#include "cli/commands/question.h"

#include <cstdio>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "cli/commands/amounts.h"
#include "cli/commands/answer.h"
#include "cli/commands/asking.h"
#include "cli/commands/plan_options.h"
#include "cli/session.h"
#include "federation/envelope.h"
#include "query/plan.h"
#include "query/preview.h"

namespace perdura::cli {
namespace {

// The advice of the preview: a warning to standard error, or a refusal before anything is spent.
absl::Status CheckAdvice(const QuestionOptions& options, const query::Plan& plan,
                         const federation::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(const query::Preview preview,
                           query::PreviewPlan(plan, charter, {.expected_n = options.expect_n}));
  if (preview.advice == query::Advice::kRefuse && !options.accept_noise) {
    return base::Refuse(absl::StatusCode::kFailedPrecondition, "too_imprecise",
                        absl::StrCat(preview.text,
                                     " Nothing was asked; --accept-noise asks all the same, "
                                     "--expect-n states another size"));
  }
  if (preview.advice != query::Advice::kFine) {
    std::fprintf(stderr, "warning: %s\n", preview.text.c_str());
  }
  return absl::OkStatus();
}

// CheckOutput for an ask of earlier. Its plan may be of an older charter: its answer is then read
// by that one, and only afterwards.
absl::Status CheckOutputOfKept(const QuestionOptions& options, const v1::Ask& asked,
                               const federation::Charter& charter) {
  const auto plan = query::Plan::Parse(asked.plan(), charter);
  return plan.ok() ? CheckOutput(options, *plan, charter) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> AskQuestion(const QuestionOptions& options) {
  PERDURA_ASSIGN_OR_RETURN(const auto session, Session::Open(options.home));
  if (!options.resume.empty()) {
    PERDURA_ASSIGN_OR_RETURN(const v1::Envelope kept, KeptAsk(*session, options.resume));
    v1::Ask asked;
    PERDURA_RETURN_IF_ERROR(federation::ParseStrictly(kept.payload(), asked));
    PERDURA_RETURN_IF_ERROR(CheckOutputOfKept(options, asked, session->charter()));
    PERDURA_ASSIGN_OR_RETURN(const v1::Answer answer, SendAsk(*session, kept));
    return PresentAnswer(options, *session, answer, {.plan = asked.plan()});
  }
  PERDURA_ASSIGN_OR_RETURN(const query::Plan plan, BuildPlan(options, *session));
  PERDURA_RETURN_IF_ERROR(CheckOutput(options, plan, session->charter()));
  PERDURA_ASSIGN_OR_RETURN(const v1::PreviewResponse price, PriceOf(*session, plan));
  std::string repeat_of;
  if (options.again) {
    repeat_of = price.stored_release_id();
  }
  const bool free = !price.stored_release_id().empty() && !options.again;
  if (!free) PERDURA_RETURN_IF_ERROR(CheckAdvice(options, plan, session->charter()));
  PERDURA_ASSIGN_OR_RETURN(const v1::Envelope ask, NewAsk(*session, plan, repeat_of));
  PERDURA_ASSIGN_OR_RETURN(const v1::Answer answer, SendAsk(*session, ask));
  return PresentAnswer(options, *session, answer, {.plan = plan.text()});
}

absl::StatusOr<std::string> ListReleases(const std::string& home) {
  PERDURA_ASSIGN_OR_RETURN(const auto session, Session::Open(home));
  PERDURA_ASSIGN_OR_RETURN(const v1::ListReleasesResponse response,
                           session->client().ListReleases());
  if (response.releases().empty()) return std::string("no releases yet\n");
  std::string text;
  for (const v1::ReleaseSummary& release : response.releases()) {
    absl::StrAppend(&text, base::HexEncode(release.release_id()), "  ",
                    absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixMicros(release.answered_at()),
                                     absl::UTCTimeZone()),
                    "  ", release.contributors(), " contributors\n  ", release.plan(), "\n");
  }
  return text;
}

absl::StatusOr<std::string> ShowRelease(const QuestionOptions& options, const std::string& hex_id) {
  if (hex_id.size() != 64 || !absl::c_all_of(hex_id, absl::ascii_isxdigit)) {
    return absl::InvalidArgumentError(
        "release: 64 hex digits are wanted; `perdura releases` lists them");
  }
  const std::string id = absl::HexStringToBytes(hex_id);
  PERDURA_ASSIGN_OR_RETURN(const auto session, Session::Open(options.home));
  PERDURA_ASSIGN_OR_RETURN(v1::GetReleaseResponse response, session->client().GetRelease(id));
  v1::Answer answer;
  answer.set_bundle(std::move(*response.mutable_bundle()));
  answer.set_from_store(true);
  return PresentAnswer(options, *session, answer, {.release_id = id});
}

}  // namespace perdura::cli
