// perdura: the command line. Options are declared in options/, work is done in commands/.

#include <algorithm>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/client.h"
#include "cli/options/arguments.h"
#include "crypto/init.h"

namespace {

// The first word that should be a command and is none, at any depth; empty if there is no such.
std::string UnknownCommand(CLI::App& app, int argc, char** argv) {
  CLI::App* command = &app;
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    const std::string word = argv[i];
    const auto known = command->get_subcommands([](CLI::App*) { return true; });
    if (known.empty()) return "";
    const auto next = std::find_if(known.begin(), known.end(),
                                   [&word](CLI::App* one) { return one->get_name() == word; });
    if (next == known.end()) return word;
    command = *next;
  }
  return "";
}

}  // namespace

// Exit codes: 0 done, 1 refused or failed, 2 the command line cannot be read.
int main(int argc, char** argv) {
  CLI::App app("perdura: private durability statistics over a federation of treatment centres",
               "perdura");
  app.require_subcommand(1);
  perdura::cli::Arguments args;
  perdura::cli::AddCharterCommands(app, args);
  perdura::cli::AddPartyCommands(app, args);
  perdura::cli::AddEvidenceCommands(app, args);
  perdura::cli::AddRebaseCommands(app, args);
  perdura::cli::AddRecordCommands(app, args);
  perdura::cli::AddAnalystCommands(app, args);
  // Last, since commands take over the footer that is there when they are made.
  app.footer(
      "Analysts: describe, preview, ask, releases, budget, canary, verify, audit. Centres: record, "
      "ledger,\n"
      "party psk. The authority: charter, rebase. Everybody once: party init. After a restored\n"
      "backup: rebase. `perdura COMMAND --help` says more.\n"
      "Exit codes: 0 done, 1 refused or failed (with the reason and what to do), 2 cannot be "
      "read.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (const std::string word = UnknownCommand(app, argc, argv); !word.empty()) {
      std::fprintf(stderr, "perdura: unknown command `%s`; --help lists them\n", word.c_str());
      return 2;
    }
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (const absl::Status ready = perdura::crypto::Init(); !ready.ok()) {
    std::fprintf(stderr, "perdura: %s\n", std::string(ready.message()).c_str());
    return 1;
  }
  perdura::cli::SilenceLibraryLogs();
  const absl::StatusOr<std::string> text = args.work();
  if (!text.ok()) {
    std::fprintf(stderr, "perdura: %s\n", std::string(text.status().message()).c_str());
    return 1;
  }
  std::fputs(text->c_str(), stdout);
  return 0;
}
