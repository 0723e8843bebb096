"""What must hold after any number of kills, proved from the databases of all parties, opened read-only, and the client's journal."""

import json
import sqlite3

import wire
from real_federation import HOSPITALS, SKEW_MS

NODE, DEALER = 1, 2          # contribution roles
MESSAGE_DEAL, MESSAGE_UPLOAD, MESSAGE_LOGGED = 1, 3, 10
QUORUM = 3                   # of the demo charter: (s, t) = (4, 2); as many cosign the start of a steward, all but itself
# Entries that a party writes only once its start is cosigned.
SPEAKING = ("reserved", "debited", "dealt", "committed", "summed")


def _open(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    return database


def _log_row(line):
    """An entry of a party's log. Its subject is the manifest, or the charter, or nothing."""
    entry = json.loads(line)
    subject = entry.get("manifest", entry.get("charter", ""))
    return {"seq": entry["seq"], "at": entry["time"], "kind": entry["kind"], "subject": bytes.fromhex(subject)}


class Ledger:
    """The tables that the aggregator and every node have."""

    def __init__(self, path):
        self.database = _open(path)
        self.attempts = {row["manifest_hash"]: row for row in self.rows("SELECT * FROM attempt")}
        self.lines = {}
        for row in self.rows("SELECT * FROM charge_line ORDER BY compartment, product, period"):
            self.lines.setdefault(row["attempt"], []).append(tuple(row)[1:])
        self.log = [_log_row(row["line"]) for row in self.rows("SELECT line FROM log_entry ORDER BY seq")]
        # Sizes of the checkpoints with a quorum of cosignatures.
        self.cosigned = [row["size"] for row in self.rows("SELECT size, note FROM log_checkpoint ORDER BY size")
                         if wire.cosignatures(row["note"]) >= QUORUM]

    def rows(self, sql, *values):
        return self.database.execute(sql, values).fetchall()

    def charge(self, manifest_hash):
        attempt = self.attempts.get(manifest_hash)
        return [] if attempt is None else self.lines.get(attempt["id"], [])


class Checker:
    def __init__(self, fed):
        self.failures, self.checked = [], {}
        self.aggregator = Ledger(fed / "aggregator/data/aggregator.db")
        self.members, self.rounds, self.stored = {}, {}, {}
        for hospital in HOSPITALS:
            self.members[hospital] = Ledger(fed / hospital / "data/registry.db")
            self.rounds[hospital] = _open(fed / hospital / "data/rounds.db")
            self.stored[hospital] = self._stored(hospital)

    def expect(self, what, holds, detail):
        self.checked[what] = self.checked.get(what, 0) + 1
        if not holds:
            self.failures.append(f"{what}: {detail}")

    def run(self, journal):
        self.files()
        self.releases()
        self.charges_first()
        self.stewards()
        self.restarted_stewards()
        self.witnesses()
        self.client(journal)

    def _stored(self, hospital):
        found = {}
        for row in self.rounds[hospital].execute("SELECT manifest_hash, role, post FROM contribution"):
            key = (row["manifest_hash"], row["role"])
            self.expect("one stored contribution for each manifest and role", key not in found, hospital)
            post = wire.Post(row["post"])
            self.expect("a stored contribution is what its row says and fits its own share hashes",
                        (post.manifest_hash, post.role, post.member) == (*key, hospital)
                        and [wire.sha256(share) for share in post.shares] == post.share_hashes, hospital)
            found[key] = (post.id, row["post"])
        return found

    def ledgers(self):
        return {"aggregator": self.aggregator, **self.members}.items()

    def files(self):
        for party, ledger in self.ledgers():
            self.expect("databases pass quick_check", ledger.rows("PRAGMA quick_check")[0][0] == "ok", party)
            self.expect("the party log has no gap", [row["seq"] for row in ledger.log] == list(range(len(ledger.log))), party)
            for manifest_hash, attempt in ledger.attempts.items():
                self.expect("an attempt carries the manifest that it is charged for",
                            wire.payload_id(attempt["manifest"]) == manifest_hash, party)
                self.expect("every attempt has charge lines", bool(ledger.charge(manifest_hash)), party)
                logged = [row["seq"] for row in ledger.log
                          if row["subject"] == manifest_hash and row["kind"] in ("reserved", "debited")]
                self.expect("every charge is logged once", len(logged) == 1, party)
        for attempt in self.aggregator.attempts.values():
            self.expect("every attempt has ended", attempt["state"] in ("released", "burnt"), attempt["state"])

    def releases(self):
        seen = set()
        for row in self.aggregator.rows("SELECT * FROM release"):
            bundle, attempt = wire.Bundle(row["bundle"]), self.aggregator.attempts.get(row["manifest_hash"])
            name = row["manifest_hash"].hex()[:12]
            self.expect("a release has its attempt, charged and released",
                        attempt is not None and attempt["state"] == "released"
                        and bool(self.aggregator.charge(row["manifest_hash"])), name)
            if attempt is None:
                continue
            key = (attempt["analyst"], attempt["question"], attempt["attempt"])
            self.expect("at most one release for each attempt", key not in seen, name)
            seen.add(key)
            self.expect("a release is about its own manifest and commit",
                        bundle.manifest_hash == bundle.commit_manifest_hash == row["manifest_hash"]
                        and bundle.release_id == row["id"] and bundle.signatures >= QUORUM
                        and len(bundle.dealers) == QUORUM
                        and ",".join(member for member, _ in bundle.contributors) == row["contributors"], name)
            self._contributors(row["manifest_hash"], bundle, name)

    def _contributors(self, manifest_hash, bundle, name):
        for member, contribution in bundle.contributors:
            self.expect("every contributor of a release paid the same on its own ledger",
                        self.members[member].charge(manifest_hash) == self.aggregator.charge(manifest_hash),
                        f"{name} at {member}")
            self.expect("the commit names the stored upload",
                        self.stored[member].get((manifest_hash, NODE), (None,))[0] == contribution, f"{name} at {member}")
        for member, contribution in bundle.dealers:
            self.expect("the commit names the stored deal",
                        self.stored[member].get((manifest_hash, DEALER), (None,))[0] == contribution, f"{name} at {member}")

    def charges_first(self):
        for member in HOSPITALS:
            for (manifest_hash, role), (contribution, _) in self.stored[member].items():
                self.expect("nothing is asked without a reservation", manifest_hash in self.aggregator.attempts, member)
                if role == NODE:
                    self.expect("no upload without a debit", bool(self.members[member].charge(manifest_hash)), member)
        for row in self.aggregator.rows("SELECT * FROM round_message WHERE kind IN (?, ?)", MESSAGE_DEAL, MESSAGE_UPLOAD):
            role = DEALER if row["kind"] == MESSAGE_DEAL else NODE
            sent = self.stored[row["sender"]].get((row["manifest_hash"], role), (None, None))[1]
            self.expect("what the aggregator received is byte for byte what the member stored first",
                        sent == row["bytes"], row["sender"])

    def stewards(self):
        commits, contributions = {}, set()
        for member, ledger in self.members.items():
            for table in ("deal", "signed_commit"):
                rows = ledger.rows(f"SELECT * FROM {table}")
                for column in ("analyst, question, attempt", "manifest_hash"):
                    distinct = ledger.rows(f"SELECT DISTINCT {column} FROM {table}")
                    self.expect(f"one {table} for each attempt and manifest", len(rows) == len(distinct), member)
            for row in ledger.rows("SELECT * FROM signed_commit"):
                commits.setdefault(row["manifest_hash"], set()).add(row["commit_id"])
            dealt = {row["manifest_hash"] for row in ledger.rows("SELECT manifest_hash FROM deal")}
            for manifest_hash, role in self.stored[member]:
                if role == DEALER:
                    self.expect("no deal leaves without its row", manifest_hash in dealt, member)
            for contribution, _ in self.stored[member].values():
                self.expect("no contribution is used under two manifests", contribution not in contributions, member)
                contributions.add(contribution)
        for manifest_hash, ids in commits.items():
            self.expect("stewards signed one commit for each attempt", len(ids) == 1, manifest_hash.hex()[:12])
        for row in self.aggregator.rows("SELECT manifest_hash, bundle FROM release"):
            self.expect("the certificate is of the commit that the stewards signed",
                        commits.get(row["manifest_hash"]) == {wire.Bundle(row["bundle"]).commit_id},
                        row["manifest_hash"].hex()[:12])

    def restarted_stewards(self):
        """KC8: what is signed for the first time was opened after the last start of the process, give or take the skew."""
        for member, ledger in self.members.items():
            started = 0
            for row in ledger.log:
                if row["kind"] == "start":
                    started = row["at"]
                elif row["kind"] in ("committed", "summed") and row["subject"] in self.aggregator.attempts:
                    opened = wire.opened_at(self.aggregator.attempts[row["subject"]]["manifest"])
                    self.expect("a restarted steward signs nothing new in a round that was open",
                                started < opened + SKEW_MS * 1000, f"{member} {row['kind']} {row['subject'].hex()[:12]}")

    def witnesses(self):
        """`witness: required`: nobody takes a kill for an old copy, and nobody speaks before its start is cosigned."""
        for party, ledger in self.ledgers():
            origins = [row["origin"] for row in ledger.rows("SELECT origin FROM log")]
            self.expect("a killed party goes on in its own log", origins == [f"demo/{party}/1"], f"{party}: {origins}")
            forks = [row["origin"] for row in ledger.rows("SELECT origin FROM head_fork")]
            self.expect("nobody has seen a forked log", not forks, f"{party}: {forks}")
            for row in ledger.log:
                if row["kind"] == "start":
                    over_start = next((size for size in ledger.cosigned if size > row["seq"]), float("inf"))
                elif row["kind"] in SPEAKING:
                    self.expect("who speaks has its start cosigned by a quorum", over_start <= row["seq"],
                                f"{party} {row['kind']}, entry {row['seq']}")
        self.logged_first()

    def logged_first(self):
        charges = {row["manifest_hash"]: row for row in
                   self.aggregator.rows("SELECT * FROM round_message WHERE kind = ?", MESSAGE_LOGGED)}
        for row in self.aggregator.rows("SELECT * FROM round_message WHERE kind = ?", MESSAGE_DEAL):
            charge = charges.get(row["manifest_hash"])
            self.expect("no round leaves before its charge is cosigned by a quorum",
                        charge is not None and charge["seq"] < row["seq"]
                        and wire.cosignatures(wire.receipt(charge["bytes"])) >= QUORUM, row["sender"])

    def client(self, journal):
        attempts = {attempt["question"].hex(): attempt for attempt in self.aggregator.attempts.values()}
        bundles = {row["manifest_hash"]: row["bundle"] for row in self.aggregator.rows("SELECT manifest_hash, bundle FROM release")}
        for question, outcome in journal.items():
            attempt = attempts.get(question)
            if outcome == "burnt":
                self.expect("what the client was told is burnt is burnt", attempt is not None and attempt["state"] == "burnt", question)
            else:
                self.expect("every answer that the client got is stored, byte for byte",
                            attempt is not None and bundles.get(attempt["manifest_hash"]) == outcome, question)
        self.expect("one charge for each question", len(attempts) == len(self.aggregator.attempts), "a question has several attempts")
        self.expect("no attempt that nobody asked", set(attempts) <= set(journal), str(set(attempts) - set(journal)))

    # Rows at nodes whose round has ended and that were never told: harmless, they stay charged.
    def unfinished_at_nodes(self):
        return sum(attempt["state"] in ("debited", "packed") for ledger in self.members.values()
                   for attempt in ledger.attempts.values())

    def records(self, hospital, expected):
        """Every imported record is there once, in one version."""
        names = {"consents": "consent", "conditions": "condition", "episodes": "episode", "visits": "visit", "events": "event"}
        for table, name in names.items():
            total, distinct, newest = self.members[hospital].rows(
                f"SELECT COUNT(*), COUNT(DISTINCT record), MAX(version) FROM {name}")[0]
            self.expect("every imported record is there once", (total, distinct, newest) == (expected[table], expected[table], 1),
                        f"{hospital} {name}: {total} rows, {distinct} records, {expected[table]} imported")
