#!/usr/bin/env python3
"""DNSSEC as it really is: zones signed here, served by nsd, asked with a trust
anchor of their own. Secure, insecure, bogus and not determined, and what each
means for a TLSA record that does not fit. TAP.

nsd and ldnsutils come from the machine or, unpacked, from Debian; where
neither can be had, one counted skip.
"""
import glob
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))
from lab import Lab  # noqa: E402

BUILD = os.environ.get("BUILD", "build")
PROGRAM = os.path.join(BUILD, "certmend")
UNPACKED = os.path.abspath(os.path.join(BUILD, "dnssec"))
START_S = 10
ADDRESS = "127.30.7.1"
WRONG = "ab" * 32
ZONES = {
    "example.org": """\
$ORIGIN example.org.
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 300
@ NS ns
@ MX 10 mail
ns A 127.0.0.1
mail A {address}
_25._tcp.mail TLSA 3 1 1 {wrong}
plain NS ns
broken NS ns
broken DS {ds}
""",
    "plain.example.org": """\
$ORIGIN plain.example.org.
$TTL 300
@ SOA ns.example.org. hostmaster 1 3600 600 86400 300
@ NS ns.example.org.
mail A {address}
_25._tcp.mail TLSA 3 1 1 {wrong}
""",
    "broken.example.org": """\
$ORIGIN broken.example.org.
$TTL 300
@ SOA ns.example.org. hostmaster 1 3600 600 86400 300
@ NS ns.example.org.
mail A {address}
_25._tcp.mail TLSA 3 1 1 {wrong}
""",
}
NSD = """\
server:
  ip-address: 127.0.0.1@{port}
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  database: ""
  zonelistfile: "{folder}/zone.list"
  xfrdfile: "{folder}/xfrd.state"
  pidfile: "{folder}/nsd.pid"
  logfile: "{folder}/nsd.log"
  server-count: 1
remote-control:
  control-enable: no
"""

# what, host, with an anchor, security of the address, the mismatch's severity
CASES = [
    ("secure", "mail.example.org", True, "secure", "error"),
    ("insecure", "mail.plain.example.org", True, "insecure", "info"),
    # There the address was changed behind the signer's back, the TLSA not.
    ("bogus", "mail.broken.example.org", True, "bogus", "error"),
    ("not determined", "mail.example.org", False, "not-determined",
     "warning"),
]


def program(name):
    """Its path: the machine's own, else the unpacked one; or None."""
    places = [shutil.which(name, path=os.environ.get("PATH", "") +
                           ":/usr/sbin:/usr/bin")]
    places += glob.glob(os.path.join(UNPACKED, "usr", "*bin", name))
    return next((place for place in places if place), None)


def unpack():
    """The two packages and their libraries, without installing them."""
    os.makedirs(UNPACKED, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "download", "-qq", "nsd", "ldnsutils",
                        "libldns3", "libprotobuf-c1", "libfstrm0"], cwd=folder, capture_output=True)
        for package in glob.glob(os.path.join(folder, "*.deb")):
            subprocess.run(["dpkg", "-x", package, UNPACKED], check=True)


def environment():
    """With the libraries that were unpacked."""
    return dict(os.environ, LD_LIBRARY_PATH=":".join(
        glob.glob(os.path.join(UNPACKED, "usr/lib/*"))))


def run(*command, folder):
    done = subprocess.run(command, cwd=folder, env=environment(), check=True,
                          capture_output=True, text=True)
    return done.stdout.strip()


def key(folder, zone):
    """The names of a zone signing and a key signing key."""
    make = [program("ldns-keygen"), "-a", "ECDSAP256SHA256"]
    return (run(*make, zone, folder=folder),
            run(*make, "-k", zone, folder=folder))


def read(folder, name):
    with open(os.path.join(folder, name), encoding="ascii") as text:
        return text.read()


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="ascii") as out:
        out.write(text)


def make_zones(folder):
    """Signs what is to be signed; what is broken is changed behind it."""
    keys = {zone: key(folder, zone)
            for zone in ("example.org", "broken.example.org")}
    ds = run(program("ldns-key2ds"), "-n", "-2",
             keys["broken.example.org"][1] + ".key", folder=folder)
    ds = ds.split("DS", 1)[1].strip()
    for zone, text in ZONES.items():
        write(folder, zone, text.format(address=ADDRESS, wrong=WRONG, ds=ds))
        if zone in keys:
            run(program("ldns-signzone"), zone, *keys[zone], folder=folder)
        else:
            shutil.copy(os.path.join(folder, zone),
                        os.path.join(folder, zone + ".signed"))
    signed = read(folder, "broken.example.org.signed")
    write(folder, "broken.example.org.signed",
          signed.replace(ADDRESS, "127.30.7.2"))
    write(folder, "anchor", read(folder, keys["example.org"][1] + ".key"))


class Nsd:
    def __init__(self, folder):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = sock.getsockname()[1]
        config = NSD.format(port=self.port, folder=folder)
        for zone in ZONES:
            config += "zone:\n  name: %s\n  zonefile: %s.signed\n" % (zone,
                                                                     zone)
        write(folder, "nsd.conf", config)
        self.process = subprocess.Popen(
            [program("nsd"), "-d", "-c", os.path.join(folder, "nsd.conf")],
            env=environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def wait(self):
        """Until it answers by TCP, or has given up."""
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def close(self):
        self.process.terminate()
        self.process.wait()


def look(host, nsd, folder, validates):
    """(report, survey) of port 25 of `host`."""
    scenario = {"target": host, "dns": {},
                "certs": {"c": {"san": [host]}},
                "servers": [{"addr": address, "port": 25, "proto": "smtp",
                             "cert": "c"}
                            for address in (ADDRESS, "127.30.7.2")]}
    saved = os.path.join(folder, "survey.json")
    if os.path.exists(saved):
        os.remove(saved)
    with Lab(scenario) as lab:
        arguments = lab.arguments()
        at = arguments.index("--resolver")
        del arguments[at:at + 2]
        anchor = ["--trust-anchor", os.path.join(folder, "anchor")] \
            if validates else ["--no-dnssec"]
        done = subprocess.run(
            [PROGRAM, "check", host, "--port", "25", "--role", "mx",
             "--format", "json", "--save", saved, "--resolver",
             "127.0.0.1:%d" % nsd.port, *anchor, *arguments],
            capture_output=True, text=True, timeout=90)
    with open(saved, encoding="utf-8") as survey:
        return json.loads(done.stdout or "{}"), json.load(survey)


def complaints(case, nsd, folder):
    _, host, validates, security, severity = case
    report, survey = look(host, nsd, folder, validates)
    seen = [a["security"] for a in survey["answers"]
            if a["name"] == host and a["type"] == "A"]
    if seen != [security]:
        yield "the address is %s, not %s" % (seen, security)
    found = {f["id"]: f["severity"] for f in report.get("findings", [])}
    if security == "bogus" and "dns.bogus" not in found:
        yield "dns.bogus is missing: %s" % found
    if security != "bogus" and "dns.bogus" in found:
        yield "dns.bogus is a false alarm"
    if found.get("dane.mismatch") != severity:
        yield "dane.mismatch is %s, not %s" % (found.get("dane.mismatch"),
                                               severity)
    if (security == "insecure") != ("dane.unsigned" in found):
        yield "dane.unsigned: %s" % found


def main():
    wanted = ("nsd", "ldns-signzone", "ldns-keygen", "ldns-key2ds")
    if not all(map(program, wanted)):
        unpack()
    if not all(map(program, wanted)):
        print("1..1\nok 1 - zones signed here # SKIP nsd and ldnsutils "
              "cannot be had")
        return
    print("1..%d" % len(CASES))
    with tempfile.TemporaryDirectory() as folder:
        make_zones(folder)
        nsd = Nsd(folder)
        up = nsd.wait()
        for number, case in enumerate(CASES, 1):
            faults = list(complaints(case, nsd, folder)) if up else \
                ["nsd does not start"]
            print("%s %d - %s" % ("not ok" if faults else "ok", number,
                                  case[0]))
            for fault in faults:
                print("#   " + fault, flush=True)
        nsd.close()


if __name__ == "__main__":
    main()
