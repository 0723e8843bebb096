#!/usr/bin/env Rscript
# Real patients for trying Perdura: 137 bone-marrow transplants at four hospitals, from the R package KMsurv (Klein and Moeschberger,
# Survival Analysis, section 1.3; Debian: r-cran-kmsurv). Writes the plain CSV files of one import for each hospital:
#
#   Rscript deploy/bmt.R <output directory>
#
# makes <output directory>/{ohio,alfred,st-vincent,hahnemann}/{patients,consents,conditions,episodes,visits,events}.csv and nothing else.
#
# The data hold durations only, so that every infusion is put on 1987-01-01; names and birth dates do not exist and are not invented. The
# consent is our assumption and says so (source `assumed`). Columns: t1 death or end, t2 relapse or end of disease-free time, d1 died, d2
# relapsed, group disease, z1 age, z3 male, z7 days from diagnosis to transplant, z9 hospital.

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 1) stop("usage: Rscript deploy/bmt.R <output directory>", call. = FALSE)
if (!requireNamespace("KMsurv", quietly = TRUE)) stop("install r-cran-kmsurv first", call. = FALSE)
data(bmt, package = "KMsurv")

infused <- as.Date("1987-01-01")
hospitals <- c("ohio", "alfred", "st-vincent", "hahnemann")
countries <- c("US", "AU", "AU", "US")
subtypes <- c("all", "aml-low", "aml-high")

bmt$number <- sprintf("h%d-%d", bmt$z9, seq_len(nrow(bmt)))
bmt$died <- bmt$d1 == 1
bmt$relapsed <- bmt$d2 == 1
day <- function(days) format(infused + days)
none <- function(rows) rep("", nrow(rows))

write_table <- function(folder, name, table) {
  write.csv(table, file.path(folder, name), row.names = FALSE, quote = FALSE, na = "", eol = "\n")
}

patients_of <- function(rows) {
  data.frame(record_number = rows$number, family = none(rows), given = none(rows), birth_date = none(rows),
             sex = ifelse(rows$z3 == 1, "M", "F"), country = countries[rows$z9], region = none(rows))
}

consents_of <- function(rows) {
  data.frame(record_number = rows$number, scope = "research", status = "given", from = format(infused),
             to = none(rows), source = "assumed")
}

conditions_of <- function(rows) {
  data.frame(record_number = rows$number, condition_id = sprintf("%s-c", rows$number), code_system = "perdura",
             code = "acute-leukaemia", subtype = subtypes[rows$group], diagnosed = day(-rows$z7),
             stage = none(rows), risk_group = none(rows), prior_lines = none(rows), ecog = none(rows),
             kps = none(rows), hct_ci = none(rows))
}

episodes_of <- function(rows) {
  data.frame(record_number = rows$number, episode_id = sprintf("%s-e", rows$number),
             condition_id = sprintf("%s-c", rows$number), product = "allo-hct@1", infused = format(infused),
             enrolled = format(infused), apheresis = none(rows), laterality = none(rows), intent = none(rows),
             track = "standard", age_at_infusion = rows$z1)
}

# Disease was last looked at on day t2, unless that is the day of death; who lived on was last seen on day t1.
visits_of <- function(rows) {
  assessed <- rows[!(rows$died & rows$t1 == rows$t2), ]
  seen <- rows[!rows$died & rows$t1 > rows$t2, ]
  visit <- function(of, days, looked) {
    data.frame(episode_id = sprintf("%s-e", of$number), contact = day(days), contact_type = rep("exam", nrow(of)),
               alive = rep("true", nrow(of)), disease_assessed = rep(looked, nrow(of)))
  }
  rbind(visit(assessed, assessed$t2, "true"), visit(seen, seen$t1, "false"))
}

events_of <- function(rows) {
  event <- function(of, type, days, cause) {
    data.frame(episode_id = sprintf("%s-e", of$number), type = rep(type, nrow(of)), onset = day(days),
               end = none(of), code_system = none(of), code = none(of), grade = none(of), serious = none(of),
               related = none(of), confirmed = rep("true", nrow(of)), cause = rep(cause, nrow(of)))
  }
  relapsed <- rows[rows$relapsed, ]
  died <- rows[rows$died, ]
  rbind(event(relapsed, "relapse", relapsed$t2, ""), event(died, "death", died$t1, "unknown"))
}

for (hospital in seq_along(hospitals)) {
  folder <- file.path(arguments[1], hospitals[hospital])
  if (!dir.exists(folder) && !dir.create(folder, recursive = TRUE)) stop("cannot make ", folder, call. = FALSE)
  rows <- bmt[bmt$z9 == hospital, ]
  write_table(folder, "patients.csv", patients_of(rows))
  write_table(folder, "consents.csv", consents_of(rows))
  write_table(folder, "conditions.csv", conditions_of(rows))
  write_table(folder, "episodes.csv", episodes_of(rows))
  write_table(folder, "visits.csv", visits_of(rows))
  write_table(folder, "events.csv", events_of(rows))
}
