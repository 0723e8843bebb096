#ifndef PERDURA_CLI_COMMANDS_PLAN_OPTIONS_H_
#define PERDURA_CLI_COMMANDS_PLAN_OPTIONS_H_

#include "absl/status/statusor.h"
#include "cli/commands/question.h"
#include "cli/session.h"
#include "perdura/v1/evidence.pb.h"
#include "query/plan.h"

namespace perdura::cli {

// The plan that an analyst's options describe. Returns InvalidArgument for an option that cannot be
// read, or a price of the other law; and the errors of Plan::Build.
absl::StatusOr<query::Plan> BuildPlan(const QuestionOptions& options, const Session& session);

// The aggregator's price and budget lines for it. Spends nothing.
absl::StatusOr<v1::PreviewResponse> PriceOf(Session& session, const query::Plan& plan);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_PLAN_OPTIONS_H_
