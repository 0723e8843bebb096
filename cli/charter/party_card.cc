#include "cli/charter/party_card.h"

#include <set>
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

// A key may stand twice nowhere.
absl::Status CheckDistinct(const PartyCard& card) {
  std::set<std::string> seen;
  for (const std::string& key : {card.sign_key, card.tls_pin, card.log_key, card.cosign_key}) {
    if (!key.empty() && !seen.insert(key).second) return BadCard("two of its keys are the same");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> HexOf32(absl::string_view line, absl::string_view what) {
  const auto bytes = base::HexDecode(line);
  if (bytes.ok() && bytes->size() == 32) return *bytes;
  return BadCard(absl::StrCat(what, " must have 64 lower-case hex digits"));
}

}  // namespace

std::string PrintPartyCard(const PartyCard& card) {
  return base::Text({kCardTitle, card.id, base::HexEncode(card.sign_key),
                     base::HexEncode(card.tls_pin), base::HexEncode(card.log_key),
                     base::HexEncode(card.cosign_key)});
}

absl::StatusOr<PartyCard> ParsePartyCard(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() != 7 || !lines[6].empty()) return BadCard("six lines expected");
  if (lines[0] != kCardTitle) return BadCard(absl::StrCat("line 1 must be ", kCardTitle));
  if (!base::IsName(lines[1])) return BadCard("line 2, the id, must be [a-z0-9._-]{1,40}");
  PartyCard card;
  card.id = std::string(lines[1]);
  PERDURA_ASSIGN_OR_RETURN(card.sign_key, HexOf32(lines[2], "line 3, the sign key,"));
  PERDURA_ASSIGN_OR_RETURN(card.tls_pin, HexOf32(lines[3], "line 4, the TLS pin,"));
  if (!lines[4].empty()) {
    PERDURA_ASSIGN_OR_RETURN(card.log_key, HexOf32(lines[4], "line 5, the log key,"));
  }
  if (!lines[5].empty()) {
    PERDURA_ASSIGN_OR_RETURN(card.cosign_key, HexOf32(lines[5], "line 6, the cosign key,"));
  }
  PERDURA_RETURN_IF_ERROR(CheckDistinct(card));
  return card;
}

}  // namespace perdura::cli
