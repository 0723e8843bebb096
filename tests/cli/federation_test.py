#!/usr/bin/env python3
"""The commands that need a federation, as an analyst and a centre use them, against real processes: what they print, which reason words their
refusals have, exit codes.

    federation_test.py --bin DIR    DIR: perdura, perdura-node, perdura-aggregator

All patients are simulated. Exit status 77: openssl is missing, nothing was tested.
"""

import argparse
import pathlib
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True  # the source folder stays as it is
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
import simulated_rows
from real_federation import HOSPITALS, Federation

PATIENTS = 24
QUESTION = ["--endpoint", "overall-survival", "--charge", "units(1000000)"]


def says(what, done, code, *texts):
    """Exit code and texts; a refusal prints nothing on standard output and one `perdura: ` line at its start."""
    said = done.stdout if code == 0 else done.stderr
    missing = [text for text in texts if text not in said]
    if done.returncode != code or missing:
        raise RuntimeError(f"{what}: exit code {done.returncode}, expected {code}; without {missing}:\n{done.stdout}{done.stderr}")
    if code == 1 and (done.stdout or "perdura: " not in done.stderr):
        raise RuntimeError(f"{what}: a refusal on standard output:\n{done.stdout}")
    if "[libprotobuf" in done.stderr or "grpc" in done.stderr.lower():
        raise RuntimeError(f"{what}: a library wrote to standard error:\n{done.stderr}")
    print("ok  ", what, flush=True)


def records(federation):
    rows = federation.folder / "rows"
    for hospital in HOSPITALS:
        simulated_rows.write_patients(rows / hospital, hospital, PATIENTS, seed=hospital)
    bad = federation.folder / "bad"
    shutil.copytree(rows / "ohio", bad)
    patients = bad / "patients.csv"
    patients.write_text(patients.read_text() + "not,a,row\n")
    says("record import refuses a bad row", federation.import_files("ohio", bad), 1, "patients.csv:", "nothing was written")
    says("a dry run with a bad row fails", federation.perdura("record", "import", "--dry-run", "--system", "simulated", "--socket",
         federation.fed / "ohio/node.sock", *sorted(bad.glob("*.csv"))), 1, "patients.csv:", "nothing was written")
    says("a dry run of good rows", federation.perdura("record", "import", "--dry-run", "--system", "simulated", "--socket",
         federation.fed / "ohio/node.sock", *sorted((rows / "ohio").glob("*.csv"))), 0, "dry run: nothing was written")
    for hospital in HOSPITALS:
        says(f"record import at {hospital}", federation.import_files(hospital, rows / hospital), 0, "refused 0", "imported")
    federation.publish_cut()
    says("record status", federation.status("ohio"), 0, "node ohio, charter version 2", "spent nothing of", "answers questions")


def questions(federation):
    says("describe", federation.analyst("describe"), 0, "overall-survival")
    says("releases, before any", federation.analyst("releases"), 0, "no releases yet")
    says("budget, before any", federation.analyst("budget"), 0, "the aggregator's ledger", "spent nothing of")
    says("preview", federation.analyst("preview", *QUESTION), 0, "rho ")
    says("ask for no endpoint of the charter", federation.analyst("ask", "--endpoint", "happiness"), 1, "happiness")
    says("an imprecise ask", federation.analyst("ask", *QUESTION), 1, "too_imprecise: ", "--accept-noise")
    out = federation.folder / "out"
    says("ask", federation.analyst("ask", *QUESTION, "--accept-noise", "--out", out), 0, "contributors: ", "price: rho ")
    says("the same ask again is free", federation.analyst("ask", *QUESTION, "--accept-noise"), 0, "price: 0, a stored release answers")
    listed = federation.analyst("releases")
    says("releases", listed, 0, "4 contributors")
    release = listed.stdout.split()[0]
    says("one release", federation.analyst("releases", release, "--format", "csv"), 0, release)
    says("a release that is none", federation.analyst("releases", "0" * 64), 1, "unknown_release: ")
    says("budget", federation.analyst("budget"), 0, "yours: spent rho ")
    says("verify", federation.perdura("verify", next(out.glob("*.release")), "--authority", federation.fed / "authority/authority.pin"), 0,
         f"release {release} is genuine")
    canaries(federation)
    says("resume of nothing", federation.analyst("ask", "--resume", "00"), 1, "--resume: no ask with this id is kept here")


def canaries(federation):
    canary = ["canary", "--endpoint", "overall-survival", "--false-alarm", "1e-6"]
    spent = [line for line in federation.status("ohio").stdout.splitlines() if "spent" in line]
    says("a test of no canary rounds", federation.analyst(*canary), 1, "too_few_rounds: ", "--ask")
    says("canary rounds", federation.analyst(*canary, "--ask", "3"), 0, "canary rounds: 3 of 17 rows, noise of 3 dealers",
         "the noise is what it should be")
    says("canary rounds charge nothing", federation.status("ohio"), 0, "charge=canary:8589934592", *spent)
    says("an ask about generated patients", federation.analyst("ask", *QUESTION, "--products", "canary@1"), 1, "bad_canary: ", "perdura canary")


def broken_homes(federation):
    home = federation.fed / "evidence-desk"
    cached = home / "charters/2.charter"
    charter = cached.read_bytes()
    cached.write_bytes(b"")
    says("an empty cached charter", federation.analyst("describe"), 1, "charters/2.charter: is damaged")
    cached.unlink()
    cached.mkdir()
    says("a cached charter that cannot be read", federation.analyst("describe"), 1, "charters/2.charter: ")
    cached.rmdir()
    cached.write_bytes(charter)
    federation.stop("aggregator")
    says("no aggregator", federation.analyst("describe"), 1, "cannot reach the aggregator at 127.0.0.1:")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    if shutil.which("openssl") is None:
        print("openssl is missing, nothing was tested")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        federation = Federation(pathlib.Path(folder), arguments.bin.resolve())
        try:
            federation.start_all()
            records(federation)
            questions(federation)
            broken_homes(federation)
        finally:
            federation.end_all()
    print("commands on a federation: all as expected")
    return 0


if __name__ == "__main__":
    sys.exit(main())
