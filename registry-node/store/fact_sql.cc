#include "registry-node/store/fact_sql.h"

namespace perdura::registry_node {
namespace {

#define PERDURA_COMMON "record, version, op, recorded_at, actor, source, source_ref, reason, "
#define PERDURA_BEFORE " WHERE recorded_at < ?1 ORDER BY row"

constexpr FactSql kPatientSql = {"patient",
                                 "INSERT INTO patient(" PERDURA_COMMON
                                 "pseudonym, sex, birth_year, country, region)"
                                 " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                                 "SELECT record, version, op, "
                                 "pseudonym, sex, birth_year, country, region"
                                 " FROM patient" PERDURA_BEFORE};

constexpr FactSql kConsentSql = {
    "consent",
    "INSERT INTO consent(" PERDURA_COMMON
    "pseudonym, scope, status, from_lo, from_hi, from_prec, to_lo, to_hi, to_prec)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    "SELECT record, version, op, "
    "pseudonym, scope, status, from_lo, from_hi, from_prec, to_lo, to_hi, to_prec"
    " FROM consent" PERDURA_BEFORE};

constexpr FactSql kConditionSql = {
    "condition",
    "INSERT INTO condition(" PERDURA_COMMON
    "pseudonym, code_system, code, indication, subtype, dx_lo, dx_hi, dx_prec, stage, "
    "risk_group, prior_lines, ecog, kps, hct_ci)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
    " ?19, ?20, ?21, ?22)",
    "SELECT record, version, op, "
    "pseudonym, code_system, code, indication, subtype, dx_lo, dx_hi, dx_prec, stage, "
    "risk_group, prior_lines, ecog, kps, hct_ci"
    " FROM condition" PERDURA_BEFORE};

constexpr FactSql kEpisodeSql = {
    "episode",
    "INSERT INTO episode(" PERDURA_COMMON
    "pseudonym, condition, product, day0, enrolled_lo, enrolled_hi, enrolled_prec, "
    "apheresis_lo, apheresis_hi, apheresis_prec, age_at_infusion, laterality, intent, scheme,"
    " track)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
    " ?19, ?20, ?21, ?22, ?23)",
    "SELECT record, version, op, "
    "pseudonym, condition, product, day0, enrolled_lo, enrolled_hi, enrolled_prec, "
    "apheresis_lo, apheresis_hi, apheresis_prec, age_at_infusion, laterality, intent, scheme,"
    " track"
    " FROM episode" PERDURA_BEFORE};

constexpr FactSql kInfusionSql = {
    "infusion",
    "INSERT INTO infusion(" PERDURA_COMMON
    "episode, seq, day, dose, dose_unit, in_spec, conditioning, bridging)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    "SELECT record, version, op, "
    "episode, seq, day, dose, dose_unit, in_spec, conditioning, bridging"
    " FROM infusion" PERDURA_BEFORE};

constexpr FactSql kVisitSql = {
    "visit",
    "INSERT INTO visit(" PERDURA_COMMON
    "episode, contact_lo, contact_hi, contact_prec, contact_type, alive, period_from, "
    "period_to, disease_assessed)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    "SELECT record, version, op, "
    "episode, contact_lo, contact_hi, contact_prec, contact_type, alive, period_from, "
    "period_to, disease_assessed"
    " FROM visit" PERDURA_BEFORE};

constexpr FactSql kEventSql = {
    "event",
    "INSERT INTO event(" PERDURA_COMMON
    "episode, type, onset_lo, onset_hi, onset_prec, end_lo, end_hi, end_prec, code_system, "
    "code, grade, serious, related, confirmed, cause)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
    " ?19, ?20, ?21, ?22, ?23)",
    "SELECT record, version, op, "
    "episode, type, onset_lo, onset_hi, onset_prec, end_lo, end_hi, end_prec, code_system, "
    "code, grade, serious, related, confirmed, cause"
    " FROM event" PERDURA_BEFORE};

}  // namespace

template <>
const FactSql& SqlOf<PatientFact>() {
  return kPatientSql;
}
template <>
const FactSql& SqlOf<ConsentFact>() {
  return kConsentSql;
}
template <>
const FactSql& SqlOf<ConditionFact>() {
  return kConditionSql;
}
template <>
const FactSql& SqlOf<EpisodeFact>() {
  return kEpisodeSql;
}
template <>
const FactSql& SqlOf<InfusionFact>() {
  return kInfusionSql;
}
template <>
const FactSql& SqlOf<VisitFact>() {
  return kVisitSql;
}
template <>
const FactSql& SqlOf<EventFact>() {
  return kEventSql;
}

}  // namespace perdura::registry_node
