"""A federation of real processes on loopback with mutual TLS, made in a folder by deploy/make-federation."""

import ctypes
import datetime
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
HOSPITALS = ["ohio", "alfred", "st-vincent", "hahnemann"]
PARTIES = HOSPITALS + ["aggregator"]
# Long enough that a process may be killed and restarted inside a round, also on a busy machine.
SLOTS_MS = {"deal": 400, "upload": 400, "collect": 1200, "commit": 1000, "answer": 100, "w": 300}
GRACE_MS, SKEW_MS = 100, 50
ROUND_SECONDS = sum(SLOTS_MS[slot] for slot in ("deal", "upload", "collect", "commit", "answer")) / 1000
AGE_BANDS = 8


def _draft(text):
    """The demo's draft with our slots, and with enough age bands that questions can differ in whom they ask about."""
    for slot, value in SLOTS_MS.items():
        text = re.sub(rf"\b{slot}_ms: \d+", f"{slot}_ms: {value}", text)
    text = re.sub(r"\bgrace_ms: \d+", f"grace_ms: {GRACE_MS}", text)
    text = re.sub(r"\bskew_ms: \d+", f"skew_ms: {SKEW_MS}", text)
    bands = [f'  categories {{ id: "b{i}" low: {15 * i} high: {15 * i + 14} }}\n' for i in range(AGE_BANDS)]
    text = re.sub(r'(id: "age-band".*?\n(?:  [^c\n].*\n)*)(?:  categories .*\n)+', lambda m: m[1] + "".join(bands), text)
    if "b7" not in text or f"collect_ms: {SLOTS_MS['collect']}" not in text:
        raise RuntimeError("the drafts of deploy/ have another form than this test expects")
    return text


def _die_with_parent():
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Federation:
    def __init__(self, folder, binaries):
        self.folder, self.bin = folder, binaries
        self.fed = folder / "federation"
        self.processes = {}
        scripts = folder / "deploy"
        scripts.mkdir()
        for name in ("charter-1.txtpb", "charter-2.txtpb"):
            (scripts / name).write_text(_draft((DEPLOY / name).read_text()))
        script = scripts / "make-federation"
        script.write_text((DEPLOY / "make-federation").read_text())
        script.chmod(0o755)
        subprocess.run([script, self.fed, binaries], check=True, stdout=subprocess.DEVNULL)
        self._configure()

    def _configure(self):
        config = self.fed / "aggregator/aggregator.txtpb"
        port = _free_port()
        config.write_text(config.read_text().replace("listen_port: 0", f"listen_port: {port}"))
        for party in HOSPITALS + ["evidence-desk"]:
            home = self.fed / party
            lines = {"id": party, "aggregator_address": f"127.0.0.1:{port}", "sign_key_file": home / "sign.key",
                     "tls_cert_file": home / "tls.pem", "tls_key_file": home / "tls.key",
                     "tls_ca_file": self.fed / "ca/aggregator.pem", "authority_pin_file": home / "authority.pin"}
            if party in HOSPITALS:
                lines |= {"log_key_file": home / "log.key", "cosign_key_file": home / "cosign.key",
                          "data_dir": home / "data", "socket_path": home / "node.sock", "charter_dir": home / "charters"}
            else:
                lines |= {"role": "researcher", "purpose": "coverage-decision"}
            name = "node.txtpb" if party in HOSPITALS else "profile.txtpb"
            (home / name).write_text("".join(f'{key}: "{value}"\n' for key, value in lines.items()))

    # --- processes ---

    def start_all(self):
        self.start("aggregator")
        self.wait_until("port of the aggregator", (self.fed / "aggregator/port").exists)
        for hospital in HOSPITALS:
            self.start(hospital)
        self.wait_charter(1)

    def start(self, party, failpoint=None):
        program, config = (("perdura-aggregator", "aggregator.txtpb") if party == "aggregator"
                           else ("perdura-node", "node.txtpb"))
        environment = {key: value for key, value in os.environ.items() if key != "PERDURA_FAILPOINT"}
        if failpoint:
            environment["PERDURA_FAILPOINT"] = failpoint
        database = "aggregator.db" if party == "aggregator" else "vault.db"
        init = [] if (self.fed / party / "data" / database).exists() else ["--init"]
        if party == "aggregator":
            (self.fed / "aggregator/port").unlink(missing_ok=True)
        with open(self.fed / party / "log", "ab") as log:
            self.processes[party] = subprocess.Popen([self.bin / program, "--config", self.fed / party / config, *init],
                                                     stdout=log, stderr=log, env=environment,
                                                     preexec_fn=_die_with_parent)

    def stop(self, party):
        """SIGTERM. Returns the exit code; 0 is the only good one."""
        process = self.processes.pop(party)
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def wait_killed(self, party, seconds, running=None):
        """True if the party ended by SIGKILL within the time, or at most a second after `running` ended; another end is an error."""
        end = time.monotonic() + seconds
        while (code := self.processes[party].poll()) is None:
            if running is not None and running.poll() is not None:
                end, running = min(end, time.monotonic() + 1), None
            if time.monotonic() > end:
                return False
            time.sleep(0.005)
        if code != -signal.SIGKILL:
            raise RuntimeError(f"{party} ended with {code} instead of being killed; see its log")
        del self.processes[party]
        return True

    def end_all(self):
        for process in self.processes.values():
            process.kill()
            process.wait()
        self.processes.clear()

    # --- commands ---

    def perdura(self, *arguments, timeout=90):
        return subprocess.run([self.bin / "perdura", *arguments], capture_output=True, text=True, timeout=timeout)

    def analyst(self, *arguments, timeout=90):
        return self.perdura("--home", self.fed / "evidence-desk", *arguments, timeout=timeout)

    def analyst_later(self, *arguments):
        """The same in the background, with output in text pipes."""
        return subprocess.Popen([self.bin / "perdura", "--home", self.fed / "evidence-desk", *arguments],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def status(self, hospital):
        return self.perdura("record", "status", "--socket", self.fed / hospital / "node.sock")

    def import_files(self, hospital, folder):
        return self.perdura("record", "import", "--socket", self.fed / hospital / "node.sock", "--system", "simulated",
                            *sorted(folder.glob("*.csv")))

    def says(self, hospital):
        """The first line of its status: charter version, log entries, and whether it answers questions."""
        return self.status(hospital).stdout.partition("\n")[0]

    def wait_serving(self, hospital, charter=""):
        """Until it answers questions: its start is cosigned by a quorum of stewards."""
        def serves():
            first = self.says(hospital)
            return f"charter version {charter}" in first and first.endswith("; answers questions")
        self.wait_until(f"{hospital} that answers questions", serves)

    def wait_charter(self, version):
        for hospital in HOSPITALS:
            self.wait_serving(hospital, f"{version}, ")

    @staticmethod
    def wait_until(what, condition, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise RuntimeError(f"no {what} within {seconds} s")
            time.sleep(0.05)

    def publish_cut(self):
        """Charter 2: everything that was imported until now belongs to its cut."""
        time.sleep(1.1)
        charters = self.fed / "charters"
        cards = [word for card in (charters / "cards").read_text().split() for word in ("--card", card)]
        known_at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        steps = [["build", self.folder / "deploy/charter-2.txtpb", "--pin", self.fed / "authority/authority.pin",
                  "--previous", charters / "1.charter", "--known-at", known_at, *cards, "--out", charters / "2.charter"],
                 ["sign", charters / "2.charter", "--key", self.fed / "authority/key-1", self.fed / "authority/key-3"]]
        for step in steps:
            done = self.perdura("charter", *step)
            if done.returncode != 0:
                raise RuntimeError(f"perdura charter {step[0]}: {done.stderr}")
        new = self.fed / "aggregator/charters/.2"
        new.write_bytes((charters / "2.charter").read_bytes())
        new.rename(self.fed / "aggregator/charters/2.charter")
        self.wait_charter(2)
