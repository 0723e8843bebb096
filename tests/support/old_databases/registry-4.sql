-- registry.db of version 4, whose seal_key_seen has `since` already. SIMULATED rows.
CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  analyst TEXT NOT NULL CHECK (length(analyst) <= 40),      -- who signed the ask
  question BLOB NOT NULL CHECK (length(question) = 16),     -- the client's random question id
  attempt INTEGER NOT NULL CHECK (attempt > 0),
  plan TEXT NOT NULL,                                       -- canonical text
  plan_hash BLOB NOT NULL CHECK (length(plan_hash) = 32),
  manifest_hash BLOB NOT NULL UNIQUE CHECK (length(manifest_hash) = 32),
  manifest BLOB NOT NULL,                                   -- the signed envelope as it came
  ask_hash BLOB NOT NULL CHECK (length(ask_hash) = 32),
  cut_known_at INTEGER NOT NULL,                            -- K of the cut, microseconds
  debited_at INTEGER NOT NULL,                              -- microseconds, this party's clock
  state TEXT NOT NULL,                                      -- mutable: word of the round's state
  reason TEXT NOT NULL DEFAULT '',                          -- mutable: why it ended
  UNIQUE (analyst, question, attempt)
) STRICT;
INSERT INTO "attempt" VALUES(1,'desk',X'04040404040404040404040404040404',1,'v=1 cut=c1 cohort=all endpoint=overall-survival products=p scope=s',X'0505050505050505050505050505050505050505050505050505050505050505',X'0606060606060606060606060606060606060606060606060606060606060606',X'07',X'0808080808080808080808080808080808080808080808080808080808080808',1,2,'burnt','');
CREATE TABLE attempt_purpose (
  attempt INTEGER PRIMARY KEY REFERENCES attempt (id),
  purpose TEXT NOT NULL CHECK (length(purpose) <= 40)
) STRICT;
CREATE TABLE charge_line (
  attempt INTEGER NOT NULL REFERENCES attempt (id),
  compartment INTEGER NOT NULL,
  product TEXT NOT NULL,
  period TEXT NOT NULL,
  units INTEGER NOT NULL CHECK (units > 0),
  UNIQUE (attempt, compartment, product, period)
) STRICT;
CREATE TABLE charter (
  version INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  envelope BLOB NOT NULL                                    -- as it came
) STRICT;
CREATE TABLE condition (
row INTEGER PRIMARY KEY, -- order of arrival at this node
record BLOB NOT NULL CHECK(length(record) = 16), -- the thing that versions describe
version INTEGER NOT NULL CHECK(version >= 1), -- 1, 2, ... without a gap
op TEXT NOT NULL CHECK(op IN ('assert', 'retract')), -- the last version decides
recorded_at INTEGER NOT NULL CHECK(recorded_at > 0), -- microseconds UTC, never backwards
actor TEXT NOT NULL CHECK(length(actor) BETWEEN 1 AND 64
  AND instr(actor, char(0)) = 0), -- staff account or import id
source TEXT NOT NULL CHECK(source IN ('form', 'cli', 'fhir', 'omop', 'redcap', 'csv',
  'claims', 'transfer', 'assumed')), -- the way in
source_ref BLOB CHECK(length(source_ref) = 32), -- keyed hash of system + record number
reason TEXT CHECK(reason IN ('typo', 'late_information', 'wrong_patient', 'duplicate',
  'source_corrected', 'adjudicated', 'consent')), -- why a further version, null for the
  -- first
pseudonym BLOB NOT NULL CHECK(length(pseudonym) = 16),
code_system TEXT NOT NULL CHECK(length(code_system) BETWEEN 1 AND 60
  AND instr(code_system, char(0)) = 0), -- perdura: the code is an id of the charter
code TEXT NOT NULL CHECK(length(code) BETWEEN 1 AND 60
  AND instr(code, char(0)) = 0),
indication TEXT NOT NULL CHECK(length(indication) BETWEEN 1 AND 60
  AND instr(indication, char(0)) = 0), -- id in the charter
subtype TEXT CHECK(length(subtype) BETWEEN 1 AND 60
  AND instr(subtype, char(0)) = 0), -- subtype of the indication in the charter
dx_lo INTEGER NOT NULL, -- diagnosis: first day that it may be
dx_hi INTEGER NOT NULL CHECK(dx_hi >= dx_lo), -- last
dx_prec TEXT NOT NULL CHECK(dx_prec IN ('d', 'm', 'y')
  AND (dx_prec = 'd') = (dx_lo = dx_hi)), -- day, month or year
stage TEXT CHECK(length(stage) BETWEEN 1 AND 60
  AND instr(stage, char(0)) = 0),
risk_group TEXT CHECK(length(risk_group) BETWEEN 1 AND 60
  AND instr(risk_group, char(0)) = 0),
prior_lines INTEGER CHECK(prior_lines >= 0), -- lines of therapy before
ecog INTEGER CHECK(ecog BETWEEN 0 AND 5), -- performance status
kps INTEGER CHECK(kps BETWEEN 0 AND 100), -- Karnofsky score
hct_ci INTEGER CHECK(hct_ci >= 0), -- comorbidity index
UNIQUE(record, version), CHECK((version = 1) = (reason IS NULL))
) STRICT;
CREATE TABLE consent (
row INTEGER PRIMARY KEY, -- order of arrival at this node
record BLOB NOT NULL CHECK(length(record) = 16), -- the thing that versions describe
version INTEGER NOT NULL CHECK(version >= 1), -- 1, 2, ... without a gap
op TEXT NOT NULL CHECK(op IN ('assert', 'retract')), -- the last version decides
recorded_at INTEGER NOT NULL CHECK(recorded_at > 0), -- microseconds UTC, never backwards
actor TEXT NOT NULL CHECK(length(actor) BETWEEN 1 AND 64
  AND instr(actor, char(0)) = 0), -- staff account or import id
source TEXT NOT NULL CHECK(source IN ('form', 'cli', 'fhir', 'omop', 'redcap', 'csv',
  'claims', 'transfer', 'assumed')), -- the way in
source_ref BLOB CHECK(length(source_ref) = 32), -- keyed hash of system + record number
reason TEXT CHECK(reason IN ('typo', 'late_information', 'wrong_patient', 'duplicate',
  'source_corrected', 'adjudicated', 'consent')), -- why a further version, null for the
  -- first
pseudonym BLOB NOT NULL CHECK(length(pseudonym) = 16),
scope TEXT NOT NULL CHECK(scope IN ('research', 'regulatory', 'payer_adjudication',
  'secondary_use', 'cross_border', 'recontact')), -- for what
status TEXT NOT NULL CHECK(status IN ('given', 'refused', 'withdrawn')),
from_lo INTEGER NOT NULL, -- from when it holds: first day that it may be
from_hi INTEGER NOT NULL CHECK(from_hi >= from_lo), -- last
from_prec TEXT NOT NULL CHECK(from_prec IN ('d', 'm', 'y')
  AND (from_prec = 'd') = (from_lo = from_hi)), -- day, month or year
to_lo INTEGER, -- last day it holds, null if unknown: first day it may be
to_hi INTEGER CHECK(to_hi >= to_lo
  AND (to_hi IS NULL) = (to_lo IS NULL)), -- last
to_prec TEXT CHECK(to_prec IN ('d', 'm', 'y')
  AND (to_prec IS NULL) = (to_lo IS NULL)), -- day, month or year
UNIQUE(record, version), CHECK((version = 1) = (reason IS NULL))
) STRICT;
CREATE TABLE deal (
  analyst TEXT NOT NULL,
  question BLOB NOT NULL,
  attempt INTEGER NOT NULL,
  manifest_hash BLOB NOT NULL UNIQUE CHECK (length(manifest_hash) = 32),
  PRIMARY KEY (analyst, question, attempt)
) STRICT;
CREATE TABLE episode (
row INTEGER PRIMARY KEY, -- order of arrival at this node
record BLOB NOT NULL CHECK(length(record) = 16), -- the thing that versions describe
version INTEGER NOT NULL CHECK(version >= 1), -- 1, 2, ... without a gap
op TEXT NOT NULL CHECK(op IN ('assert', 'retract')), -- the last version decides
recorded_at INTEGER NOT NULL CHECK(recorded_at > 0), -- microseconds UTC, never backwards
actor TEXT NOT NULL CHECK(length(actor) BETWEEN 1 AND 64
  AND instr(actor, char(0)) = 0), -- staff account or import id
source TEXT NOT NULL CHECK(source IN ('form', 'cli', 'fhir', 'omop', 'redcap', 'csv',
  'claims', 'transfer', 'assumed')), -- the way in
source_ref BLOB CHECK(length(source_ref) = 32), -- keyed hash of system + record number
reason TEXT CHECK(reason IN ('typo', 'late_information', 'wrong_patient', 'duplicate',
  'source_corrected', 'adjudicated', 'consent')), -- why a further version, null for the
  -- first
pseudonym BLOB NOT NULL CHECK(length(pseudonym) = 16),
condition BLOB NOT NULL CHECK(length(condition) = 16), -- record of the condition that it treats
product TEXT NOT NULL CHECK(length(product) BETWEEN 1 AND 60
  AND instr(product, char(0)) = 0), -- id in the charter
day0 INTEGER NOT NULL, -- exact day, days since 1970-01-01
enrolled_lo INTEGER NOT NULL, -- when this registry learned of the patient: first day that it may be
enrolled_hi INTEGER NOT NULL CHECK(enrolled_hi >= enrolled_lo), -- last
enrolled_prec TEXT NOT NULL CHECK(enrolled_prec IN ('d', 'm', 'y')
  AND (enrolled_prec = 'd') = (enrolled_lo = enrolled_hi)), -- day, month or year
apheresis_lo INTEGER, -- collection of cells, null if unknown: first day it may be
apheresis_hi INTEGER CHECK(apheresis_hi >= apheresis_lo
  AND (apheresis_hi IS NULL) = (apheresis_lo IS NULL)), -- last
apheresis_prec TEXT CHECK(apheresis_prec IN ('d', 'm', 'y')
  AND (apheresis_prec IS NULL) = (apheresis_lo IS NULL)), -- day, month or year
age_at_infusion INTEGER CHECK(age_at_infusion BETWEEN 0 AND 130), -- whole years
laterality TEXT CHECK(laterality IN ('left', 'right', 'both')), -- eye or side
intent TEXT CHECK(intent IN ('curative', 'disease_control', 'bridge')),
scheme TEXT NOT NULL CHECK(scheme IN ('integrating', 'aav', 'standard')), -- schedule
track TEXT NOT NULL CHECK(track IN ('15-year', 'standard', '100-day-only',
  'no-follow-up')), -- how far the centre follows
UNIQUE(record, version), CHECK((version = 1) = (reason IS NULL))
) STRICT;
CREATE TABLE event (
row INTEGER PRIMARY KEY, -- order of arrival at this node
record BLOB NOT NULL CHECK(length(record) = 16), -- the thing that versions describe
version INTEGER NOT NULL CHECK(version >= 1), -- 1, 2, ... without a gap
op TEXT NOT NULL CHECK(op IN ('assert', 'retract')), -- the last version decides
recorded_at INTEGER NOT NULL CHECK(recorded_at > 0), -- microseconds UTC, never backwards
actor TEXT NOT NULL CHECK(length(actor) BETWEEN 1 AND 64
  AND instr(actor, char(0)) = 0), -- staff account or import id
source TEXT NOT NULL CHECK(source IN ('form', 'cli', 'fhir', 'omop', 'redcap', 'csv',
  'claims', 'transfer', 'assumed')), -- the way in
source_ref BLOB CHECK(length(source_ref) = 32), -- keyed hash of system + record number
reason TEXT CHECK(reason IN ('typo', 'late_information', 'wrong_patient', 'duplicate',
  'source_corrected', 'adjudicated', 'consent')), -- why a further version, null for the
  -- first
episode BLOB NOT NULL CHECK(length(episode) = 16), -- record of the episode
type TEXT NOT NULL CHECK(type IN ('relapse', 'progression', 'loss_of_response',
  'loss_of_effect', 'death', 'new_treatment', 'subsequent_infusion', 'hct_after_ct',
  'second_malignancy', 'lost_to_follow_up', 'withdrawn', 'crs', 'icans', 'iec_hs',
  'infection', 'cytopenia', 'gvhd_acute', 'gvhd_chronic', 'hospitalisation', 'icu',
  'ventilation', 'pregnancy', 'ae_other', 'engraftment_anc', 'engraftment_plt',
  'transfusion', 'voc', 'acute_chest', 'bleed', 'factor_use', 'prophylaxis_resumed',
  'inhibitor', 'motor_milestone_gained', 'motor_milestone_lost')),
onset_lo INTEGER NOT NULL, -- when it began: first day that it may be
onset_hi INTEGER NOT NULL CHECK(onset_hi >= onset_lo), -- last
onset_prec TEXT NOT NULL CHECK(onset_prec IN ('d', 'm', 'y')
  AND (onset_prec = 'd') = (onset_lo = onset_hi)), -- day, month or year
end_lo INTEGER, -- when it ended, null if unknown: first day it may be
end_hi INTEGER CHECK(end_hi >= end_lo
  AND (end_hi IS NULL) = (end_lo IS NULL)), -- last
end_prec TEXT CHECK(end_prec IN ('d', 'm', 'y')
  AND (end_prec IS NULL) = (end_lo IS NULL)), -- day, month or year
code_system TEXT CHECK(length(code_system) BETWEEN 1 AND 60
  AND instr(code_system, char(0)) = 0),
code TEXT CHECK(length(code) BETWEEN 1 AND 60
  AND instr(code, char(0)) = 0) CHECK((code IS NULL) = (code_system IS NULL)),
grade INTEGER CHECK(grade BETWEEN 1 AND 5), -- on the scale of the type
serious INTEGER CHECK(serious IN (0, 1)),
related TEXT CHECK(related IN ('product', 'procedure', 'disease', 'unrelated', 'unknown')),
confirmed INTEGER NOT NULL CHECK(confirmed IN (0, 1)), -- by a second finding
cause TEXT CHECK(cause IS NULL
  OR type = 'death' AND cause IN ('relapse_progression', 'toxicity', 'infection', 'gvhd',
    'second_malignancy', 'organ_failure', 'cardiovascular', 'other', 'unknown')
  OR type = 'lost_to_follow_up' AND cause IN ('moved', 'declined', 'unreachable',
    'transferred')), -- of death, of loss
UNIQUE(record, version), CHECK((version = 1) = (reason IS NULL))
) STRICT;
CREATE TABLE head_fork (
  origin TEXT PRIMARY KEY,
  held_note TEXT NOT NULL,
  other_note TEXT NOT NULL
) STRICT;
CREATE TABLE held_head (
  origin TEXT PRIMARY KEY,
  size INTEGER NOT NULL CHECK (size > 0),                   -- mutable: that of the note; only grows
  note TEXT NOT NULL                                        -- mutable: the signed note as it came
) STRICT;
CREATE TABLE import (
row INTEGER PRIMARY KEY, -- order
id TEXT NOT NULL UNIQUE CHECK(length(id) = 32), -- the actor of its rows
recorded_at INTEGER NOT NULL, -- microseconds UTC, as on its rows
source_system TEXT NOT NULL CHECK(length(source_system) BETWEEN 1 AND 60
  AND instr(source_system, char(0)) = 0), -- whose record numbers
files_hash BLOB NOT NULL CHECK(length(files_hash) = 32), -- names and contents
added INTEGER NOT NULL CHECK(added >= 0), -- new records
changed INTEGER NOT NULL CHECK(changed >= 0), -- further versions
same INTEGER NOT NULL CHECK(same >= 0) -- rows that said nothing new
) STRICT;
CREATE TABLE infusion (
row INTEGER PRIMARY KEY, -- order of arrival at this node
record BLOB NOT NULL CHECK(length(record) = 16), -- the thing that versions describe
version INTEGER NOT NULL CHECK(version >= 1), -- 1, 2, ... without a gap
op TEXT NOT NULL CHECK(op IN ('assert', 'retract')), -- the last version decides
recorded_at INTEGER NOT NULL CHECK(recorded_at > 0), -- microseconds UTC, never backwards
actor TEXT NOT NULL CHECK(length(actor) BETWEEN 1 AND 64
  AND instr(actor, char(0)) = 0), -- staff account or import id
source TEXT NOT NULL CHECK(source IN ('form', 'cli', 'fhir', 'omop', 'redcap', 'csv',
  'claims', 'transfer', 'assumed')), -- the way in
source_ref BLOB CHECK(length(source_ref) = 32), -- keyed hash of system + record number
reason TEXT CHECK(reason IN ('typo', 'late_information', 'wrong_patient', 'duplicate',
  'source_corrected', 'adjudicated', 'consent')), -- why a further version, null for the
  -- first
episode BLOB NOT NULL CHECK(length(episode) = 16), -- record of the episode
seq INTEGER NOT NULL CHECK(seq BETWEEN 1 AND 1000), -- 1 is day 0 of the episode
day INTEGER NOT NULL, -- exact day, days since 1970-01-01
dose TEXT CHECK(length(dose) BETWEEN 1 AND 30 AND dose NOT GLOB '*[^0-9.]*'), -- decimal
dose_unit TEXT CHECK(dose_unit IN ('cells/kg', 'cells', 'vg/kg', 'vg')
  AND (dose_unit IS NULL) = (dose IS NULL)),
in_spec INTEGER CHECK(in_spec IN (0, 1)), -- product met its release specification
conditioning TEXT CHECK(length(conditioning) BETWEEN 1 AND 60
  AND instr(conditioning, char(0)) = 0), -- code of the regimen
bridging TEXT CHECK(length(bridging) BETWEEN 1 AND 60
  AND instr(bridging, char(0)) = 0), -- code of the regimen
UNIQUE(record, version), CHECK((version = 1) = (reason IS NULL))
) STRICT;
CREATE TABLE log (
  id INTEGER PRIMARY KEY,
  origin TEXT NOT NULL UNIQUE,                              -- <federation>/<party>/<generation>
  size INTEGER NOT NULL,                                    -- mutable: entries; only grows
  root BLOB NOT NULL CHECK (length(root) = 32),             -- mutable: of the tree over them
  frontier BLOB NOT NULL                                    -- mutable: complete subtrees, largest first
) STRICT;
CREATE TABLE log_checkpoint (
  log INTEGER NOT NULL REFERENCES log (id),
  size INTEGER NOT NULL,
  note TEXT NOT NULL,                                       -- mutable: cosignatures are added
  PRIMARY KEY (log, size)
) STRICT, WITHOUT ROWID;
CREATE TABLE log_entry (
  log INTEGER NOT NULL REFERENCES log (id),
  seq INTEGER NOT NULL,
  line TEXT NOT NULL CHECK (length(line) <= 4096),
  PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE log_subtree (
  log INTEGER NOT NULL REFERENCES log (id),
  last INTEGER NOT NULL,
  level INTEGER NOT NULL CHECK (level > 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (log, last, level)
) STRICT, WITHOUT ROWID;
CREATE TABLE patient (
row INTEGER PRIMARY KEY, -- order of arrival at this node
record BLOB NOT NULL CHECK(length(record) = 16), -- the thing that versions describe
version INTEGER NOT NULL CHECK(version >= 1), -- 1, 2, ... without a gap
op TEXT NOT NULL CHECK(op IN ('assert', 'retract')), -- the last version decides
recorded_at INTEGER NOT NULL CHECK(recorded_at > 0), -- microseconds UTC, never backwards
actor TEXT NOT NULL CHECK(length(actor) BETWEEN 1 AND 64
  AND instr(actor, char(0)) = 0), -- staff account or import id
source TEXT NOT NULL CHECK(source IN ('form', 'cli', 'fhir', 'omop', 'redcap', 'csv',
  'claims', 'transfer', 'assumed')), -- the way in
source_ref BLOB CHECK(length(source_ref) = 32), -- keyed hash of system + record number
reason TEXT CHECK(reason IN ('typo', 'late_information', 'wrong_patient', 'duplicate',
  'source_corrected', 'adjudicated', 'consent')), -- why a further version, null for the
  -- first
pseudonym BLOB NOT NULL CHECK(length(pseudonym) = 16), -- random; the vault alone knows whose
sex TEXT NOT NULL CHECK(sex IN ('M', 'F', 'X', 'U')),
birth_year INTEGER CHECK(birth_year BETWEEN 1850 AND 2200), -- null if unknown
country TEXT NOT NULL CHECK(country GLOB '[A-Z][A-Z]'), -- ISO 3166-1 alpha-2
region TEXT CHECK(length(region) BETWEEN 1 AND 60
  AND instr(region, char(0)) = 0), -- code, e.g. ISO 3166-2; never free text
UNIQUE(record, version), CHECK((version = 1) = (reason IS NULL))
) STRICT;
CREATE TABLE patient_product (
pseudonym BLOB NOT NULL CHECK(length(pseudonym) = 16),
place INTEGER NOT NULL CHECK(place >= 1), -- 1, 2, ... without a gap
product TEXT NOT NULL CHECK(length(product) BETWEEN 1 AND 60
  AND instr(product, char(0)) = 0), -- id in the charter
recorded_at INTEGER NOT NULL CHECK(recorded_at > 0), -- microseconds UTC, of its episode
PRIMARY KEY(pseudonym, place), UNIQUE(pseudonym, product)
) STRICT, WITHOUT ROWID;
CREATE TABLE rebase (
  party TEXT NOT NULL,
  generation INTEGER NOT NULL CHECK (generation > 1),
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),          -- SHA-256 of the signed payload
  envelope BLOB NOT NULL,                                   -- as it came
  PRIMARY KEY (party, generation)
) STRICT;
CREATE TABLE seal_key_seen (
  steward TEXT PRIMARY KEY,
  number INTEGER NOT NULL,
  since INTEGER NOT NULL      -- earliest opened_at of a manifest that named it, or 2^63 - 1
) STRICT;
INSERT INTO "seal_key_seen" VALUES('ohio',7,1000);
CREATE TABLE signed_commit (
  analyst TEXT NOT NULL,
  question BLOB NOT NULL,
  attempt INTEGER NOT NULL,
  manifest_hash BLOB NOT NULL,
  commit_id BLOB NOT NULL CHECK (length(commit_id) = 32),
  overlap_key TEXT NOT NULL,                                -- cut, endpoint, scope, products, cohort
  contributors TEXT NOT NULL,                               -- members, sorted, comma-separated
  post BLOB NOT NULL,                                       -- the signed message as it was sent
  PRIMARY KEY (analyst, question, attempt)
) STRICT;
CREATE TABLE visit (
row INTEGER PRIMARY KEY, -- order of arrival at this node
record BLOB NOT NULL CHECK(length(record) = 16), -- the thing that versions describe
version INTEGER NOT NULL CHECK(version >= 1), -- 1, 2, ... without a gap
op TEXT NOT NULL CHECK(op IN ('assert', 'retract')), -- the last version decides
recorded_at INTEGER NOT NULL CHECK(recorded_at > 0), -- microseconds UTC, never backwards
actor TEXT NOT NULL CHECK(length(actor) BETWEEN 1 AND 64
  AND instr(actor, char(0)) = 0), -- staff account or import id
source TEXT NOT NULL CHECK(source IN ('form', 'cli', 'fhir', 'omop', 'redcap', 'csv',
  'claims', 'transfer', 'assumed')), -- the way in
source_ref BLOB CHECK(length(source_ref) = 32), -- keyed hash of system + record number
reason TEXT CHECK(reason IN ('typo', 'late_information', 'wrong_patient', 'duplicate',
  'source_corrected', 'adjudicated', 'consent')), -- why a further version, null for the
  -- first
episode BLOB NOT NULL CHECK(length(episode) = 16), -- record of the episode
slot TEXT CHECK(length(slot) BETWEEN 1 AND 60
  AND instr(slot, char(0)) = 0), -- slot of the schedule, null until it is assigned
contact_lo INTEGER NOT NULL, -- the contact: first day that it may be
contact_hi INTEGER NOT NULL CHECK(contact_hi >= contact_lo), -- last
contact_prec TEXT NOT NULL CHECK(contact_prec IN ('d', 'm', 'y')
  AND (contact_prec = 'd') = (contact_lo = contact_hi)), -- day, month or year
contact_type TEXT NOT NULL CHECK(contact_type IN ('exam', 'phone', 'registry_link',
  'claims')),
alive INTEGER NOT NULL CHECK(alive IN (0, 1)), -- known to be alive on that day
period_from INTEGER NOT NULL, -- first day of the reporting period
period_to INTEGER NOT NULL CHECK(period_to >= period_from), -- its last day
disease_assessed INTEGER NOT NULL CHECK(disease_assessed IN (0, 1)),
UNIQUE(record, version), CHECK((version = 1) = (reason IS NULL))
) STRICT;
CREATE TRIGGER patient_no_update BEFORE UPDATE ON patient
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER patient_no_delete BEFORE DELETE ON patient
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER patient_dense BEFORE INSERT ON patient
WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM patient
  WHERE record = NEW.record), 0)
BEGIN SELECT RAISE(ABORT, 'version gap'); END;
CREATE TRIGGER patient_forward BEFORE INSERT ON patient
WHEN NEW.recorded_at < coalesce((SELECT recorded_at FROM patient
  ORDER BY row DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'recorded_at runs back'); END;
CREATE TRIGGER consent_no_update BEFORE UPDATE ON consent
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER consent_no_delete BEFORE DELETE ON consent
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER consent_dense BEFORE INSERT ON consent
WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM consent
  WHERE record = NEW.record), 0)
BEGIN SELECT RAISE(ABORT, 'version gap'); END;
CREATE TRIGGER consent_forward BEFORE INSERT ON consent
WHEN NEW.recorded_at < coalesce((SELECT recorded_at FROM consent
  ORDER BY row DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'recorded_at runs back'); END;
CREATE TRIGGER condition_no_update BEFORE UPDATE ON condition
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER condition_no_delete BEFORE DELETE ON condition
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER condition_dense BEFORE INSERT ON condition
WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM condition
  WHERE record = NEW.record), 0)
BEGIN SELECT RAISE(ABORT, 'version gap'); END;
CREATE TRIGGER condition_forward BEFORE INSERT ON condition
WHEN NEW.recorded_at < coalesce((SELECT recorded_at FROM condition
  ORDER BY row DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'recorded_at runs back'); END;
CREATE TRIGGER episode_no_update BEFORE UPDATE ON episode
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER episode_no_delete BEFORE DELETE ON episode
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER episode_dense BEFORE INSERT ON episode
WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM episode
  WHERE record = NEW.record), 0)
BEGIN SELECT RAISE(ABORT, 'version gap'); END;
CREATE TRIGGER episode_forward BEFORE INSERT ON episode
WHEN NEW.recorded_at < coalesce((SELECT recorded_at FROM episode
  ORDER BY row DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'recorded_at runs back'); END;
CREATE TRIGGER infusion_no_update BEFORE UPDATE ON infusion
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER infusion_no_delete BEFORE DELETE ON infusion
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER infusion_dense BEFORE INSERT ON infusion
WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM infusion
  WHERE record = NEW.record), 0)
BEGIN SELECT RAISE(ABORT, 'version gap'); END;
CREATE TRIGGER infusion_forward BEFORE INSERT ON infusion
WHEN NEW.recorded_at < coalesce((SELECT recorded_at FROM infusion
  ORDER BY row DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'recorded_at runs back'); END;
CREATE TRIGGER visit_no_update BEFORE UPDATE ON visit
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER visit_no_delete BEFORE DELETE ON visit
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER visit_dense BEFORE INSERT ON visit
WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM visit
  WHERE record = NEW.record), 0)
BEGIN SELECT RAISE(ABORT, 'version gap'); END;
CREATE TRIGGER visit_forward BEFORE INSERT ON visit
WHEN NEW.recorded_at < coalesce((SELECT recorded_at FROM visit
  ORDER BY row DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'recorded_at runs back'); END;
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER event_dense BEFORE INSERT ON event
WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM event
  WHERE record = NEW.record), 0)
BEGIN SELECT RAISE(ABORT, 'version gap'); END;
CREATE TRIGGER event_forward BEFORE INSERT ON event
WHEN NEW.recorded_at < coalesce((SELECT recorded_at FROM event
  ORDER BY row DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'recorded_at runs back'); END;
CREATE TRIGGER import_no_update BEFORE UPDATE ON import
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER import_no_delete BEFORE DELETE ON import
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER charter_stays BEFORE DELETE ON charter BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER charter_fixed BEFORE UPDATE ON charter BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE INDEX charge_line_by_line ON charge_line (compartment, product, period);
CREATE INDEX attempt_by_state ON attempt (state);
CREATE TRIGGER attempt_stays BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'no refunds'); END;
CREATE TRIGGER attempt_fixed BEFORE UPDATE OF id, analyst, question, attempt, plan, plan_hash, manifest_hash, manifest,
  ask_hash, cut_known_at, debited_at ON attempt BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER charge_line_stays BEFORE DELETE ON charge_line BEGIN SELECT RAISE(ABORT, 'no refunds'); END;
CREATE TRIGGER charge_line_fixed BEFORE UPDATE ON charge_line BEGIN SELECT RAISE(ABORT, 'no refunds'); END;
CREATE TRIGGER log_stays BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_grows BEFORE UPDATE ON log WHEN NEW.size <> OLD.size + 1 OR NEW.id <> OLD.id OR NEW.origin <> OLD.origin
  BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_entry_stays BEFORE DELETE ON log_entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_entry_fixed BEFORE UPDATE ON log_entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_subtree_stays BEFORE DELETE ON log_subtree BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_subtree_fixed BEFORE UPDATE ON log_subtree BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_checkpoint_stays BEFORE DELETE ON log_checkpoint BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER log_checkpoint_fixed BEFORE UPDATE OF log, size ON log_checkpoint
  BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER held_head_stays BEFORE DELETE ON held_head BEGIN SELECT RAISE(ABORT, 'heads stay'); END;
CREATE TRIGGER held_head_grows BEFORE UPDATE ON held_head
  WHEN NEW.size <= OLD.size OR NEW.origin <> OLD.origin BEGIN SELECT RAISE(ABORT, 'heads only grow'); END;
CREATE TRIGGER head_fork_stays BEFORE DELETE ON head_fork BEGIN SELECT RAISE(ABORT, 'evidence'); END;
CREATE TRIGGER head_fork_fixed BEFORE UPDATE ON head_fork BEGIN SELECT RAISE(ABORT, 'evidence'); END;
CREATE INDEX signed_commit_by_overlap ON signed_commit (overlap_key);
CREATE TRIGGER deal_stays BEFORE DELETE ON deal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER deal_fixed BEFORE UPDATE ON deal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER signed_commit_stays BEFORE DELETE ON signed_commit BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER signed_commit_fixed BEFORE UPDATE ON signed_commit BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE INDEX attempt_purpose_by_purpose ON attempt_purpose (purpose);
CREATE INDEX attempt_by_plan ON attempt (plan_hash);
CREATE TRIGGER attempt_purpose_stays BEFORE DELETE ON attempt_purpose BEGIN SELECT RAISE(ABORT, 'no refunds'); END;
CREATE TRIGGER attempt_purpose_fixed BEFORE UPDATE ON attempt_purpose BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER patient_product_no_update BEFORE UPDATE ON patient_product
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER patient_product_no_delete BEFORE DELETE ON patient_product
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER patient_product_dense BEFORE INSERT ON patient_product
WHEN NEW.place <> 1 + (SELECT count(*) FROM patient_product
  WHERE pseudonym = NEW.pseudonym)
BEGIN SELECT RAISE(ABORT, 'place gap'); END;
CREATE TRIGGER rebase_stays BEFORE DELETE ON rebase BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER rebase_fixed BEFORE UPDATE ON rebase BEGIN SELECT RAISE(ABORT, 'append-only'); END;
