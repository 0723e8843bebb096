# Writes 137 real bone-marrow transplant patients as plain CSV, one folder for each of their four hospitals.
#
#   Rscript --vanilla deploy/bmt.R DIR       makes DIR/ohio, DIR/alfred, DIR/st-vincent, DIR/hahnemann
#
# Source: data set bmt of R package KMsurv (Debian r-cran-kmsurv; Klein & Moeschberger, section 1.3). The data have durations only, so
# everybody is infused on 1987-01-01; there are no names and no birth dates. The hospital is column z9.
folder <- commandArgs(TRUE)
if (length(folder) != 1) stop("usage: Rscript bmt.R DIR")
data(bmt, package = "KMsurv")

hospitals <- c("ohio", "alfred", "st-vincent", "hahnemann")
infused <- as.Date("1987-01-01")
on_day <- function(days) format(infused + days, "%Y-%m-%d")

bmt$record_number <- sprintf("h%d-%d", bmt$z9, seq_len(nrow(bmt)))
bmt$episode_id <- paste0(bmt$record_number, "-e1")
bmt$condition_id <- paste0(bmt$record_number, "-c1")

patients <- function(d) data.frame(
  record_number = d$record_number, family = "", given = "", birth_date = "",
  sex = ifelse(d$z3 == 1, "M", "F"), country = ifelse(d$z9 %in% c(1, 4), "US", "AU"), region = "")

consents <- function(d) data.frame(
  record_number = d$record_number, scope = "research", status = "given", from = on_day(0), to = "", source = "assumed")

conditions <- function(d) data.frame(
  record_number = d$record_number, condition_id = d$condition_id, code_system = "perdura", code = "acute-leukaemia",
  subtype = c("all", "aml-low", "aml-high")[d$group], diagnosed = on_day(-d$z7), stage = "", risk_group = "",
  prior_lines = "", ecog = "", kps = "", hct_ci = "")

episodes <- function(d) data.frame(
  record_number = d$record_number, episode_id = d$episode_id, condition_id = d$condition_id, product = "allo-hct@1",
  infused = on_day(0), enrolled = on_day(0), apheresis = "", laterality = "", intent = "", track = "standard",
  age_at_infusion = d$z1)

contact <- function(d, day, assessed) data.frame(
  episode_id = d$episode_id, contact = on_day(day), contact_type = rep("exam", nrow(d)), alive = rep("true", nrow(d)),
  disease_assessed = rep(assessed, nrow(d)))
# Disease was last assessed at t2 unless the patient died that day; who lives on is seen at t1.
visits <- function(d) {
  assessed <- d[!(d$d1 == 1 & d$t1 == d$t2), ]
  seen <- d[d$d1 == 0 & d$t1 > d$t2, ]
  rbind(contact(assessed, assessed$t2, "true"), contact(seen, seen$t1, "false"))
}

event <- function(d, type, day, cause) data.frame(
  episode_id = d$episode_id, type = rep(type, nrow(d)), onset = on_day(day), end = rep("", nrow(d)),
  code_system = rep("", nrow(d)), code = rep("", nrow(d)), grade = rep("", nrow(d)), serious = rep("", nrow(d)),
  related = rep("", nrow(d)), confirmed = rep("true", nrow(d)), cause = rep(cause, nrow(d)))
events <- function(d) {
  relapsed <- d[d$d2 == 1, ]
  died <- d[d$d1 == 1, ]
  rbind(event(relapsed, "relapse", relapsed$t2, ""), event(died, "death", died$t1, "unknown"))
}

tables <- list(patients = patients, consents = consents, conditions = conditions, episodes = episodes,
               visits = visits, events = events)
for (i in seq_along(hospitals)) {
  home <- file.path(folder, hospitals[i])
  dir.create(home, recursive = TRUE, showWarnings = FALSE)
  for (name in names(tables)) {
    write.csv(tables[[name]](bmt[bmt$z9 == i, ]), file.path(home, paste0(name, ".csv")), row.names = FALSE,
              quote = FALSE, na = "", eol = "\n")
  }
}
