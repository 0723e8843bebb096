#include "federation/charter_chain.h"

#include <algorithm>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "federation/charter_checkpoints.h"
#include "federation/envelope.h"
#include "google/protobuf/util/message_differencer.h"

namespace perdura::federation {
namespace {

constexpr absl::string_view kPinTitle = "perdura/authority/v1";

absl::Status Refused(absl::string_view reason, absl::string_view text) {
  return base::Refuse(absl::StatusCode::kFailedPrecondition, reason,
                      absl::StrCat("charter: ", text));
}

// CH4: a versioned record keeps its meaning while it stays.
template <typename Records>
absl::Status CheckUnchanged(absl::string_view list, const Records& before, const Records& after) {
  std::map<std::string, const typename Records::value_type*> known;
  for (const auto& record : before) known[record.id()] = &record;
  for (const auto& record : after) {
    const auto old = known.find(record.id());
    if (old == known.end() ||
        google::protobuf::util::MessageDifferencer::Equals(*old->second, record)) {
      continue;
    }
    return Refused("name_redefined",
                   absl::StrCat(list, " `", record.id(),
                                "` changes its meaning; give the new meaning a name of its own"));
  }
  return absl::OkStatus();
}

absl::Status CheckCutsUnchanged(const v1::Charter& before, const v1::Charter& after) {
  for (const v1::DataCut& old : before.data_cuts()) {
    for (const v1::DataCut& cut : after.data_cuts()) {
      if (cut.id() != old.id()) continue;
      if (cut.cutoff_day() != old.cutoff_day() || cut.known_at() != old.known_at() ||
          cut.period() != old.period()) {
        return Refused("name_redefined",
                       absl::StrCat("data_cuts `", cut.id(), "`: C, K and period never change"));
      }
      if (old.state() == v1::CUT_CLOSED && cut.state() != v1::CUT_CLOSED) {
        return Refused("cut_reopened", absl::StrCat("data_cuts `", cut.id(), "` was closed"));
      }
    }
  }
  return absl::OkStatus();
}

// Who holds which key: a key never moves to another party or use.
std::map<std::string, std::string> KeyHolders(const v1::Charter& charter) {
  std::map<std::string, std::string> holders;
  for (const std::string& key : charter.authority_keys()) holders[key] = "authority";
  holders[charter.aggregator().sign_key()] = absl::StrCat("sign ", charter.aggregator().id());
  holders[charter.aggregator().tls_pin()] = absl::StrCat("tls ", charter.aggregator().id());
  if (!charter.aggregator().log_key().empty()) {
    holders[charter.aggregator().log_key()] = absl::StrCat("log ", charter.aggregator().id());
  }
  for (const v1::Member& member : charter.members()) {
    holders[member.sign_key()] = absl::StrCat("sign ", member.id());
    holders[member.tls_pin()] = absl::StrCat("tls ", member.id());
    if (!member.log_key().empty()) {
      holders[member.log_key()] = absl::StrCat("log ", member.id());
    }
    if (!member.cosign_key().empty()) {
      holders[member.cosign_key()] = absl::StrCat("cosign ", member.id());
    }
  }
  for (const v1::Analyst& analyst : charter.analysts()) {
    holders[analyst.sign_key()] = absl::StrCat("sign ", analyst.id());
    holders[analyst.tls_pin()] = absl::StrCat("tls ", analyst.id());
  }
  return holders;
}

absl::Status CheckKeysStay(const v1::Charter& before, const v1::Charter& after) {
  const auto old = KeyHolders(before);
  for (const auto& [key, holder] : KeyHolders(after)) {
    const auto found = old.find(key);
    if (found != old.end() && found->second != holder) {
      return Refused("key_reused", absl::StrCat("the key of `", holder, "` was another party's"));
    }
  }
  return absl::OkStatus();
}

// Attributes have no version, and plans name them and their categories: who falls into which never
// changes. Permissions may.
absl::Status CheckAttributesUnchanged(const v1::Charter& before, const v1::Charter& after) {
  const auto meaning = [](const v1::Charter& charter) {
    auto attributes = charter.attributes();
    for (v1::Attribute& attribute : attributes) {
      attribute.clear_may_filter();
      attribute.clear_may_group();
      attribute.clear_display_name();
    }
    return attributes;
  };
  return CheckUnchanged("attributes", meaning(before), meaning(after));
}

// CH4 against every charter held: a name that disappeared may not come back with another meaning.
absl::Status CheckMeaning(const v1::Charter& before, const v1::Charter& after) {
  PERDURA_RETURN_IF_ERROR(CheckUnchanged("products", before.products(), after.products()));
  PERDURA_RETURN_IF_ERROR(CheckUnchanged("endpoints", before.endpoints(), after.endpoints()));
  PERDURA_RETURN_IF_ERROR(CheckUnchanged("grids", before.grids(), after.grids()));
  PERDURA_RETURN_IF_ERROR(CheckUnchanged("strategies", before.strategies(), after.strategies()));
  PERDURA_RETURN_IF_ERROR(CheckUnchanged("indications", before.indications(), after.indications()));
  PERDURA_RETURN_IF_ERROR(
      CheckUnchanged("planned_releases", before.planned_releases(), after.planned_releases()));
  PERDURA_RETURN_IF_ERROR(CheckAttributesUnchanged(before, after));
  PERDURA_RETURN_IF_ERROR(CheckCutsUnchanged(before, after));
  return CheckKeysStay(before, after);
}

}  // namespace

std::string PrintAuthorityPin(const AuthorityPin& pin) {
  std::string text = absl::StrCat(kPinTitle, "\n", pin.federation, "\n", pin.threshold, "\n");
  for (const std::string& key : pin.keys) absl::StrAppend(&text, base::HexEncode(key), "\n");
  return text;
}

absl::StatusOr<AuthorityPin> ParseAuthorityPin(absl::string_view text) {
  const auto bad = [](absl::string_view what) {
    return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                        absl::StrCat("authority pin: ", what));
  };
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines.size() < 5 || lines[0] != kPinTitle || !lines.back().empty()) {
    return bad("title, federation, threshold and keys, one a line, are required");
  }
  AuthorityPin pin;
  pin.federation = lines[1];
  if (!base::IsName(pin.federation)) return bad("federation is no name");
  if (!absl::SimpleAtoi(lines[2], &pin.threshold)) return bad("threshold is no number");
  for (size_t i = 3; i + 1 < lines.size(); ++i) {
    PERDURA_ASSIGN_OR_RETURN(std::string key, base::HexDecode(lines[i]));
    if (key.size() != 32) return bad("a key has 64 hex digits");
    if (std::find(pin.keys.begin(), pin.keys.end(), key) != pin.keys.end()) {
      return bad("a key stands twice");
    }
    pin.keys.push_back(std::move(key));
  }
  if (pin.threshold < 1 || pin.threshold > static_cast<int>(pin.keys.size())) {
    return bad("threshold: in [1, number of keys]");
  }
  return pin;
}

absl::Status CharterChain::Accept(const v1::Envelope& envelope, absl::Time now, bool replay) {
  const bool first = charters_.empty();
  const std::vector<std::string> keys =
      first ? pin_.keys
            : std::vector<std::string>(current()->proto().authority_keys().begin(),
                                       current()->proto().authority_keys().end());
  const int needed =
      first ? pin_.threshold : static_cast<int>(current()->proto().authority_threshold());
  if (!first && PayloadId(envelope.payload()) == current()->hash()) return absl::OkStatus();
  PERDURA_RETURN_IF_ERROR(VerifySigners(envelope, MessageType::kCharter, keys, needed));
  PERDURA_ASSIGN_OR_RETURN(const auto charter, Charter::Create(envelope.payload()));
  if (charter->proto().federation() != pin_.federation) {
    return Refused("charter_fork", "another federation");
  }
  if (charter->version() <= version()) {
    const bool same = charters_[charter->version() - 1]->hash() == charter->hash();
    return same ? Refused("charter_old", "a later version is held")
                : Refused("charter_fork", "another charter of this version is held");
  }
  if (charter->version() != version() + 1) {
    return Refused("charter_gap", absl::StrCat("version ", version() + 1, " is missing"));
  }
  if (!first && charter->proto().previous_hash() != current()->hash()) {
    return Refused("charter_fork", "previous_hash is not that of the charter held");
  }
  if (!replay && !charter->ValidAt(now)) {
    return Refused("charter_expired", "now is outside valid_from and valid_until");
  }
  if (!first) PERDURA_RETURN_IF_ERROR(CheckCheckpoints(*current(), *charter));
  if (first && !charter->proto().checkpoints().empty()) {
    return Refused("bad_committee", "checkpoints: there is no log before version 1");
  }
  if (rule_ != nullptr) PERDURA_RETURN_IF_ERROR(rule_(*charter));
  for (const auto& held : charters_) {
    PERDURA_RETURN_IF_ERROR(CheckMeaning(held->proto(), charter->proto()));
  }
  charters_.push_back(charter);
  envelopes_.push_back(envelope);
  return absl::OkStatus();
}

std::shared_ptr<const Charter> CharterChain::current() const {
  return charters_.empty() ? nullptr : charters_.back();
}

std::shared_ptr<const Charter> CharterChain::previous() const {
  return charters_.size() < 2 ? nullptr : charters_[charters_.size() - 2];
}

std::optional<RoundCharter> CharterChain::OfRound(absl::string_view hash) const {
  for (const auto& charter : {current(), previous()}) {
    if (charter != nullptr && charter->hash() == hash) {
      return RoundCharter{charter, charter == current(), EndOf(*charter)};
    }
  }
  return std::nullopt;
}

absl::Time CharterChain::EndOf(const Charter& charter) const {
  const absl::Time expires = absl::FromUnixSeconds(charter.proto().valid_until());
  const auto next = ByVersion(charter.version() + 1);
  if (next == nullptr) return expires;
  return std::min(expires, absl::FromUnixSeconds(next->proto().valid_from()));
}

std::shared_ptr<const Charter> CharterChain::ByHash(absl::string_view hash) const {
  for (const auto& charter : charters_) {
    if (charter->hash() == hash) return charter;
  }
  return nullptr;
}

std::map<BudgetLine, uint64_t> LargestCaps(
    const std::vector<std::shared_ptr<const Charter>>& charters) {
  std::map<BudgetLine, uint64_t> caps;
  for (const auto& charter : charters) {
    for (const v1::Budget& budget : charter->proto().budgets()) {
      uint64_t& cap = caps[{budget.compartment(), budget.product(), budget.period()}];
      cap = std::max(cap, budget.cap().units());
    }
  }
  return caps;
}

}  // namespace perdura::federation
