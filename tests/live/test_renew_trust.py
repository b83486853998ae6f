#!/usr/bin/env python3
"""certmend renew says so when it could not do its work, at each run until it can:
a store that cannot be read, is not there or is garbled; a certificate that is late,
has ended, or waits for a clock that was ahead. The innocent twin stays silent. TAP."""
import grp
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "acme"))
import ca  # noqa: E402
from fake_acme import FakeAcme  # noqa: E402
from tap import finish, tap  # noqa: E402

PROGRAM = os.path.join(ca.BUILD, "certmend")
NAME = "a.example.org"
NOBODY = 65534
LEFT_OUT = ["names", "dns", "dnssec", "caa", "dns01", "dane", "port80", "limits", "clock",
            "deploy-look"]

CA_CONFIG = """[ca]
default_ca = d
[d]
database = {db}/index
new_certs_dir = {db}
rand_serial = yes
default_md = sha256
unique_subject = no
policy = p
[p]
commonName = optional
[leaf]
subjectAltName = DNS:{name}
authorityKeyIdentifier = keyid
"""


class Bench:
    """A CA of its own, and a copy of a store with one certificate."""

    def __init__(self, folder, authority, start=None, **row):
        self.folder = tempfile.mkdtemp(dir=folder)
        os.chmod(self.folder, 0o755)
        self.store = os.path.join(self.folder, "store")
        self.web = os.path.join(self.folder, "web")
        os.mkdir(self.web)
        self.authority = authority
        # A window of the CA's would beat the certificate's own life.
        row["faults"] = [{"on": "directory", "drop": ["renewalInfo"]}, *row.get("faults", [])]
        self.ca = FakeAcme(authority, row)
        if start:
            shutil.copytree(start, self.store, symlinks=True)
            self.about(ca=self.ca.base + "/dir", directory=self.ca.base + "/dir",
                       webroot=self.web)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ca.stop()

    def live(self, file=""):
        return os.path.join(self.store, "live", NAME, file).rstrip("/")

    def about(self, **more):
        self.write("certmend.json", **more)

    def write(self, file, **more):
        path, now = self.live(file), {}
        if os.path.exists(path):
            now = json.load(open(path))
        with open(path, "w") as f:
            json.dump(dict(now, **more), f)

    def issue(self, *more):
        skips = [w for s in LEFT_OUT for w in ("--skip", s)]
        return self.run("issue", NAME, "--apply", "--ca", self.ca.base + "/dir", "--ca-file",
                        self.authority.pem, "--webroot", self.web, *skips, *more)

    def run(self, *words, store=None, **how):
        store = store or self.store
        done = subprocess.run([PROGRAM, *words, *(["--store", store] if store != "-" else [])],
                              timeout=60, capture_output=True, text=True, **how)
        return done.returncode, done.stdout, done.stderr

    def renew(self, *words, **how):
        return self.run("renew", *words, **how)

    def orders(self):
        return self.ca.log.count("newOrder")

    def redate(self, from_d, to_d):
        """What is live is from so many days ago to so many days ahead."""
        db = tempfile.mkdtemp(dir=self.folder)
        open(db + "/index", "w").close()
        with open(db + "/ca.conf", "w") as f:
            f.write(CA_CONFIG.format(db=db, name=NAME))
        request = ca.openssl("req", "-new", "-key", self.live("privkey.pem"), "-subj", "/CN=" + NAME)
        with open(db + "/csr", "wb") as f:
            f.write(request)
        dates = [time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + d * 86400))
                 for d in (from_d, to_d)]
        ca.openssl("ca", "-batch", "-config", db + "/ca.conf", "-notext", "-cert", self.authority.pem,
                   "-keyfile", self.authority.key, "-extensions", "leaf", "-startdate", dates[0],
                   "-enddate", dates[1], "-in", db + "/csr", "-out", self.live("cert.pem"))
        with open(self.live("fullchain.pem"), "w") as f:
            f.write(open(self.live("cert.pem")).read() + open(self.live("chain.pem")).read())


def told(bench, wanted, says, *words, silent=False, **how):
    """The status and the sentence, with -q too; nothing is ordered for it."""
    before = bench.orders()
    for more in ([], ["-q"]):
        got, said, noted = bench.renew(*words, *more, **how)
        text = said + noted
        if got != wanted or bench.orders() != before:
            return got, said, noted, bench.orders() - before
        if more and silent and text:
            return "with -q: " + text
        if not (more and silent) and says not in text:
            return got, said, noted
    return None


def shell(text):
    def change(b):
        subprocess.run(text, shell=True, check=True, cwd=b.folder)
    return change


SHELF = "store/archive/%s/1" % NAME
CANNOT = [
    # what, what is done to the store, status, sentence
    ("as it should be", "true", 0, None),
    ("moved without its archive", "mv store/archive away", 2, "leads to ../archive"),
    ("moved without live", "rm -r store/live", 2, "live is gone"),
    ("the store is a file", "rm -r store; touch store", 2, "cannot be used"),
    ("another folder was meant", "rm -r store; mkdir -p store/www", 2, "no store of certmend's"),
    ("not there", "rm -r store", 2, "there is no folder"),
    ("certbot's", "mkdir store/renewal", 2, "is certbot's"),
    ("an empty folder", "rm -r store; mkdir store", 0, "nothing to renew"),
    ("cert.pem is garbage", "echo x >%s/cert.pem" % SHELF, 2, "/cert.pem does not go with"),
    ("cert.pem is another's", "cp other.pem %s/cert.pem" % SHELF, 2, "/cert.pem does not go with"),
    ("chain.pem is garbage", "echo x >%s/chain.pem" % SHELF, 2, "/chain.pem does not go with"),
    ("fullchain.pem is garbage", "echo x >%s/fullchain.pem" % SHELF, 2, "/fullchain.pem"),
    ("fullchain.pem is gone", "rm %s/fullchain.pem" % SHELF, 2, "/fullchain.pem is missing"),
    ("the key is garbage", "echo x >%s/privkey.pem" % SHELF, 2, "/privkey.pem does not go with"),
    ("the key is another's", "cp other.key %s/privkey.pem" % SHELF, 2, "/privkey.pem does not go"),
    ("the key is gone", "rm %s/privkey.pem" % SHELF, 2, "/privkey.pem is missing"),
    ("how it was got is garbage", "echo x >%s/certmend.json" % SHELF, 2, "/certmend.json"),
    ("how it was got is gone", "rm %s/certmend.json" % SHELF, 2, "/certmend.json is missing"),
]


def cannot(folder, authority, start):
    for what, change, status, says in CANNOT:
        with Bench(folder, authority, start) as b:
            ca.openssl("req", "-x509", *ca.P256, "-subj", "/CN=" + NAME, "-days", "2", "-keyout",
                       b.folder + "/other.key", "-out", b.folder + "/other.pem")
            shell(change)(b)
            fault = told(b, status, says or NAME + ": is due on", silent=not status)
            got, said, noted = b.renew("--format", "json")
            if not fault and (got != status or (said and json.loads(said)["status"] != status)):
                fault = got, said, noted
            tap(what, fault)
    with Bench(folder, authority, start) as b:
        shell("echo x >%s/cert.pem" % SHELF)(b)
        got, said, noted = b.renew("--force")
        tap("told to, a garbled one is replaced", None if got == 0 and not told(
            b, 0, "is due on", silent=True) else (got, said, noted))
    with Bench(folder, authority) as b:
        home = dict(os.environ, HOME=b.folder, XDG_DATA_HOME="")
        how = dict(env=home)
        if os.getuid() == 0:  # /etc/certmend is no business of this test
            how = dict(env=home, user=NOBODY, group=NOBODY, extra_groups=[])
        tap("nobody has ordered anything yet", told(b, 0, "nothing to renew", silent=True,
                                                   store="-", **how))


def anothers(folder, authority, start):
    if os.getuid() != 0:
        print("# not root: nobody else's store")
        return
    me = pwd.getpwuid(0).pw_name
    how = dict(user=NOBODY, group=NOBODY, extra_groups=[])
    rows = [("root's store", "true"), ("its folder is open", "chmod 755 store"),
            ("all but the key is open", "chmod -R go+rX store; chmod 600 %s/privkey.pem" % SHELF)]
    for what, change in rows:
        with Bench(folder, authority, start) as b:
            shell(change)(b)
            tap("another user: " + what, told(
                b, 2, "belongs to the user %s; run certmend as that user" % me, **how))


def late(folder, authority, start):
    """Rate limits, then peace."""
    no = {"on": "newOrder", "times": 1, "problem": {
        "type": "rateLimited", "detail": "too many \u001b[31mcertificates"}, "status": 429,
        "headers": {"Retry-After": "604800"}}
    for what, dates in ("late", (-80, 10)), ("ended", (-90, -1)):
        with Bench(folder, authority, start, faults=[dict(no)]) as b:
            b.redate(*dates)
            got, said, noted = b.renew()
            tap("%s: the CA says no" % what, None if got == 1 and "too many" in said else
                (got, said, noted))
            ends = "ended on" if what == "ended" else "ends on"
            tap("%s: and it stays so" % what, told(b, 1, "too many") or told(b, 1, ends) or
                told(b, 1, "the last try has failed", "--plan"))
            got, said, noted = b.renew("--format", "json")
            one = json.loads(said)["certificates"][0]
            tap("%s: as JSON" % what, None if got == one["status"] == 1 and one["failures"] == 1 and
                "too many" in " ".join(one["told"]) and "\x1b" not in said else (got, said, noted))
            state = json.load(open(b.live("renewal.json")))
            at = time.mktime(time.strptime(state["next_try"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
            tap("%s: a day at most" % what, None if at - time.time() <= 86400 else state)
            b.write("renewal.json", next_try="2020-01-01T00:00:00Z")
            got, said, noted = b.renew()
            tap("%s: then it is renewed" % what, None if got == 0 and b.orders() == 2 and not told(
                b, 0, "is due on", silent=True) else (got, said, noted))


def ahead(folder, authority, start):
    """A run with the clock nine years ahead wrote down when it would try again."""
    with Bench(folder, authority, start) as b:
        b.redate(-80, 10)
        b.write("renewal.json", failures=1, next_try="2035-11-26T00:00:00Z", ari={
            "start": "2035-11-01T00:00:00Z", "end": "2035-11-02T00:00:00Z",
            "retry_at": "2035-11-01T00:00:00Z"})
        got, said, noted = b.renew()
        tap("a clock that was ahead keeps nothing from its turn", None if got == 0 and
            b.orders() == 1 and "Issued" in said else (got, said, noted))


COPIES = [
    # what, how it was copied, is it a version of its own
    ("without links", "cp -rL store moved", False),
    ("without links or rights", "cp -rL store moved; chmod -R go+rX moved", False),
    ("live/ alone", "mkdir -m 700 moved; cp -rL store/live moved/live", True),
    ("with another key in live/", "cp -rL store moved; cp other.key moved/live/%s/privkey.pem; "
     "cp other.pem moved/live/%s/cert.pem; cp other.pem moved/live/%s/fullchain.pem; "
     ": >moved/live/%s/chain.pem" % (NAME, NAME, NAME, NAME), True),
]


def copied(folder, authority, start):
    """A store whose links became folders is put right before anything is ordered."""
    for what, how, is_own in COPIES:
        with Bench(folder, authority, start) as b:
            ca.openssl("req", "-x509", *ca.P256, "-subj", "/CN=" + NAME, "-days", "20", "-keyout",
                       b.folder + "/other.key", "-out", b.folder + "/other.pem")
            shell(how)(b)
            b.store = b.folder + "/moved"
            before = open(b.live("fullchain.pem")).read(), open(b.live("privkey.pem")).read()
            got, said, noted = b.renew("--plan")
            tap("copied %s: the plan says so" % what, None if got == 0 and os.path.isdir(b.live()) and
                not os.path.islink(b.live()) and "as a copy without links" in noted else
                (got, said, noted))
            got, said, noted = b.renew()
            after = open(b.live("fullchain.pem")).read(), open(b.live("privkey.pem")).read()
            version = "../archive/%s/%d" % (NAME, 2 if is_own and "other" in how else 1)
            left = [n for _, folders, files in os.walk(b.store) for n in folders + files if ".part" in n]
            tap("copied %s: it is put right" % what, None if got == 0 and before == after and
                os.path.islink(b.live()) and os.readlink(b.live()) == version and not left and
                not b.orders() else (got, said, noted, left))
            got, said, noted = b.renew("--force")
            tap("copied %s: and renewed" % what, None if got == 0 and b.orders() == 1 and
                "archive" in os.readlink(b.live()) and "copy" not in noted else (got, said, noted))


def open_keys(folder, authority, start):
    """Keys that others may read are closed, and told of; so is who may look."""
    with Bench(folder, authority, start) as b:
        shell("chmod -R go+rX store")(b)
        keys = [b.live("privkey.pem")] + [os.path.join(d, f) for d, _, files in os.walk(
            b.store + "/accounts") for f in files if f == "key.pem"]
        got, said, noted = b.renew()
        modes = [os.stat(k).st_mode & 0o777 for k in keys + [os.path.dirname(keys[1])]]
        tap("open keys are closed and told of", None if got == 0 and modes == [0o600, 0o600, 0o700] and
            noted.count("others on this machine could read the key") == 2 and "could look into" in noted else (modes, noted))
        tap("once", None if b.renew()[2] == "" else b.renew())
        os.chmod(b.live("privkey.pem"), 0o640)
        tap("a group that was let in is no fault", None if b.renew()[2] == "" and
            os.stat(b.live("privkey.pem")).st_mode & 0o777 == 0o640 else b.renew())


def rights(bench):
    """Who may read the key, its folder, the folder of versions, and come by."""
    places = (bench.live("privkey.pem"), os.path.realpath(bench.live()),
              bench.store + "/archive/" + NAME, bench.store)
    seen = [os.stat(p) for p in places]
    return ["%o" % (st.st_mode & 0o777) for st in seen], seen[0].st_gid, seen[1].st_gid


def reads(bench, path):
    """Can a member of the group, who owns nothing here?"""
    return subprocess.run(["cat", path], user=NOBODY - 1, group=NOBODY, extra_groups=[],
                          capture_output=True).returncode == 0


def groups(folder, authority, start):
    """Who was let in to read a key may read the next one."""
    gid = NOBODY if os.getuid() == 0 else os.getgid()
    group = grp.getgrgid(gid).gr_name
    named = ["640", "750", "750", "711"], gid, gid
    with Bench(folder, authority) as b:
        got = b.issue("--key-group", group)
        tap("--key-group", None if got[0] == 0 and rights(b) == named and
            "the group %s may read it" % group in got[1] and
            (os.getuid() or reads(b, b.live("privkey.pem"))) else (got, rights(b)))
        got = b.renew("--force")
        tap("--key-group lasts", None if got[0] == 0 and rights(b) == named and
            "/2" in os.readlink(b.live()) else (got, rights(b)))
        if os.getuid() == 0:
            account = [os.path.join(d, f) for d, _, files in os.walk(b.store + "/accounts")
                       for f in files]
            tap("it reads the key, and nothing else", None if reads(b, b.live("privkey.pem")) and
                not any(reads(b, p) for p in account + [b.store + "/ledger.json", b.live(
                    "certmend.json")]) else "not so")
    with Bench(folder, authority, start) as b:
        b.about(key_group="no-such-group")
        got = b.renew("--force")
        tap("a group that has gone is told before an order", None if got[0] == 2 and
            "there is no group" in got[2] and not b.orders() else got)
    with Bench(folder, authority, start) as b:
        tap("nobody was let in", None if b.renew("--force")[0] == 0 and rights(b)[0] ==
            ["600", "700", "700", "700"] else rights(b))
        version = os.path.realpath(b.live())
        for path, mode in ((version, 0o750), (b.live("privkey.pem"), 0o640)):
            os.chown(path, -1, gid)
            os.chmod(path, mode)
        got = b.renew("--force")
        now = rights(b)
        tap("let in by hand, it may read the next one", None if got[0] == 0 and
            now[0][:2] == ["640", "750"] and now[1:] == (gid, gid) and
            os.path.realpath(b.live()) != version else (got, now))
    with Bench(folder, authority, start) as b:
        b.redate(-1, 80)
        got = b.issue("--key-group", group)
        tap("given to the certificate that is there", None if got[0] == 0 and not b.orders() and
            rights(b) == named else (got, rights(b)))


def hook_env(folder, authority, _):
    """What a hook was told at the order it is told at renewals."""
    with Bench(folder, authority) as b:
        hook = b.folder + "/hook"
        with open(hook, "w") as f:
            f.write("#!/bin/sh\necho \"$EXIM_PLACE,$EXIM_GROUP,$CERTMEND_NAME\" >>%s/said\n" % b.folder)
        os.chmod(hook, 0o755)
        got = b.issue("--deploy-hook", hook, "--hook-env", "EXIM_PLACE=/srv/exim tls", "--hook-env",
                      "EXIM_GROUP=mail")
        again = b.renew("--force")
        tap("--hook-env lasts", None if got[0] == again[0] == 0 and open(b.folder + "/said").read() ==
            2 * ("/srv/exim tls,mail,%s\n" % NAME) else (got, again))
        for word, says in (("EXIM_TOKEN=x", "looks like a secret"), ("=x", "NAME=VALUE was wanted"),
                           ("1A=x", "NAME=VALUE was wanted"), ("A-B=x", "NAME=VALUE was wanted"),
                           ("CERTMEND_LIVE=/x", "is set by certmend itself")):
            got = b.issue("--hook-env", word)
            tap("--hook-env %s" % word, None if got[0] == 2 and says in got[2] else got)


def main():
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        os.chmod(folder, 0o755)
        authority = ca.Authority(folder, "first root")
        authority.second, authority.api = authority, authority.server()
        authority.lock = threading.Lock()
        start = os.path.join(folder, "start")
        with Bench(folder, authority) as b:
            got = b.issue()
            shutil.copytree(b.store, start, symlinks=True)
            tap("a store to begin with", got if got[0] else None)
        for part in (cannot, anothers, late, ahead, copied, open_keys, groups, hook_env):
            try:
                part(folder, authority, start)
            except Exception:
                tap(part.__name__, traceback.format_exc())
    finish()


main()
