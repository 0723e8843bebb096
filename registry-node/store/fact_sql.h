#ifndef PERDURA_REGISTRY_NODE_STORE_FACT_SQL_H_
#define PERDURA_REGISTRY_NODE_STORE_FACT_SQL_H_

#include <tuple>

#include "absl/strings/string_view.h"
#include "registry-node/store/fact_rows.h"

namespace perdura::registry_node {

// The constant statements of one fact table.
struct FactSql {
  absl::string_view table;
  // ?1 record ?2 version ?3 op ?4 recorded_at ?5 actor ?6 source ?7 source_ref ?8 reason, then the
  // fields of FieldsOf in order.
  absl::string_view insert;
  // record, version, op, then the fields, of every version with recorded_at < ?1, in order of
  // arrival.
  absl::string_view select_before;
};
template <typename Fact>
const FactSql& SqlOf();

// References to the fields of a fact, in the order of the statements' columns.
template <typename Self>
auto FieldsOfPatient(Self& f) {
  return std::tie(f.pseudonym, f.sex, f.birth_year, f.country, f.region);
}
inline auto FieldsOf(PatientFact& f) { return FieldsOfPatient(f); }
inline auto FieldsOf(const PatientFact& f) { return FieldsOfPatient(f); }

template <typename Self>
auto FieldsOfConsent(Self& f) {
  return std::tie(f.pseudonym, f.scope, f.status, f.from, f.to);
}
inline auto FieldsOf(ConsentFact& f) { return FieldsOfConsent(f); }
inline auto FieldsOf(const ConsentFact& f) { return FieldsOfConsent(f); }

template <typename Self>
auto FieldsOfCondition(Self& f) {
  return std::tie(f.pseudonym, f.code_system, f.code, f.indication, f.subtype, f.dx, f.stage,
                  f.risk_group, f.prior_lines, f.ecog, f.kps, f.hct_ci);
}
inline auto FieldsOf(ConditionFact& f) { return FieldsOfCondition(f); }
inline auto FieldsOf(const ConditionFact& f) { return FieldsOfCondition(f); }

template <typename Self>
auto FieldsOfEpisode(Self& f) {
  return std::tie(f.pseudonym, f.condition, f.product, f.day0, f.enrolled, f.apheresis,
                  f.age_at_infusion, f.laterality, f.intent, f.scheme, f.track);
}
inline auto FieldsOf(EpisodeFact& f) { return FieldsOfEpisode(f); }
inline auto FieldsOf(const EpisodeFact& f) { return FieldsOfEpisode(f); }

template <typename Self>
auto FieldsOfInfusion(Self& f) {
  return std::tie(f.episode, f.seq, f.day, f.dose, f.dose_unit, f.in_spec, f.conditioning,
                  f.bridging);
}
inline auto FieldsOf(InfusionFact& f) { return FieldsOfInfusion(f); }
inline auto FieldsOf(const InfusionFact& f) { return FieldsOfInfusion(f); }

template <typename Self>
auto FieldsOfVisit(Self& f) {
  return std::tie(f.episode, f.contact, f.contact_type, f.alive, f.period_from, f.period_to,
                  f.disease_assessed);
}
inline auto FieldsOf(VisitFact& f) { return FieldsOfVisit(f); }
inline auto FieldsOf(const VisitFact& f) { return FieldsOfVisit(f); }

template <typename Self>
auto FieldsOfEvent(Self& f) {
  return std::tie(f.episode, f.type, f.onset, f.end, f.code_system, f.code, f.grade, f.serious,
                  f.related, f.confirmed, f.cause);
}
inline auto FieldsOf(EventFact& f) { return FieldsOfEvent(f); }
inline auto FieldsOf(const EventFact& f) { return FieldsOfEvent(f); }

}  // namespace perdura::registry_node

#endif  // PERDURA_REGISTRY_NODE_STORE_FACT_SQL_H_
