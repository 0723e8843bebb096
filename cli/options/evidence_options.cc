#include "cli/commands/ledger.h"
#include "cli/options/arguments.h"

namespace perdura::cli {
namespace {

void AddLedgerVerify(CLI::App& app, Arguments& args) {
  CLI::App& ledger =
      *app.add_subcommand("ledger", "A party's ledger and log, offline, on a copy of its database");
  ledger.require_subcommand(1);
  CLI::App& audit = *ledger.add_subcommand(
      "verify", "Recompute the log's tree and compare every charge with its entry");
  audit.add_option("file", args.file, "Copy of registry.db or aggregator.db")->required();
  audit.add_option("--authority", args.pin, "Authority pin of the federation")->required();
  audit.footer("Each check prints a line; exit code 1 at the first that fails.");
  audit.callback([&args] { args.work = [&args] { return LedgerVerify(args.file, args.pin); }; });
}

void AddReleaseVerify(CLI::App& app, Arguments& args) {
  CLI::App& verify = *app.add_subcommand(
      "verify",
      "Check a result offline: charter, signatures, certificate, and the stewards' sums once more");
  verify.add_option("file", args.file, "A .release file")->required();
  verify.add_option("--authority", args.pin, "Authority pin of the federation")->required();
  verify.footer(
      "No network is needed. Each check prints a line; exit code 1 at the first that fails.");
  verify.callback([&args] { args.work = [&args] { return VerifyRelease(args.file, args.pin); }; });
}

void AddAuditCommands(CLI::App& app, Arguments& args) {
  CLI::App& audit = *app.add_subcommand("audit", "Logs and releases, offline, on copies of files");
  audit.require_subcommand(1);
  CLI::App& verify = *audit.add_subcommand(
      "verify",
      "Recompute logs and check releases, then compare them: which other draws of the same\n"
      "patients there were, what became of them, and whether the releases say so");
  verify
      .add_option("files", args.files,
                  "Copies of aggregator.db and registry.db, and .release files, in any order")
      ->required();
  verify.add_option("--authority", args.pin, "Authority pin of the federation")->required();
  verify.footer("Exit code 1 where a file fails or a comparison finds a problem. docs/LOG.md");
  verify.callback([&args] { args.work = [&args] { return AuditVerify(args.files, args.pin); }; });

  CLI::App& prove = *audit.add_subcommand(
      "prove", "Write entries of a log with proofs that other programs verify");
  prove.add_option("file", args.prove.file, "Copy of registry.db or aggregator.db")->required();
  prove.add_option("--authority", args.prove.pin, "Authority pin of the federation")->required();
  prove.add_option("--entry", args.prove.entries, "Numbers of entries, from 0");
  prove.add_option("--manifest", args.prove.manifest,
                   "All entries that name this manifest, 64 hex digits");
  prove.add_option("--from", args.prove.from,
                   "Sizes of the log that are to be shown as a prefix of its newest state");
  prove.add_option("--out", args.prove.out, "Folder to write to")->required();
  prove.footer(
      "Example: perdura audit prove aggregator.db --authority authority.pin --entry 12 "
      "--out proof");
  prove.callback([&args] { args.work = [&args] { return AuditProve(args.prove); }; });
}

}  // namespace

void AddEvidenceCommands(CLI::App& app, Arguments& args) {
  AddLedgerVerify(app, args);
  AddReleaseVerify(app, args);
  AddAuditCommands(app, args);
}

}  // namespace perdura::cli
