#include "cli/commands/charter.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/files.h"
#include "base/rpc/tls.h"
#include "base/status_macros.h"
#include "cli/charter/diff_charters.h"
#include "cli/charter/fill_charter.h"
#include "cli/charter/party_card.h"
#include "cli/commands/evidence_files.h"
#include "cli/commands/key_files.h"
#include "cli/user_file.h"
#include "federation/charter.h"
#include "federation/charter_chain.h"
#include "federation/envelope.h"
#include "google/protobuf/text_format.h"
#include "query/plan.h"
#include "query/planned_releases.h"
#include "query/round_terms.h"

namespace perdura::cli {
namespace {

using federation::MessageType;

constexpr size_t kCharterFileLimit = 512 * 1024;
constexpr size_t kTextFileLimit = 256 * 1024;

absl::StatusOr<v1::Envelope> ReadCharterFile(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(const std::string bytes, ReadUserFile(path, kCharterFileLimit));
  v1::Envelope envelope;
  if (!envelope.ParseFromString(bytes) ||
      envelope.payload_type() != federation::PayloadType(MessageType::kCharter)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": no charter file; `perdura charter build` makes one from a draft"));
  }
  return envelope;
}

absl::StatusOr<v1::Charter> ReadCharterPayload(const std::string& path) {
  PERDURA_ASSIGN_OR_RETURN(const v1::Envelope envelope, ReadCharterFile(path));
  v1::Charter charter;
  PERDURA_RETURN_IF_ERROR(federation::ParseStrictly(envelope.payload(), charter));
  return charter;
}

absl::StatusOr<std::string> TlsPin(const PartyInitOptions& options) {
  if (!options.tls_cert.empty()) {
    PERDURA_ASSIGN_OR_RETURN(const std::string pem, ReadUserFile(options.tls_cert, kTextFileLimit));
    return base::SpkiPin(pem);
  }
  auto pin = base::HexDecode(options.tls_pin);
  if (pin.ok() && pin->size() == 32) return pin;
  return absl::InvalidArgumentError(
      "--tls-cert FILE, or --tls-pin with 64 hex digits, SHA-256 of the certificate's subject "
      "public key info");
}

// Makes a key file; returns the public half.
absl::StatusOr<std::string> MakeKey(const std::string& dir, absl::string_view name) {
  PERDURA_ASSIGN_OR_RETURN(const crypto::SigningKey key, MakeKeyFile(absl::StrCat(dir, "/", name)));
  return key.public_key();
}

absl::StatusOr<std::vector<PartyCard>> ReadCards(const std::vector<std::string>& paths) {
  std::vector<PartyCard> cards;
  for (const std::string& path : paths) {
    PERDURA_ASSIGN_OR_RETURN(const std::string text, ReadUserFile(path, kTextFileLimit));
    PERDURA_ASSIGN_OR_RETURN(PartyCard card, ParsePartyCard(text));
    cards.push_back(std::move(card));
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
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(options.out, text, 0644));
  return absl::StrCat("wrote ", options.out, ": ", options.threshold, " of ", pin.keys.size(),
                      " keys must sign the first charter\n");
}

absl::StatusOr<std::string> CharterBuild(const CharterBuildOptions& options) {
  FillOptions fill;
  fill.now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  PERDURA_ASSIGN_OR_RETURN(fill.pin, ReadPin(options.pin));
  if (!options.previous.empty()) {
    PERDURA_ASSIGN_OR_RETURN(const v1::Envelope previous, ReadCharterFile(options.previous));
    PERDURA_ASSIGN_OR_RETURN(fill.previous, federation::Charter::Create(previous.payload()));
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
  PERDURA_ASSIGN_OR_RETURN(const v1::Charter charter, FillCharter(draft, cards, fill));
  v1::Envelope envelope;
  envelope.set_payload(CharterPayload(charter));
  PERDURA_ASSIGN_OR_RETURN(const auto checked, federation::Charter::Create(envelope.payload()));
  PERDURA_RETURN_IF_ERROR(query::CheckPlannedReleases(*checked));
  envelope.set_payload_type(std::string(federation::PayloadType(MessageType::kCharter)));
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(options.out, envelope.SerializeAsString(), 0644));
  return absl::StrCat(
      "charter ", charter.version(), " of ", charter.federation(), " built: ", options.out, "\n",
      charter.authority_threshold(), " of ", charter.authority_keys_size(),
      " authority keys have to sign it: perdura charter sign ", options.out, " --key FILE\n");
}

absl::StatusOr<std::string> CharterSign(const std::string& file,
                                        const std::vector<std::string>& keys) {
  PERDURA_ASSIGN_OR_RETURN(v1::Envelope envelope, ReadCharterFile(file));
  PERDURA_RETURN_IF_ERROR(federation::Charter::Create(envelope.payload()).status());
  PERDURA_ASSIGN_OR_RETURN(std::string text, SignWithKeyFiles(keys, file, envelope));
  PERDURA_RETURN_IF_ERROR(base::WriteFileAtomic(file, envelope.SerializeAsString(), 0644));
  return text;
}

absl::StatusOr<std::string> CharterShow(const std::string& file) {
  PERDURA_ASSIGN_OR_RETURN(const v1::Charter charter, ReadCharterPayload(file));
  std::string text;
  google::protobuf::TextFormat::PrintToString(charter, &text);
  return text;
}

absl::StatusOr<std::string> CharterDiff(const std::string& before, const std::string& after) {
  PERDURA_ASSIGN_OR_RETURN(const v1::Charter old, ReadCharterPayload(before));
  PERDURA_ASSIGN_OR_RETURN(const v1::Charter changed, ReadCharterPayload(after));
  const std::string difference = DiffCharters(old, changed);
  return difference.empty() ? "nothing changes\n" : difference;
}

absl::StatusOr<std::string> PartyInit(const PartyInitOptions& options) {
  if (!base::IsName(options.id)) {
    return absl::InvalidArgumentError("--id: a name is [a-z0-9._-]{1,40}");
  }
  const bool member = options.role == "member";
  if (!member && options.role != "aggregator" && options.role != "analyst") {
    return absl::InvalidArgumentError("--role: member, aggregator or analyst");
  }
  PartyCard card;
  card.id = options.id;
  PERDURA_ASSIGN_OR_RETURN(card.tls_pin, TlsPin(options));
  PERDURA_ASSIGN_OR_RETURN(card.sign_key, MakeKey(options.dir, "sign.key"));
  if (options.role != "analyst") {
    PERDURA_ASSIGN_OR_RETURN(card.log_key, MakeKey(options.dir, "log.key"));
  }
  if (member) {
    PERDURA_ASSIGN_OR_RETURN(card.cosign_key, MakeKey(options.dir, "cosign.key"));
  }
  PERDURA_RETURN_IF_ERROR(
      base::WriteFileAtomic(absl::StrCat(options.dir, "/party.card"), PrintPartyCard(card), 0644));
  return absl::StrCat("party ", options.id, ": the *.key files in ", options.dir,
                      " stay here; give ", options.dir, "/party.card to the authority\n");
}

absl::StatusOr<std::string> PartyPsk(const PartyPskOptions& options) {
  if (!base::IsName(options.id) || !base::IsName(options.steward)) {
    return absl::InvalidArgumentError("--id, --with: a name is [a-z0-9._-]{1,40}");
  }
  const std::string name = absl::StrCat(options.id, "@", options.steward, ".psk");
  const std::string path = absl::StrCat(options.dir, "/", name);
  PERDURA_RETURN_IF_ERROR(MakeSecretFile(path));
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
  PERDURA_ASSIGN_OR_RETURN(const federation::AuthorityPin pin, ReadPin(pin_file));
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
