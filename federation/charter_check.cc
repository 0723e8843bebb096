#include "federation/charter_check.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/hash.h"
#include "federation/charter.h"
#include "federation/charter_check_fields.h"

namespace perdura::federation {
namespace {

using charter_check::Bad;
using charter_check::CheckName;
using charter_check::CheckText;
using charter_check::NotSupported;

constexpr int64_t kMaxValiditySeconds = int64_t{100} * 86400;
constexpr size_t kKeyBytes = 32;
constexpr uint32_t kMostRows = 4096;
// Two letters, ISO 3166-1 alpha-2.
bool IsCountry(absl::string_view text) {
  return text.size() == 2 && absl::ascii_isupper(static_cast<unsigned char>(text[0])) &&
         absl::ascii_isupper(static_cast<unsigned char>(text[1]));
}

absl::Status CheckKey(absl::string_view field, absl::string_view key, std::set<std::string>& seen) {
  if (key.size() != kKeyBytes) return Bad("malformed", absl::StrCat(field, ": 32 bytes"));
  if (seen.insert(std::string(key)).second) return absl::OkStatus();
  return Bad("key_reused", absl::StrCat(field, ": this key stands twice in the charter"));
}

// A key that may be absent.
absl::Status CheckLogKey(absl::string_view field, absl::string_view key, bool needed,
                         std::set<std::string>& seen) {
  if (key.empty() && !needed) return absl::OkStatus();
  return CheckKey(field, key, seen);
}

absl::Status CheckMemberLogKeys(const v1::Charter& charter, const v1::Member& member,
                                std::set<std::string>& seen) {
  const bool required = RequiresWitness(charter);
  const auto& stewards = charter.committee().stewards();
  const bool steward = std::find(stewards.begin(), stewards.end(), member.id()) != stewards.end();
  PERDURA_RETURN_IF_ERROR(CheckLogKey(absl::StrCat("members ", member.id(), ".log_key"),
                                      member.log_key(), required, seen));
  return CheckLogKey(absl::StrCat("members ", member.id(), ".cosign_key"), member.cosign_key(),
                     required && steward, seen);
}

absl::Status CheckPseudonyms(const v1::Charter& charter) {
  const v1::Pseudonyms& pseudonyms = charter.pseudonyms();
  if (!pseudonyms.linkage_steward().empty()) return NotSupported("pseudonyms.linkage_steward");
  if (pseudonyms.nodes_per_patient() == 0 || pseudonyms.nodes_per_patient() > 100) {
    return Bad("bad_budget", "pseudonyms.nodes_per_patient must be in [1, 100]");
  }
  if (pseudonyms.nodes_per_patient() == 1 && !pseudonyms.sources_declared_disjoint()) {
    return Bad("bad_budget",
               "pseudonyms.nodes_per_patient = 1 needs sources_declared_disjoint: true");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCharterFrame(const v1::Charter& charter) {
  PERDURA_RETURN_IF_ERROR(CheckName("federation", charter.federation()));
  if (charter.version() == 0) return Bad("malformed", "version counts from 1");
  if (charter.previous_hash().size() != (charter.version() == 1 ? 0 : crypto::kDigestSize)) {
    return Bad("malformed", "previous_hash: empty in version 1, else 32 bytes");
  }
  if (charter.valid_from() <= 0 || charter.valid_until() <= charter.valid_from() ||
      charter.valid_until() - charter.valid_from() > kMaxValiditySeconds) {
    return Bad("malformed", "valid_until: after valid_from by at most 100 days");
  }
  if (charter.suite() != kSuite) return Bad("unknown_suite", "suite is not known");
  if (charter.hpke_mode() != v1::HPKE_MODE_BASE && charter.hpke_mode() != v1::HPKE_MODE_PSK) {
    return Bad("unknown_suite", "hpke_mode is unset");
  }
  if (!v1::Witness_IsValid(charter.witness())) return Bad("malformed", "witness is not known");
  if (charter.authority_keys_size() < 1 || charter.authority_keys_size() > 16 ||
      charter.authority_threshold() < 1 ||
      charter.authority_threshold() > static_cast<uint32_t>(charter.authority_keys_size())) {
    return Bad("malformed", "authority_threshold: in [1, number of authority_keys], at most 16");
  }
  return CheckPseudonyms(charter);
}

absl::Status CheckParties(const v1::Charter& charter) {
  std::set<std::string> keys;
  std::set<std::string> ids = {charter.aggregator().id()};
  for (const std::string& key : charter.authority_keys()) {
    PERDURA_RETURN_IF_ERROR(CheckKey("authority_keys", key, keys));
  }
  PERDURA_RETURN_IF_ERROR(CheckName("aggregator.id", charter.aggregator().id()));
  PERDURA_RETURN_IF_ERROR(
      CheckText("aggregator.legal_entity", charter.aggregator().legal_entity()));
  PERDURA_RETURN_IF_ERROR(CheckKey("aggregator.sign_key", charter.aggregator().sign_key(), keys));
  PERDURA_RETURN_IF_ERROR(CheckKey("aggregator.tls_pin", charter.aggregator().tls_pin(), keys));
  PERDURA_RETURN_IF_ERROR(CheckLogKey("aggregator.log_key", charter.aggregator().log_key(),
                                      RequiresWitness(charter), keys));
  const auto check = [&](absl::string_view what, const auto& party) -> absl::Status {
    PERDURA_RETURN_IF_ERROR(CheckName(absl::StrCat(what, ".id"), party.id()));
    if (!ids.insert(party.id()).second) {
      return Bad("malformed", absl::StrCat(what, ".id: `", party.id(), "` stands twice"));
    }
    PERDURA_RETURN_IF_ERROR(
        CheckKey(absl::StrCat(what, " ", party.id(), ".sign_key"), party.sign_key(), keys));
    return CheckKey(absl::StrCat(what, " ", party.id(), ".tls_pin"), party.tls_pin(), keys);
  };
  for (const v1::Member& member : charter.members()) {
    PERDURA_RETURN_IF_ERROR(check("members", member));
    PERDURA_RETURN_IF_ERROR(CheckMemberLogKeys(charter, member, keys));
    if (member.legal_entity().empty() || !IsCountry(member.country()) || member.roles().empty()) {
      return Bad("malformed",
                 absl::StrCat("members ", member.id(),
                              ": legal_entity, country (two letters) and roles are required"));
    }
    PERDURA_RETURN_IF_ERROR(CheckText("members.display_name", member.display_name()));
    PERDURA_RETURN_IF_ERROR(CheckText("members.legal_entity", member.legal_entity()));
    for (const int role : member.roles()) {
      if (role == v1::MEMBER_ROLE_LINKAGE) return NotSupported("members.roles LINKAGE");
      if (role != v1::MEMBER_ROLE_NODE && role != v1::MEMBER_ROLE_STEWARD) {
        return Bad("malformed", absl::StrCat("members ", member.id(), ": unknown role"));
      }
    }
  }
  for (const v1::Analyst& analyst : charter.analysts()) {
    PERDURA_RETURN_IF_ERROR(check("analysts", analyst));
    if (analyst.id() == "rebase") {
      return Bad("malformed", "analysts.id: `rebase` is the name under which rebases are charged");
    }
    if (!IsCountry(analyst.country())) {
      return Bad("malformed", absl::StrCat("analysts ", analyst.id(), ".country: two letters"));
    }
    PERDURA_RETURN_IF_ERROR(CheckText("analysts.organisation", analyst.organisation()));
  }
  return absl::OkStatus();
}

absl::StatusOr<crypto::Quorum> CheckCommittee(const v1::Charter& charter) {
  const v1::Committee& committee = charter.committee();
  const auto quorum =
      crypto::Quorum::Create(committee.stewards_size(), static_cast<int>(committee.threshold()));
  if (!quorum.ok()) {
    return Bad("bad_committee", "committee: 2 <= threshold <= number of stewards <= 15");
  }
  if (committee.quorum() != static_cast<uint32_t>(quorum->q)) {
    return Bad("bad_committee", absl::StrCat("committee.quorum must be ", quorum->q));
  }
  if (committee.min_entities() < 3)
    return Bad("bad_committee", "committee.min_entities: at least 3");
  std::set<std::string> entities = {charter.aggregator().legal_entity()};
  for (const std::string& id : committee.stewards()) {
    const auto member = std::find_if(charter.members().begin(), charter.members().end(),
                                     [&](const v1::Member& one) { return one.id() == id; });
    if (member == charter.members().end() ||
        std::find(member->roles().begin(), member->roles().end(), v1::MEMBER_ROLE_STEWARD) ==
            member->roles().end()) {
      return Bad("bad_committee",
                 absl::StrCat("committee.stewards: `", id, "` is no member with the role STEWARD"));
    }
    if (!entities.insert(member->legal_entity()).second) {
      return Bad("bad_committee",
                 "committee.stewards: distinct legal entities, none of them the aggregator's");
    }
  }
  return *quorum;
}

absl::Status CheckLimits(const v1::Charter& charter) {
  const v1::Limits& limits = charter.limits();
  if (limits.max_rows() == 0 || limits.max_rows() > kMostRows) {
    return Bad("bad_timing", "limits.max_rows: in [1, 4096]");
  }
  if (limits.deal_ms() == 0 || limits.upload_ms() == 0 || limits.collect_ms() == 0 ||
      limits.commit_ms() == 0 || limits.answer_ms() == 0 || limits.w_ms() == 0 ||
      limits.ask_age_ms() == 0 || limits.online_window_ms() == 0 || limits.keep_shares_ms() == 0) {
    return Bad("bad_timing",
               "limits: every slot length, w, ask_age, online_window and keep_shares must be set");
  }
  constexpr uint32_t kLongest = 7u * 86400 * 1000;
  for (const uint32_t length :
       {limits.deal_ms(), limits.upload_ms(), limits.collect_ms(), limits.commit_ms(),
        limits.answer_ms(), limits.w_ms(), limits.keep_shares_ms()}) {
    if (length > kLongest) return Bad("bad_timing", "limits: no length above 7 days");
  }
  if (limits.skew_ms() > 120'000) return Bad("bad_timing", "limits.skew_ms: at most 2 minutes");
  if (limits.deal_ms() + limits.upload_ms() <= limits.skew_ms()) {
    return Bad("bad_timing", "limits: deal_ms + upload_ms must exceed skew_ms");
  }
  if (limits.collect_ms() < limits.w_ms()) {
    return Bad("bad_timing", "limits.collect_ms: at least w_ms, or no upload slot is left");
  }
  if (limits.grace_ms() >= limits.commit_ms()) {
    return Bad("bad_timing", "limits.grace_ms: below commit_ms");
  }
  return absl::OkStatus();
}

}  // namespace perdura::federation
