-- aggregator.db of version 3, whose reserved_entry has `overlap_key` already. SIMULATED rows.
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
CREATE TABLE free_answer (
  analyst TEXT NOT NULL,
  question BLOB NOT NULL CHECK (length(question) = 16),
  attempt INTEGER NOT NULL CHECK (attempt > 0),
  ask_hash BLOB NOT NULL CHECK (length(ask_hash) = 32),
  release_id BLOB NOT NULL REFERENCES release (id),
  PRIMARY KEY (analyst, question, attempt)
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
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  recipient TEXT NOT NULL,
  manifest_hash BLOB NOT NULL,
  item BLOB NOT NULL                                        -- serialised, without its number
) STRICT;
CREATE TABLE rebase (
  party TEXT NOT NULL,
  generation INTEGER NOT NULL CHECK (generation > 1),
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),          -- SHA-256 of the signed payload
  envelope BLOB NOT NULL,                                   -- as it came
  PRIMARY KEY (party, generation)
) STRICT;
CREATE TABLE release (
  id BLOB PRIMARY KEY CHECK (length(id) = 32),              -- SHA-256 of the release payload
  seq INTEGER NOT NULL UNIQUE,
  manifest_hash BLOB NOT NULL UNIQUE,
  plan TEXT NOT NULL,
  plan_hash BLOB NOT NULL,
  overlap_key TEXT NOT NULL,
  contributors TEXT NOT NULL,                               -- members, sorted, comma-separated
  bundle BLOB NOT NULL,
  answered_at INTEGER NOT NULL                              -- microseconds
) STRICT;
CREATE TABLE reserved_entry (
  manifest_hash BLOB PRIMARY KEY CHECK (length(manifest_hash) = 32),
  seq INTEGER NOT NULL,                                     -- in log_entry
  overlap_key TEXT NOT NULL                                 -- cut, endpoint, scope, products, cohort
, generation INTEGER NOT NULL DEFAULT 1) STRICT, WITHOUT ROWID;
INSERT INTO "reserved_entry" VALUES(X'0606060606060606060606060606060606060606060606060606060606060606',3,'cut=c1',1);
CREATE TABLE round_message (
  seq INTEGER PRIMARY KEY,
  manifest_hash BLOB NOT NULL CHECK (length(manifest_hash) = 32),
  kind INTEGER NOT NULL,                                    -- MessageKind
  sender TEXT NOT NULL,                                     -- member, or empty for own decisions
  bytes BLOB NOT NULL,
  UNIQUE (manifest_hash, kind, sender)
) STRICT;
CREATE TABLE seal_key (
  member TEXT NOT NULL,
  number INTEGER NOT NULL,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
  envelope BLOB NOT NULL,
  PRIMARY KEY (member, number)
) STRICT;
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
CREATE INDEX reserved_entry_by_overlap ON reserved_entry (overlap_key, seq);
CREATE INDEX outbox_by_recipient ON outbox (recipient, number);
CREATE INDEX outbox_by_round ON outbox (manifest_hash);
CREATE INDEX release_by_plan ON release (plan_hash, seq);
CREATE INDEX release_by_overlap ON release (overlap_key);
CREATE TRIGGER release_stays BEFORE DELETE ON release BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER release_fixed BEFORE UPDATE ON release BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER free_answer_stays BEFORE DELETE ON free_answer BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER free_answer_fixed BEFORE UPDATE ON free_answer BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE INDEX attempt_purpose_by_purpose ON attempt_purpose (purpose);
CREATE INDEX attempt_by_plan ON attempt (plan_hash);
CREATE TRIGGER attempt_purpose_stays BEFORE DELETE ON attempt_purpose BEGIN SELECT RAISE(ABORT, 'no refunds'); END;
CREATE TRIGGER attempt_purpose_fixed BEFORE UPDATE ON attempt_purpose BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER rebase_stays BEFORE DELETE ON rebase BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER rebase_fixed BEFORE UPDATE ON rebase BEGIN SELECT RAISE(ABORT, 'append-only'); END;
