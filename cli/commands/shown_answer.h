#ifndef PERDURA_CLI_COMMANDS_SHOWN_ANSWER_H_
#define PERDURA_CLI_COMMANDS_SHOWN_ANSWER_H_

#include <string>

#include "absl/strings/string_view.h"
#include "federation/bundle/bundle.h"
#include "query/estimate.h"

namespace perdura::cli {

// An answer on the terminal.
struct ShownAnswer {
  // For standard output: tables and curve, one CSV file, or JSON.
  std::string text;
  // Who took part and who is missing, whether liars were checked for, the protected unit, which
  // release answers and its price. In the format `table` they end the text, and this is empty; the
  // others are for programs, so that these stand on standard error.
  std::string notes;
};

// Fills the members of `estimates` that the bundle knows: who contributed and who is missing.
void NameContributors(const federation::OpenedBundle& opened, query::Estimates& estimates);

// `format`: table, csv or json. `price`: for people.
ShownAnswer ShowAnswer(absl::string_view format, const federation::OpenedBundle& opened,
                       const query::Estimates& estimates, const std::string& price);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_SHOWN_ANSWER_H_
