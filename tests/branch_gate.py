#!/usr/bin/env python3
"""No branch, division or call in the machine code of the field's operations.

    branch_gate.py OBJECT    functions perdura_clean_* must have none, each perdura_planted_* must have one

Compilers may turn a mask into a jump: sources cannot show that. Exit status 77: objdump is missing, or the processor is
not x86-64.
"""

import platform
import re
import shutil
import subprocess
import sys

FUNCTION = re.compile(r"^[0-9a-f]+ <(perdura_(clean|planted)_\w+)>:$")
# Conditional jumps (jmp has no condition), divisions, calls of the compiler's own division.
SUSPECT = re.compile(r"\t(j(?!mp)[a-z]+|i?div[a-z]*|call[a-z]*)\b")


def suspects_by_function(disassembly):
    found = {}
    name = None
    for line in disassembly.split("\n"):
        match = FUNCTION.match(line)
        if match:
            name = match.group(1)
            found[name] = []
        elif not line.strip():
            name = None
        elif name is not None and SUSPECT.search(line):
            found[name].append(SUSPECT.search(line).group(1))
    return found


def main(arguments):
    if shutil.which("objdump") is None or platform.machine() != "x86_64":
        print("branch_gate: no objdump, or another processor: skipped")
        return 77
    disassembly = subprocess.run(["objdump", "-d", "--no-show-raw-insn", arguments[0]], capture_output=True, text=True,
                                 check=True).stdout
    found = suspects_by_function(disassembly)
    wrong = [name for name, suspects in found.items() if bool(suspects) != name.startswith("perdura_planted_")]
    for name, suspects in sorted(found.items()):
        print(f"{name}: {', '.join(suspects) or 'clean'}")
    kinds = {name.split("_")[1] for name in found}
    return 1 if wrong or kinds != {"clean", "planted"} else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
