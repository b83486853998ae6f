#!/usr/bin/env python3
"""examples/hooks/dns-nsupdate with a real BIND: certmend issues a wildcard by
dns-01, the record goes in by TSIG, is seen on the authoritative server, and
goes away again. TAP."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "acme"))
import ca  # noqa: E402
import pebble  # noqa: E402
from tap import finish, tap  # noqa: E402

PROGRAM = os.path.join(ca.BUILD, "certmend")
HOOK = os.path.join(ca.ROOT, "examples", "hooks", "dns-nsupdate")
UNPACKED = os.environ.get("CERTMEND_BIND", os.path.join(ca.ROOT, "build", "bind"))
ADDRESS = "127.0.0.1"  # port 53: where authoritative servers are asked
SETTINGS = """
options { directory "%(folder)s"; pid-file none; session-keyfile none; recursion yes;
    listen-on port 53 { %(address)s; }; listen-on-v6 { none; }; dnssec-validation no; };
controls { };
include "%(folder)s/tsig.key";
zone "example.org" { type primary; file "%(folder)s/example.org";
    update-policy { grant acme. zonesub TXT; }; };
zone "dyn.example.net" { type primary; file "%(folder)s/dyn.example.net";
    update-policy { grant acme. zonesub TXT; }; };
zone "lab" { type primary; file "%(folder)s/lab"; };
"""
ZONE = """$TTL 60
@ IN SOA ns.example.org. root.example.org. 1 3600 600 86400 5
@ IN NS ns.example.org.
"""
ZONES = {"example.org": "ns IN A %s\n@ IN A 127.0.0.1\n"
                        "_acme-challenge.there IN CNAME there.dyn.example.net.\n" % ADDRESS,
         "dyn.example.net": "", "lab": "ca IN A 127.0.0.1\n"}


def skip(why):
    print("ok 1 - dns-01 with a real name server # SKIP %s\n1..1" % why)
    sys.exit(0)


def named():
    """The program, and the libraries it wants."""
    if shutil.which("named"):
        return shutil.which("named"), os.path.dirname(shutil.which("named")), None
    unpack = subprocess.run(["sh", os.path.join(HERE, "unpack.sh"), UNPACKED, "bind9"],
                            capture_output=True, text=True)
    place = os.path.join(UNPACKED, "root", "usr", "sbin")
    if unpack.returncode or not os.path.exists(os.path.join(place, "named")):
        skip("no BIND here")
    libraries = [os.path.join(UNPACKED, "root", "usr", "lib", n)
                 for n in os.listdir(os.path.join(UNPACKED, "root", "usr", "lib"))
                 if n.endswith("-linux-gnu")]
    return os.path.join(place, "named"), place, ":".join(libraries)


class Named:
    def __init__(self, folder):
        program, place, libraries = named()
        env = dict(os.environ, **({"LD_LIBRARY_PATH": libraries} if libraries else {}))
        self.key = os.path.join(folder, "tsig.key")
        with open(self.key, "w") as f:
            subprocess.run([os.path.join(place, "tsig-keygen"), "acme."], stdout=f, check=True,
                           env=env)
        for name, records in ZONES.items():
            with open(os.path.join(folder, name), "w") as f:
                f.write(ZONE + records)
        conf = os.path.join(folder, "named.conf")
        with open(conf, "w") as f:
            f.write(SETTINGS % {"folder": folder, "address": ADDRESS})
        self.log = open(os.path.join(folder, "named.log"), "w")
        self.process = subprocess.Popen([program, "-f", "-g", "-c", conf], env=env,
                                        stdout=self.log, stderr=self.log)
        for _ in range(100):
            if self.ask("ns.example.org", "A"):
                return
            time.sleep(0.05)
        self.stop()
        with open(self.log.name) as f:
            raise RuntimeError("named does not come up: " + f.read()[-2000:])

    def ask(self, name, kind="TXT"):
        said = subprocess.run(["dig", "+short", "+tries=1", "+time=1", "@" + ADDRESS, name, kind],
                              capture_output=True, text=True).stdout.splitlines()
        return [line for line in said if not line.startswith(";")]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def issue(server, store, key, *words):
    env = dict(os.environ, NSUPDATE_KEY=key, NSUPDATE_SERVER=ADDRESS)
    done = subprocess.run(
        [PROGRAM, "issue", "--apply", "-v", *words, "--dns-hook", HOOK, "--store", store, "--ca",
         "https://ca.lab:%d/dir" % server.acme, "--ca-file", server.authority.pem, "--resolver",
         ADDRESS], env=env, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def play(folder, dns):
    store = os.path.join(folder, "store")
    with pebble.Pebble(folder, resolver=ADDRESS + ":53", va_nosleep="1",
                       authzreuse="0") as server:
        status, said, noted = issue(server, store, dns.key, "*.example.org", "example.org")
        tap("a wildcard and its apex", status and (said, noted))
        tap("seen on the authoritative server first",
            "ns.example.org (%s): shows the record" % ADDRESS not in noted and noted)
        tap("the records are gone", dns.ask("_acme-challenge.example.org"))
        status, said, noted = issue(server, store, dns.key, "there.example.org")
        tap("a challenge that is delegated by CNAME", status and (said, noted))
        tap("its record is gone too", dns.ask("there.dyn.example.net"))
        wrong = os.path.join(folder, "wrong.key")
        with open(dns.key) as f, open(wrong, "w") as g:
            g.write(f.read().replace("acme.", "other."))
        status, said, noted = issue(server, store, wrong, "a.example.org")
        tap("a key that the server does not know",
            None if status == 2 and "It said:" in said else (status, said, noted))
        bad = subprocess.run([HOOK, "present", "a.example.org\nserver 192.0.2.1", "x"],
                             env=dict(os.environ, NSUPDATE_KEY=dns.key), capture_output=True)
        tap("nothing odd gets into an update", bad.returncode == 0)


def main():
    if os.geteuid() != 0:
        skip("port 53 wants root")
    for program in ("pebble", "nsupdate", "dig"):
        if not shutil.which(program):
            skip("no %s here" % program)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        try:
            port.bind((ADDRESS, 53))
        except OSError:
            skip("somebody has port 53")
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        os.chmod(folder, 0o755)
        dns = Named(folder)
        try:
            play(folder, dns)
        finally:
            dns.stop()
    finish()


main()
