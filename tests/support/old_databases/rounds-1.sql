-- rounds.db of version 1, from before seal-keys were renewed. SIMULATED rows.
CREATE TABLE contribution (
  manifest_hash BLOB NOT NULL CHECK (length(manifest_hash) = 32),
  role INTEGER NOT NULL CHECK (role IN (1, 2)),
  post BLOB NOT NULL,
  PRIMARY KEY (manifest_hash, role)
) STRICT;
CREATE TABLE partial_sum (
  manifest_hash BLOB PRIMARY KEY CHECK (length(manifest_hash) = 32),
  post BLOB NOT NULL
) STRICT;
CREATE TABLE seal_key (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),          -- SHA-256 of the signed payload
  envelope BLOB NOT NULL,
  private_key BLOB NOT NULL CHECK (length(private_key) = 32),
  not_after INTEGER NOT NULL                                -- microseconds
) STRICT;
INSERT INTO "seal_key" VALUES(7,X'0101010101010101010101010101010101010101010101010101010101010101',X'02',X'0303030303030303030303030303030303030303030303030303030303030303',5000);
