#include "cli/charter/fill_charter.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "cli/charter/draft_text.h"
#include "cli/charter/fill_amounts.h"
#include "crypto/quorum.h"
#include "federation/charter_check.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "privacy/design/cohort.h"
#include "privacy/design/strategy_design.h"

namespace perdura::cli {
namespace {

absl::Status BadDraft(absl::string_view what) {
  return base::Refuse(absl::StatusCode::kInvalidArgument, "malformed",
                      absl::StrCat("draft: ", what));
}

// Sets a field that the draft left out; refuses one that says something else.
template <typename Value, typename Set>
absl::Status FillField(absl::string_view field, const Value& stated, const Value& unset,
                       const Value& value, Set set) {
  if (stated == unset) {
    set(value);
    return absl::OkStatus();
  }
  if (stated == value) return absl::OkStatus();
  return BadDraft(absl::StrCat(field, " contradicts what it must be; leave it out"));
}

absl::Status FillFrame(const FillOptions& options, v1::Charter& charter) {
  const bool first = options.previous == nullptr;
  const uint64_t version = first ? 1 : options.previous->version() + 1;
  PERDURA_RETURN_IF_ERROR(FillField("version", charter.version(), uint64_t{0}, version,
                                    [&](uint64_t v) { charter.set_version(v); }));
  const std::string previous_hash = first ? "" : options.previous->hash();
  PERDURA_RETURN_IF_ERROR(
      FillField("previous_hash", charter.previous_hash(), std::string(), previous_hash,
                [&](const std::string& hash) { charter.set_previous_hash(hash); }));
  if (charter.suite().empty()) charter.set_suite(std::string(federation::kSuite));
  if (charter.hpke_mode() == v1::HPKE_MODE_UNSPECIFIED) charter.set_hpke_mode(v1::HPKE_MODE_BASE);
  if (charter.valid_from() == 0) charter.set_valid_from(absl::ToUnixSeconds(options.now));
  if (charter.valid_until() == 0) {
    charter.set_valid_until(charter.valid_from() + absl::ToInt64Seconds(options.validity));
  }
  return absl::OkStatus();
}

absl::Status FillAuthority(const FillOptions& options, v1::Charter& charter) {
  if (options.pin.has_value()) {
    const federation::AuthorityPin& pin = *options.pin;
    PERDURA_RETURN_IF_ERROR(
        FillField("federation", charter.federation(), std::string(), pin.federation,
                  [&](const std::string& name) { charter.set_federation(name); }));
    if (charter.authority_keys().empty()) {
      for (const std::string& key : pin.keys) charter.add_authority_keys(key);
      if (charter.authority_threshold() == 0) {
        charter.set_authority_threshold(static_cast<uint32_t>(pin.threshold));
      }
    }
  }
  if (!charter.authority_keys().empty()) return absl::OkStatus();
  return BadDraft("authority_keys are missing; pass --pin with the authority's pin file");
}

void FillCommittee(v1::Charter& charter) {
  v1::Committee& committee = *charter.mutable_committee();
  if (committee.quorum() != 0) return;
  const auto quorum =
      crypto::Quorum::Create(committee.stewards_size(), static_cast<int>(committee.threshold()));
  if (quorum.ok()) committee.set_quorum(static_cast<uint32_t>(quorum->q));
}

// Keys by id from the cards that parties handed in.
class CardBox final {
 public:
  static absl::StatusOr<CardBox> Create(const std::vector<PartyCard>& cards) {
    CardBox box;
    for (const PartyCard& card : cards) {
      for (const PartyCard& other : box.cards_) {
        if (other.id == card.id) {
          return BadDraft(absl::StrCat("two cards for `", card.id, "`; pass one"));
        }
      }
      box.cards_.push_back(card);
    }
    return box;
  }

  // The card of a party; nullptr if nobody handed it in and the draft has its keys.
  template <typename Party>
  absl::StatusOr<const PartyCard*> Fill(absl::string_view field, Party& party) {
    const auto card = std::find_if(cards_.begin(), cards_.end(),
                                   [&](const PartyCard& one) { return one.id == party.id(); });
    if (card == cards_.end()) {
      if (!party.sign_key().empty() && !party.tls_pin().empty()) return nullptr;
      return BadDraft(
          absl::StrCat(field, " `", party.id(), "` has no keys; pass its card with --card"));
    }
    used_.insert(card->id);
    PERDURA_RETURN_IF_ERROR(FillField(absl::StrCat(field, " ", party.id(), ".sign_key"),
                                      party.sign_key(), std::string(), card->sign_key,
                                      [&](const std::string& key) { party.set_sign_key(key); }));
    PERDURA_RETURN_IF_ERROR(FillField(absl::StrCat(field, " ", party.id(), ".tls_pin"),
                                      party.tls_pin(), std::string(), card->tls_pin,
                                      [&](const std::string& pin) { party.set_tls_pin(pin); }));
    return &*card;
  }

  // A card that nobody asked for is mostly a mistyped id.
  absl::Status AllUsed() const {
    for (const PartyCard& card : cards_) {
      if (!used_.contains(card.id)) {
        return BadDraft(absl::StrCat("no party `", card.id,
                                     "` for its card; add the party or leave the card out"));
      }
    }
    return absl::OkStatus();
  }

 private:
  std::vector<PartyCard> cards_;
  std::set<std::string> used_;
};

template <typename Party>
absl::Status FillLogKey(absl::string_view field, const PartyCard* card, Party& party) {
  if (card == nullptr) return absl::OkStatus();
  return FillField(absl::StrCat(field, " ", party.id(), ".log_key"), party.log_key(), std::string(),
                   card->log_key, [&](const std::string& key) { party.set_log_key(key); });
}

// Only stewards cosign; another member's key stays on its card.
absl::Status FillCosignKey(const PartyCard* card, const v1::Committee& committee,
                           v1::Member& member) {
  const auto& stewards = committee.stewards();
  if (card == nullptr ||
      std::find(stewards.begin(), stewards.end(), member.id()) == stewards.end()) {
    return absl::OkStatus();
  }
  return FillField(absl::StrCat("members ", member.id(), ".cosign_key"), member.cosign_key(),
                   std::string(), card->cosign_key,
                   [&](const std::string& key) { member.set_cosign_key(key); });
}

absl::Status FillKeys(const std::vector<PartyCard>& cards, v1::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(CardBox box, CardBox::Create(cards));
  v1::AggregatorParty& aggregator = *charter.mutable_aggregator();
  PERDURA_ASSIGN_OR_RETURN(const PartyCard* card, box.Fill("aggregator", aggregator));
  PERDURA_RETURN_IF_ERROR(FillLogKey("aggregator", card, aggregator));
  for (v1::Member& member : *charter.mutable_members()) {
    PERDURA_ASSIGN_OR_RETURN(card, box.Fill("members", member));
    PERDURA_RETURN_IF_ERROR(FillLogKey("members", card, member));
    PERDURA_RETURN_IF_ERROR(FillCosignKey(card, charter.committee(), member));
  }
  for (v1::Analyst& analyst : *charter.mutable_analysts()) {
    PERDURA_RETURN_IF_ERROR(box.Fill("analysts", analyst).status());
  }
  return box.AllUsed();
}

void WriteStrategy(const privacy::Strategy& strategy, uint32_t scale, v1::Strategy& record) {
  record.set_scale(scale);
  record.set_rows(static_cast<uint32_t>(strategy.rows()));
  record.set_columns(static_cast<uint32_t>(strategy.columns()));
  record.clear_entries();
  for (const int16_t entry : strategy.entries()) record.add_entries(entry);
  record.set_l2_squared(strategy.l2_squared());
  record.set_l1(strategy.l1());
  record.set_sha256(federation::StrategyHash(strategy));
}

// Entry margins (causes 0) have no prior.
absl::Status DesignEntryInto(const privacy::Grid& grid, v1::Strategy& record) {
  constexpr uint32_t kEntryScale = 128;
  const auto strategy = privacy_design::DesignEntryStrategy(grid, kEntryScale);
  if (!strategy.ok()) {
    return BadDraft(absl::StrCat("strategies ", record.id(), ": ", strategy.status().message()));
  }
  WriteStrategy(*strategy, kEntryScale, record);
  return absl::OkStatus();
}

absl::Status DesignInto(const privacy::Grid& grid, v1::Strategy& record) {
  if (record.causes() == 0) return DesignEntryInto(grid, record);
  if (record.prior() != v1::CURATIVE && record.prior() != v1::DURABLE) {
    return BadDraft(
        absl::StrCat("strategies ", record.id(), ".prior is unset; write CURATIVE or DURABLE"));
  }
  const privacy_design::Cohort prior = record.prior() == v1::CURATIVE
                                           ? privacy_design::CurativePrior()
                                           : privacy_design::DurablePrior();
  const auto strategy =
      privacy_design::DesignStrategy(grid, static_cast<int>(record.causes()), prior);
  if (!strategy.ok()) {
    return BadDraft(absl::StrCat("strategies ", record.id(), ": ", strategy.status().message()));
  }
  WriteStrategy(*strategy, 256, record);
  return absl::OkStatus();
}

// Another linear-algebra library may differ by 1 in an entry, so a strategy that is in force is
// copied, never designed again.
absl::Status FillStrategies(const FillOptions& options, v1::Charter& charter) {
  PERDURA_ASSIGN_OR_RETURN(const auto grids, federation::CheckGrids(charter));
  for (v1::Strategy& record : *charter.mutable_strategies()) {
    if (record.entries_size() > 0) continue;
    const v1::Strategy* held =
        options.previous == nullptr ? nullptr : options.previous->FindStrategyRecord(record.id());
    if (held != nullptr) {
      if (held->grid() != record.grid() || held->causes() != record.causes() ||
          held->prior() != record.prior()) {
        return BadDraft(absl::StrCat("strategies ", record.id(),
                                     ": the charter before has it with another grid, causes or "
                                     "prior; give it a new version"));
      }
      record = *held;
      continue;
    }
    const auto grid = grids.find(record.grid());
    if (grid == grids.end()) {
      return BadDraft(absl::StrCat("strategies ", record.id(), ".grid: `", record.grid(),
                                   "` is not in the draft; add it under grids"));
    }
    PERDURA_RETURN_IF_ERROR(DesignInto(grid->second, record));
  }
  return absl::OkStatus();
}

void FillCuts(const FillOptions& options, v1::Charter& charter) {
  for (v1::DataCut& cut : *charter.mutable_data_cuts()) {
    if (cut.known_at() != 0) continue;
    const v1::DataCut* held =
        options.previous == nullptr ? nullptr : options.previous->FindCut(cut.id());
    cut.set_known_at(held != nullptr ? held->known_at()
                                     : absl::ToUnixSeconds(options.known_at.value_or(options.now)));
  }
}

}  // namespace

absl::StatusOr<v1::Charter> FillCharter(absl::string_view draft,
                                        const std::vector<PartyCard>& cards,
                                        const FillOptions& options) {
  DraftText text;
  PERDURA_RETURN_IF_ERROR(ParseDraft(draft, text));
  PERDURA_RETURN_IF_ERROR(FillAmounts(text));
  v1::Charter& charter = text.charter;
  PERDURA_RETURN_IF_ERROR(FillFrame(options, charter));
  PERDURA_RETURN_IF_ERROR(FillAuthority(options, charter));
  FillCommittee(charter);
  PERDURA_RETURN_IF_ERROR(FillKeys(cards, charter));
  PERDURA_RETURN_IF_ERROR(FillStrategies(options, charter));
  FillCuts(options, charter);
  FillGuarantees(charter);
  PERDURA_RETURN_IF_ERROR(federation::Charter::Create(CharterPayload(charter)).status());
  return std::move(charter);
}

std::string CharterPayload(const v1::Charter& charter) {
  std::string payload;
  {
    google::protobuf::io::StringOutputStream stream(&payload);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    charter.SerializeToCodedStream(&coded);
  }
  return payload;
}

}  // namespace perdura::cli
