#ifndef PERDURA_CLI_COMMANDS_ANSWER_H_
#define PERDURA_CLI_COMMANDS_ANSWER_H_

#include <string>

#include "absl/status/statusor.h"
#include "cli/commands/question.h"
#include "cli/session.h"
#include "federation/bundle/bundle.h"
#include "perdura/v1/evidence.pb.h"

namespace perdura::cli {

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
// `options.out` and returns what to print. Of `options` only out, format, landmarks and decoder
// count. Returns DataLoss for another release than expected, InvalidArgument for an option out of
// range or a plan that does not follow from the release, and the errors of federation::OpenBundle.
absl::StatusOr<std::string> PresentAnswer(const QuestionOptions& options, const Session& session,
                                          const v1::Answer& answer, const ExpectedAnswer& expected);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_ANSWER_H_
