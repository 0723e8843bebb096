#include "cli/options/arguments.h"

namespace perdura::cli {

void AddRebaseCommands(CLI::App& app, Arguments& args) {
  CLI::App& rebase = *app.add_subcommand(
      "rebase", "The way back for a party whose ledger was rolled back; offline, on copies");
  rebase.require_subcommand(1);
  CLI::App& attempts = *rebase.add_subcommand(
      "attempts", "Write the questions of a ledger, for the party that lost them");
  attempts.add_option("file", args.file, "Copy of aggregator.db or registry.db")->required();
  attempts.add_option("--out", args.out, "File to write; it holds nothing about patients")
      ->required();
  attempts.callback(
      [&args] { args.work = [&args] { return RebaseAttempts(args.file, args.out); }; });

  CLI::App& draft = *rebase.add_subcommand("draft", "What the authority is asked to sign");
  draft.add_option("file", args.rebase.database, "Copy of the party's database")->required();
  draft.add_option("--known", args.rebase.known, "Files of `perdura rebase attempts`");
  draft.add_flag("--gap-is-known", args.rebase.gap_is_known,
                 "They have every question since the backup. Default: the rest of every budget "
                 "line is assumed to be spent");
  draft.add_option("--reason", args.rebase.reason, "What happened, for people")->required();
  draft.add_option("--operator", args.rebase.operator_name, "Who asks for it")->required();
  draft.add_option("--generation", args.rebase.generation,
                   "Of the log from now on; default: the next");
  draft.add_option("--out", args.rebase.out, "File to write, NAME.rebase")->required();
  draft.footer(
      "Next: perdura rebase sign FILE --charter CHARTER --key AUTHORITY.KEY; then the file goes\n"
      "into the charter_dir of the aggregator and of the party.");
  draft.callback([&args] { args.work = [&args] { return RebaseDraft(args.rebase); }; });

  CLI::App& show = *rebase.add_subcommand("show", "Print a rebase as text");
  show.add_option("file", args.file, "Rebase file")->required();
  show.add_option("--charter", args.other_file, "Charter in force: says whose signatures count");
  show.callback(
      [&args] { args.work = [&args] { return RebaseShow(args.file, args.other_file); }; });

  CLI::App& sign = *rebase.add_subcommand("sign", "Add the signatures of authority keys");
  sign.add_option("file", args.file, "Rebase file")->required();
  sign.add_option("--charter", args.other_file, "Charter in force: its authority keys sign")
      ->required();
  sign.add_option("--key", args.keys, "Private key files")->required();
  sign.callback([&args] {
    args.work = [&args] { return RebaseSign(args.file, args.keys, args.other_file); };
  });
}

}  // namespace perdura::cli
