#!/usr/bin/env python3
"""Puts a node, which is a steward too, and then the aggregator back on an old copy of its databases, and takes each back by a rebase, as
docs/OPERATING.md says: real processes, real files, no restart for the rebase.

    rebase_test.py --bin DIR    DIR: perdura, perdura-node, perdura-aggregator

All patients are simulated. Exit status 77: openssl is missing, nothing was tested.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source folder stays as it is
import invariants
import simulated_rows
import wire
from real_federation import HOSPITALS, Federation

VICTIM = "ohio"
PATIENTS = 24


class RebaseTest:
    def __init__(self, federation):
        self.federation, self.fed = federation, federation.fed
        self.questions = 0

    @staticmethod
    def expect(what, holds, detail=""):
        if not holds:
            raise RuntimeError(f"{what} {detail}".strip())
        print("ok  ", what, flush=True)

    # --- steps ---

    def set_up(self):
        self.federation.start_all()
        for hospital in HOSPITALS:
            self.add_records(hospital, hospital)
        self.federation.publish_cut()

    def add_records(self, hospital, name):
        folder = self.federation.folder / "rows" / name
        simulated_rows.write_patients(folder, name, PATIENTS, seed=name)
        done = self.federation.import_files(hospital, folder)
        if done.returncode != 0:
            raise RuntimeError(f"import {name}: {done.stdout}{done.stderr}")

    def next_question(self):
        """A plan that was never asked."""
        return ["--endpoint", "overall-survival", "--charge", f"units({1_000_000 + self.questions})",
                "--cohort", f"age-band=b{self.questions}"]

    def refusal(self):
        """What a preview of the next question says of its refusal now."""
        preview = self.federation.analyst("preview", *self.next_question())
        return preview.stdout.partition("it would be refused now: ")[2] if preview.returncode == 0 else preview.stderr

    def contributors(self):
        """Asks a new question; who contributed to its release, and the file."""
        self.federation.wait_until("aggregator that would take the question", lambda: not self.refusal())
        out = self.federation.folder / f"answer-{self.questions}"
        asked = self.federation.analyst("ask", *self.next_question(), "--accept-noise", "--out", out)
        self.questions += 1
        if asked.returncode != 0:
            raise RuntimeError(f"perdura ask: {asked.stderr}")
        release = next(out.glob("*.release"))
        return {member for member, _ in wire.Bundle(release.read_bytes()).contributors}, release

    def put_back(self, party, between):
        """Its databases as they were before `between()`."""
        data, backup, newest = (self.fed / party / name for name in ("data", "backup", "newest"))
        self.stop(party)
        shutil.copytree(data, backup)
        self.federation.start(party)
        between()
        self.stop(party)
        data.rename(newest)
        backup.rename(data)
        self.federation.start(party)
        return newest

    def stop(self, party):
        if self.federation.stop(party) != 0:
            raise RuntimeError(f"{party} did not end well on SIGTERM")

    def copy(self, party, database):
        """Of a stopped process, which starts again on the same files."""
        copies = self.federation.folder / f"copy-{party}-{self.questions}"
        self.stop(party)
        shutil.copytree(self.fed / party / "data", copies)
        self.federation.start(party)
        return copies / database

    def command(self, *words):
        done = self.federation.perdura(*words)
        if done.returncode != 0:
            raise RuntimeError(f"perdura {' '.join(map(str, words[:2]))}: {done.stderr}")
        return done.stdout

    def install(self, file, parties):
        """A name that the daemons do not read, then the right one: they never see half a file."""
        for party in parties:
            hidden = self.fed / party / "charters/.rebase-being-copied"
            shutil.copy(file, hidden)
            hidden.rename(self.fed / party / f"charters/{file.name}")

    def rebase(self, party, known_database, restored_database):
        """The commands of docs/LOG.md, up to a draft."""
        known, file = (self.federation.folder / f"{party}.{end}" for end in ("attempts", "rebase"))
        self.command("rebase", "attempts", known_database, "--out", known)
        self.command("rebase", "draft", restored_database, "--known", known, "--gap-is-known",
                     "--reason", "disk replaced", "--operator", "A. Operator", "--out", file)
        return file

    def sign(self, file, key):
        self.command("rebase", "sign", file, "--charter", self.fed / "charters/2.charter", "--key", self.fed / f"authority/key-{key}")

    # --- a node ---

    def node(self):
        everybody = set(HOSPITALS)
        self.expect("a question is answered by all", self.contributors()[0] == everybody)
        newest = self.put_back(VICTIM, lambda: self.expect("its ledger goes on after the backup", self.contributors()[0] == everybody))
        spent = invariants.Ledger(newest / "registry.db")
        self.federation.wait_until(f"{VICTIM} that says it is restored", lambda: "(restored)" in self.federation.says(VICTIM))
        self.add_records(VICTIM, "while-restored")
        self.expect("a restored node takes records", "(restored)" in self.federation.says(VICTIM))
        self.expect("and answers nothing", self.contributors()[0] == everybody - {VICTIM})

        running_database = self.fed / "aggregator/data/aggregator.db"
        self.expect("nobody reads the database of a running process",
                    self.federation.perdura("rebase", "attempts", running_database, "--out", self.federation.folder / "none").returncode != 0)
        file = self.rebase(VICTIM, self.copy("aggregator", "aggregator.db"), self.copy(VICTIM, "registry.db"))
        self.federation.wait_until(f"{VICTIM} that says it is restored", lambda: "(restored)" in self.federation.says(VICTIM))
        running = self.federation.processes[VICTIM].pid
        self.sign(file, 1)
        self.install(file, [VICTIM, "aggregator"])
        self.wait_for_line(VICTIM, "rebase.refused")
        self.expect("one authority key of two does not bring it back", "(restored)" in self.federation.says(VICTIM))
        self.sign(file, 2)
        self.install(file, [VICTIM, "aggregator"])
        self.federation.wait_serving(VICTIM)
        self.expect("two do, without a restart", self.federation.processes[VICTIM].pid == running)
        answered, release = self.contributors()
        self.expect("it answers again", answered == everybody, str(answered))
        self.after_rebase(VICTIM, "registry.db", spent)
        verified = self.command("verify", release, "--authority", self.fed / "authority/authority.pin")
        self.expect("the release of the rebased member verifies", "is genuine" in verified)

    def wait_for_line(self, party, word):
        log = self.fed / party / "log"
        self.federation.wait_until(f"{word} in the log of {party}", lambda: word in log.read_text())

    def after_rebase(self, party, database, before):
        """On a copy: every charge that `before` had is there, and the copy verifies offline and tells of the rebase."""
        path = self.copy(party, database)
        after = invariants.Ledger(path)
        self.expect("nothing that was charged is lost",
                    all(after.charge(manifest) == before.charge(manifest) != [] for manifest in before.attempts))
        lines = self.command("ledger", "verify", path, "--authority", self.fed / "authority/authority.pin")
        self.expect("its ledger verifies offline and shows the rebase", f"log: demo/{party}/2" in lines
                    and "disk replaced" in lines, lines)
        if party != "aggregator":
            self.federation.wait_serving(party)
            self.expect("it answers after a restart, too", "lifetime odometer" in self.federation.status(party).stdout)

    # --- the aggregator ---

    def aggregator(self):
        newest = self.put_back("aggregator", lambda: self.expect("a question is answered", len(self.contributors()[0]) == len(HOSPITALS)))
        spent = invariants.Ledger(newest / "aggregator.db")
        self.federation.wait_until("aggregator that says it is restored", lambda: "old copy" in self.refusal())
        self.expect("the restored aggregator refuses questions", "old copy" in self.refusal())
        file = self.rebase("aggregator", self.copy("alfred", "registry.db"), self.copy("aggregator", "aggregator.db"))
        self.sign(file, 2)
        self.sign(file, 3)
        running = self.federation.processes["aggregator"].pid
        self.install(file, ["aggregator"])
        answered, release = self.contributors()
        self.expect("after its rebase it asks again, without a restart",
                    answered == set(HOSPITALS) and self.federation.processes["aggregator"].pid == running, str(answered))
        verified = self.command("verify", release, "--authority", self.fed / "authority/authority.pin")
        self.expect("its release verifies and shows the rebase", "rebased" in verified, verified)
        self.after_rebase("aggregator", "aggregator.db", spent)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    if shutil.which("openssl") is None:
        print("skipped: openssl is not installed")
        return 77
    folder = pathlib.Path(tempfile.mkdtemp(prefix="perdura-rebase-"))
    federation = Federation(folder, arguments.bin.resolve())
    test = RebaseTest(federation)
    try:
        test.set_up()
        test.node()
        test.aggregator()
    except (RuntimeError, subprocess.SubprocessError) as error:
        print("FAILED", error, "; folder kept:", folder, file=sys.stderr)
        return 1
    finally:
        federation.end_all()
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
