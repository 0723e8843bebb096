#ifndef PERDURA_CLI_COMMANDS_QUESTION_H_
#define PERDURA_CLI_COMMANDS_QUESTION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace perdura::cli {

// What an analyst may ask, pay and read. Each returns what to print; refusals carry their reason
// word and the next step.

struct QuestionOptions {
  std::string home;
  std::string endpoint;
  std::string cut;
  std::string grid;
  // "attribute=category,category", each.
  std::vector<std::string> cohort;
  // Attribute id.
  std::string by;
  std::vector<std::string> products;
  // "default" (discrete Gaussian, paid in rho) or "flagship" (discrete Laplace, paid in epsilon).
  std::string law = "default";
  // Under the default law: "rho(2, 1e-6)", "units(n)", or a fraction of the default charge: "1/4".
  // Empty: the default charge.
  std::string charge;
  // Under the flagship law, which has no default: "1" or "1/2".
  std::string epsilon;
  bool cross_border = false;
  // Patients expected in one group; 0: the charter's planned numbers.
  double expect_n = 0;
  bool accept_noise = false;
  // Draw what a stored release answers by itself, with new noise and a new charge.
  bool again = false;
  // Hex question id of an earlier ask: the same signed bytes are sent again.
  std::string resume;
  // Folder for CSV and release files; empty: none.
  std::string out;
  // table, csv or json.
  std::string format = "table";
  std::vector<double> landmarks;
  // plain or smoothed: query::DecoderWord.
  std::string decoder = "plain";
};

// Prints the stages to standard error while they happen. What can be wrong with out, landmarks and
// decoder is refused before anything is asked.
absl::StatusOr<std::string> AskQuestion(const QuestionOptions& options);
absl::StatusOr<std::string> ListReleases(const std::string& home);
// A stored release, free: checked, estimated and printed as `ask` does. Of `options` only home,
// out, format, landmarks and decoder count. Returns InvalidArgument if `hex_id` is not 64 hex
// digits, DataLoss if another release came back.
absl::StatusOr<std::string> ShowRelease(const QuestionOptions& options, const std::string& hex_id);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_QUESTION_H_
