#!/usr/bin/env python3
"""dns-persist-01: the record that stays, shown in the plan, looked for before an
order, set by the hook where it is missing, and never touched again. The CA is
tests/acme/fake_acme.py, which looks for the record in the same name server. TAP."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "acme"))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))
sys.path.insert(0, HERE)
from dns import DnsServer, Zone  # noqa: E402
from tap import finish, play, tap  # noqa: E402
from test_issue import PROGRAM  # noqa: E402
from test_issue_in_vain import QUIET, Scripted  # noqa: E402

ISSUERS = ["ca.example", "pki.example"]
OFFER = [{"type": "dns-persist-01", "token": None, "issuer-domain-names": ISSUERS}]
NAME, DOMAIN = "mail.example.org", "example.org"
SERVERS = {"example.org": {"NS": ["ns1.example.org", "ns2.example.org"]},
           "ns1.example.org": {"A": ["127.21.9.1"]}, "ns2.example.org": {"A": ["127.21.9.2"]}}
HOOK = """#!/usr/bin/env python3
import json, os, sys
action, record, value = sys.argv[1:]
with open("FOLDER/log", "a") as f:
    f.write(action + " " + record + " " + value + "\\n")
table = json.load(open("FOLDER/zone.json"))
if action == "present":
    table.setdefault(record, {}).setdefault("TXT", []).append(value)
else:
    del table[record]
with open("FOLDER/zone.new", "w") as f:
    json.dump(table, f)
os.rename("FOLDER/zone.new", "FOLDER/zone.json")
"""


class FileZone(Zone):
    """A table that a hook may change while it is served."""

    def __init__(self, path):
        self.path = path

    @property
    def nodes(self):
        with open(self.path) as f:
            return json.load(f)


class Stage(Scripted):
    """The scripted CA, its name server, and a store."""

    def __init__(self, folder, **row):
        self.servers = []
        super().__init__(folder, **dict({"challenges": OFFER, "meta": {"caaIdentities": ISSUERS}},
                                        **row))
        self.dns = self.serve("zone.json")
        self.write({})
        self.fake.row["persist"] = self.dns
        self.account = self.fake.base + "/account/1"
        self.hook = self.folder + "/hook"
        with open(self.hook, "w") as f:
            f.write(HOOK.replace("FOLDER", self.folder))
        os.chmod(self.hook, 0o755)

    def __exit__(self, *_):
        super().__exit__()
        for server in self.servers:
            server.close()

    def serve(self, file):
        self.servers.append(DnsServer(FileZone(self.folder + "/" + file)))
        return self.servers[-1].place

    def write(self, table, file="zone.json"):
        with open(self.folder + "/" + file, "w") as f:
            json.dump(dict(table, localhost={"A": ["127.0.0.1"]}), f)

    def records(self, **of):
        """{name: text}, in the zone."""
        self.write({"_validation-persist." + n.replace("_", "."): {"TXT": [t]}
                    for n, t in of.items()})

    def text(self, more="", issuer="ca.example", account=None):
        return "%s; accounturi=%s%s" % (issuer, account or self.account, more)

    def line(self, name, more=""):
        return '_validation-persist.%s. 3600 IN TXT "%s"' % (name, self.text(more))

    def go(self, *words, command="issue", way=("--challenge", "dns-persist-01")):
        return self.run(*words, "--resolver", self.dns, *(QUIET if way else ()), way=way,
                        command=command)

    def register(self):
        return self.go("account", "--apply", command="acme", way=())

    def orders(self):
        return self.fake.log.count("newOrder")

    def hooked(self):
        path = self.folder + "/log"
        return open(path).read().splitlines() if os.path.exists(path) else []


def first(folder):
    """Without an account no record can be told; with one it is."""
    with Stage(folder) as s:
        status, said, noted = s.go(NAME)
        tap("no account: the command that makes it", None if "certmend acme account --apply" in noted
            and status == 1 and "IN TXT" not in said + noted else (status, said, noted))
        done = s.register()
        status, said, noted = s.go(NAME)
        tap("the record is missing: it is told, and nothing done",
            None if status == 1 and s.line(NAME) in said and "is not there" in noted and
            "Add this TXT record: " + s.line(NAME) in noted else (done, status, said, noted))
        status, said, noted = s.go(NAME, "--apply")
        tap("nor is it ordered", None if status == 1 and not s.orders() else (status, said, noted))
        status, said, noted = s.go(NAME, "--apply", "--skip", "dns01")
        tap("--skip dns01 asks the CA all the same", None if status == 1 and s.orders() == 1
            and "challenge" in s.fake.log else (status, said, noted))
        s.records(**{NAME: s.text()})
        status, said, noted = s.go(NAME)
        tap("it stands: nothing is in the way", None if status == 0 and not noted and
            s.line(NAME) in said else (status, said, noted))
        begun = time.time()
        status, said, noted = s.go(NAME, "--apply")
        tap("issued, without waiting", None if status == 0 and "Issued for " + NAME in said and
            time.time() - begun < 10 and s.orders() == 2 else (status, said, noted))
        done = subprocess.run([PROGRAM, "renew", "--force", NAME, "--store", s.store], timeout=60,
                              capture_output=True, text=True)
        tap("renewed, with nobody's help", None if done.returncode == 0 and s.orders() == 3
            else done)
        s.write({})
        done = subprocess.run([PROGRAM, "renew", "--force", NAME, "--store", s.store], timeout=60,
                              capture_output=True, text=True)
        tap("the record has gone: the renewal says which", None if done.returncode and
            s.line(NAME) in done.stdout + done.stderr and s.fake.log[-1] == "authz" else done)


def states(folder):
    """What stands and will not do, and its innocent twins."""
    with Stage(folder) as s:
        s.register()
        ends = int(time.time())
        rows = [
            ("another account", s.text(account=s.account + "2"), "names another account", 1),
            ("another CA", s.text(issuer="other.example"), "names another CA", 1),
            ("the CA's other name", s.text(issuer="pki.example"), "", 0),
            ("it has ended", s.text("; persistUntil=%d" % (ends - 9)), "has ended", 1),
            ("it ends soon", s.text("; persistUntil=%d" % (ends + 86400)), "renewals fail then", 0),
            ("it ends late", s.text("; persistUntil=%d" % (ends + 86400 * 400)), "", 0),
            ("it is no record", "hello", "names another CA", 1),
            ("a wrong number", s.text("; persistUntil=soon"), "is no such record", 1)]
        for what, text, told, expected in rows:
            s.records(**{NAME: text})
            status, said, noted = s.go(NAME)
            tap(what, None if status == expected and told in noted and bool(noted) == bool(told)
                else (status, said, noted))
        s.records(**{DOMAIN: s.text("; policy=wildcard")})
        status, said, noted = s.go(NAME)
        tap("that of the domain alone is doubtful", None if status == 0 and
            "not every CA takes it" in noted else (status, said, noted))
        s.records(**{DOMAIN: s.text()})
        status, said, noted = s.go(NAME)
        tap("and without policy=wildcard it is nothing", None if status == 1 and
            "is not there" in noted else (status, said, noted))
        status, said, noted = s.go("*." + DOMAIN)
        tap("nor does it do for a star", None if status == 1 and "lacks policy=wildcard" in noted
            and s.line(DOMAIN, "; policy=wildcard") in said else (status, said, noted))
        status, said, noted = s.go(NAME, "www." + DOMAIN)
        tap("several names: one record for all is shown beside", None if
            s.line(DOMAIN, "; policy=wildcard") in said and s.line(NAME) in said and
            s.line("www." + DOMAIN) in said else (status, said, noted))
        status, said, noted = s.go(NAME, "--format", "json")
        told = json.loads(said)["proofs"]
        tap("as JSON", told[0]["record"] != s.line(NAME) and said)
        status, said, noted = s.go("192.0.2.1")
        tap("an address is not proven by it", None if status == 2 and "an address" in noted
            else (status, said, noted))


def zone_servers(folder):
    """Each server of the zone has to have it."""
    with Stage(folder) as s:
        s.register()
        table = dict(SERVERS, **{"_validation-persist." + NAME: {"TXT": [s.text()]}})
        s.write(table)
        s.write(SERVERS, "other.json")
        ports = [s.dns.split(":")[1], s.serve("other.json").split(":")[1]]
        routes = [w for n, p in enumerate(ports, 1)
                  for w in ("--connect-to", "127.21.9.%d:53:127.0.0.1:%s" % (n, p))]
        status, said, noted = s.go(NAME, *routes)
        tap("one server lacks it: that is the one which is named", None if status == 1 and
            "is not there, says ns2.example.org" in noted else (status, said, noted))
        s.write(table, "other.json")
        status, said, noted = s.go(NAME, *routes, "--apply")
        tap("both have it", None if status == 0 and "Issued" in said else (status, said, noted))


def hook(folder):
    """A program sets what is missing, once, and takes nothing away."""
    with Stage(folder) as s:
        names = [DOMAIN, "*." + DOMAIN, "mail.example.net"]
        status, said, noted = s.go(*names, "--dns-hook", s.hook, "--apply")
        had = s.hooked()
        wanted = sorted(["present _validation-persist.%s %s" % (DOMAIN, s.text("; policy=wildcard")),
                         "present _validation-persist.%s %s" % (names[2], s.text())])
        tap("one record for each name, the star's with it", None if status == 0 and
            sorted(had) == wanted else (status, said, noted, had))
        status, said, noted = s.go(*names, "--dns-hook", s.hook, "--apply", "--force")
        tap("the next order leaves them alone", None if status == 0 and s.hooked() == had
            else (status, said, noted, s.hooked()))


def not_offered(folder):
    """A CA without it, and one whose challenge is not fit to be used."""
    rows = [("not offered", [{"type": "dns-01"}], "the CA offers dns-01, and none"),
            ("no names", [dict(OFFER[0], **{"issuer-domain-names": []})], "without usable names"),
            ("too many", [dict(OFFER[0], **{"issuer-domain-names": ["a.example"] * 11})],
             "without usable names")]
    for what, challenges, why in rows:
        with Stage(folder, challenges=challenges) as s:
            s.register()
            s.records(**{NAME: s.text()})
            status, said, noted = s.go(NAME, "--apply")
            tap(what, None if status and why in said + noted and "challenge" not in s.fake.log
                else (status, said, noted))
    with Stage(folder) as s:
        s.register()
        s.records(**{NAME: s.text()})
        status, said, noted = s.go(NAME, way=("--webroot", "www"))
        tap("it is not chosen by itself", "by dns-persist-01" in said and said)


def main():
    folder = tempfile.mkdtemp(prefix="certmend-persist-")
    play((first, states, zone_servers, hook, not_offered), folder)
    shutil.rmtree(folder, ignore_errors=True)
    finish()


if __name__ == "__main__":
    main()
