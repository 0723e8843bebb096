#ifndef PERDURA_FEDERATION_AUDIT_COPY_COMPARISON_H_
#define PERDURA_FEDERATION_AUDIT_COPY_COMPARISON_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "federation/audit/log_copy.h"
#include "federation/log/checkpoint.h"

namespace perdura::federation {

// What an audit says: one readable line for each finding in order, and how many of them show that
// somebody broke the rules.
struct AuditReport {
  std::vector<std::string> lines;
  int problems = 0;

  void Note(std::string line) { lines.push_back(std::move(line)); }
  void Problem(std::string line) {
    lines.push_back("PROBLEM " + std::move(line));
    ++problems;
  }
};

// Does a checkpoint that somebody else shows lie on the copied log of the same origin? A copy that
// is shorter was taken earlier, or from a log that was rolled back: said, but no problem by itself.
// A checkpoint off the path is one: the copy is not the log that was signed. `holder`: who shows
// it. Returns the errors of the copy.
absl::Status CompareCheckpoint(const std::string& holder, const log::Checkpoint& shown,
                               LogCopy& copy, AuditReport& report);

// Compares copies with each other: the heads that each holds of the others' logs, and two copies of
// one log. Returns DataLoss where a held head cannot be read; the errors of the copies.
absl::Status CompareCopies(const std::vector<std::unique_ptr<LogCopy>>& copies,
                           AuditReport& report);

}  // namespace perdura::federation

#endif  // PERDURA_FEDERATION_AUDIT_COPY_COMPARISON_H_
