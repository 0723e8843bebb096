#!/usr/bin/env python3
"""What must not be in a binary that people run: seeded randomness, planted faults, crash points.

    release_gate.py --built-in DIR BINARY...   each target of the build folder must be up to date and clean
    release_gate.py --must-find BINARY...      each must be found dirty (a test binary): the gate can see

Looks at the names of functions with nm. Exit status 77: nothing was built, or nm is missing.
"""

import pathlib
import re
import shutil
import subprocess
import sys

FORBIDDEN = re.compile(r"SeededRandom|TapeRandom|xoshiro|PassFailpoint|base::Plant\(|RoundedFloatLaplace")


def found_in(binary):
    names = subprocess.run(["nm", "-C", str(binary)], capture_output=True, text=True, check=True).stdout
    return sorted({match.group(0) for match in FORBIDDEN.finditer(names)})


def is_current(folder, binaries):
    """Whether a build would change nothing: an old binary says nothing about these sources."""
    plan = subprocess.run(["cmake", "--build", folder, "--target", *(path.name for path in binaries), "--", "-n"],
                          capture_output=True, text=True)
    return plan.returncode == 0 and "no work to do" in plan.stdout


def main(arguments):
    folder = None
    if arguments[:1] == ["--built-in"]:
        folder, arguments = arguments[1], arguments[2:]
    must_find = arguments[:1] == ["--must-find"]
    binaries = [path for path in map(pathlib.Path, arguments[must_find:]) if path.exists()]
    if not binaries or shutil.which("nm") is None:
        print("release_gate: no binary to look at, or no nm: skipped")
        return 77
    if folder is not None and not is_current(folder, binaries):
        print(f"release_gate: older than the sources; cmake --build {folder} makes them anew")
        return 1
    wrong = 0
    for binary in binaries:
        found = found_in(binary)
        print(f"{binary.name}: {', '.join(found) or 'clean'}")
        wrong += bool(found) != must_find
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
