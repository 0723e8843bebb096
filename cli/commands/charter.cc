#include "cli/commands/charter.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/in_file.h"
#include "base/rpc/tls.h"
#include "base/status_macros.h"
#include "cli/charter/diff_charters.h"
#include "cli/charter/fill_charter.h"
#include "cli/charter/party_card.h"
#include "cli/commands/authority_signatures.h"
#include "cli/commands/checkpoints.h"
#include "cli/commands/evidence_files.h"
#include "cli/commands/key_files.h"
#include "cli/user_file.h"
#include "federation/charter.h"
#include "federation/charter_chain.h"
#include "federation/charter_checkpoints.h"
#include "federation/envelope.h"
#include "federation/party_folder.h"
#include "google/protobuf/text_format.h"
#include "query/plan.h"
#include "query/planned_releases.h"
#include "query/round_terms.h"

namespace perdura::cli {
namespace {

using federation::MessageType;

constexpr size_t kTextFileLimit = 256 * 1024;

// A charter in a file that holds to the rules of charters.
absl::StatusOr<std::shared_ptr<const federation::Charter>> CheckedCharter(
    const std::string& path, const v1::Envelope& envelope) {
  auto charter = federation::Charter::Create(envelope.payload());
  if (!charter.ok()) return base::InFile(path, charter.status());
  return charter;
}

// Who has to sign `charter`: the keys that the charter before names, for version 1 those of the
// pin. Where these change nothing, and no file is given, they are the charter's own.
absl::StatusOr<AuthorityKeys> SignersOf(const v1::Charter& charter,
                                        const std::string& authority_file) {
  if (authority_file.empty()) return AuthorityOf(charter);
  if (charter.version() == 1) {
    PERDURA_ASSIGN_OR_RETURN(const federation::AuthorityPin pin,
                             federation::ReadAuthorityPin(authority_file));
    return AuthorityKeys{.keys = pin.keys, .threshold = pin.threshold};
  }
  PERDURA_ASSIGN_OR_RETURN(const CharterFile before, ReadCharterFile(authority_file));
  if (federation::PayloadId(before.envelope.payload()) == charter.previous_hash()) {
    return AuthorityOf(before.charter);
  }
  return base::InFile(authority_file, absl::InvalidArgumentError(
                                          "this is not the charter that the one to sign follows"));
}

absl::StatusOr<std::string> TlsPin(const PartyInitOptions& options) {
  if (!options.tls_cert.empty()) {
    PERDURA_ASSIGN_OR_RETURN(const std::string pem, ReadUserFile(options.tls_cert, kTextFileLimit));
    auto pin = base::SpkiPin(pem);
    if (!pin.ok()) return base::InFile(options.tls_cert, pin.status());
    return pin;
  }
  auto pin = base::HexDecode(options.tls_pin);
  if (pin.ok() && pin->size() == 32) return pin;
  return absl::InvalidArgumentError(
      "--tls-cert FILE, or --tls-pin with 64 hex digits, SHA-256 of the certificate's subject "
      "public key info");
}

// The key files of a party and where their public halves go on its card.
using PartyKeys = std::vector<std::pair<std::string, std::string*>>;

PartyKeys KeysOf(const PartyInitOptions& options, PartyCard& card) {
  PartyKeys keys = {{options.dir + "/sign.key", &card.sign_key}};
  if (options.role != "analyst") keys.emplace_back(options.dir + "/log.key", &card.log_key);
  if (options.role == "member") keys.emplace_back(options.dir + "/cosign.key", &card.cosign_key);
  return keys;
}

// Looks at every name before it makes a key, so that a refusal leaves no half of a party behind.
absl::Status MakeKeys(const PartyKeys& keys) {
  for (const auto& [path, half] : keys) PERDURA_RETURN_IF_ERROR(CheckNewKeyFile(path));
  for (const auto& [path, half] : keys) {
    PERDURA_ASSIGN_OR_RETURN(const crypto::SigningKey key, MakeKeyFile(path));
    *half = key.public_key();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PartyCard>> ReadCards(const std::vector<std::string>& paths) {
  std::vector<PartyCard> cards;
  for (const std::string& path : paths) {
    PERDURA_ASSIGN_OR_RETURN(const std::string text, ReadUserFile(path, kTextFileLimit));
    auto card = ParsePartyCard(text);
    if (!card.ok()) return base::InFile(path, card.status());
    cards.push_back(*std::move(card));
  }
  return cards;
}

}  // namespace

absl::StatusOr<std::string> CharterKeygen(const std::string& out) {
  PERDURA_ASSIGN_OR_RETURN(const crypto::SigningKey key, MakeKeyFile(out));
  return absl::StrCat("authority key ", base::HexEncode(key.public_key()), "\nkeep ", out,
                      " offline; give ", out, ".pub to whoever pins the federation\n");
}

absl::StatusOr<std::string> CharterPin(const CharterPinOptions& options) {
  federation::AuthorityPin pin{options.federation, options.threshold, {}};
  for (const std::string& path : options.keys) {
    PERDURA_ASSIGN_OR_RETURN(std::string key, ReadPublicKeyFile(path));
    pin.keys.push_back(std::move(key));
  }
  const std::string text = federation::PrintAuthorityPin(pin);
  PERDURA_RETURN_IF_ERROR(federation::ParseAuthorityPin(text).status());
  PERDURA_RETURN_IF_ERROR(WriteUserFile(options.out, text));
  return absl::StrCat("wrote ", options.out, ": ", options.threshold, " of ", pin.keys.size(),
                      " keys must sign the first charter\n");
}

absl::StatusOr<std::string> CharterBuild(const CharterBuildOptions& options) {
  FillOptions fill;
  fill.now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  PERDURA_ASSIGN_OR_RETURN(fill.pin, federation::ReadAuthorityPin(options.pin));
  if (!options.previous.empty()) {
    PERDURA_ASSIGN_OR_RETURN(const CharterFile previous, ReadCharterFile(options.previous));
    PERDURA_ASSIGN_OR_RETURN(fill.previous, CheckedCharter(options.previous, previous.envelope));
  }
  if (!options.known_at.empty()) {
    absl::Time known_at;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_sec, options.known_at, &known_at, &error)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--known-at: ", error, "; write it as 2026-07-01T00:00:00Z"));
    }
    fill.known_at = known_at;
  }
  PERDURA_ASSIGN_OR_RETURN(const std::string draft, ReadUserFile(options.draft, kTextFileLimit));
  PERDURA_ASSIGN_OR_RETURN(const std::vector<PartyCard> cards, ReadCards(options.cards));
  PERDURA_ASSIGN_OR_RETURN(v1::Charter charter, FillCharter(draft, cards, fill));
  if (!options.checkpoints.empty()) {
    PERDURA_RETURN_IF_ERROR(AddCheckpoints(options.checkpoints, charter));
  }
  v1::Envelope envelope;
  envelope.set_payload(CharterPayload(charter));
  PERDURA_ASSIGN_OR_RETURN(const auto checked, federation::Charter::Create(envelope.payload()));
  PERDURA_RETURN_IF_ERROR(query::CheckPlannedReleases(*checked));
  if (fill.previous != nullptr) {
    PERDURA_RETURN_IF_ERROR(federation::CheckCheckpoints(*fill.previous, *checked));
  }
  envelope.set_payload_type(std::string(federation::PayloadType(MessageType::kCharter)));
  PERDURA_RETURN_IF_ERROR(WriteUserFile(options.out, envelope.SerializeAsString()));
  return absl::StrCat(
      "charter ", charter.version(), " of ", charter.federation(), " built: ", options.out, "\n",
      charter.authority_threshold(), " of ", charter.authority_keys_size(),
      " authority keys have to sign it: perdura charter sign ", options.out, " --key FILE\n");
}

absl::StatusOr<std::string> CharterSign(const std::string& file,
                                        const std::vector<std::string>& keys,
                                        const std::string& authority_file) {
  PERDURA_ASSIGN_OR_RETURN(CharterFile read, ReadCharterFile(file));
  PERDURA_RETURN_IF_ERROR(CheckedCharter(file, read.envelope).status());
  PERDURA_ASSIGN_OR_RETURN(const AuthorityKeys signers, SignersOf(read.charter, authority_file));
  PERDURA_ASSIGN_OR_RETURN(std::string text, SignWithKeyFiles(keys, signers, file, read.envelope));
  PERDURA_RETURN_IF_ERROR(WriteUserFile(file, read.envelope.SerializeAsString()));
  return text;
}

absl::StatusOr<std::string> CharterShow(const std::string& file,
                                        const std::string& authority_file) {
  PERDURA_ASSIGN_OR_RETURN(const CharterFile read, ReadCharterFile(file));
  PERDURA_ASSIGN_OR_RETURN(const AuthorityKeys signers, SignersOf(read.charter, authority_file));
  std::string text;
  google::protobuf::TextFormat::PrintToString(read.charter, &text);
  return absl::StrCat(text, "# ", ShowSignatures(read.envelope, signers), "\n");
}

absl::StatusOr<std::string> CharterDiff(const std::string& before, const std::string& after) {
  PERDURA_ASSIGN_OR_RETURN(const CharterFile old, ReadCharterFile(before));
  PERDURA_ASSIGN_OR_RETURN(const CharterFile changed, ReadCharterFile(after));
  const std::string difference = DiffCharters(old.charter, changed.charter);
  if (!difference.empty()) return difference;
  if (old.envelope.payload() == changed.envelope.payload()) return "nothing changes\n";
  return "every field says the same, but the bytes differ: another charter to those who signed\n";
}

absl::StatusOr<std::string> PartyInit(const PartyInitOptions& options) {
  if (!base::IsName(options.id)) {
    return absl::InvalidArgumentError("--id: a name is [a-z0-9._-]{1,40}");
  }
  if (options.role != "member" && options.role != "aggregator" && options.role != "analyst") {
    return absl::InvalidArgumentError("--role: member, aggregator or analyst");
  }
  PartyCard card;
  card.id = options.id;
  PERDURA_ASSIGN_OR_RETURN(card.tls_pin, TlsPin(options));
  PERDURA_RETURN_IF_ERROR(MakeKeys(KeysOf(options, card)));
  PERDURA_RETURN_IF_ERROR(WriteUserFile(options.dir + "/party.card", PrintPartyCard(card)));
  return absl::StrCat("party ", options.id, ": the *.key files in ", options.dir,
                      " stay here; give ", options.dir, "/party.card to the authority\n");
}

absl::StatusOr<std::string> PartyPsk(const PartyPskOptions& options) {
  if (!base::IsName(options.id) || !base::IsName(options.steward)) {
    return absl::InvalidArgumentError("--id, --with: a name is [a-z0-9._-]{1,40}");
  }
  const std::string name = absl::StrCat(options.id, "@", options.steward, ".psk");
  const std::string path = absl::StrCat(options.dir, "/", name);
  PERDURA_RETURN_IF_ERROR(MakePairSecretFile(path));
  if (options.id == options.steward) {
    return absl::StrCat("made ", path, ": what ", options.id,
                        " deals to itself; it stays in this psk_dir\n");
  }
  return absl::StrCat("made ", path, ": the secret of node ", options.id, " with steward ",
                      options.steward, "\nGive ", options.steward,
                      " a copy by hand or over a channel that a quantum computer cannot open "
                      "later, never by\nmail: it goes into its psk_dir as ",
                      name, ", mode 0600. Both sides restart to read it.\n");
}

absl::StatusOr<std::string> VerifyRelease(const std::string& file, const std::string& pin_file) {
  PERDURA_ASSIGN_OR_RETURN(const federation::AuthorityPin pin,
                           federation::ReadAuthorityPin(pin_file));
  PERDURA_ASSIGN_OR_RETURN(const federation::OpenedBundle opened, OpenReleaseFile(file, pin));
  std::string text;
  for (const std::string& check : opened.checks) absl::StrAppend(&text, "ok  ", check, "\n");
  for (const v1::Sibling& sibling : opened.release.siblings()) {
    absl::StrAppend(&text, "    sibling ", base::HexEncode(sibling.manifest_hash()), "  ",
                    sibling.end_state(), "\n");
  }
  absl::StrAppend(&text, "release ", base::HexEncode(opened.release_id), " is genuine\n");
  return text;
}

}  // namespace perdura::cli
