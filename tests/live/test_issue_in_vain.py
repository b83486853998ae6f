#!/usr/bin/env python3
"""No order is spent in vain: what can be known before is told before, and what
is there already is not ordered again. Against Debian's Pebble. TAP."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "acme"))
sys.path.insert(0, HERE)
from fake_acme import FakeAcme  # noqa: E402
from test_issue import PROGRAM, Bench, Port, ca, tap  # noqa: E402
from tap import finish, play  # noqa: E402

QUIET = ["--skip", "dane", "--skip", "deploy-look"]


def orders(b):
    """How many the CA has had."""
    return open(b.server.log.name).read().count("Added order")


def version(b, name):
    return os.path.basename(os.readlink(b.live(name).rstrip("/")))


def there(folder):
    """A certificate that is there and fresh is not ordered again."""
    with Bench(folder, own=True) as b:
        http = ["--listen", "127.0.0.1:%d" % b.server.http, *QUIET]
        names = ["m.example.org", "s.example.org"]
        log = b.script("log", "#!/bin/sh\necho x >>%s/ran\n" % b.folder)
        hook = ["--deploy-hook", log]
        b.issued("the first", names[0], names, *http)
        ledger, had = open(b.store + "/ledger.json").read(), orders(b)
        for what, words in (("again", names), ("in another order", names[::-1]),
                            ("again, with a hook", [*names, *hook])):
            status, said, noted = b.apply(*words, *http)
            tap("the same %s: nothing is ordered" % what,
                None if status == 0 and "nothing is ordered" in said and "--force" in said and
                orders(b) == had and open(b.store + "/ledger.json").read() == ledger and
                os.listdir(b.store + "/live") == [names[0]] and version(b, names[0]) == "1"
                else (status, said, noted))
        ran = os.path.exists(b.folder + "/ran") and open(b.folder + "/ran").read()
        about = json.load(open(b.live(names[0], "certmend.json")))
        tap("the hook has run, and is kept for the renewals",
            None if ran == "x\n" and about["deploy_hooks"] == [log] and
            about["listen"] == http[1] and about["certificate"] else (ran, about))
        status, said, noted = b.run(*names, *http, "--format", "json")
        told = json.loads(said)
        tap("told as JSON", None if status == 0 and told["there_until"] and not told["preflight"]
            else said)
        status, said, noted = b.run(names[1], *http)
        tap("one of the names alone: what has it already is told",
            None if status == 0 and "live/m.example.org has some of these names already" in said
            and "certmend issue m.example.org --add NAME" in said else (status, said, noted))
        status, said, noted = b.run("o.example.org", *http)
        tap("another name: nothing is told", "beside" in said and said)
        wanted = [("another kind of key", ["--key-type", "rsa2048"]), ("--force", ["--force"]),
                  ("another name", ["--add", "o.example.org"])]
        for what, words in wanted:
            had = orders(b)
            status, said, noted = b.apply(*names, *http, *words)
            tap("ordered all the same: " + what, None if status == 0 and orders(b) == had + 1
                else (status, said, noted))
        b.apply(*names, "--drop", "o.example.org", *http)
        had = orders(b)
        b.run("revoke", names[0], command="acme")
        status, said, noted = b.apply(*names, *http)
        tap("one that was revoked is ordered again", None if status == 0 and orders(b) == had + 1
            else (status, said, noted))
        os.unlink(b.live(names[0], "privkey.pem"))
        status, said, noted = b.apply(*names, *http)
        tap("one whose key is gone is ordered again", None if status == 0 and
            orders(b) == had + 2 else (status, said, noted))


def old(folder):
    """One that is due is renewed by the same command."""
    with Bench(folder, own=True) as b:
        http = ["--listen", "127.0.0.1:%d" % b.server.http, *QUIET]
        b.apply("m.example.org", *http)
        due = b.live("m.example.org", "renewal.json")
        with open(due, "w") as f:
            json.dump({"ari": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z",
                               "retry_at": "2026-01-01T00:00:00Z"}, "failures": 0}, f)
        had = orders(b)
        status, said, noted = b.apply("m.example.org", *http)
        tap("one that the CA wants renewed is ordered again", None if status == 0 and
            orders(b) == had + 1 else (status, said, noted))


def account_key(store):
    folder = os.path.join(store, "accounts", os.listdir(store + "/accounts")[0])
    return os.path.join(folder, "key.pem")


def way_of(said):
    return "--new" in said and said.split("key of its own: ")[1].splitlines()[0]


def restart(b):
    """Pebble forgets everything, its accounts too."""
    b.server.server.terminate()
    b.server.server.wait()
    b.server.server = subprocess.Popen(
        b.server.server.args, stdout=b.server.log, stderr=b.server.log,
        env=dict(os.environ, PEBBLE_VA_NOSLEEP="1", PEBBLE_AUTHZREUSE="0"))
    b.server.wait()


def account(folder):
    """The CA does not know the account any more, or has ended it."""
    with Bench(folder, own=True) as b:
        http = ["--listen", "127.0.0.1:%d" % b.server.http, *QUIET]
        b.apply("m.example.org", *http)
        key = open(account_key(b.store)).read()
        restart(b)
        status, said, noted = b.run("account", command="acme")
        tap("an unknown account is told, and not made unasked", None if status == 1 and
            "--apply makes it again" in said and "A new" not in said else (status, said, noted))
        status, said, noted = b.run("o.example.org", *http)
        tap("the plan tells an unknown account", None if status == 0 and
            "certmend acme account --apply" in noted else (status, said, noted))
        done = subprocess.run([PROGRAM, "renew", "--force", "--store", b.store], timeout=60,
                              capture_output=True, text=True)
        tap("renew makes an unknown account again, with its key", None if done.returncode == 0 and
            "does not know the account any more" in done.stderr and
            version(b, "m.example.org") == "2" and open(account_key(b.store)).read() == key
            else done)
        spent = [e["what"] for e in json.load(open(b.store + "/ledger.json"))["entries"]]
        tap("two orders are counted, not three", spent.count("order") != 2 and spent)
        lost = open(account_key(b.store)).read()
        b.run("account", "--deactivate", command="acme")
        # As if it had been ended elsewhere.
        os.unlink(account_key(b.store).replace("key.pem", "key-old.pem"))
        with open(account_key(b.store), "w") as f:
            f.write(lost)
        os.chmod(f.name, 0o600)
        status, said, noted = b.apply("n.example.org", *http)
        noted = b.run("n.example.org", *http)[2]
        tap("so does the plan", None if way_of(noted) else noted)
        way = way_of(said)
        tap("the plan names the same command", None if way == way_of(noted) else (way, noted))
        tap("an account that has ended is told, with the way out", None if status == 1 and way
            else (status, said, noted))
        done = subprocess.run(way.replace("certmend", PROGRAM, 1), shell=True, timeout=60,
                              capture_output=True, text=True)
        status, said, noted = b.apply("n.example.org", *http)
        tap("the command that is named mends it", None if done.returncode == 0 and
            "A new account" in done.stdout and status == 0 else (done, status, said, noted))


class Elsewhen:
    """Programs that are started meanwhile live at another time."""

    def __init__(self, words):
        self.kept, self.more = dict(os.environ), {}
        if words:
            said = subprocess.run([*words, "env"], capture_output=True, text=True).stdout
            self.more = dict(line.split("=", 1) for line in said.splitlines()
                             if line.startswith(("LD_PRELOAD=", "FAKETIME")))

    def __enter__(self):
        os.environ.update(self.more)

    def __exit__(self, *_):
        os.environ.clear()
        os.environ.update(self.kept)


class Scripted:
    """A CA that does as a row says, and a store."""

    def __init__(self, folder, made_at=(), **row):
        self.folder = tempfile.mkdtemp(dir=folder)
        self.store = self.folder + "/store"
        self.authority = ca.Authority(self.folder, "first root")
        self.authority.second = self.authority
        with Elsewhen(made_at):
            self.authority.api = self.authority.server()
        self.authority.lock = threading.Lock()
        self.fake = FakeAcme(self.authority, row)
        os.mkdir(self.folder + "/www")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.fake.stop()

    def run(self, *words, command="issue", before=(), way=("--webroot", "www")):
        done = subprocess.run([*before, PROGRAM, command, *words, *way, "--ca",
                               self.fake.base + "/dir", "--ca-file", self.authority.pem, "--store",
                               self.store], timeout=90, cwd=self.folder, capture_output=True,
                              text=True)
        return done.returncode, done.stdout, done.stderr

    def apply(self, *words, **more):
        return self.run("a.example.org", "--apply", *QUIET, "--skip", "port80", *words, **more)


UNKNOWN = {"on": "newOrder", "problem": {"type": "accountDoesNotExist", "detail":
                                         "Account is not known"}}
UNSIGNED = {"on": "newOrder", "problem": {"type": "malformed", "detail":
                                          "JWS verification error"}}


def scripted(folder):
    terms = {"termsOfService": "https://example.org/terms"}
    rows = [
        ("an unknown account is made again once", {"faults": [dict(UNKNOWN, times=1)],
                                                   "meta": terms}, 0, 2, "made again"),
        ("and not twice", {"faults": [UNKNOWN], "meta": terms}, 1, 2, "acme account --apply"),
        ("not where the CA wants a binding", {
            "faults": [UNKNOWN, {"on": "directory", "after": 1, "merge": {
                "meta": dict(terms, externalAccountRequired=True)}}], "meta": terms}, 1, 1,
         "acme account --apply"),
        ("not where the terms have changed", {
            "faults": [UNKNOWN, {"on": "directory", "after": 1, "merge": {
                "meta": {"termsOfService": "https://example.org/new"}}}], "meta": terms}, 1, 1,
         "acme account --apply"),
    ]
    for what, row, status, made, text in rows:
        with Scripted(folder, **row) as s:
            s.run("account", "--apply", command="acme", way=())
            got, said, noted = s.apply()
            tap(what, None if got == status and text in said + noted and
                s.fake.log.count("newAccount") == made else (got, said, noted, s.fake.log))
    with Scripted(folder, faults=[dict(UNSIGNED, times=2)]) as s:
        began = time.time()
        got, said, noted = s.apply()
        tap("a key that the CA does not know yet is waited for, and that is said",
            None if got == 0 and noted.count("does not know the account's new key yet") == 1 and
            time.time() - began < 20 else (got, said, noted))


def unkept(folder):
    """What the CA has issued and the store could not take: counted, and told where."""
    with Scripted(folder, faults=[{"on": "cert", "sleep": 2, "times": 1}]) as s:
        place = s.store + "/archive/a.example.org"

        def spoil():
            while "cert" not in s.fake.log:
                time.sleep(0.02)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "w") as f:
                f.write("in the way")
        threading.Thread(target=spoil, daemon=True).start()
        status, said, noted = s.apply()
        spent = [e["what"] for e in json.load(open(s.store + "/ledger.json"))["entries"]]
        tap("a certificate that could not be kept is counted, and its place told",
            None if status == 2 and "the CA has issued it" in said and
            s.store + "/pending/a.example.org" in said and spent.count("certificate") == 1
            else (status, said, noted, spent))
        os.unlink(place)
        status, said, noted = s.apply()
        tap("the next run fetches it, without another order", None if status == 0 and
            s.fake.log.count("newOrder") == 1 else (status, said, noted, s.fake.log))
    # A CA that does not tell the address of the order: nobody can come back for it.
    with Scripted(folder, faults=[{"on": "newOrder", "headers": {"Location": ""}},
                                  {"on": "cert", "sleep": 2, "times": 1}]) as s:
        place = s.store + "/archive/a.example.org"
        threading.Thread(target=spoil, daemon=True).start()
        status, said, noted = s.apply()
        spent = [e["what"] for e in json.load(open(s.store + "/ledger.json"))["entries"]]
        tap("without the order's address it is counted too", None if status == 2 and
            spent.count("certificate") == 1 else (status, said, noted, spent))


def clock(folder):
    """A clock that is wrong is told, not a CA that is."""
    if not shutil.which("faketime"):
        tap("a wrong clock # SKIP no faketime here", None)
        return
    with Scripted(folder) as s:
        for off in ("-100d", "+9y"):
            for words in ([], ["--apply"]):
                status, said, noted = s.run("a.example.org", *words, *QUIET, "--skip", "port80",
                                            before=("faketime", "-f", off))
                tap("a clock that is %s off, %s" % (off, words),
                    None if status == (3 if words else 1) and
                    "his machine's clock says 20" in said + noted and
                    "root given along" not in said + noted and "newOrder" not in s.fake.log
                    else (status, said, noted))
        status, said, noted = s.run("a.example.org", *QUIET, "--skip", "port80")
        tap("a right clock", None if status == 0 and "clock" not in noted
            else (status, said, noted))
    with Scripted(folder, made_at=("faketime", "-f", "-60d")) as s:
        status, said, noted = s.apply()
        tap("a CA whose certificate has ended", None if status == 3 and
            "its clock agrees with this machine's" in said else (status, said, noted))


def served(folder):
    """Names of the certificate that is served, where the store has none."""
    with Bench(folder, own=True) as b:
        cert, key = b.folder + "/cert.pem", b.folder + "/key.pem"
        ca.openssl("req", "-x509", *ca.P256, "-days", "30", "-subj", "/CN=m", "-keyout", key,
                   "-out", cert, "-addext", "subjectAltName=DNS:m.example.org,"
                   "DNS:i.example.org,DNS:customer.example.net")
        port = Port(993, cert, key)
        nowhere = ["--skip", "dane", "--connect-to", "m.example.org::127.0.0.1:1"]
        http = ["--skip", "deploy-look", "--listen", "127.0.0.1:%d" % b.server.http]
        there = ["--connect-to", "m.example.org:993:127.0.0.1:%d" % port.own, *nowhere]
        for words in ([], ["--apply", *http]):
            status, said, noted = b.run("m.example.org", *words, *there)
            tap("a name of the served certificate that would go is told, and kept: %s" % words[:1],
                None if status == 1 and "shows today is for i.example.org too" in noted and
                "goes       i.example.org" in said and "--drop NAME" in said and
                "customer" not in said + noted and not os.path.exists(b.live("m.example.org"))
                else (status, said, noted))
        status, said, noted = b.run("m.example.org", "--add", "i.example.org", *there)
        tap("ordered along, it is not", None if status == 0 and "shows today" not in noted
            else (status, said, noted))
        web = ["--connect-to", "m.example.org:443:127.0.0.1:%d" % port.own, *nowhere]
        status, said, noted = b.run("m.example.org", *web)
        tap("a web server's may stay where it is", None if status == 0 and "goes" not in said and
            "shows today is for i.example.org too" in noted else (status, said, noted))
        status, said, noted = b.apply("m.example.org", "--drop", "i.example.org", *http, *there)
        tap("agreed to, it goes", status and (status, said, noted) or
            b.faults("m.example.org", ["m.example.org"]))


def self_signed(folder, days, off=()):
    os.makedirs(folder)
    cert, key = folder + "/cert.pem", folder + "/privkey.pem"
    with Elsewhen(off):
        ca.openssl("req", "-x509", *ca.P256, "-days", str(days), "-subj", "/CN=m", "-keyout", key,
                   "-out", cert, "-addext", "subjectAltName=DNS:m.example.org")
    return cert, key


def expected(folder):
    """check --expect, both end on the same day."""
    with Bench(folder, own=True) as b:
        port = Port(993, *self_signed(b.folder + "/old", 30))
        rows = [("serial", ["with the serial number", "which has"], 30, ())]
        if shutil.which("faketime"):
            rows.append(("start", ["that began on", "which began on"], 40,
                         ("faketime", "-f", "-10d")))
        for what, texts, days, off in rows:
            cert = self_signed(b.folder + "/%s/m.example.org" % what, days, off)[0]
            done = subprocess.run(
                [PROGRAM, "check", "m.example.org:993", "--resolver",
                 "127.0.0.1:%d" % b.server.dns, "--connect-to",
                 "m.example.org:993:127.0.0.1:%d" % port.own, "--expect", cert],
                capture_output=True, text=True, timeout=60)
            said = " ".join(done.stdout.split())
            tap("another that ends on the same day is told apart by its " + what,
                None if all(t in said for t in [*texts, "(both end on"]) else done.stdout)
            tap("the steps name the place of the one that is expected",
                None if "%s/%s/m.example.org/fullchain.pem" % (b.folder, what) in said and
                "/etc/letsencrypt/live" not in said else done.stdout)


def main():
    if not shutil.which("pebble") or not shutil.which("pebble-challtestsrv"):
        print("ok 1 - no order in vain # SKIP no pebble here\n1..1")
        return
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        play((there, old, account, scripted, unkept, clock, served, expected), folder)
    finish()


if __name__ == "__main__":
    main()
