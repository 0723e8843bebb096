#ifndef PERDURA_CLI_COMMANDS_PREVIEW_H_
#define PERDURA_CLI_COMMANDS_PREVIEW_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "cli/commands/question.h"

namespace perdura::cli {

struct PreviewOptions {
  // Releases that the budget must still serve; 0: as many as the default charge buys from its cap.
  uint64_t releases_left = 0;
  // Also print what the year's caps hold.
  bool year_plan = false;
  // Wanted width of the 95 % interval of what the preview judges (query::Preview), S at the
  // horizon; 0: none. The price then follows from it.
  double target_width = 0;
};

// Price (or the price of a wanted width), budget lines, predicted precision and the recommended
// noise law of a question. Spends nothing. Returns InvalidArgument for a price beside a wanted
// width.
absl::StatusOr<std::string> PreviewQuestion(const QuestionOptions& question,
                                            const PreviewOptions& options);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_PREVIEW_H_
