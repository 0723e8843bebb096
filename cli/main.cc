// perdura: the command line. Options are declared here, work is done in commands/.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "CLI/Validators.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/client.h"
#include "cli/commands/audit.h"
#include "cli/commands/budget.h"
#include "cli/commands/canary.h"
#include "cli/commands/charter.h"
#include "cli/commands/checkpoints.h"
#include "cli/commands/describe.h"
#include "cli/commands/ledger.h"
#include "cli/commands/preview.h"
#include "cli/commands/question.h"
#include "cli/commands/rebase.h"
#include "cli/commands/record.h"
#include "crypto/init.h"

namespace {

using perdura::cli::AuditProveOptions;
using perdura::cli::CanaryOptions;
using perdura::cli::CharterBuildOptions;
using perdura::cli::CharterPinOptions;
using perdura::cli::PartyInitOptions;
using perdura::cli::PartyPskOptions;
using perdura::cli::PreviewOptions;
using perdura::cli::QuestionOptions;
using perdura::cli::RebaseDraftArguments;
using perdura::cli::RecordImportOptions;

// Of a year's budget.
constexpr int kMostReleases = 1'000'000;

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
  perdura::cli::CheckpointsOptions checkpoints;
  Work work;
};

constexpr char kAuthorityHelp[] =
    "Whose keys have to sign, where these change: the charter before, for version 1 the pin";

void AddCharterCommands(CLI::App& app, Arguments& args) {
  CLI::App& charter = *app.add_subcommand(
      "charter",
      "The file that says everything public about a federation: build, sign, show, compare");
  charter.require_subcommand(1);

  CLI::App& keygen = *charter.add_subcommand("keygen", "Make an authority key, to be kept offline");
  keygen.add_option("--out", args.out, "File of the private key; FILE.pub gets the public one")
      ->required();
  keygen.callback(
      [&args] { args.work = [&args] { return perdura::cli::CharterKeygen(args.out); }; });

  CLI::App& pin = *charter.add_subcommand(
      "pin", "Write down who may sign the first charter: what every party pins");
  pin.add_option("--federation", args.charter_pin.federation, "Name of the federation")->required();
  pin.add_option("--threshold", args.charter_pin.threshold, "How many keys must sign")->required();
  pin.add_option("--key", args.charter_pin.keys, "Public key files")->required();
  pin.add_option("--out", args.charter_pin.out, "File to write")->required();
  pin.callback(
      [&args] { args.work = [&args] { return perdura::cli::CharterPin(args.charter_pin); }; });

  CLI::App& build = *charter.add_subcommand(
      "build",
      "Make a charter from a draft: strategies, units, keys and hashes are filled in and checked");
  build.add_option("draft", args.build.draft, "Draft: protobuf text of a charter")->required();
  build.add_option("--pin", args.build.pin, "Authority pin (perdura charter pin)")->required();
  build.add_option("--card", args.build.cards, "Party cards (perdura party init)");
  build.add_option("--previous", args.build.previous, "Charter that this one follows");
  build.add_option("--checkpoints", args.build.checkpoints,
                   "Where the stewards change: file of `perdura charter checkpoints`");
  build.add_option("--known-at", args.build.known_at,
                   "K of new data cuts, as 2026-07-01T00:00:00Z");
  build.add_option("--out", args.build.out, "File to write")->required();
  build.footer(
      "A draft is what a person decides (deploy/charter-1.txtpb is one); errors give its line and\n"
      "column. Next: perdura charter sign FILE --key AUTHORITY.KEY, by as many keys as the pin "
      "asks.");
  build.callback(
      [&args] { args.work = [&args] { return perdura::cli::CharterBuild(args.build); }; });

  CLI::App& sign = *charter.add_subcommand("sign", "Add the signatures of authority keys");
  sign.add_option("file", args.file, "Charter file")->required();
  sign.add_option("--key", args.keys, "Private key files")->required();
  sign.add_option("--authority", args.authority, kAuthorityHelp);
  sign.callback([&args] {
    args.work = [&args] { return perdura::cli::CharterSign(args.file, args.keys, args.authority); };
  });

  CLI::App& show = *charter.add_subcommand("show", "Print a charter as text, and who signed it");
  show.add_option("file", args.file, "Charter file")->required();
  show.add_option("--authority", args.authority, kAuthorityHelp);
  show.callback([&args] {
    args.work = [&args] { return perdura::cli::CharterShow(args.file, args.authority); };
  });

  CLI::App& checkpoints = *charter.add_subcommand(
      "checkpoints", "Collect the newest checkpoint of every party, for a change of stewards");
  checkpoints
      .add_option("databases", args.checkpoints.databases,
                  "Copies of the aggregator's and of stewards' databases")
      ->required();
  checkpoints.add_option("--authority", args.checkpoints.pin, "Authority pin")->required();
  checkpoints.add_option("--out", args.checkpoints.out, "File to write")->required();
  checkpoints.callback([&args] {
    args.work = [&args] { return perdura::cli::CharterCheckpoints(args.checkpoints); };
  });

  CLI::App& diff = *charter.add_subcommand("diff", "What one charter changes against another");
  diff.add_option("before", args.file, "Charter file")->required();
  diff.add_option("after", args.other_file, "Charter file")->required();
  diff.callback([&args] {
    args.work = [&args] { return perdura::cli::CharterDiff(args.file, args.other_file); };
  });
}

void AddOtherCommands(CLI::App& app, Arguments& args) {
  CLI::App& party =
      *app.add_subcommand("party", "Keys and public card of a member, analyst or aggregator");
  party.require_subcommand(1);
  CLI::App& init =
      *party.add_subcommand("init", "Make the party's keys and the card for the authority");
  init.add_option("--id", args.party.id, "Name of the party in the charter")->required();
  init.add_option("--role", args.party.role, "member (default), aggregator or analyst");
  CLI::Option& cert = *init.add_option("--tls-cert", args.party.tls_cert,
                                       "The party's TLS certificate, PEM: its key is pinned");
  init.add_option("--tls-pin", args.party.tls_pin,
                  "Instead of the certificate: SHA-256 of its public key, hex")
      ->excludes(&cert);
  init.add_option("--dir", args.party.dir, "Folder for the keys and party.card")->required();
  init.callback([&args] { args.work = [&args] { return perdura::cli::PartyInit(args.party); }; });

  CLI::App& psk = *party.add_subcommand(
      "psk", "Make the secret that a node shares with a steward (charter: hpke_mode PSK)");
  psk.add_option("--id", args.psk.id, "The node, or the steward that deals noise")->required();
  psk.add_option("--with", args.psk.steward, "The steward that will open")->required();
  psk.add_option("--dir", args.psk.dir, "psk_dir of the node: gets NODE@STEWARD.psk")->required();
  psk.footer(
      "One for each (node, steward), a steward's own deals to itself included. Hand it over "
      "yourself.");
  psk.callback([&args] { args.work = [&args] { return perdura::cli::PartyPsk(args.psk); }; });

  CLI::App& ledger =
      *app.add_subcommand("ledger", "A party's ledger and log, offline, on a copy of its database");
  ledger.require_subcommand(1);
  CLI::App& audit = *ledger.add_subcommand(
      "verify", "Recompute the log's tree and compare every charge with its entry");
  audit.add_option("file", args.file, "Copy of registry.db or aggregator.db")->required();
  audit.add_option("--authority", args.pin, "Authority pin of the federation")->required();
  audit.footer("Each check prints a line; exit code 1 at the first that fails.");
  audit.callback(
      [&args] { args.work = [&args] { return perdura::cli::LedgerVerify(args.file, args.pin); }; });

  CLI::App& verify = *app.add_subcommand(
      "verify",
      "Check a result offline: charter, signatures, certificate, and the stewards' sums once more");
  verify.add_option("file", args.file, "A .release file")->required();
  verify.add_option("--authority", args.pin, "Authority pin of the federation")->required();
  verify.footer(
      "No network is needed. Each check prints a line; exit code 1 at the first that fails.");
  verify.callback([&args] {
    args.work = [&args] { return perdura::cli::VerifyRelease(args.file, args.pin); };
  });
}

void AddRebaseCommands(CLI::App& app, Arguments& args) {
  CLI::App& rebase = *app.add_subcommand(
      "rebase", "The way back for a party whose ledger was rolled back; offline, on copies");
  rebase.require_subcommand(1);
  CLI::App& attempts = *rebase.add_subcommand(
      "attempts", "Write the questions of a ledger, for the party that lost them");
  attempts.add_option("file", args.file, "Copy of aggregator.db or registry.db")->required();
  attempts.add_option("--out", args.out, "File to write; it holds nothing about patients")
      ->required();
  attempts.callback([&args] {
    args.work = [&args] { return perdura::cli::RebaseAttempts(args.file, args.out); };
  });

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
  draft.callback(
      [&args] { args.work = [&args] { return perdura::cli::RebaseDraft(args.rebase); }; });

  CLI::App& show = *rebase.add_subcommand("show", "Print a rebase as text");
  show.add_option("file", args.file, "Rebase file")->required();
  show.add_option("--charter", args.other_file, "Charter in force: says whose signatures count");
  show.callback([&args] {
    args.work = [&args] { return perdura::cli::RebaseShow(args.file, args.other_file); };
  });

  CLI::App& sign = *rebase.add_subcommand("sign", "Add the signatures of authority keys");
  sign.add_option("file", args.file, "Rebase file")->required();
  sign.add_option("--charter", args.other_file, "Charter in force: its authority keys sign")
      ->required();
  sign.add_option("--key", args.keys, "Private key files")->required();
  sign.callback([&args] {
    args.work = [&args] { return perdura::cli::RebaseSign(args.file, args.keys, args.other_file); };
  });
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
  verify.callback(
      [&args] { args.work = [&args] { return perdura::cli::AuditVerify(args.files, args.pin); }; });

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
  prove.callback([&args] { args.work = [&args] { return perdura::cli::AuditProve(args.prove); }; });
}

void AddRecordCommands(CLI::App& app, Arguments& args) {
  CLI::App& record = *app.add_subcommand(
      "record", "For centre staff: records of this centre, over the node's own socket");
  record.require_subcommand(1);
  CLI::App& take = *record.add_subcommand("import",
                                          "Take plain CSV files (patients, consents, conditions, "
                                          "episodes, infusions, visits, events): all or nothing");
  take.add_option("files", args.records.files, "CSV files, named by their table")->required();
  take.add_option("--socket", args.records.socket, "Unix socket of the node")->required();
  take.add_option("--system", args.records.system,
                  "Name of the system that the record numbers come from")
      ->required();
  take.add_flag("--new-system", args.records.new_system,
                "The name of --system is meant to be new here; its patients are new ones");
  take.add_flag("--dry-run", args.records.dry_run, "Check everything, write nothing");
  take.add_flag("--leave-out-bad-patients", args.records.leave_out_bad_patients,
                "Leave out whole patients with errors instead of refusing the files");
  take.footer(
      "The report names file, line, column and rule of every bad value. The same files again "
      "change\n"
      "nothing: rows are known by their record number in --system. Columns and words: "
      "docs/import.md.\n"
      "Example: perdura record import --socket node.sock --system clinic patients.csv visits.csv");
  take.callback(
      [&args] { args.work = [&args] { return perdura::cli::RecordImport(args.records); }; });

  CLI::App& status =
      *record.add_subcommand("status", "Charter in force here, own budget lines, questions seen");
  status.add_option("--socket", args.records.socket, "Unix socket of the node")->required();
  status.callback(
      [&args] { args.work = [&args] { return perdura::cli::RecordStatus(args.records.socket); }; });
}

// What `preview` and `ask` share: the question.
void AddQuestionOptions(CLI::App& command, QuestionOptions& question) {
  command
      .add_option("--endpoint", question.endpoint,
                  "What is measured, e.g. overall-survival; `perdura describe` lists them")
      ->required();
  command.add_option("--cohort", question.cohort,
                     "attribute=category,category; several narrow the cohort");
  command.add_option("--by", question.by, "Attribute whose categories form the groups");
  command
      .add_option("--products", question.products,
                  "Product ids; default: all that you may ask about")
      ->delimiter(',');
  command.add_option("--cut", question.cut, "Data cut; default: the one that is open");
  command.add_option("--grid", question.grid, "Time grid; default: the charter's first");
  command
      .add_option("--law", question.law,
                  "Noise law and budget: default (discrete Gaussian, rho) or flagship (discrete\n"
                  "Laplace, pure epsilon; for a handful of releases a year)")
      ->check(CLI::IsMember({"default", "flagship"}));
  command.add_option("--charge", question.charge,
                     "Price under the default law: rho(2, 1e-6), units(n), or a fraction of the\n"
                     "default such as 1/4");
  command.add_option(
      "--epsilon", question.epsilon,
      "Price under the flagship law: 1/8, 1/4, 1/2, 3/4, 1, 3/2 or 2, times the rows\n"
      "that one patient changes (`perdura describe` lists the prices)");
  command.add_flag("--cross-border", question.cross_border,
                   "Count only consents that allow other countries");
  command
      .add_option("--expect-n", question.expect_n,
                  "Patients that you expect in one group, for the precision")
      ->check(CLI::PositiveNumber);
}

// What `ask` and `releases` share: how a result is shown and kept.
void AddResultOptions(CLI::App& command, QuestionOptions& question) {
  command
      .add_option("--landmarks", question.landmarks,
                  "Months at which survival is wanted besides the grid")
      ->delimiter(',');
  command
      .add_option(
          "--decoder", question.decoder,
          "How a noised table becomes a curve: plain, or smoothed (hazards change gradually:\n"
          "smaller errors in small cohorts, larger ones where hazards jump)")
      ->check(CLI::IsMember({"plain", "smoothed"}));
  command.add_option("--format", question.format, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}));
  command.add_option("--out", question.out,
                     "Folder for the CSV files and the .release file; it is made");
}

void AddCanaryOptions(CLI::App& command, CanaryOptions& canary) {
  command
      .add_option("--endpoint", canary.endpoint,
                  "Event endpoint whose table is used, e.g. "
                  "overall-survival")
      ->required();
  command.add_option("--grid", canary.grid, "Time grid; default: the charter's first");
  command.add_option("--cut", canary.cut, "Data cut; default: the one that is open");
  command.add_option("--product", canary.product,
                     "Product of class canary; default: the charter's only one");
  command.add_option("--ask", canary.ask, "New rounds to run first; default: none")
      ->check(CLI::Range(0, 1000));
  command.add_option("--newest", canary.newest, "How many of the newest rounds are tested")
      ->check(CLI::Range(2, 200));
  command
      .add_option("--false-alarm", canary.false_alarm,
                  "Probability that a test of the right noise fails")
      ->check(CLI::Range(1e-9, 0.4));
  command.footer(
      "Finds faults, not malice: a dealer that lies can tell a canary round from a question.\n"
      "Nothing is charged. Exit code 1 where a check fails. docs/privacy/canary.md\n"
      "Example: perdura canary --endpoint overall-survival --ask 10");
}

void AddAnalystCommands(CLI::App& app, Arguments& args) {
  QuestionOptions& question = args.question;
  // Also after the command's name.
  app.fallthrough();
  app.add_option("--home", question.home, "Folder with profile.txtpb of the analyst")
      ->envname("PERDURA_HOME");
  const auto add = [&](const char* name, const char* help, Work work) -> CLI::App& {
    CLI::App& command = *app.add_subcommand(name, help);
    command.callback([&args, work] { args.work = work; });
    return command;
  };
  add("describe", "What may be asked: endpoints, products, cuts, attributes, price",
      [&question] { return perdura::cli::Describe(question.home); });
  CLI::App& releases =
      add("releases", "Releases that are open to you, newest first; with an id: one of them, free",
          [&args] {
            return args.release.empty() ? perdura::cli::ListReleases(args.question.home)
                                        : perdura::cli::ShowRelease(args.question, args.release);
          });
  CLI::Option& release = *releases.add_option("release", args.release, "Release id, 64 hex digits");
  AddResultOptions(releases, question);
  for (const char* name : {"--landmarks", "--decoder", "--format", "--out"}) {
    releases.get_option(name)->needs(&release);
  }
  add("budget", "What is spent and left, and your attempts",
      [&question] { return perdura::cli::ShowBudget(question.home); });
  CLI::App& canary =
      add("canary", "Rounds over generated patients: is the stewards' noise what it should be?",
          [&args] {
            args.canary.home = args.question.home;
            return perdura::cli::TestCanaries(args.canary);
          });
  AddCanaryOptions(canary, args.canary);
  CLI::App& preview =
      add("preview", "Price and predicted precision of a question; spends nothing",
          [&args] { return perdura::cli::PreviewQuestion(args.question, args.preview); });
  AddQuestionOptions(preview, question);
  preview
      .add_option("--releases-left", args.preview.releases_left,
                  "Releases that the year's budget must still serve, this one included;\n"
                  "default: as many as the default charge buys from its cap")
      ->check(CLI::Range(1, kMostReleases));
  preview.add_flag("--year-plan", args.preview.year_plan,
                   "Also how many releases the year's caps hold, by cohort size and law");
  preview
      .add_option(
          "--target-width", args.preview.target_width,
          "Instead of a price: the width that the 95 % interval of S at the last month (of\n"
          "a proportion, of a mean) shall have at most, such as 0.05; gives the smallest\n"
          "charge")
      ->check(CLI::PositiveNumber);
  preview.footer(
      "The noise on S and its part of the interval follow from the plan and the charter; no data "
      "are\n"
      "read. Without --expect-n the charter's planned numbers are used.");
  CLI::App& ask = add("ask", "Ask, wait, check the answer, and print it",
                      [&question] { return perdura::cli::AskQuestion(question); });
  AddQuestionOptions(ask, question);
  ask.get_option("--endpoint")->required(false);
  ask.add_flag("--accept-noise", question.accept_noise,
               "Ask although the preview finds the answer too imprecise");
  ask.add_flag("--again", question.again,
               "Draw anew what a stored release answers: new noise, new charge");
  ask.add_option("--resume", question.resume,
                 "Question id of an earlier ask: send the same signed bytes again");
  AddResultOptions(ask, question);
  ask.footer(
      "A plan that was released already, or follows from a release (a coarser grid, a sum over "
      "groups),\n"
      "is answered from the store: the same bytes, price 0.\n"
      "A charge is never refunded. If the connection breaks, --resume sends the same question "
      "again,\n"
      "which costs nothing more.\n"
      "Example: perdura ask --endpoint overall-survival --cohort disease=aml --out results");
}

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
  Arguments args;
  AddCharterCommands(app, args);
  AddOtherCommands(app, args);
  AddRebaseCommands(app, args);
  AddAuditCommands(app, args);
  AddRecordCommands(app, args);
  AddAnalystCommands(app, args);
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
