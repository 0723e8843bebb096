#!/usr/bin/env python3
"""Kills real processes of a federation at every named crash point and at random moments; nothing may be lost, paid twice or signed twice.

    kill_test.py --bin DIR [--kills N] [--seed N] [--points WORD]   DIR: perdura, perdura-node, perdura-aggregator, built with PERDURA_FAILPOINTS

Each kill: a question is asked (or files are imported), the victim dies by SIGKILL, is started again, and the question is resumed until it is
answered or burnt. At the end a plain question must be answered, every process must end with 0 on SIGTERM, and invariants.py judges the
databases. All patients are simulated. Exit status 77: openssl is missing, nothing was tested.
"""

import argparse
import itertools
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the source folder stays as it is
import controls
import invariants
import simulated_rows
from real_federation import AGE_BANDS, HOSPITALS, PARTIES, ROUND_SECONDS, Federation

# Point -> who passes it, and on which passes it is tried. A contribution point is passed by 4 deals and at least 3 uploads.
AGGREGATOR, MEMBER, IMPORT = "aggregator", "member", "import"
POINTS = {
    "aggregator_before_reserve": (AGGREGATOR, [1]),
    "aggregator_after_reserve": (AGGREGATOR, [1]),
    "aggregator_before_contribution_stored": (AGGREGATOR, [1, 5, 7]),
    "aggregator_before_draft_stored": (AGGREGATOR, [1]),
    "aggregator_before_release_stored": (AGGREGATOR, [1]),
    "aggregator_after_release_stored": (AGGREGATOR, [1]),
    "steward_before_deal_stored": (MEMBER, [1]),
    "steward_deal_logged": (MEMBER, [1]),
    "steward_after_deal_stored": (MEMBER, [1]),
    "steward_before_commit_stored": (MEMBER, [1]),
    "steward_after_commit_stored": (MEMBER, [1]),
    "steward_before_sum_stored": (MEMBER, [1]),
    "steward_after_sum_stored": (MEMBER, [1]),
    "node_before_debit": (MEMBER, [1]),
    "node_after_debit": (MEMBER, [1]),
    "node_before_packed": (MEMBER, [1]),
    "node_upload_stored": (MEMBER, [1]),
    "node_after_packed": (MEMBER, [1]),
    "vault_after_commit": (IMPORT, [1]),
    "facts_before_commit": (IMPORT, [1]),
    "facts_after_commit": (IMPORT, [1]),
}
RANDOM = "random moment"
PATIENTS, EXTRA_PATIENTS = 24, 3
# Tries until a point is passed: a round may miss its slots on a busy machine and end before it.
TRIES = 4


def points_of_the_source():
    top = pathlib.Path(__file__).resolve().parents[2]
    files = [path for folder in ("aggregator", "registry-node") for path in (top / folder).rglob("*.cc")]
    return {name for path in files for name in re.findall(r'PERDURA_FAILPOINT\("(\w+)"\)', path.read_text())}


class KillTest:
    def __init__(self, federation, seed):
        self.federation, self.draw = federation, random.Random(seed)
        self.questions, self.asks = itertools.count(), itertools.count()
        self.journal, self.records, self.results = {}, {}, {}
        self.failures, self.drains, self.kills, self.told_twice = [], 0, 0, 0
        for name in ("first", "answers"):
            (federation.folder / name).mkdir()

    # --- setting up and stopping ---

    def set_up(self):
        self.federation.start_all()
        for hospital in HOSPITALS:
            self.add_records(hospital, hospital, PATIENTS)
        self.federation.publish_cut()

    def drain(self, party):
        code = self.federation.stop(party)
        self.drains += 1
        if code != 0:
            self.failures.append(f"{party} ended with {code} on SIGTERM")

    # --- records ---

    def add_records(self, hospital, name, patients, crash=None):
        """Imports simulated patients; `crash` arms a point that kills the node during the first try."""
        folder = self.federation.folder / "rows" / name
        rows = simulated_rows.write_patients(folder, name, patients, seed=name)
        if crash:
            self.arm(hospital, crash)
            if self.federation.import_files(hospital, folder).returncode == 0:
                self.failures.append(f"{crash}: the import was acknowledged by a process that was to be killed")
            self.revive(hospital, self.federation.wait_killed(hospital, 10), crash)
        done = self.federation.import_files(hospital, folder)
        again = self.federation.import_files(hospital, folder)
        if done.returncode != 0 or again.returncode != 0 or "new 0, changed 0," not in again.stdout:
            self.failures.append(f"import {name}: {done.stdout}{done.stderr}; again: {again.stdout}{again.stderr}")
        for table, count in rows.items():
            known = self.records.setdefault(hospital, {})
            known[table] = known.get(table, 0) + count
        return "imported"

    # --- questions ---

    def question(self):
        """A plan that was never asked: cohort, endpoint and price differ."""
        number = next(self.questions)
        mask = 1 + number % (2 ** AGE_BANDS - 2)
        bands = ",".join(f"b{i}" for i in range(AGE_BANDS) if mask >> i & 1)
        endpoint = ("overall-survival", "disease-free-survival")[number // 97 % 2]
        return ["--endpoint", endpoint, "--cohort", f"age-band={bands}", "--charge", f"units({1_000_000 + number})"]

    def wait_ready(self, question):
        def ready():
            preview = self.federation.analyst("preview", *question)
            return preview.returncode == 0 and "refused now" not in preview.stdout
        self.federation.wait_until("aggregator that would take the question", ready)

    def ask(self, question, disturb):
        """Asks, calls `disturb(running)`, which may kill and restart, and brings the question to its end. It is not asked again where
        nobody was killed and it was refused: an armed process would pass its point where no `disturb` looks."""
        self.wait_ready(question)
        first = self.federation.folder / "first" / str(next(self.asks))
        running = self.federation.analyst_later("ask", *question, "--accept-noise", "--out", first)
        try:
            disturbed = disturb(running)
        finally:
            _, errors = running.communicate(timeout=120)
        known = re.search(r"question ([0-9a-f]{32})", errors)
        if known is None or (not disturbed and "nothing was charged" in errors):
            return disturbed, "not asked"
        outcome = self.resume(known[1])
        for answer in first.glob("*.release"):
            self.told_twice += 1
            if answer.read_bytes() != self.journal[known[1]]:
                self.failures.append(f"question {known[1]} was answered with other bytes when it was asked again")
        return disturbed, outcome

    def resume(self, question_id):
        out = self.federation.folder / "answers" / question_id
        end = time.monotonic() + 45
        while True:
            answer = self.federation.analyst("ask", "--resume", question_id, "--out", out)
            if answer.returncode == 0:
                self.journal[question_id] = next(out.glob("*.release")).read_bytes()
                return "answered"
            if "The attempt is burnt" in answer.stderr:
                self.journal[question_id] = "burnt"
                return "burnt"
            if time.monotonic() > end:
                self.journal[question_id] = "burnt"
                self.failures.append(f"question {question_id} did not end: {answer.stderr}")
                return "open"
            time.sleep(0.2)

    # --- kills ---

    def start(self, party, failpoint=None):
        """Starts it again; no hand but this one brings it back to serving. That the aggregator is back `wait_ready` finds."""
        self.federation.start(party, failpoint)
        if party != "aggregator":
            self.federation.wait_serving(party)

    def arm(self, party, failpoint):
        self.drain(party)
        self.start(party, failpoint)

    def revive(self, party, killed, point):
        """Starts a killed party again. One that lives on is stopped first."""
        if not killed:
            self.failures.append(f"{point}: {party} was not killed")
            self.drain(party)
        self.kills += killed
        self.start(party)

    def kill_at(self, point, kill_number):
        kind, passes = POINTS[point]
        victim = "aggregator" if kind == AGGREGATOR else HOSPITALS[kill_number % len(HOSPITALS)]
        crash = f"{point}:{passes[kill_number % len(passes)]}"
        if kind == IMPORT:
            return self.add_records(victim, f"{victim}-{kill_number}", EXTRA_PATIENTS, crash)
        self.arm(victim, crash)

        def wait_and_restart(running):
            killed = self.federation.wait_killed(victim, 20, running)
            if killed:
                time.sleep(self.draw.choice([0, 0, 0.3, 2 * ROUND_SECONDS]))
                self.revive(victim, True, crash)
            return killed
        for _ in range(TRIES):
            killed, outcome = self.ask(self.question(), wait_and_restart)
            if killed:
                return outcome
        self.revive(victim, False, crash)
        return "not reached"

    def kill_at_random(self):
        victim = self.draw.choice(PARTIES)

        def kill_and_restart(_):
            time.sleep(self.draw.uniform(0, ROUND_SECONDS + 0.5))
            self.federation.processes[victim].send_signal(signal.SIGKILL)
            killed = self.federation.wait_killed(victim, 10)
            time.sleep(self.draw.uniform(0, 0.5))
            self.revive(victim, killed, RANDOM)
            return killed
        return self.ask(self.question(), kill_and_restart)[1]

    def kill(self, point, kill_number):
        outcome = self.kill_at_random() if point == RANDOM else self.kill_at(point, kill_number)
        outcomes = self.results.setdefault(point, {})
        outcomes[outcome] = outcomes.get(outcome, 0) + 1

    # --- the end ---

    def recovered(self):
        """Without anybody's help a question is answered, and its result passes the offline check."""
        for _ in range(TRIES):
            _, outcome = self.ask(self.question(), lambda running: None)
            if outcome == "answered":
                break
        else:
            self.failures.append("no plain question was answered at the end")
            return
        files = sorted((self.federation.folder / "answers").glob("*/*.release"), key=lambda path: path.stat().st_mtime)
        verified = self.federation.perdura("verify", files[-1], "--authority", self.federation.fed / "authority/authority.pin")
        if verified.returncode != 0:
            self.failures.append(f"perdura verify: {verified.stderr}")

    def check(self, fed):
        checker = invariants.Checker(fed)
        checker.run(self.journal)
        for hospital, expected in self.records.items():
            checker.records(hospital, expected)
        return checker

    def audit_ledgers(self):
        for party in PARTIES:
            database = "aggregator.db" if party == "aggregator" else "registry.db"
            audited = self.federation.perdura("ledger", "verify", self.federation.fed / party / "data" / database,
                                              "--authority", self.federation.fed / "authority/authority.pin")
            if audited.returncode != 0:
                self.failures.append(f"perdura ledger verify, {party}: {audited.stderr}")

    def judge(self):
        self.audit_ledgers()
        checker = self.check(self.federation.fed)
        self.failures += checker.failures
        self.failures += controls.missed(self.federation.fed, lambda fed: self.check(fed).failures)
        return checker


def report(test, checker, seconds):
    for point, outcomes in test.results.items():
        print(f"  {point:<40}", ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))
    for what, count in checker.checked.items():
        print(f"  {count:>6} x {what}")
    answered = sum(outcome != "burnt" for outcome in test.journal.values())
    print(f"  {test.told_twice:>6} x an answer got before and after the resumption is the same, byte for byte")
    print(f"  {checker.unfinished_at_nodes()} attempts stay open, and charged, at nodes")
    for failure in test.failures:
        print("FAILED", failure)
    print(f"{test.kills} kills, {len(test.results)} points, {len(test.journal)} questions: {answered} answered, "
          f"{len(test.journal) - answered} burnt; {test.drains} stopped by SIGTERM; {sum(checker.checked.values())} checks, {len(controls.CONTROLS)} controls; "
          f"{len(test.failures)} failed; {seconds:.0f} s")


def run(test, kills, points):
    test.set_up()
    # One kill in five at a random moment, the rest in turn at the points.
    turn = itertools.cycle(points)
    for number in range(kills):
        point = RANDOM if number % 5 == 4 else next(turn)
        test.kill(point, number)
        print(f"{number + 1}/{kills} {point}", flush=True)
    test.recovered()
    for party in PARTIES:
        test.drain(party)
    return test.judge()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--points", default="", help="only points with this word in their name")
    arguments = parser.parse_args()
    if shutil.which("openssl") is None:
        print("skipped: openssl is not installed")
        return 77
    if set(POINTS) != points_of_the_source():
        print("FAILED the crash points of the source are others than those of this test:", set(POINTS) ^ points_of_the_source())
        return 1
    print("seed", arguments.seed, flush=True)
    began = time.monotonic()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="perdura-kill-"))
    federation = Federation(folder, arguments.bin.resolve())
    test = KillTest(federation, arguments.seed)
    try:
        checker = run(test, arguments.kills, [point for point in POINTS if arguments.points in point])
    except (RuntimeError, subprocess.SubprocessError) as error:
        print("FAILED", error, "; folder kept:", folder, file=sys.stderr)
        return 1
    finally:
        federation.end_all()
    report(test, checker, time.monotonic() - began)
    if test.failures:
        print("folder kept:", folder)
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
