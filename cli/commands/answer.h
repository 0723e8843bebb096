#ifndef PERDURA_CLI_COMMANDS_ANSWER_H_
#define PERDURA_CLI_COMMANDS_ANSWER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/commands/question.h"
#include "cli/session.h"
#include "federation/bundle/bundle.h"
#include "perdura/v1/evidence.pb.h"
#include "query/plan.h"

namespace perdura::cli {

// Whether an answer to `plan` can be read and kept as out, landmarks and decoder of `options` say.
// Asked before anything is paid; makes the folder. Returns the errors of query::CheckReading and
// PrepareFolder. `plan`: of this charter.
absl::Status CheckOutput(const QuestionOptions& options, const query::Plan& plan,
                         const federation::Charter& charter);

// What an answer must be about. Empty: what the release itself says.
struct ExpectedAnswer {
  // Text of the plan that was asked: the release is of it, or of one that it follows from.
  std::string plan = {};
  std::string release_id = {};
};

// The bundle of an answer once everything in it is checked, its terms against plan and charter too.
// Returns DataLoss for another release than `wanted_id`, empty for any, and the errors of
// federation::OpenBundle and query::RoundTerms.
absl::StatusOr<federation::OpenedBundle> OpenAnswer(const Session& session,
                                                    const v1::Answer& answer,
                                                    const std::string& wanted_id);

// Checks everything that an answer says, estimates what was asked, writes the files of
// `options.out` and returns what to print; notes of the formats for programs go to standard error.
// Of `options` only out, format, landmarks and decoder count. Returns DataLoss for another release
// than expected, InvalidArgument for an option out of range or a plan that does not follow from the
// release, and the errors of federation::OpenBundle and WriteAnswer. An error after the checks says
// how to read the release again.
absl::StatusOr<std::string> PresentAnswer(const QuestionOptions& options, const Session& session,
                                          const v1::Answer& answer, const ExpectedAnswer& expected);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_ANSWER_H_
