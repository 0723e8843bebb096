#include "cli/options/arguments.h"

namespace perdura::cli {
namespace {

constexpr char kAuthorityHelp[] =
    "Whose keys have to sign, where these change: the charter before, for version 1 the pin";

}  // namespace

void AddCharterCommands(CLI::App& app, Arguments& args) {
  CLI::App& charter = *app.add_subcommand(
      "charter",
      "The file that says everything public about a federation: build, sign, show, compare");
  charter.require_subcommand(1);

  CLI::App& keygen = *charter.add_subcommand("keygen", "Make an authority key, to be kept offline");
  keygen.add_option("--out", args.out, "File of the private key; FILE.pub gets the public one")
      ->required();
  keygen.callback([&args] { args.work = [&args] { return CharterKeygen(args.out); }; });

  CLI::App& pin = *charter.add_subcommand(
      "pin", "Write down who may sign the first charter: what every party pins");
  pin.add_option("--federation", args.charter_pin.federation, "Name of the federation")->required();
  pin.add_option("--threshold", args.charter_pin.threshold, "How many keys must sign")->required();
  pin.add_option("--key", args.charter_pin.keys, "Public key files")->required();
  pin.add_option("--out", args.charter_pin.out, "File to write")->required();
  pin.callback([&args] { args.work = [&args] { return CharterPin(args.charter_pin); }; });

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
  build.callback([&args] { args.work = [&args] { return CharterBuild(args.build); }; });

  CLI::App& sign = *charter.add_subcommand("sign", "Add the signatures of authority keys");
  sign.add_option("file", args.file, "Charter file")->required();
  sign.add_option("--key", args.keys, "Private key files")->required();
  sign.add_option("--authority", args.authority, kAuthorityHelp);
  sign.callback([&args] {
    args.work = [&args] { return CharterSign(args.file, args.keys, args.authority); };
  });

  CLI::App& show = *charter.add_subcommand("show", "Print a charter as text, and who signed it");
  show.add_option("file", args.file, "Charter file")->required();
  show.add_option("--authority", args.authority, kAuthorityHelp);
  show.callback(
      [&args] { args.work = [&args] { return CharterShow(args.file, args.authority); }; });

  CLI::App& checkpoints = *charter.add_subcommand(
      "checkpoints", "Collect the newest checkpoint of every party, for a change of stewards");
  checkpoints
      .add_option("databases", args.checkpoints.databases,
                  "Copies of the aggregator's and of stewards' databases")
      ->required();
  checkpoints.add_option("--authority", args.checkpoints.pin, "Authority pin")->required();
  checkpoints.add_option("--out", args.checkpoints.out, "File to write")->required();
  checkpoints.callback(
      [&args] { args.work = [&args] { return CharterCheckpoints(args.checkpoints); }; });

  CLI::App& diff = *charter.add_subcommand("diff", "What one charter changes against another");
  diff.add_option("before", args.file, "Charter file")->required();
  diff.add_option("after", args.other_file, "Charter file")->required();
  diff.callback(
      [&args] { args.work = [&args] { return CharterDiff(args.file, args.other_file); }; });
}

}  // namespace perdura::cli
