#ifndef PERDURA_REGISTRY_NODE_STORE_SCHEMA_COLUMNS_H_
#define PERDURA_REGISTRY_NODE_STORE_SCHEMA_COLUMNS_H_

// Column and trigger texts that the fact tables share. Macros, since a schema is one constant text.
// Included by the schema sources alone.

// The columns that all fact tables begin with. Two times: when it happened is among the columns of
// the table, when this node learned it is recorded_at. Text is bounded and free of NUL (trap DB8);
// everything that has a list is checked against it.
#define PERDURA_FACT_COLUMNS                                                                    \
  "row INTEGER PRIMARY KEY, -- order of arrival at this node\n"                                 \
  "record BLOB NOT NULL CHECK(length(record) = 16), -- the thing that versions describe\n"      \
  "version INTEGER NOT NULL CHECK(version >= 1), -- 1, 2, ... without a gap\n"                  \
  "op TEXT NOT NULL CHECK(op IN ('assert', 'retract')), -- the last version decides\n"          \
  "recorded_at INTEGER NOT NULL CHECK(recorded_at > 0), -- microseconds UTC, never backwards\n" \
  "actor TEXT NOT NULL CHECK(length(actor) BETWEEN 1 AND 64\n"                                  \
  "  AND instr(actor, char(0)) = 0), -- staff account or import id\n"                           \
  "source TEXT NOT NULL CHECK(source IN ('form', 'cli', 'fhir', 'omop', 'redcap', 'csv',\n"     \
  "  'claims', 'transfer', 'assumed')), -- the way in\n"                                        \
  "source_ref BLOB CHECK(length(source_ref) = 32), -- keyed hash of system + record number\n"   \
  "reason TEXT CHECK(reason IN ('typo', 'late_information', 'wrong_patient', 'duplicate',\n"    \
  "  'source_corrected', 'adjudicated', 'consent')), -- why a further version, null for the\n"  \
  "  -- first\n"

#define PERDURA_FACT_CONSTRAINTS \
  "UNIQUE(record, version), CHECK((version = 1) = (reason IS NULL))\n"

// A date as the interval that the source supports, in days since 1970-01-01, both inclusive.
#define PERDURA_DATE(name, comment)                                             \
  name "_lo INTEGER NOT NULL, -- " comment ": first day that it may be\n" name  \
       "_hi INTEGER NOT NULL CHECK(" name "_hi >= " name "_lo), -- last\n" name \
       "_prec TEXT NOT NULL CHECK(" name                                        \
       "_prec IN ('d', 'm', 'y')\n"                                             \
       "  AND (" name "_prec = 'd') = (" name "_lo = " name "_hi)), -- day, month or year\n"
#define PERDURA_OPTIONAL_DATE(name, comment)                                      \
  name "_lo INTEGER, -- " comment ", null if unknown: first day it may be\n" name \
       "_hi INTEGER CHECK(" name "_hi >= " name                                   \
       "_lo\n"                                                                    \
       "  AND (" name "_hi IS NULL) = (" name "_lo IS NULL)), -- last\n" name     \
       "_prec TEXT CHECK(" name                                                   \
       "_prec IN ('d', 'm', 'y')\n"                                               \
       "  AND (" name "_prec IS NULL) = (" name "_lo IS NULL)), -- day, month or year\n"

#define PERDURA_NAME(column)                   \
  column " TEXT NOT NULL CHECK(length(" column \
         ") BETWEEN 1 AND 60\n"                \
         "  AND instr(" column ", char(0)) = 0)"
#define PERDURA_OPTIONAL_NAME(column) \
  column " TEXT CHECK(length(" column \
         ") BETWEEN 1 AND 60\n"       \
         "  AND instr(" column ", char(0)) = 0)"
#define PERDURA_ID(column) column " BLOB NOT NULL CHECK(length(" column ") = 16)"

// A decimal number as text: digits with at most one point, a minus before them.
#define PERDURA_DECIMAL(column, null)                                                          \
  column " TEXT " null " CHECK(length(" column ") BETWEEN 1 AND 30 AND ltrim(" column          \
         ", '-')\n  NOT GLOB '*[^0-9.]*' AND substr(" column ", 2) NOT GLOB '*-*' AND " column \
         " GLOB '*[0-9]'\n  AND " column " NOT GLOB '*.*.*')"

// Append-only: UPDATE and DELETE abort, and with recursive_triggers so do REPLACE and UPSERT (trap
// DB5).
#define PERDURA_NO_CHANGE(table)                               \
  "CREATE TRIGGER " table "_no_update BEFORE UPDATE ON " table \
  "\n"                                                         \
  "BEGIN SELECT RAISE(ABORT, 'append-only'); END;\n"           \
  "CREATE TRIGGER " table "_no_delete BEFORE DELETE ON " table \
  "\n"                                                         \
  "BEGIN SELECT RAISE(ABORT, 'append-only'); END;\n"

#define PERDURA_APPEND_ONLY(table)                                    \
  PERDURA_NO_CHANGE(table)                                            \
  "CREATE TRIGGER " table "_dense BEFORE INSERT ON " table            \
  "\n"                                                                \
  "WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM " table \
  "\n"                                                                \
  "  WHERE record = NEW.record), 0)\n"                                \
  "BEGIN SELECT RAISE(ABORT, 'version gap'); END;\n"                  \
  "CREATE TRIGGER " table "_forward BEFORE INSERT ON " table          \
  "\n"                                                                \
  "WHEN NEW.recorded_at < coalesce((SELECT recorded_at FROM " table   \
  "\n"                                                                \
  "  ORDER BY row DESC LIMIT 1), 0)\n"                                \
  "BEGIN SELECT RAISE(ABORT, 'recorded_at runs back'); END;\n"

#endif  // PERDURA_REGISTRY_NODE_STORE_SCHEMA_COLUMNS_H_
