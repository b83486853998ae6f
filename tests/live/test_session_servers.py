#!/usr/bin/env python3
"""Guided sessions on real servers that start broken and end healthy: Postfix,
Dovecot, nginx and Exim, reloaded by the session itself. TAP.

Needs root and Debian's packages (unpack.sh); else counted skips.
"""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab"),
                os.path.join(os.path.dirname(HERE), "acme")]
from lab import Lab  # noqa: E402
from more_servers import DAEMONS, FOLDER, Running  # noqa: E402
from servers import (POSTFIX_MAIN, POSTFIX_MASTER, PORTS, Servers,  # noqa: E402
                     chain_text)
from terminal import Terminal  # noqa: E402
from test_more_servers import HOMES  # noqa: E402
from test_servers import Elsewhere  # noqa: E402
from test_session import PROGRAM  # noqa: E402
from test_session_acme import SELF, Bench, trusting  # noqa: E402

HOST, DEEP = "mail.example.org", "mx.eu.example.org"
IP4, IP6 = "192.0.2.10", "2001:db8::10"
HOME_OF = {"mail": "mail", "mail6": "mail", "exim": "others"}

CERTS = {
    "self": SELF,
    "old": {"cn": HOST, "san": [HOST], "starts_in_days": -93,
            "ends_in_days": -3},
    "right": {"cn": HOST, "san": [HOST]},
    "leaf": {"cn": HOST, "san": [HOST], "chain": "leaf"},
    "other": {"cn": "old.example.org", "san": ["old.example.org"]},
    "star": {"cn": "*.example.org", "san": ["*.example.org"]},
    "deep": {"cn": DEEP, "san": [DEEP]},
}


class Mail(Servers):
    """Postfix, Dovecot and nginx."""

    def __init__(self, root, host, leaves, script):
        super().__init__(root, host, leaves[script["shows"]],
                         leaves[script.get("web", script["shows"])])

    def programs(self):
        """{name: (process, the file it reads)}"""
        postfix, dovecot, nginx = self.running
        return {"postfix": (postfix, self._path("etc/postfix/chain.pem")),
                "dovecot": (dovecot, self._path("etc/dovecot/chain.pem")),
                "nginx": (nginx, self.dir + "/chain.pem")}

    def services(self):
        return {(IP4, port): self.port[port] for port in PORTS}


class Mail6(Mail):
    """Postfix's submission ports have an IPv6 address with a line of its own
    in master.cf, which names another file."""
    LINES = POSTFIX_MASTER.replace("127.0.0.1:", "[::1]:").splitlines()[1:3]
    main = POSTFIX_MAIN.replace("inet_protocols = ipv4",
                                "inet_protocols = all")
    master = POSTFIX_MASTER + "".join(
        line + " -o smtpd_tls_chain_files=/etc/postfix/six.pem\n"
        for line in LINES)

    def __init__(self, root, host, leaves, script):
        super().__init__(root, host, leaves, script)
        with open(self._path("etc/postfix/six.pem"), "w",
                  encoding="ascii") as out:
            out.write(chain_text(leaves[script["six"]]))

    def programs(self):
        postfix = self.running[0]
        return {"postfix": (postfix, self._path("etc/postfix/six.pem"))}

    def services(self):
        return {(address, port): self.port[port] for address in (IP4, IP6)
                for port in (465, 587)}


class Exim(Running):
    def __init__(self, root, host, leaves, script):
        super().__init__(DAEMONS["exim"], root, host, leaves[script["shows"]])

    def programs(self):
        return {"exim": (self.process, self.root + FOLDER + "/chain.pem")}

    def services(self):
        return {(IP4, port): self.port[port] for port in self.daemon.ports}


SERVERS = {"mail": Mail, "mail6": Mail6, "exim": Exim}


def reload(*programs):
    """What is typed to have the session reload them."""
    return [typed for name in programs
            for typed in ("run {tools}/reload-" + name, "yes")]


# "put": the person copies a certificate to where these programs read it;
# "stored" is what certmend has ordered.
SESSIONS = [
    {"what": "Postfix and Dovecot, from the installation's certificate to an "
             "order by dns-01", "servers": "mail", "shows": "self",
     "order": ["--challenge", "dns-01", "--dns-hook", "{dns_hook}"],
     "play": ["", HOST, "1", "", "{order}", "yes",
              {"put": "stored", "in": ["postfix", "dovecot", "nginx"]},
              *reload("postfix"), "look", *reload("dovecot", "nginx"), "look",
              "done"],
     "says": ["(localhost.localdomain), not one for " + HOST,
              "143, 993, 110, 995 and 443 at 192.0.2.10: still the "
              "certificate from before, wrong name, not trusted"]},
    {"what": "the same by http-01, and a hook installs it",
     "servers": "mail", "shows": "self",
     "order": ["--challenge", "http-01", "--listen", "127.0.0.1:{http}",
               "--deploy-hook", "{tools}/deploy"],
     "play": ["", HOST, "1", "", "{order}", "yes", "look", "done"],
     "says": ["(localhost.localdomain), not one for " + HOST]},
    {"what": "renewed, but stale until the reload", "servers": "mail",
     "shows": "old", "web": "right",
     "play": ["", HOST, "1", "",
              {"put": "right", "in": ["postfix", "dovecot"]},
              *reload("postfix"), "look", *reload("dovecot"), "look", "done"],
     "says": ["The renewal worked; the mail service has not picked it up",
              "143, 993, 110 and 995 at 192.0.2.10: still the certificate "
              "from before, expired"]},
    {"what": "without the middle link, until the whole chain is there",
     "servers": "mail", "shows": "leaf",
     "play": ["", HOST, "1", "",
              {"put": "right", "in": ["postfix", "dovecot", "nginx"]},
              *reload("postfix", "dovecot", "nginx"), "look"],
     "says": ["leaves out a link between its certificate and the authority"]},
    {"what": "Exim with a star name one label too deep", "servers": "exim",
     "host": DEEP, "shows": "star",
     "play": ["", DEEP + " 587", "1", "", {"put": "deep", "in": ["exim"]},
              *reload("exim"), "look", "done"],
     "says": ["A star covers one label only"]},
    {"what": "an IPv6 address with another certificate", "servers": "mail6",
     "shows": "right", "six": "other",
     "play": ["", HOST, "1", "", {"put": "right", "in": ["postfix"]},
              *reload("postfix"), "look"],
     "says": ["465 and 587 at 192.0.2.10: right certificate",
              "465 and 587 at 2001:db8::10: wrong name"]},
]


def write_program(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o755)


def write_tools(folder, programs, stored):
    """reload-NAME does what "postfix reload" and "doveadm reload" do; deploy
    is a deploy hook. New certificates are shown a moment later."""
    signals = ["kill -HUP %d\nsleep 0.7\n" % process.pid
               for process, _ in programs.values()]
    copies = ["cat %s > %s\n" % (" ".join(stored), path)
              for _, path in programs.values()]
    for name, line in zip(programs, signals):
        write_program("%s/reload-%s" % (folder, name), line)
    write_program(folder + "/deploy", "".join(copies + signals))


class Scene:
    """One session: where it is played, and what is typed."""

    def __init__(self, script, servers, lab, bench, folder):
        self.script, self.servers, self.lab = script, servers, lab
        self.bench, self.folder = bench, folder
        self.host = script.get("host", HOST)
        self.stored = [bench.live(self.host, "privkey.pem"),
                       bench.live(self.host, "fullchain.pem")] if bench else []
        write_tools(folder, servers.programs(), self.stored)
        self.fields = {"tools": folder}
        if bench:
            self.fields.update(dns_hook=bench.hook, http=bench.server.http)
            self.fields["order"] = " ".join(
                ["order", *bench.base, *script["order"]]).format(**self.fields)

    def ways(self):
        """How certmend finds its way here; the lab itself knows no ::1."""
        words = []
        for (address, port), real in self.servers.services().items():
            if address == IP6:
                words += ["--connect-to", "[%s]:%d:[::1]:%d" % (
                    address, port, real)]
        return words + (trusting(self.lab, self.bench, self.folder)
                        if self.bench else self.lab.arguments())

    def put(self, work):
        sources = self.stored if work["put"] == "stored" else [
            self.lab.leaves[work["put"]].key,
            self.lab.leaves[work["put"]].served]
        for name in work["in"]:
            with open(self.servers.programs()[name][1], "wb") as out:
                for source in sources:
                    with open(source, "rb") as part:
                        shutil.copyfileobj(part, out)

    def play(self):
        """(what was on the screen, in one line; the exit status)"""
        environment = {"HOME": self.folder, "TERM": "dumb",
                       "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        with Terminal([PROGRAM, "fix", *self.ways()], environment) as person:
            for item in self.script["play"]:
                # Work is done while the prompt before the next answer waits.
                if isinstance(item, dict):
                    person.until_prompt()
                    self.put(item)
                    person.seen -= len("\n> ")
                    continue
                if person.until_prompt() is None:
                    raise RuntimeError("it ended before %r: %s" % (
                        item, person.plain()[-900:]))
                person.type(item.format(**self.fields))
            person.rest()
            return " ".join(person.plain().split()), person.status

    def not_verified(self):
        """Looked at anew: the places that do not show what they should."""
        done = subprocess.run(
            [PROGRAM, "check", self.host, "--format", "json", *self.ways()],
            capture_output=True, timeout=60)
        seen = {(cell["address"], cell["port"])
                for cell in json.loads(done.stdout)["endpoints"]
                if cell["state"] == "verified"}
        return sorted(set(self.servers.services()) - seen)


def complaints(scene):
    text, status = scene.play()
    if status != 0 or "All is well with " + scene.host not in text:
        yield "status %s: %s" % (status, text[-700:])
    for words in scene.script["says"]:
        if words not in text:
            yield "it does not say %r: %s" % (words, text)
    left = scene.not_verified()
    if left:
        yield "not verified: %s" % left


def play(script, root):
    host = script.get("host", HOST)
    addresses = {"A": [IP4], "AAAA": [IP6] if "six" in script else []}
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        bench = stack.enter_context(Bench(folder)) if "order" in script \
            else None
        lab = stack.enter_context(Lab({
            "target": host, "certs": CERTS, "servers": [],
            "dns": {host: addresses}}))
        servers = stack.enter_context(SERVERS[script["servers"]](
            root, host, lab.leaves, script))
        lab.services = {
            (address, port): Elsewhere(real) for (address, port), real
            in servers.services().items() if address == IP4}
        return list(complaints(Scene(script, servers, lab, bench, folder)))


def unpacked(home):
    """Where the servers are, or None."""
    folder, packages = HOMES[home]
    if os.geteuid() != 0:  # chroot is root's
        return None
    made = subprocess.run(
        ["sh", os.path.join(HERE, "unpack.sh"), folder,
         *([packages] if packages else [])], capture_output=True)
    return None if made.returncode else os.path.abspath(folder + "/root")


def why_not(script, root):
    if not root:
        return "needs root, and the packages cannot be had"
    if "order" in script and not shutil.which("pebble"):
        return "no pebble here"
    return "no IPv6 here" if "six" in script and not has_ip6() else None


def has_ip6():
    with contextlib.suppress(OSError), \
            socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


def main(words):
    scripts = [script for script in SESSIONS
               if not words or any(word in script["what"] for word in words)]
    roots = {home: unpacked(home) for home in HOMES}
    print("1..%d" % len(scripts))
    for number, script in enumerate(scripts, 1):
        root = roots[HOME_OF[script["servers"]]]
        reason = why_not(script, root)
        try:
            faults = [] if reason else play(script, root)
        except Exception as fault:  # the others are played all the same
            faults = [repr(fault)]
        print("%s %d - %s%s" % ("not ok" if faults else "ok", number,
                                script["what"],
                                reason and " # SKIP " + reason or ""))
        for fault in faults:
            print("#   " + " ".join(fault.split()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
