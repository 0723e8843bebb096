#!/usr/bin/env python3
"""What must not be in a binary that people run: seeded randomness, planted faults, crash points.

    release_gate.py BINARY...              each must be clean
    release_gate.py --must-find BINARY...  each must be found dirty (a test binary): the gate can see

Looks at the names of functions with nm. Exit status 77: nothing to look at, or nm is missing.
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


def main(arguments):
    must_find = arguments[:1] == ["--must-find"]
    binaries = [path for path in map(pathlib.Path, arguments[must_find:]) if path.exists()]
    if not binaries or shutil.which("nm") is None:
        print("release_gate: no binary to look at, or no nm: skipped")
        return 77
    wrong = 0
    for binary in binaries:
        found = found_in(binary)
        print(f"{binary.name}: {', '.join(found) or 'clean'}")
        wrong += bool(found) != must_find
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
