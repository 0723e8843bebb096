#ifndef PERDURA_CLI_OPTIONS_ARGUMENTS_H_
#define PERDURA_CLI_OPTIONS_ARGUMENTS_H_

#include <functional>
#include <string>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "CLI/Validators.hpp"
#include "absl/status/statusor.h"
#include "cli/commands/audit.h"
#include "cli/commands/canary.h"
#include "cli/commands/charter.h"
#include "cli/commands/checkpoints.h"
#include "cli/commands/preview.h"
#include "cli/commands/question.h"
#include "cli/commands/rebase.h"
#include "cli/commands/record.h"

// The words of the command line: which commands there are, with their options and help. What they
// do is in cli/commands/. Included by main.cc and options/ alone: CLI11 needs exceptions.
namespace perdura::cli {

using Work = std::function<absl::StatusOr<std::string>()>;

// Everything that options are parsed into. Lives as long as the parser.
struct Arguments {
  std::string out, file, other_file, pin, authority, release;
  std::vector<std::string> keys, files;
  AuditProveOptions prove;
  CharterPinOptions charter_pin;
  CharterBuildOptions build;
  PartyInitOptions party;
  PartyPskOptions psk;
  RecordImportOptions records;
  QuestionOptions question;
  PreviewOptions preview;
  CanaryOptions canary;
  RebaseDraftArguments rebase;
  CheckpointsOptions checkpoints;
  Work work;
};

// Each declares a group of commands, whose callbacks put the work to do into `args.work`. Both must
// outlive the parser's run.
void AddCharterCommands(CLI::App& app, Arguments& args);
void AddPartyCommands(CLI::App& app, Arguments& args);
// Offline, on copies of files: ledger, verify, audit.
void AddEvidenceCommands(CLI::App& app, Arguments& args);
void AddRebaseCommands(CLI::App& app, Arguments& args);
void AddRecordCommands(CLI::App& app, Arguments& args);
void AddAnalystCommands(CLI::App& app, Arguments& args);

}  // namespace perdura::cli

#endif  // PERDURA_CLI_OPTIONS_ARGUMENTS_H_
