#!/usr/bin/env python3
"""lab - a small internet on loopback, described by one file.

    lab.py serve SCENARIO.json             start it, say how to ask it, wait
    lab.py run SCENARIO.json -- CMD...     start it, run CMD, stop it; {target}
                                           and {lab} in CMD are filled in

Every server gets a free port of 127.0.0.1, so no root is needed and several
labs run side by side; --connect-to leads from the scenario's addresses and
ports there, and from everything else at those addresses to a port that
refuses. Python's standard library and the openssl command are all it needs.
Nothing here knows what the program under test should say.
"""
import calendar
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dns import DnsServer, Zone  # noqa: E402
from pki import Pki  # noqa: E402
from services import Service  # noqa: E402

CACHE = os.path.join(os.environ.get("BUILD", "build"), "lab")
HOUR = 3600


def when(scenario):
    """The moment its certificates are dated from."""
    if scenario.get("now"):
        return calendar.timegm(time.strptime(scenario["now"],
                                             "%Y-%m-%dT%H:%M:%SZ"))
    return time.time() // HOUR * HOUR  # so that they can be kept for a while


def bracketed(address):
    return "[%s]" % address if ":" in address else address


class Lab:
    """with Lab(scenario) as lab: everything it names answers."""

    def __init__(self, scenario, cache=CACHE):
        self.scenario = scenario
        self.now = when(scenario)
        self.pki = Pki(os.path.abspath(cache), self.now)
        self.ca = self.pki.bundle(scenario.get("trusts", ["root"]))
        self.leaves = {
            name: self.pki.issue(spec, number) for number, (name, spec)
            in enumerate(scenario.get("certs", {}).items())}
        self.zone = Zone(self._table())
        self.services = {}
        self.closed = None

    def __enter__(self):
        for spec in self.scenario.get("servers", []):
            self.services[spec["addr"], spec["port"]] = Service(
                spec, self.leaves, self.file_bytes)
        self.closed = socket.socket()  # bound and not listening: it refuses
        self.closed.bind(("127.0.0.1", 0))
        self.dns = DnsServer(self.zone)
        self.resolver = self.dns.place
        return self

    def __exit__(self, *_):
        self.dns.close()
        self.closed.close()
        for service in self.services.values():
            service.close()

    def file_bytes(self, body):
        """A served file: text, "@inter" for that certificate's DER, or
        "revoked by inter at URL": its list for that place; with "among
        9000" behind it, so many others too."""
        if body.startswith("revoked by "):
            words = body.split()
            return self.pki.crl(words[2], words[4], [
                self.leaves[name].serial for name, spec
                in self.scenario["certs"].items() if spec.get("revoked")] +
                ["%032X" % (1 << 120 | i) for i in range(
                    int(words[6]) if len(words) > 6 else 0)])
        if not body.startswith("@"):
            return body.encode()
        leaf = self.leaves.get(body[1:])
        return leaf.der if leaf else self.pki.der(body[1:])

    def _table(self):
        """The scenario's DNS, with "@ID" in TLSA records filled in."""
        table = {name: dict(node) for name, node
                 in self.scenario.get("dns", {}).items()}
        for node in table.values():
            if "TLSA" in node:
                node["TLSA"] = [self._tlsa(text) for text in node["TLSA"]]
        return table

    def _tlsa(self, text):
        """RFC 6698 2.1: which part of the certificate, and which digest."""
        usage, selector, matching, data = text.split()
        if data.startswith("@"):
            name = data[1:]
            stem = self.leaves[name].stem if name in self.leaves else name
            part = self.pki.public_key(stem) if selector == "1" \
                else self.pki.der(stem)
            data = {"0": part.hex(), "1": hashlib.sha256(part).hexdigest(),
                    "2": hashlib.sha512(part).hexdigest()}[matching]
        return " ".join((usage, selector, matching, data))

    def addresses(self):
        found = {spec["addr"] for spec in self.scenario.get("servers", [])}
        for name in self.scenario.get("dns", {}):
            found.update(self.zone.addresses(name))
        return sorted(found)

    def place(self, address, port):
        """Where (address, port) really is: a port of 127.0.0.1."""
        service = self.services.get((address, port))
        return service.port if service else self.closed.getsockname()[1]

    def trespasses(self):
        """The servers marked "unvisited" to which somebody connected."""
        return ["%s:%d was connected to" % where for where, service
                in self.services.items()
                if service.visits and service.spec.get("unvisited")]

    def asked(self):
        """The scenario's own arguments; "@ID" is that certificate's file."""
        return [self.leaves[word[1:]].served if word.startswith("@") else word
                for word in self.scenario.get("args", [])]

    def arguments(self):
        """What certmend has to be told to find its way in this lab."""
        args = ["--resolver", self.resolver, "--ca-file", self.ca]
        for (address, port), service in self.services.items():
            args += ["--connect-to", "%s:%d:127.0.0.1:%d" % (
                bracketed(address), port, service.port)]
        for address in self.addresses():
            args += ["--connect-to", "%s::127.0.0.1:%d" % (
                bracketed(address), self.closed.getsockname()[1])]
        if self.scenario.get("now"):
            args += ["--now", self.scenario["now"]]
        return args


def read_scenario(path):
    with open(path, encoding="utf-8") as text:
        return json.load(text)


def _fill(lab, words):
    """{target}, and {lab} for all of the lab's arguments."""
    for word in words:
        if word == "{lab}":
            yield from lab.arguments()
        else:
            yield word.replace("{target}", lab.scenario["target"])


def main(argv):
    if len(argv) < 3 or argv[1] not in ("serve", "run"):
        sys.exit(__doc__)
    with Lab(read_scenario(argv[2])) as lab:
        if argv[1] == "run":
            return subprocess.run(list(_fill(lab, argv[4:]))).returncode
        print("certmend check", lab.scenario["target"],
              " ".join(lab.arguments()), flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
