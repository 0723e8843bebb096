#include "cli/options/arguments.h"

namespace perdura::cli {

void AddPartyCommands(CLI::App& app, Arguments& args) {
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
  init.callback([&args] { args.work = [&args] { return PartyInit(args.party); }; });

  CLI::App& psk = *party.add_subcommand(
      "psk", "Make the secret that a node shares with a steward (charter: hpke_mode PSK)");
  psk.add_option("--id", args.psk.id, "The node, or the steward that deals noise")->required();
  psk.add_option("--with", args.psk.steward, "The steward that will open")->required();
  psk.add_option("--dir", args.psk.dir, "psk_dir of the node: gets NODE@STEWARD.psk")->required();
  psk.footer(
      "One for each (node, steward), a steward's own deals to itself included. Hand it over "
      "yourself.");
  psk.callback([&args] { args.work = [&args] { return PartyPsk(args.psk); }; });
}

}  // namespace perdura::cli
