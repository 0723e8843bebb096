#ifndef PERDURA_CLI_COMMANDS_RENDER_H_
#define PERDURA_CLI_COMMANDS_RENDER_H_

#include <string>

#include "query/estimate.h"

namespace perdura::cli {

// A table for people: time, at risk, events, S with its interval and the part of its variance that
// is privacy noise; then incidence by cause, mean and median time, landmarks, follow-up, and how
// many cannot be evaluated. Suppressed numbers say so.
std::string RenderTables(const query::Estimates& estimates);

// The first group's survival curve with its interval, 64 columns wide.
std::string RenderCurve(const query::Estimates& estimates);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_COMMANDS_RENDER_H_
