#ifndef PERDURA_REGISTRY_NODE_RECORDS_VOCABULARY_H_
#define PERDURA_REGISTRY_NODE_RECORDS_VOCABULARY_H_

#include <cstdint>
#include <optional>
#include <span>

#include "absl/strings/string_view.h"
#include "perdura/v1/charter.pb.h"

// The closed lists of the data model (docs/data-model.md). What is not in its list is refused,
// never stored as text.
namespace perdura::registry_node {

inline constexpr absl::string_view kSexes[] = {"M", "F", "X", "U"};
inline constexpr absl::string_view kConsentStatuses[] = {"given", "refused", "withdrawn"};
inline constexpr absl::string_view kContactTypes[] = {"exam", "phone", "registry_link", "claims"};
inline constexpr absl::string_view kLateralities[] = {"left", "right", "both"};
// Assumed: the sources name no list.
inline constexpr absl::string_view kIntents[] = {"curative", "disease_control", "bridge"};
inline constexpr absl::string_view kTracks[] = {"15-year", "standard", "100-day-only",
                                                "no-follow-up"};
inline constexpr absl::string_view kRelations[] = {"product", "procedure", "disease", "unrelated",
                                                   "unknown"};
inline constexpr absl::string_view kDeathCauses[] = {
    "relapse_progression", "toxicity",       "infection", "gvhd",   "second_malignancy",
    "organ_failure",       "cardiovascular", "other",     "unknown"};
inline constexpr absl::string_view kLossCauses[] = {"moved", "declined", "unreachable",
                                                    "transferred"};
inline constexpr absl::string_view kMrdResults[] = {"neg", "pos", "unknown"};
inline constexpr absl::string_view kEvidence[] = {"imaging", "marrow", "lab", "clinical",
                                                  "central"};
inline constexpr absl::string_view kDoseUnits[] = {"cells/kg", "cells", "vg/kg", "vg"};
inline constexpr absl::string_view kPayerClasses[] = {
    "commercial", "medicaid", "medicare", "statutory", "nhs", "self", "other"};
inline constexpr absl::string_view kPayerRanks[] = {"primary", "secondary"};
inline constexpr absl::string_view kCoverageEnds[] = {"job",   "eligibility", "age",
                                                      "death", "moved",       "unknown"};
inline constexpr absl::string_view kContactModes[] = {"phone", "letter", "email", "registry_link",
                                                      "other_centre"};
inline constexpr absl::string_view kContactOutcomes[] = {"reached", "no_answer", "moved",
                                                         "declined"};
// Slots of the follow-up schedule.
inline constexpr absl::string_view kSlots[] = {"d28", "m3",  "d100", "m6",  "y1", "y2", "y3",
                                               "y4",  "y5",  "y6",   "y7",  "y8", "y9", "y10",
                                               "y11", "y12", "y13",  "y14", "y15"};
inline constexpr absl::string_view kEventTypes[] = {
    // disease
    "relapse", "progression", "loss_of_response", "loss_of_effect", "death", "new_treatment",
    "subsequent_infusion", "hct_after_ct", "second_malignancy", "lost_to_follow_up", "withdrawn",
    // safety
    "crs", "icans", "iec_hs", "infection", "cytopenia", "gvhd_acute", "gvhd_chronic",
    "hospitalisation", "icu", "ventilation", "pregnancy", "ae_other",
    // effect
    "engraftment_anc", "engraftment_plt", "transfusion", "voc", "acute_chest", "bleed",
    "factor_use", "prophylaxis_resumed", "inhibitor", "motor_milestone_gained",
    "motor_milestone_lost"};

bool IsOneOf(std::span<const absl::string_view> list, absl::string_view value);

inline constexpr absl::string_view kConsentScopes[] = {
    "research", "regulatory", "payer_adjudication", "secondary_use", "cross_border", "recontact"};
// The word that consent rows use for a scope of the charter; empty for an unspecified one.
absl::string_view ScopeWord(v1::ConsentScope scope);

// Whether an event of `type` needs a grade, and the highest that its scale has (the lowest is 1).
bool NeedsGrade(absl::string_view type);
int64_t HighestGrade(absl::string_view type);

// Whether an event of `type` may lie before day 0: baseline rates.
bool MayPrecedeInfusion(absl::string_view type);

// The follow-up schedule of a product class: integrating, aav or standard.
absl::string_view SchemeOf(v1::ProductClass product_class);

// cells/kg and cells for cells, vg/kg and vg for vectors given as such; any of them for other
// products.
bool DoseUnitFits(v1::ProductClass product_class, absl::string_view unit);

// Inclusive bounds of a numeric column.
struct NumberRange {
  int64_t low = 0;
  int64_t high = 0;
};
// The plausible range of `field` ("condition.kps"): the charter's, else a built-in one. Built-in:
// episode.age_at_infusion 0-120, condition.prior_lines 0-30, condition.ecog 0-4, condition.kps
// 0-100, condition.hct_ci 0-29, infusion.seq 1-1000, event.grade 1-5,
// contract_link.contract_version 1-1000.
NumberRange PlausibleRangeOf(absl::string_view field, const v1::Charter& charter);

// Numbers that systems write where they know none: 98, 99, 999, 9999, -1, -9. A property of a
// column, never of a number: inside the plausible range they are refused only where they crowd
// (import).
bool IsSentinelNumber(int64_t number);

const v1::Product* FindProductOf(const v1::Charter& charter, absl::string_view id);
const v1::Indication* FindIndicationOf(const v1::Charter& charter, absl::string_view id);

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_RECORDS_VOCABULARY_H_
