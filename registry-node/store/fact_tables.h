#ifndef PERDURA_REGISTRY_NODE_STORE_FACT_TABLES_H_
#define PERDURA_REGISTRY_NODE_STORE_FACT_TABLES_H_

#include <tuple>

#include "absl/strings/string_view.h"
#include "registry-node/store/fact_rows.h"

// How each kind of fact lies in its table. Used by fact_sql.h alone.
namespace perdura::registry_node {

// Name: the table. Columns: those after the common ones. Fields: references to the fields of a
// fact, in the order of the columns; a date fills three of them.
template <typename Fact>
struct FactTable;

template <>
struct FactTable<PatientFact> {
  static constexpr absl::string_view kName = "patient";
  static constexpr absl::string_view kColumns = "pseudonym, sex, birth_year, country, region";
  static auto Fields(auto& f) {
    return std::tie(f.pseudonym, f.sex, f.birth_year, f.country, f.region);
  }
};

template <>
struct FactTable<ConsentFact> {
  static constexpr absl::string_view kName = "consent";
  static constexpr absl::string_view kColumns =
      "pseudonym, scope, status, from_lo, from_hi, from_prec, to_lo, to_hi, to_prec";
  static auto Fields(auto& f) { return std::tie(f.pseudonym, f.scope, f.status, f.from, f.to); }
};

template <>
struct FactTable<CoverageFact> {
  static constexpr absl::string_view kName = "coverage";
  static constexpr absl::string_view kColumns =
      "pseudonym, payer, payer_class, plan, from_day, to_day, rank, reason_end";
  static auto Fields(auto& f) {
    return std::tie(f.pseudonym, f.payer, f.payer_class, f.plan, f.from_day, f.to_day, f.rank,
                    f.reason_end);
  }
};

template <>
struct FactTable<ConditionFact> {
  static constexpr absl::string_view kName = "condition";
  static constexpr absl::string_view kColumns =
      "pseudonym, code_system, code, indication, subtype, dx_lo, dx_hi, dx_prec, stage, "
      "risk_group, prior_lines, ecog, kps, hct_ci";
  static auto Fields(auto& f) {
    return std::tie(f.pseudonym, f.code_system, f.code, f.indication, f.subtype, f.dx, f.stage,
                    f.risk_group, f.prior_lines, f.ecog, f.kps, f.hct_ci);
  }
};

template <>
struct FactTable<EpisodeFact> {
  static constexpr absl::string_view kName = "episode";
  static constexpr absl::string_view kColumns =
      "pseudonym, condition, product, day0, enrolled_lo, enrolled_hi, enrolled_prec, "
      "apheresis_lo, apheresis_hi, apheresis_prec, age_at_infusion, laterality, intent, scheme, "
      "track";
  static auto Fields(auto& f) {
    return std::tie(f.pseudonym, f.condition, f.product, f.day0, f.enrolled, f.apheresis,
                    f.age_at_infusion, f.laterality, f.intent, f.scheme, f.track);
  }
};

template <>
struct FactTable<InfusionFact> {
  static constexpr absl::string_view kName = "infusion";
  static constexpr absl::string_view kColumns =
      "episode, seq, day, dose, dose_unit, in_spec, conditioning, bridging";
  static auto Fields(auto& f) {
    return std::tie(f.episode, f.seq, f.day, f.dose, f.dose_unit, f.in_spec, f.conditioning,
                    f.bridging);
  }
};

template <>
struct FactTable<VisitFact> {
  static constexpr absl::string_view kName = "visit";
  static constexpr absl::string_view kColumns =
      "episode, slot, contact_lo, contact_hi, contact_prec, contact_type, alive, period_from, "
      "period_to, disease_assessed";
  static auto Fields(auto& f) {
    return std::tie(f.episode, f.slot, f.contact, f.contact_type, f.alive, f.period_from,
                    f.period_to, f.disease_assessed);
  }
};

template <>
struct FactTable<ResponseFact> {
  static constexpr absl::string_view kName = "response";
  static constexpr absl::string_view kColumns =
      "episode, day_lo, day_hi, day_prec, scale, value, mrd, evidence";
  static auto Fields(auto& f) {
    return std::tie(f.episode, f.day, f.scale, f.value, f.mrd, f.evidence);
  }
};

template <>
struct FactTable<EventFact> {
  static constexpr absl::string_view kName = "event";
  static constexpr absl::string_view kColumns =
      "episode, type, onset_lo, onset_hi, onset_prec, end_lo, end_hi, end_prec, code_system, "
      "code, grade, serious, related, confirmed, cause";
  static auto Fields(auto& f) {
    return std::tie(f.episode, f.type, f.onset, f.end, f.code_system, f.code, f.grade, f.serious,
                    f.related, f.confirmed, f.cause);
  }
};

template <>
struct FactTable<MeasureFact> {
  static constexpr absl::string_view kName = "measure";
  static constexpr absl::string_view kColumns =
      "episode, day_lo, day_hi, day_prec, code, value, unit, given_value, given_unit, method, "
      "laterality";
  static auto Fields(auto& f) {
    return std::tie(f.episode, f.day, f.code, f.value, f.unit, f.given_value, f.given_unit,
                    f.method, f.laterality);
  }
};

template <>
struct FactTable<TransgeneFact> {
  static constexpr absl::string_view kName = "transgene";
  static constexpr absl::string_view kColumns =
      "episode, day_lo, day_hi, day_prec, assay, value, unit, detected";
  static auto Fields(auto& f) {
    return std::tie(f.episode, f.day, f.assay, f.value, f.unit, f.detected);
  }
};

template <>
struct FactTable<ContractLinkFact> {
  static constexpr absl::string_view kName = "contract_link";
  static constexpr absl::string_view kColumns =
      "episode, contract, contract_version, payer_at_infusion, accepted_day";
  static auto Fields(auto& f) {
    return std::tie(f.episode, f.contract, f.contract_version, f.payer_at_infusion, f.accepted_day);
  }
};

template <>
struct FactTable<ContactTryFact> {
  static constexpr absl::string_view kName = "contact_try";
  static constexpr absl::string_view kColumns =
      "episode, slot, day_lo, day_hi, day_prec, mode, outcome";
  static auto Fields(auto& f) { return std::tie(f.episode, f.slot, f.day, f.mode, f.outcome); }
};

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_FACT_TABLES_H_
