#include "aggregator/callers.h"

#include <optional>

namespace perdura::aggregator {
namespace {

std::optional<base::Party> PinnedParty(const v1::Charter& charter, absl::string_view pin) {
  if (pin.empty()) return std::nullopt;
  for (const v1::Member& member : charter.members()) {
    if (member.tls_pin() == pin) {
      return base::Party{charter.federation(), std::string(kMemberRole), member.id()};
    }
  }
  for (const v1::Analyst& analyst : charter.analysts()) {
    if (analyst.tls_pin() == pin) {
      return base::Party{charter.federation(), std::string(kAnalystRole), analyst.id()};
    }
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::string> CallerId(const base::Peer& peer, absl::string_view role,
                                     const federation::CharterChain& chain, absl::Time now) {
  const auto charter = chain.current();
  return peer.IdInRole(
      role,
      [&charter](absl::string_view pin) {
        return charter == nullptr ? std::nullopt : PinnedParty(charter->proto(), pin);
      },
      now);
}

absl::StatusOr<std::string> MemberId(const base::Peer& peer, const RoundDesk& desk,
                                     absl::Time now) {
  const auto charter = desk.chain().current();
  const auto before = desk.CharterOfOpenRounds();
  return peer.IdInRole(
      kMemberRole,
      [&](absl::string_view pin) {
        auto party = charter == nullptr ? std::nullopt : PinnedParty(charter->proto(), pin);
        if (party.has_value() || before == nullptr) return party;
        return PinnedParty(before->proto(), pin);
      },
      now);
}

}  // namespace perdura::aggregator
