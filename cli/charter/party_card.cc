#include "cli/charter/party_card.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/canonical_text.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace perdura::cli {
namespace {

constexpr absl::string_view kCardTitle = "perdura/party/v1";

absl::Status BadCard(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                      absl::StrCat("party card: ", what,
                                   "; the party writes a new card with `perdura party init`"));
}

absl::StatusOr<std::string> HexOf32(absl::string_view line, absl::string_view what) {
  const auto bytes = base::HexDecode(line);
  if (bytes.ok() && bytes->size() == 32) return *bytes;
  return BadCard(absl::StrCat(what, " must have 64 lower-case hex digits"));
}

}  // namespace

std::string PrintPartyCard(const PartyCard& card) {
  return base::Text(
      {kCardTitle, card.id, base::HexEncode(card.sign_key), base::HexEncode(card.tls_pin)});
}

absl::StatusOr<PartyCard> ParsePartyCard(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() != 5 || !lines[4].empty()) return BadCard("four lines expected");
  if (lines[0] != kCardTitle) return BadCard(absl::StrCat("line 1 must be ", kCardTitle));
  if (!base::IsName(lines[1])) return BadCard("line 2, the id, must be [a-z0-9._-]{1,40}");
  PartyCard card;
  card.id = std::string(lines[1]);
  PERDURA_ASSIGN_OR_RETURN(card.sign_key, HexOf32(lines[2], "line 3, the sign key,"));
  PERDURA_ASSIGN_OR_RETURN(card.tls_pin, HexOf32(lines[3], "line 4, the TLS pin,"));
  if (card.sign_key == card.tls_pin) return BadCard("sign key and TLS pin are the same");
  return card;
}

}  // namespace perdura::cli
