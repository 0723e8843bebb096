#ifndef PERDURA_QUERY_OUTPUT_FILES_H_
#define PERDURA_QUERY_OUTPUT_FILES_H_

#include <string>
#include <vector>

#include "query/estimate.h"

// Estimates as files that other programs read. UTF-8, `.` decimal, one line for each estimate, an
// empty field = not available (suppressed, not reached, not defined). Every file begins with
//   release,cohort,group,endpoint,rule_set,cut,horizon_months
// and ends with
//   se_sampling,se_noise,noise_share,lower,upper,level,ci_type,suppressed
// Before these stand
//   not_evaluable,not_evaluable_sd,decoder,derivation
// the patients of the group that cannot be evaluated, noised, with the sd of that noise; `decoder`
// (plain, smoothed; empty where there are no curves) and `derivation` (direct, or how the plan
// asked follows from the release: query/derived_answer.h). `x` is a noised count, `x_sd` the sd of
// its noise. Who took part and whether liars were checked for stands in the JSON and on the
// terminal. `group` is <attribute>:<category>, empty if there is one group; `suppressed` is true or
// false.
namespace perdura::query {

// time_months,n_risk,n_event_cum,n_censor_cum,surv: knots, then landmarks (without counts).
std::string KmCsv(const Estimates& estimates);
// cause,time_months,n_risk,n_event_cum,cif.
std::string CifCsv(const Estimates& estimates);
// tau_months,rmst,contrast. No contrasts are made yet.
std::string RmstCsv(const Estimates& estimates);
// quantile,value_months,reached.
std::string MedianCsv(const Estimates& estimates);

// slot,category,x,x_sd,n,denominator,proportion: a category table at its landmark.
std::string ResponseCsv(const Estimates& estimates);
// term,grade_min,x,x_sd,n,person_years,proportion,rate: a flag table; grades and times are not
// counted.
std::string AeCsv(const Estimates& estimates);
// n,statistic,value: a moment table; mean, then sd if it has squares.
std::string MomentCsv(const Estimates& estimates);

// "plain,direct": the fields decoder and derivation of every line, which tell the readings of one
// release apart.
std::string ReadingColumns(const Estimates& estimates);

struct OutputFile {
  std::string name;
  std::string contents;
};
// Of an event table km.csv, cif.csv, rmst.csv, median.csv; of the others response.csv, ae.csv or
// moments.csv. At least one.
std::vector<OutputFile> CsvFiles(const Estimates& estimates);

// All of it as one JSON object (RFC 8259), one line feed at the end; what is not available is null.
std::string EstimatesJson(const Estimates& estimates);

}  // namespace perdura::query

#endif  // PERDURA_QUERY_OUTPUT_FILES_H_
