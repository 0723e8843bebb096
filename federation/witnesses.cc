#include "federation/witnesses.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace perdura::federation {
namespace {

std::string PublicLogKey(const Charter& charter, absl::string_view party) {
  if (charter.proto().aggregator().id() == party) return charter.proto().aggregator().log_key();
  const v1::Member* const member = charter.FindMember(party);
  return member == nullptr ? std::string() : member->log_key();
}

}  // namespace

uint64_t GenerationOf(const Generations& generations, absl::string_view party) {
  const auto found = generations.find(party);
  return found == generations.end() ? 1 : found->second;
}

log::LogOrigin OriginOf(absl::string_view federation, absl::string_view party,
                        const Generations& generations) {
  return {.federation = std::string(federation),
          .party = std::string(party),
          .generation = GenerationOf(generations, party)};
}

std::string WitnessName(absl::string_view federation, absl::string_view steward) {
  return absl::StrCat(federation, "/", steward);
}

absl::StatusOr<log::NoteKey> LogKeyOf(const Charter& charter, absl::string_view party,
                                      const Generations& generations) {
  return LogKeyOf(charter, OriginOf(charter.proto().federation(), party, generations));
}

absl::StatusOr<log::NoteKey> LogKeyOf(const Charter& charter, const log::LogOrigin& origin) {
  const std::string key = PublicLogKey(charter, origin.party);
  if (key.empty() || origin.federation != charter.proto().federation()) {
    return absl::NotFoundError("the charter has no log key of this party");
  }
  return log::NoteKey::Create(origin.ToText(), log::NoteKeyType::kCheckpoint, key);
}

log::LogKeys LogKeysOf(const Charter& charter, const Generations& generations) {
  log::LogKeys keys;
  const auto add = [&](const std::string& party, const std::string& key) {
    if (key.empty()) return;
    keys.emplace(OriginOf(charter.proto().federation(), party, generations).ToText(), key);
  };
  add(charter.proto().aggregator().id(), charter.proto().aggregator().log_key());
  for (const v1::Member& member : charter.proto().members()) add(member.id(), member.log_key());
  return keys;
}

std::vector<CharterWitness> WitnessesFor(const Charter& charter, absl::string_view party) {
  std::vector<CharterWitness> witnesses;
  for (const std::string& steward : charter.proto().committee().stewards()) {
    if (steward == party) continue;
    auto key = log::NoteKey::Create(WitnessName(charter.proto().federation(), steward),
                                    log::NoteKeyType::kCosignature,
                                    charter.FindMember(steward)->cosign_key());
    if (key.ok()) witnesses.push_back({steward, *std::move(key)});
  }
  return witnesses;
}

std::vector<log::NoteKey> CosignKeysOf(const Charter& charter) {
  std::vector<log::NoteKey> keys;
  for (CharterWitness& witness : WitnessesFor(charter, "")) keys.push_back(std::move(witness.key));
  return keys;
}

int StartQuorum(const Charter& charter, absl::string_view party) {
  const crypto::Quorum& quorum = charter.quorum();
  return charter.StewardIndex(party) == 0 ? quorum.q : std::min(quorum.q, quorum.s - 1);
}

}  // namespace perdura::federation
