#ifndef PERDURA_CLI_COMMANDS_ASKING_H_
#define PERDURA_CLI_COMMANDS_ASKING_H_

#include <string>

#include "absl/status/statusor.h"
#include "cli/session.h"
#include "perdura/v1/evidence.pb.h"
#include "query/plan.h"

namespace perdura::cli {

// A new signed ask, kept in the home folder before it is sent, so that the same bytes can be sent
// again. Prints the question id to standard error.
absl::StatusOr<v1::Envelope> NewAsk(const Session& session, const query::Plan& plan,
                                    const std::string& repeat_of);

// An ask that was kept, by its hex question id. Returns NotFound.
absl::StatusOr<v1::Envelope> KeptAsk(const Session& session, const std::string& hex_id);

// Sends it and waits until a little beyond the round's slots. Prints the stages to standard error
// while they happen.
absl::StatusOr<v1::Answer> SendAsk(Session& session, const v1::Envelope& ask);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_ASKING_H_
