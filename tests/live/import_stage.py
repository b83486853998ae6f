"""What tests of certmend import share: a store of another client's, what comes of it."""
import glob
import json
import os
import shutil
import stat
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "acme")]
import ca  # noqa: E402
from tap import counted, skip, tap  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(ca.BUILD, "certmend"))


def public_key(path):
    return ca.openssl("x509", "-in", path, "-noout", "-pubkey")


def names_of(path):
    text = ca.openssl("x509", "-in", path, "-noout", "-ext", "subjectAltName").decode()
    return sorted(w.strip(" ,\n")[4:] for w in text.split() if w.startswith("DNS:"))


def fingerprint(path):
    return ca.openssl("x509", "-in", path, "-noout", "-fingerprint")


def tree(folder):
    """Every file with what is in it: to see that nothing was changed."""
    return {p: os.readlink(p) if os.path.islink(p) else open(p, "rb").read()
            for p in glob.glob(folder + "/**", recursive=True)
            if os.path.islink(p) or os.path.isfile(p)}


class Import:
    def __init__(self, stage, client, place):
        self.stage, self.client, self.place = stage, client, stage.path(place)
        self.store = stage.path("store-" + place)

    wait_s = 100

    def words(self, *more):
        return [PROGRAM, "import", self.client, self.place, "--store", self.store, *more,
                "--ca-file", self.stage.server.authority.pem,
                "--resolver", "127.0.0.1:%d" % self.stage.server.dns, "--skip", "deploy-look"]

    def run(self, *words, inside=()):
        done = subprocess.run([*inside, *self.words(*words)], capture_output=True, text=True,
                              timeout=60, stdin=subprocess.DEVNULL, env=self.stage.env)
        return done.returncode, done.stdout, done.stderr

    def plan(self, *words):
        status, said, noted = self.run("--format", "json", *words)
        return status, json.loads(said) if said else noted

    def renew(self, *names):
        done = subprocess.run([PROGRAM, "renew", *names, "--force", "--store", self.store],
                              capture_output=True, text=True, timeout=self.wait_s, env=self.stage.env)
        return done.returncode and done.stdout + done.stderr

    def live(self, name, file="cert.pem"):
        return os.path.join(self.store, "live", name, file)

    def account(self):
        """Address and key of it; uacme does not write the address down."""
        found = glob.glob(self.store + "/accounts/*/")
        if len(found) != 1:
            return found
        try:
            with open(found[0] + "account.json") as f:
                url = json.load(f)["url"]
        except OSError:
            url = None
        return url, ca.openssl("pkey", "-in", found[0] + "key.pem", "-pubout")

    def comes(self, what, name, names, keeps, *words, proof=()):
        """Plan, twice for good, renewal; what is wrong at any of it."""
        tap(what, self.comes_fault(name, names, keeps, words, proof))

    def comes_fault(self, name, names, keeps, words, proof):
        before = tree(self.place)
        status, plan = self.plan(*words)
        row = [c for c in plan["certificates"] if c["name"] == name]
        if status or not row or row[0]["state"] != "comes" or os.path.exists(self.store):
            return "%s %s" % (status, json.dumps(plan, indent=1))
        if row[0]["names"] != names or row[0]["keep_key"] != keeps:
            return row
        if any(p not in row[0]["proof"] for p in proof):
            return row[0]["proof"]
        for wanted in ("came", "is-here"):
            status, plan = self.plan("--apply", *words)
            states = {c["state"] for c in plan["certificates"]}
            if status or states != {wanted}:
                return "%s, not %s: %s" % (status, wanted, states)
        if tree(self.place) != before:
            return "the other client's files were changed"
        known = plan["accounts"][0]
        if known["state"] != "is-here" or known["url"] != self.account()[0]:
            return known
        if stat.S_IMODE(os.stat(self.live(name, "privkey.pem")).st_mode) != 0o600:
            return "the key is open"
        return self.renewal_fault(name, names, keeps)

    def renewal_fault(self, name, names, keeps):
        old, key = fingerprint(self.live(name)), public_key(self.live(name))
        account = self.account()
        said = self.renew(name)
        if said:
            return said
        if fingerprint(self.live(name)) == old:
            return "it was not renewed"
        if (public_key(self.live(name)) == key) != keeps:
            return "the key has %schanged" % ("" if keeps else "not ")
        if self.account()[1] != account[1] or account[0] not in (None, self.account()[0]):
            return "another account renews"
        return names_of(self.live(name)) != sorted(names) and names_of(self.live(name))


# ---- a machine on which certbot.timer is on ----

SYSTEMCTL = """#!/bin/sh
echo "$@" >>%s
case "$*" in "is-enabled --quiet certbot.timer") exit 0 ;; is-enabled*) exit 1 ;; esac
"""


def machine(stage, settings, cron="/dev/null"):
    """Words before a command, so that it sees a systemctl that writes down what it is told (in
    `calls`), the folder `settings` as /etc/default, and no line of cron's but those of `cron`."""
    fake = stage.write(stage.path("systemctl"), SYSTEMCTL % stage.path("calls"), 0o755)
    real = shutil.which("systemctl") or "/usr/bin/true"
    return ["unshare", "-m", "sh", "-c", 'mount --bind "$0" "$1" && mount --bind "$2" '
            '/etc/default && mount -t tmpfs none /etc/cron.d && cp "$3" /etc/cron.d/other && '
            'shift 3 && exec "$@"',
            fake, os.path.realpath(real), settings, cron]


def cannot_mount():
    return os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"],
                                               capture_output=True).returncode != 0
