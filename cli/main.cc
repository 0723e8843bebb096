// perdura: the command line. Options are declared here, work is done in commands/.

#include <cstdio>
#include <functional>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/commands/charter.h"
#include "crypto/init.h"

namespace {

using perdura::cli::CharterBuildOptions;
using perdura::cli::CharterPinOptions;
using perdura::cli::PartyInitOptions;

using Work = std::function<absl::StatusOr<std::string>()>;

// Everything that options are parsed into. Lives as long as the parser.
struct Arguments {
  std::string out, file, other_file, pin;
  std::vector<std::string> keys;
  CharterPinOptions charter_pin;
  CharterBuildOptions build;
  PartyInitOptions party;
  Work work;
};

void AddCharterCommands(CLI::App& app, Arguments& args) {
  CLI::App& charter = *app.add_subcommand(
      "charter", "The file that says everything public about a federation: build, sign, show, compare");
  charter.require_subcommand(1);

  CLI::App& keygen = *charter.add_subcommand("keygen", "Make an authority key, to be kept offline");
  keygen.add_option("--out", args.out, "File of the private key; FILE.pub gets the public one")->required();
  keygen.callback([&args] { args.work = [&args] { return perdura::cli::CharterKeygen(args.out); }; });

  CLI::App& pin = *charter.add_subcommand("pin", "Write down who may sign the first charter: what every party pins");
  pin.add_option("--federation", args.charter_pin.federation, "Name of the federation")->required();
  pin.add_option("--threshold", args.charter_pin.threshold, "How many keys must sign")->required();
  pin.add_option("--key", args.charter_pin.keys, "Public key files")->required();
  pin.add_option("--out", args.charter_pin.out, "File to write")->required();
  pin.callback([&args] { args.work = [&args] { return perdura::cli::CharterPin(args.charter_pin); }; });

  CLI::App& build = *charter.add_subcommand(
      "build", "Make a charter from a draft: strategies, units, keys and hashes are filled in and checked");
  build.add_option("draft", args.build.draft, "Draft: protobuf text of a charter")->required();
  build.add_option("--pin", args.build.pin, "Authority pin (perdura charter pin)")->required();
  build.add_option("--card", args.build.cards, "Party cards (perdura party init)");
  build.add_option("--previous", args.build.previous, "Charter that this one follows");
  build.add_option("--known-at", args.build.known_at, "K of new data cuts, as 2026-07-01T00:00:00Z");
  build.add_option("--out", args.build.out, "File to write")->required();
  build.callback([&args] { args.work = [&args] { return perdura::cli::CharterBuild(args.build); }; });

  CLI::App& sign = *charter.add_subcommand("sign", "Add the signatures of authority keys");
  sign.add_option("file", args.file, "Charter file")->required();
  sign.add_option("--key", args.keys, "Private key files")->required();
  sign.callback([&args] { args.work = [&args] { return perdura::cli::CharterSign(args.file, args.keys); }; });

  CLI::App& show = *charter.add_subcommand("show", "Print a charter as text");
  show.add_option("file", args.file, "Charter file")->required();
  show.callback([&args] { args.work = [&args] { return perdura::cli::CharterShow(args.file); }; });

  CLI::App& diff = *charter.add_subcommand("diff", "What one charter changes against another");
  diff.add_option("before", args.file, "Charter file")->required();
  diff.add_option("after", args.other_file, "Charter file")->required();
  diff.callback([&args] {
    args.work = [&args] { return perdura::cli::CharterDiff(args.file, args.other_file); };
  });
}

void AddOtherCommands(CLI::App& app, Arguments& args) {
  CLI::App& party = *app.add_subcommand("party", "Keys and public card of a member, analyst or aggregator");
  party.require_subcommand(1);
  CLI::App& init = *party.add_subcommand("init", "Make the signing key and the card for the authority");
  init.add_option("--id", args.party.id, "Name of the party in the charter")->required();
  init.add_option("--tls-pin", args.party.tls_pin, "SHA-256 of the TLS certificate's public key, hex")->required();
  init.add_option("--dir", args.party.dir, "Folder for sign.key and party.card")->required();
  init.callback([&args] { args.work = [&args] { return perdura::cli::PartyInit(args.party); }; });

  CLI::App& verify = *app.add_subcommand(
      "verify", "Check a result offline: charter, signatures, certificate, and the stewards' sums once more");
  verify.add_option("file", args.file, "A .release file")->required();
  verify.add_option("--authority", args.pin, "Authority pin of the federation")->required();
  verify.callback([&args] { args.work = [&args] { return perdura::cli::VerifyRelease(args.file, args.pin); }; });
}

}  // namespace

// Exit codes: 0 done, 1 refused or failed, 2 the command line cannot be read.
int main(int argc, char** argv) {
  CLI::App app("perdura: private durability statistics over a federation of treatment centres");
  app.require_subcommand(1);
  Arguments args;
  AddCharterCommands(app, args);
  AddOtherCommands(app, args);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (const absl::Status ready = perdura::crypto::Init(); !ready.ok()) {
    std::fprintf(stderr, "perdura: %s\n", std::string(ready.message()).c_str());
    return 1;
  }
  const absl::StatusOr<std::string> text = args.work();
  if (!text.ok()) {
    std::fprintf(stderr, "perdura: %s\n", std::string(text.status().message()).c_str());
    return 1;
  }
  std::fputs(text->c_str(), stdout);
  return 0;
}
