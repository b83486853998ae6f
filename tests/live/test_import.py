#!/usr/bin/env python3
"""Stores that certbot, lego and dehydrated have made themselves, and acme.sh's layout,
come to certmend and are renewed by it: names in their order, the account, the key
where it is to stay, the programs. Then the other client lets go. TAP."""
import concurrent.futures
import fcntl
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "acme")]
import other_clients  # noqa: E402
from terminal import Terminal  # noqa: E402
from import_stage import (PROGRAM, Import, cannot_mount, counted, fingerprint, machine,  # noqa: E402
                          skip, tap)


def make_all(stage):
    """Side by side: they mostly wait."""
    hook = 'printf "%%s %%s" "$RENEWED_LINEAGE" "$RENEWED_DOMAINS" >%s # it\'s, "so"' % \
        stage.path("told")
    dehydrated = stage.write(stage.path("dh-hook"), '#!/bin/sh\n[ "$1" != deploy_cert ] || '
                             'echo "$@" >>%s\n' % stage.path("dh-told"), 0o755)
    jobs = [
        lambda: stage.certbot("le", ["mail.example.org", "a.example.org"], "--key-type", "rsa",
                              "--reuse-key", "--deploy-hook", hook),
        lambda: stage.certbot_by_dns("le-dns", ["*.example.net", "example.net"]),
        lambda: stage.lego("lego", ["l.example.org", "l2.example.org"]),
        lambda: stage.dehydrated("dh", ["d.example.org d2.example.org > other"],
                                 PRIVATE_KEY_RENEW="no", HOOK=dehydrated),
    ]
    if not cannot_mount():
        jobs.append(lambda: stage.uacme("uacme", ["u.example.org", "u2.example.org"]))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for job in [pool.submit(j) for j in jobs]:
            job.result()


def from_certbot(stage):
    b = Import(stage, "certbot", "le")
    b.comes("certbot: RSA, reuse_key, a deploy hook", "mail.example.org",
            ["mail.example.org", "a.example.org"], True, proof=["http-01", stage.web])
    try:
        with open(stage.path("told")) as f:
            told = f.read()
    except OSError as e:
        told = str(e)
    want = b.live("mail.example.org", "").rstrip("/") + " mail.example.org a.example.org"
    tap("its hook runs with certbot's variables", told != want and "%r, not %r" % (told, want))
    b = Import(stage, "certbot", "le-dns")
    first = b.plan()[1]["certificates"][0]["name"]
    b.comes("certbot: a wildcard by its own DNS programs", first,
            b.plan()[1]["certificates"][0]["names"], False, proof=["dns-01", "manual_auth_hook"])


def from_lego(stage):
    b = Import(stage, "lego", "lego")
    status, plan = b.plan("--ca", stage.url)
    why = plan["certificates"][0]["why_not"]
    tap("lego: what it does not write down is asked for",
        (status != 1 or "--webroot" not in why) and "%s %s" % (status, plan))
    b.comes("lego: account, key kind and names", "l.example.org",
            ["l.example.org", "l2.example.org"], False, "--ca", stage.url, "--webroot", stage.web)


def from_dehydrated(stage):
    b = Import(stage, "dehydrated", "dh")
    os.unlink(stage.path("dh-told"))
    b.comes("dehydrated: two names, the key stays", "d.example.org",
            ["d.example.org", "d2.example.org"], True)
    with open(stage.path("dh-told")) as f:
        told = f.read().split()
    tap("its hook is told deploy_cert",
        told[:3] != ["deploy_cert", "d.example.org", b.live("d.example.org", "privkey.pem")] and told)
    # The web server shows another folder as the well-known one, as on Debian.
    elsewhere = stage.path("elsewhere")
    os.rename(stage.proofs, elsewhere)
    os.symlink(elsewhere, stage.proofs)
    config = os.path.join(b.place, "config")
    whole = open(config).read()
    stage.write(config, whole.replace(stage.proofs, elsewhere))
    b.store = stage.path("store-elsewhere")
    b.comes("dehydrated: its own folder for proofs", "d.example.org",
            ["d.example.org", "d2.example.org"], True, proof=[elsewhere])
    os.unlink(stage.proofs)
    os.rename(elsewhere, stage.proofs)
    stage.write(config, whole)


def from_acmesh(stage):
    stage.acmesh("acmesh", "lego", ["l.example.org", "l2.example.org"])
    b = Import(stage, "acme.sh", "acmesh")
    b.comes("acme.sh: the key stays, as is its habit", "l.example.org",
            ["l.example.org", "l2.example.org"], True)
    same = os.path.exists(stage.path("installed.pem")) and fingerprint(
        stage.path("installed.pem")) == fingerprint(b.live("l.example.org"))
    tap("and its files are copied where they were", not same and "installed.pem is not the new one")
    with open(stage.path("reloaded")) as f:
        told = f.read().split()
    tap("its reload command runs, out of base64",
        told[:2] != ["l.example.org", b.live("l.example.org")] and told)


def from_uacme(stage):
    what = "uacme: account, key and names"
    if cannot_mount():
        return skip(what, "it trusts the system's roots only, and no others can be shown to it")
    b = Import(stage, "uacme", "uacme")
    b.comes(what, "u.example.org", ["u.example.org", "u2.example.org"], True,
            "--ca", stage.url, "--webroot", stage.web)
    status, said, noted = b.run("--apply", "--stop-other", "--link-old", "--ca", stage.url,
                                "--webroot", stage.web)
    cert = os.path.join(b.place, "u.example.org", "cert.pem")
    return tap("what only a command line names is said to be there still, and not linked",
               (status != 1 or "command line" not in said or os.path.islink(cert)) and
               (status, said, noted))


def at_a_terminal(stage):
    """Nobody but a person is asked, and only a yes counts."""
    b = Import(stage, "lego", "lego")
    words = b.words("--apply", "--ca", stage.url, "--webroot", stage.web)
    mark = os.path.join(b.place, "certificates", "l.example.org.json")
    for answer, stays in (("", True), ("n", True), ("y", False)):
        with Terminal(words, stage.env) as person:
            asked = person.until_prompt() or ""
            person.type(answer)
            said = person.rest()
        tap('asked at a terminal, "%s": %s' % (answer, "it stays" if stays else "lego lets go"),
            ("Shall lego let go" not in asked or os.path.exists(mark) != stays or person.status or
             ("has to read %s/live/l.example.org/" % b.store in said) == stays)
            and (asked[-300:], said, person.status))


# ---- and the other client lets go ----

def lets_go(stage):
    what = "certbot lets go: paths lead to ours, its timer is off"
    if cannot_mount():
        return skip(what, "needs root and mounts of its own")
    b = Import(stage, "certbot", "le")
    old = os.path.join(b.place, "live", "mail.example.org", "fullchain.pem")
    settings = stage.write(stage.path("default", "mail"), "# %s\nCERT=%s\n" % (old, old), 0o644)
    inside = machine(stage, os.path.dirname(settings))
    status, said, noted = b.run("--apply", "--stop-other", inside=inside)
    conf = os.path.join(b.place, "renewal", "mail.example.org.conf")
    tap("what a server still reads is not let go of",
        (status != 1 or "/etc/default/mail:2" not in said or not os.path.exists(conf)) and
        "%d %s%s" % (status, said, noted))
    os.chmod(os.path.join(b.place, "archive"), 0o755)
    os.chmod(os.path.join(b.place, "live"), 0o755)
    os.chmod(os.path.realpath(old.replace("fullchain", "privkey")), 0o644)
    top = stage.folder
    os.chmod(top, 0o755)
    status, said, noted = b.run("--apply", "--stop-other", "--link-old", inside=inside)
    tap("where others may read the old key, no link shuts them out",
        (status != 1 or "others may read" not in said or not os.path.exists(conf)) and
        "%d %s%s" % (status, said, noted))
    os.chmod(top, 0o700)
    status, said, noted = b.run("--apply", "--stop-other", "--link-old", inside=inside)
    with open(stage.path("calls")) as f:
        called = f.read()
    good = (status == 0 and "disable" in called and "certbot.timer" in called and
            os.path.realpath(old).startswith(b.store) and not os.path.exists(conf))
    tap(what, not good and "%d %s%s\n%s" % (status, said, noted, called))
    goes_on(stage, b, old)


def goes_on(stage, b, old):
    """certbot told to renew by force: it has nothing left; ours renews, and the old path shows it."""
    _, said = stage.run(*stage.certbot_words("le"), "renew", "--force-renewal",
                        "--no-random-sleep-on-renew", good=False)
    before = fingerprint(old)
    fault = b.renew("mail.example.org")
    if not fault and (fingerprint(old) == before or
                      fingerprint(old) != fingerprint(b.live("mail.example.org"))):
        fault = "the old path does not show the new certificate"
    if "mail.example.org.conf" in said:
        fault = said
    tap("certbot renew leaves it alone, and the old path shows what certmend renews", fault)


def others_let_go(stage):
    """acme.sh's own command takes its line away; a line of dehydrated's becomes a comment."""
    what = "acme.sh lets go: its files lead to ours, what was there is kept, its cron line goes"
    if cannot_mount():
        return skip(what, "needs root and mounts of its own")
    b = Import(stage, "acme.sh", "acmesh")
    empty = stage.path("empty")
    os.makedirs(empty)
    cron = stage.write(stage.path("cron"), "# acme.sh --cron\n0 0 * * * %s/acme.sh --cron\n" %
                       b.place, 0o644)
    stage.write(os.path.join(b.place, "acme.sh"), "#!/bin/sh\necho acme.sh \"$@\" >>%s\n" %
                stage.path("calls"), 0o755)
    old = os.path.join(b.place, "l.example.org_ecc", "l.example.org.key")
    with open(old, "rb") as f:
        was = f.read()
    status, said, noted = b.run("--apply", "--stop-other", "--link-old",
                                inside=machine(stage, empty, cron))
    with open(stage.path("calls")) as f:
        called = f.read()
    good = (status == 0 and "line 2 of /etc/cron.d/other" in said and
            "acme.sh --home %s --uninstall-cronjob" % b.place in called and
            os.path.realpath(old).startswith(b.store) and
            open(old + ".before-certmend", "rb").read() == was and
            os.path.exists(old[:-4] + ".conf.removed"))
    tap(what, not good and (status, said, noted, called))
    b = Import(stage, "dehydrated", "dh")
    lines = os.path.join(b.place, "domains.txt")
    status, said, noted = b.run("--apply", "--stop-other", "--link-old",
                                inside=machine(stage, empty))
    before = fingerprint(b.live("d.example.org"))
    stage.run("dehydrated", "--config", os.path.join(b.place, "config"), "--cron", "--force")
    good = (status == 0 and "# certmend renews it: d.example.org d2" in open(lines).read() and
            fingerprint(os.path.join(b.place, "certs", "other", "cert.pem")) == before)
    tap("dehydrated lets go, told to renew by force too", not good and
        (status, said, noted, open(lines).read()))


# ---- what is refused ----

def newer_there(stage):
    """certbot has renewed since, by itself: the newer one comes, and how it is renewed stays."""
    b = Import(stage, "certbot", "le-dns")
    name = b.plan()[1]["certificates"][0]["name"]
    about = json.load(open(b.live(name, "certmend.json")))
    stage.run(*stage.certbot_words("le-dns"), "renew", "--force-renewal", "--no-random-sleep-on-renew")
    before = fingerprint(b.live(name))
    status, plan = b.plan()
    states = [c["state"] for c in plan["certificates"]]
    b.plan("--apply", "--listen", "127.0.0.1:1")
    tap("one that certbot has renewed since comes again",
        (status or states != ["is-newer"] or fingerprint(b.live(name)) == before or
         json.load(open(b.live(name, "certmend.json")))["dns_hook"] != about["dns_hook"]) and
        (status, plan))


def twins(stage):
    """certbot's -0001: the same first name once more."""
    place = stage.path("twins")
    shutil.copytree(stage.path("le-dns"), place, symlinks=True)
    conf = glob.glob(os.path.join(place, "renewal", "*.conf"))[0]
    name = os.path.basename(conf)[:-len(".conf")]
    shutil.copy(conf, conf[:-len(".conf")] + "-0001.conf")
    shutil.copytree(os.path.join(place, "live", name), os.path.join(place, "live", name + "-0001"),
                    symlinks=True)
    status, plan = Import(stage, "certbot", "twins").plan()
    states = sorted(c["state"] for c in plan["certificates"])
    tap("of two with the same first name one comes, and the other says why",
        (status != 1 or states != ["cannot-come", "comes"] or
         "first name" not in json.dumps(plan)) and (status, plan))


def refusals(stage):
    place = os.path.join(stage.folder, "bad")
    shutil.copytree(stage.path("le"), place, symlinks=True)
    conf = os.path.join(place, "renewal", "mail.example.org.conf")
    if not os.path.exists(conf):
        os.rename(conf + ".certmend", conf)
    whole = open(conf).read()
    b = Import(stage, "certbot", "bad")
    rows = [
        ("nginx plugin", whole.replace("authenticator = webroot", "authenticator = nginx"), 0o600,
         "--webroot DIR"),
        ("a DNS plugin", whole.replace("authenticator = webroot", "authenticator = dns-cloudflare"),
         0o600, "--dns-hook"),
        ("no setting", whole + "\n]][[", 0o600, "none of certbot's"),
        ("another may write it", whole, 0o666, "another user"),
        ("a folder that is not there", whole.replace(stage.web, "/nonexistent/web"), 0o600,
         "there is none"),
    ]
    for what, text, mode, why in rows:
        stage.write(conf, text, mode)
        status, plan = b.plan("--apply")
        item = plan["certificates"][0]
        tap("cannot come: " + what,
            (status != 1 or item["state"] != "cannot-come" or why not in item["why_not"] or
             os.path.exists(os.path.join(b.store, "live"))) and "%s %s" % (status, item))
    lock = open(os.path.join(b.store, "lock"), "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    stage.write(conf, whole)
    status, said, noted = b.run("--apply")
    tap("while another certmend is at work in the store nothing comes",
        (status != 2 or os.path.exists(os.path.join(b.store, "live"))) and (status, said, noted))
    lock.close()
    missing = subprocess.run([PROGRAM, "import", "certbot", "/nonexistent", "--store", b.store],
                             capture_output=True, text=True)
    tap("no such folder is status 2", missing.returncode != 2 and missing)


def main():
    for program in ("pebble", "certbot", "lego", "dehydrated", "uacme", "curl"):
        if not shutil.which(program):
            print("ok 1 - import # SKIP no %s here\n1..1" % program)
            return
    with tempfile.TemporaryDirectory(prefix="certmend-") as folder:
        with other_clients.Stage(folder) as stage:
            for part in (make_all, from_certbot, from_lego, from_dehydrated, from_acmesh, from_uacme,
                         at_a_terminal, lets_go, others_let_go, newer_there, twins, refusals):
                try:
                    part(stage)
                except Exception:
                    tap(part.__name__, traceback.format_exc())
    print("1..%d" % counted["tests"])
    sys.exit(counted["failed"] > 0)


main()
