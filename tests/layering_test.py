#!/usr/bin/env python3
"""Who may include whom, which third-party headers stay where, integers only where noise is made, no division of secrets.

    layering_test.py [ROOT]      judges the tree at ROOT (default: this repository)
    layering_test.py --selftest  breaks every rule in a temporary tree, and each breach must be found

Each finding is one line, file:line: rule: text. Exit status 1 if there is any.
"""

import os
import re
import subprocess
import sys
import tempfile

DATA = {"base", "proto", "federation", "query", "privacy", "statistics", "pricing", "crypto"}

# Folder -> folders that it may include beside itself. The longest matching folder name counts.
MAY_INCLUDE = {
    "base": set(),
    "base/sqlite": {"base"},
    "base/rpc": {"base"},
    "crypto": {"base"},
    "privacy": {"base"},
    "statistics": {"base"},
    "privacy/design": {"base", "privacy"},
    "federation": {"base", "base/sqlite", "crypto", "proto", "privacy"},
    "query": {"base", "proto", "federation", "privacy", "statistics"},
    "pricing": {"base", "statistics"},
    "web/gateway": {"base", "base/rpc", "proto", "query"},
    "registry-node": DATA | {"base/sqlite", "base/rpc", "web/gateway"},
    "aggregator": DATA | {"base/sqlite", "base/rpc", "web/gateway"},
    # privacy itself only for the value types (Charge) that privacy/design takes and gives.
    "cli": DATA | {"base/rpc", "privacy/design"},
}
# The planner's preview is the one part of query that sees floating-point privacy figures. It is a target of its own,
# which the release path does not link.
EXTRA = {r"query/preview[^/]*": {"privacy/design"}}

GRPC_HOMES = r"base/rpc/|(.*/)?main\.cc$|.*service[^/]*$|.*client[^/]*$|cli/[^/]*rpc[^/]*$"

# (name, include pattern, pattern of the paths that may have it)
CONFINED = [
    ("sodium", r"sodium(/|\.h)", r"crypto/"),
    ("sqlite3", r"sqlite3", r"base/sqlite/"),
    ("grpc", r"grpc(pp)?/|.*\.grpc\.pb\.h", GRPC_HOMES),
    ("protobuf", r"google/protobuf/",
     r"(federation|query|registry-node|aggregator|cli|web/gateway|base/rpc)/"),
    ("prometheus", r"prometheus/", r"base/metrics\."),
    ("eigen", r"(unsupported/)?Eigen/", r"(statistics|privacy/design)/"),
    ("boost-math", r"boost/math", r"(statistics|privacy/design)/"),
    ("cli11", r"CLI/", r"cli/|(.*/)?main\.cc$"),
    ("simdjson", r"simdjson", r"registry-node/import/"),
    ("icu", r"unicode/", r"registry-node/records/"),
    ("httplib", r"httplib", r"web/gateway/|.*gateway[^/]*$"),
    ("pqxx", r"pqxx/", r"(.*/)?postgres_[^/]*\.cc$"),
    ("rapidjson", r"rapidjson/|nlohmann/", r"$^"),
    ("openssl", r"openssl/", r"base/rpc/"),
    # Simulation inside an estimate may use it, by reference; noise, keys and shares never.
    ("random", r"random$", r"(statistics|privacy/design)/"),
    # The identity vault: what answers questions cannot open it.
    ("vault", r"registry-node/(.*/)?vault[^/]*\.h",
     r"registry-node/(records|import)/|registry-node/(.*/)?vault[^/]*$|registry-node/main\.cc$"),
]

# No clock, I/O or process in the pure folders.
PURE = r"(privacy|statistics)/"
IMPURE = (r"absl/time/clock\.h|base/(clock|files|logging)\.h|fstream|iostream|filesystem|fcntl\.h|unistd\.h|cstdio|"
          r"stdio\.h|chrono|thread|sys/.*")

# Noise, sensitivities, charges, ledgers, logs, shares: integers only.
INTEGERS_ONLY = r"privacy/[^/]*$|crypto/|(.*/)?ledger/|federation/log/"

# Field elements, shares and what is made of them: no division, whose time depends on its operands (machine code:
# branch_gate.py, constant_time). Exempt are places in public logs, sizes of committees, and divisions of other public
# numbers, written exactly so.
NO_DIVISION = r"crypto/(?!merkle|quorum)"
DIVISION = re.compile(r"[%/]")
PUBLIC_DIVISIONS = [
    "bytes.size() % kWord", "bytes.size() / kWord",  # length of a message
    "(size + 15) / 16 * 16",                         # length of a secret
    "kBufferSize / kChaChaBlock",                    # constants
]

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
FLOATS = re.compile(r"\b(double|float)\b")
STRING_VIEW = re.compile(r"\bstd::string_view\b|^\s*#\s*include\s*<string_view>")
LISTEN = re.compile(r"\bAddListeningPort\s*\(")


def folder_of(path):
    """The folder of MAY_INCLUDE that holds `path`, or None."""
    parts = path.split("/")[:-1]
    for size in range(len(parts), 0, -1):
        folder = "/".join(parts[:size])
        if folder in MAY_INCLUDE:
            return folder
    return "proto" if path.startswith(("proto/", "perdura/v1/")) else None


def without_comments(text):
    """The source with comments and literals blanked, line structure kept."""
    pattern = re.compile(r'R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/',
                         re.DOTALL)
    # A quote between digits (1'000) is a separator, not a literal.
    text = re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "", text)
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)


def allowed_folders(path, folder):
    allowed = MAY_INCLUDE[folder] | {folder}
    for pattern, extra in EXTRA.items():
        if re.match(pattern + "$", path):
            allowed = allowed | extra
    return allowed


def judge_include(path, folder, included):
    """Findings of one #include: (rule, text)."""
    if included.startswith("tests/"):
        yield "tests", "nothing outside tests/ includes tests/"
    target = folder_of(included)
    if target is not None and target not in allowed_folders(path, folder):
        yield "layering", f"{folder} may not include {target}"
    for name, pattern, homes in CONFINED:
        if re.match(pattern, included) and not re.match(homes, path):
            yield name, f"{included} is not allowed here"
    if re.match(PURE, path) and re.match(f"({IMPURE})$", included):
        yield "pure", f"{included} brings I/O, a clock or global state"


def divides(line):
    """Whether a line without comments divides anything but the exempt."""
    for exempt in PUBLIC_DIVISIONS:
        line = line.replace(exempt, "")
    return DIVISION.search(line) is not None


def judge_file(path, text):
    """All findings of one file: (line, rule, text)."""
    folder = folder_of(path)
    in_tests = path.startswith("tests/")
    code = without_comments(text).split("\n")
    for number, line in enumerate(text.split("\n"), start=1):
        match = INCLUDE.match(line)
        if match and folder is not None and not in_tests:
            for rule, why in judge_include(path, folder, match.group(1) or match.group(2)):
                yield number, rule, why
        bare = code[number - 1]
        if STRING_VIEW.search(bare):
            yield number, "string-view", "absl::string_view is ours; the std one converts to nothing"
        if re.match(INTEGERS_ONLY, path) and not in_tests and FLOATS.search(bare):
            yield number, "integers", "floating point where noise, charges or shares are made"
        if re.match(NO_DIVISION, path) and not match and divides(bare):
            yield number, "division", "takes a time that tells its operands; a mask or a product does not"
        # Over TCP only base/rpc's own accept loop may listen: gRPC's dies for good (CVE-2023-4785).
        if LISTEN.search(bare) and not in_tests and "unix:" not in line:
            yield number, "listener", "AddListeningPort is for unix sockets, named on the same line"
    if folder is None and not in_tests:
        yield 1, "folder", "no rule says what this folder may include"


def sources(root):
    """Paths of all C++ files that git tracks at `root`; of all files where there is no repository."""
    try:
        listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], check=True, capture_output=True)
        paths = listed.stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        paths = [os.path.relpath(os.path.join(folder, name), root)
                 for folder, _, names in os.walk(root) for name in names]
    # A tracked file may be gone from the work tree, and a source archive may hold a build folder.
    return sorted(path for path in paths if path.endswith((".h", ".cc")) and not path.startswith("build/")
                  and os.path.exists(os.path.join(root, path)))


def judge_tree(root):
    findings = []
    for path in sources(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            findings += [(path, *finding) for finding in judge_file(path, file.read())]
    return findings


# Each breach: file, contents, the rule and line that must be named.
BREACHES = [
    ("base/a.cc", '\n#include "crypto/hash.h"\n', "layering", 2),
    ("base/b.cc", '#include "base/sqlite/database.h"\n', "layering", 1),
    ("base/sqlite/c.cc", '#include "crypto/hash.h"\n', "layering", 1),
    ("base/rpc/c2.cc", '#include "federation/charter.h"\n', "layering", 1),
    ("crypto/d.cc", '#include "federation/charter.h"\n', "layering", 1),
    ("crypto/d2.cc", '#include "base/sqlite/database.h"\n', "layering", 1),
    ("privacy/e.cc", '#include "statistics/interval.h"\n', "layering", 1),
    ("privacy/e2.cc", '#include "privacy/design/precision.h"\n', "layering", 1),
    ("privacy/e3.cc", '#include "crypto/draw.h"\n', "layering", 1),
    ("privacy/design/e4.cc", '#include "federation/charter.h"\n', "layering", 1),
    ("statistics/f.cc", '#include "privacy/charge.h"\n', "layering", 1),
    ("statistics/f2.cc", '#include "perdura/v1/round.pb.h"\n', "layering", 1),
    ("federation/g.cc", '#include "query/plan.h"\n', "layering", 1),
    ("federation/g2.cc", '#include "privacy/design/precision.h"\n', "layering", 1),
    ("query/h.cc", '#include "crypto/hash.h"\n', "layering", 1),
    ("query/h2.cc", '#include "privacy/design/precision.h"\n', "layering", 1),
    ("pricing/i.cc", '#include "privacy/charge.h"\n', "layering", 1),
    ("web/gateway/i2.cc", '#include "privacy/charge.h"\n', "layering", 1),
    ("registry-node/j.cc", '#include "aggregator/rounds/round.h"\n', "layering", 1),
    ("registry-node/answer/j2.cc", '#include "privacy/design/precision.h"\n', "layering", 1),
    ("aggregator/k.cc", '#include "registry-node/answer/contribution.h"\n', "layering", 1),
    ("aggregator/rounds/k2.cc", '#include "privacy/design/precision.h"\n', "layering", 1),
    ("cli/l.cc", '#include "aggregator/rounds/round.h"\n', "layering", 1),
    ("query/m.cc", '#include "tests/support/tape_random.h"\n', "tests", 1),
    ("federation/n.cc", "#include <sodium.h>\n", "sodium", 1),
    ("registry-node/store/o.cc", "#include <sqlite3.h>\n", "sqlite3", 1),
    ("aggregator/rounds/p.cc", '#include "grpcpp/server.h"\n', "grpc", 1),
    ("aggregator/rounds/p2.cc", '#include "perdura/v1/relay.grpc.pb.h"\n', "grpc", 1),
    ("crypto/q.cc", '#include "google/protobuf/message.h"\n', "protobuf", 1),
    ("aggregator/r.cc", "#include <prometheus/counter.h>\n", "prometheus", 1),
    ("query/s.cc", '#include "Eigen/Core"\n', "eigen", 1),
    ("query/t.cc", "#include <boost/math/distributions/normal.hpp>\n", "boost-math", 1),
    ("query/u.cc", "#include <CLI/CLI.hpp>\n", "cli11", 1),
    ("registry-node/records/v.cc", "#include <simdjson.h>\n", "simdjson", 1),
    ("registry-node/import/w.cc", "#include <unicode/unistr.h>\n", "icu", 1),
    ("aggregator/x.cc", "#include <httplib.h>\n", "httplib", 1),
    ("aggregator/ledger/y.cc", "#include <pqxx/pqxx>\n", "pqxx", 1),
    ("query/z.cc", "#include <rapidjson/document.h>\n", "rapidjson", 1),
    ("crypto/aa.cc", "#include <openssl/evp.h>\n", "openssl", 1),
    ("privacy/aa2.cc", "#include <random>\n", "random", 1),
    ("registry-node/answer/ab.cc", '#include "registry-node/store/vault_store.h"\n', "vault", 1),
    ("registry-node/derive/ab2.cc", '#include "registry-node/records/vault.h"\n', "vault", 1),
    ("privacy/ac.cc", '#include "absl/time/clock.h"\n', "pure", 1),
    ("statistics/ad.cc", "#include <fstream>\n", "pure", 1),
    ("privacy/ae.h", "// a double\nint a;\n\ndouble b;\n", "integers", 4),
    ("crypto/shamir.cc", "float c;\n", "integers", 1),
    ("aggregator/ledger/af.h", "int a; /* x */ double b;\n", "integers", 1),
    ("federation/log/ag.h", "double a;\n", "integers", 1),
    ("crypto/ah.cc", "uint64_t a = b %\n    c;\n", "division", 1),
    ("crypto/ai.h", "int a = b.size() / 8;\n", "division", 1),
    ("cli/ag.cc", "void F(std::string_view text);\n", "string-view", 1),
    ("tests/unit/base/ag2.cc", "std::string_view text;\n", "string-view", 1),
    ("aggregator/main.cc", '  builder.AddListeningPort("0.0.0.0:1", credentials);\n', "listener", 1),
    ("helpers/ah.cc", "int a;\n", "folder", 1),
]

# Looks like a breach and is none.
CLEAN = {
    "base/sqlite/database.cc": "#include <sqlite3.h>\n",
    "base/rpc/listener.cc": '#include "grpcpp/server.h"\n',
    "crypto/hash.cc": '#include <sodium.h>\n#include "base/check.h"\nint a = 1\'000;  // double\n',
    "crypto/field64.cc": '#include <sys/types.h>\nif (bytes.size() % kWord != 0) F();  // a / b\n',
    "privacy/charge.h": '// double or float\n#include "base/random_source.h"\nconst char* a = "double";\n',
    "privacy/design/precision.h": '#include "privacy/charge.h"\n#include "Eigen/Core"\ndouble a;\n',
    "query/preview.cc": '#include "privacy/design/precision.h"\n',
    "federation/ledger/book.cc": '#include "base/sqlite/database.h"\n/* a\n   double\n*/\n',
    "registry-node/service.cc": '#include "perdura/v1/registry.grpc.pb.h"\n',
    "registry-node/import/import_handler.h": '#include "registry-node/store/vault_store.h"\n',
    "registry-node/main.cc": '  builder.AddListeningPort("unix:" + path, credentials);\n',
    "aggregator/rounds/round.cc": '#include "crypto/shamir.h"\n#include "federation/charter.h"\n',
    "cli/commands.cc": '#include "privacy/design/precision.h"\n#include <CLI/CLI.hpp>\n',
    "tests/unit/base/a_test.cc": "#include <sqlite3.h>\n#include \"tests/support/tape_random.h\"\n",
}


def write(root, path, contents):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    with open(os.path.join(root, path), "w", encoding="utf-8") as file:
        file.write(contents)


def selftest():
    failures = []
    with tempfile.TemporaryDirectory() as root:
        for path, contents in CLEAN.items():
            write(root, path, contents)
        failures += [f"clean file found guilty: {finding}" for finding in judge_tree(root)]
        for path, contents, rule, line in BREACHES:
            write(root, path, contents)
            found = {(where, number, name) for where, number, name, _ in judge_tree(root)}
            if found != {(path, line, rule)}:
                failures.append(f"{path}: wanted {rule} in line {line}, found {sorted(found)}")
            os.remove(os.path.join(root, path))
            if path in CLEAN:
                write(root, path, CLEAN[path])
    tested = {rule for _, _, rule, _ in BREACHES}
    untested = {name for name, _, _ in CONFINED} - tested
    failures += [f"rule {name} has no breach in the self-test" for name in sorted(untested)]
    print("\n".join(failures) or f"{len(BREACHES)} breaches found, {len(CLEAN)} clean files left alone")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--selftest"]:
        return selftest()
    root = arguments[0] if arguments else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    findings = judge_tree(root)
    for path, line, rule, why in findings:
        print(f"{path}:{line}: {rule}: {why}")
    print(f"{len(sources(root))} files, {len(findings)} findings")
    return 1 if findings or not sources(root) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
