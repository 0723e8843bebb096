"""Controls of invariants.py: databases that were tampered with must be found out, or its checks prove nothing."""

import pathlib
import shutil
import sqlite3
import tempfile

RELEASED_HERE = "(SELECT id FROM attempt WHERE manifest_hash = (SELECT manifest_hash FROM signed_commit ORDER BY rowid DESC LIMIT 1))"
# Database, what is done to it, and the check that must notice.
CONTROLS = [
    ("aggregator/data/aggregator.db",
     "DELETE FROM charge_line WHERE attempt IN (SELECT attempt.id FROM attempt JOIN release USING (manifest_hash) LIMIT 1)",
     "a release has its attempt, charged and released"),
    ("aggregator/data/aggregator.db", "UPDATE attempt SET state = 'reserved' WHERE id = 1", "every attempt has ended"),
    ("aggregator/data/aggregator.db", "UPDATE attempt SET question = zeroblob(16) WHERE id = 1", "no attempt that nobody asked"),
    ("aggregator/data/aggregator.db", "DELETE FROM release WHERE seq = 1", "every answer that the client got is stored, byte for byte"),
    ("aggregator/data/aggregator.db", "DELETE FROM charge_line; DELETE FROM attempt", "nothing is asked without a reservation"),
    ("ohio/data/registry.db", f"UPDATE charge_line SET units = units - 1 WHERE attempt = {RELEASED_HERE}",
     "every contributor of a release paid the same on its own ledger"),
    ("ohio/data/registry.db", f"DELETE FROM charge_line WHERE attempt = {RELEASED_HERE}", "no upload without a debit"),
    ("ohio/data/registry.db", "DELETE FROM log_entry WHERE json_extract(line, '$.kind') = 'debited'", "every charge is logged once"),
    ("ohio/data/registry.db", "UPDATE log_entry SET line = json_set(line, '$.time', json_extract(line, '$.time') + 3600000000)"
     " WHERE json_extract(line, '$.kind') = 'start'",
     "a restarted steward signs nothing new in a round that was open"),
    ("ohio/data/registry.db", "UPDATE log SET origin = 'demo/ohio/2'", "a killed party goes on in its own log"),
    ("alfred/data/registry.db", "INSERT INTO head_fork VALUES ('demo/ohio/1', 'one', 'other')", "nobody has seen a forked log"),
    ("ohio/data/registry.db", "UPDATE log_checkpoint SET note = replace(note, '\u2014 demo/alfred ', '\u2014 demo/alfred/1 ')",
     "who speaks has its start cosigned by a quorum"),
    ("aggregator/data/aggregator.db", "DELETE FROM round_message WHERE kind = 10",
     "no round leaves before its charge is cosigned by a quorum"),
    ("ohio/data/registry.db", "UPDATE signed_commit SET commit_id = zeroblob(32)", "stewards signed one commit for each attempt"),
    ("ohio/data/registry.db", "DELETE FROM deal", "no deal leaves without its row"),
    ("ohio/data/registry.db", "DELETE FROM condition WHERE row = 1", "every imported record is there once"),
    ("ohio/data/rounds.db", "DELETE FROM contribution WHERE role = 1", "the commit names the stored upload"),
    ("ohio/data/rounds.db", "DELETE FROM contribution WHERE role = 2", "the commit names the stored deal"),
    ("ohio/data/rounds.db", "UPDATE contribution SET post = (SELECT post FROM contribution ORDER BY rowid LIMIT 1)",
     "a stored contribution is what its row says and fits its own share hashes"),
]


def _tamper(path, sql):
    database = sqlite3.connect(path)
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')
    database.executescript(sql)
    database.commit()
    database.close()


def missed(fed, judge):
    """The controls that `judge(folder)`, which returns failures, did not notice."""
    silent = []
    for database, sql, what in CONTROLS:
        with tempfile.TemporaryDirectory(prefix="perdura-control-") as scratch:
            copy = pathlib.Path(scratch) / "federation"
            shutil.copytree(fed, copy, ignore=shutil.ignore_patterns("*.sock"))
            _tamper(copy / database, sql)
            if not any(failure.startswith(what + ":") for failure in judge(copy)):
                silent.append(f"control not noticed: {what}")
    return silent
