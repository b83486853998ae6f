#!/usr/bin/env python3
"""certmend mends the very machine it runs on: Postfix, Dovecot and nginx with
Debian's own configuration, seen by openssl s_client before and afterwards, and
taken back byte for byte. TAP. The other cases are played by
tests/long/test_here_apply_rest.py.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import json
import os
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab")]
from here_stage import (DOVECOT_SSL, ENVIRONMENT, HOST,  # noqa: E402
                        MACHINES, MAIN_CF, SITE, SNAKEOIL, HereMachine,
                        begin_mail, changed, said, shows)
from lab import Lab  # noqa: E402
from recipes import begin, chain_of, run_cases, shown  # noqa: E402

PORTS = (25, 587, 143, 993, 443)
LIVE = "/etc/letsencrypt/live/" + HOST
SCENARIO = {"target": HOST, "servers": [], "dns": {HOST: {"A": ["127.0.0.1"]}},
            "certs": {"good": {"cn": HOST, "san": [HOST], "key": "rsa2048"},
                      "ec": {"cn": HOST, "san": [HOST], "key": "ec"},
                      "old": {"cn": HOST, "san": [HOST], "key": "rsa2048",
                              "starts_in_days": -93, "ends_in_days": -3}}}
# An ECDSA certificate then has no cipher left, and "nginx -t" does not mind.
RSA_ALONE = ("    ssl_protocols TLSv1.2;\n"
             "    ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;\n")


def on_wire(chain, ports=PORTS):
    return [fault for fault in (shows(port, chain) for port in ports) if fault]


def snakeoil(machine):
    return [machine.read(SNAKEOIL[0])]


def undo_all(machine):
    for act in reversed(machine.acts()):
        done = machine.certmend("undo", act, "--yes")
        if done.returncode:
            yield "undo %s: status %d: %s" % (act, done.returncode, said(done))


def applied():
    """All three are given the lineage that lies there; then nothing is left to
    do; then all of it is taken back."""
    with HereMachine("here") as machine, Lab(SCENARIO) as lab:
        machine.put_program(lab)
        machine.put_certificate(lab.leaves["good"], HOST)
        begin_mail(machine)
        before = machine.files()
        yield from on_wire(snakeoil(machine))
        done = machine.fix("--yes")
        if done.returncode:
            yield "status %d: %s" % (done.returncode, said(done))
        for word in ("certmend undo", "+++ etc/postfix/main.cf", "postfix check",
                     "+smtpd_tls_cert_file"):
            if word not in done.stdout:
                yield "%r is not said: %s" % (word, said(done))
        yield from on_wire(chain_of(lab.leaves["good"]))
        after = machine.files()
        if changed(before, after) != sorted([MAIN_CF, DOVECOT_SSL, SITE]):
            yield "changed: %s" % changed(before, after)
        acts = machine.acts()
        again = machine.fix("--yes")
        if again.returncode or machine.acts() != acts or changed(after, machine.files()):
            yield "the second run: status %d, %s: %s" % (again.returncode, machine.acts(),
                                                         said(again))
        yield from undo_all(machine)
        if changed(before, machine.files()):
            yield "taken back, and not as before: %s" % changed(before, machine.files())
        yield from on_wire(snakeoil(machine))


def dry():
    """Shown to a person and to a program, and nothing is touched."""
    with HereMachine("here") as machine, Lab(SCENARIO) as lab:
        machine.put_program(lab)
        machine.put_certificate(lab.leaves["good"], HOST)
        begin_mail(machine)
        before = machine.files("/etc", "/var/lib/certmend")
        done = machine.fix("--dry-run")
        if done.returncode != 1 or "this is a dry run" not in said(done):
            yield "status %d: %s" % (done.returncode, said(done))
        patch = "".join(line[2:] + "\n" for line in done.stdout.splitlines()
                        if line[:3] in ("  -", "  +", "  @", "   "))
        told = machine.fix("--dry-run", "--format", "json")
        outcomes = [row["outcome"] for row in json.loads(told.stdout)["changes"]]
        if outcomes != ["dry_run"] * 3:
            yield "outcomes: %s" % outcomes
        unasked = machine.fix()
        if unasked.returncode != 1 or "--yes" not in said(unasked):
            yield "nobody was there to ask: %s" % said(unasked)
        if changed(before, machine.files("/etc", "/var/lib/certmend")) or machine.acts():
            yield "it changed %s" % changed(before, machine.files("/etc", "/var/lib/certmend"))
        yield from on_wire(snakeoil(machine))
        yield from patched(machine, patch)


def patched(machine, patch):
    """What was shown is what patch(1) makes of it, and what certmend does."""
    ways = []
    for how in ("patch", "certmend"):
        if how == "patch":
            before = machine.files()
            done = subprocess.run(["patch", "-p0", "-s"], cwd=machine.root, input=patch,
                                  capture_output=True, text=True)
            ways.append({path: machine.read(path) for path in (MAIN_CF, DOVECOT_SSL, SITE)})
            for path, (text, *_) in before.items():
                if path in (MAIN_CF, DOVECOT_SSL, SITE):
                    machine.write(path, text.decode())
            if done.returncode:
                yield "patch says no: %s%s" % (done.stdout, done.stderr)
        else:
            machine.fix("--yes")
            ways.append({path: machine.read(path) for path in (MAIN_CF, DOVECOT_SSL, SITE)})
    if ways[0] != ways[1]:
        yield "what was shown is not what was done"


def reload_only():
    """Renewed behind their back: no file is changed."""
    with HereMachine("here") as machine, Lab(SCENARIO) as lab:
        machine.put_program(lab)
        pair = (LIVE + "/fullchain.pem", LIVE + "/privkey.pem")
        machine.put_certificate(lab.leaves["old"], HOST)
        begin_mail(machine, pair, pair)
        yield from on_wire(chain_of(lab.leaves["old"]))
        machine.put_certificate(lab.leaves["good"], HOST)
        before = machine.files()
        done = machine.fix("--yes")
        if done.returncode:
            yield "status %d: %s" % (done.returncode, said(done))
        yield from on_wire(chain_of(lab.leaves["good"]))
        if changed(before, machine.files()) or machine.acts():
            yield "it changed %s, %s" % (changed(before, machine.files()), machine.acts())


def wrong_key():
    """The key that lies beside the right certificate is another's."""
    with HereMachine("here") as machine, Lab(SCENARIO) as lab:
        machine.put_program(lab)
        machine.put_certificate(lab.leaves["good"], HOST)
        with open(lab.leaves["old"].key, encoding="ascii") as key:
            machine.write(LIVE + "/privkey.pem", key.read(), 0o600)
        begin_mail(machine)
        before = machine.files()
        done = machine.fix("--yes")
        if done.returncode != 1 or machine.acts() or changed(before, machine.files()):
            yield "status %d, changed %s: %s" % (
                done.returncode, changed(before, machine.files()), said(done))
        yield from on_wire(snakeoil(machine))


def mixed_key():
    """The files that a server names were renewed by halves: it is not told to
    read them, whatever its own check says."""
    with HereMachine("here") as machine, Lab(SCENARIO) as lab:
        machine.put_program(lab)
        pair = (LIVE + "/fullchain.pem", LIVE + "/privkey.pem")
        machine.put_certificate(lab.leaves["old"], HOST)
        begin_mail(machine, pair, pair)
        with open(lab.leaves["good"].served, encoding="ascii") as chain:
            machine.write(LIVE + "/fullchain.pem", chain.read())
        before = machine.files()
        done = machine.fix("--yes")
        if done.returncode != 1 or changed(before, machine.files()):
            yield "status %d: %s" % (done.returncode, said(done))
        # Postfix reads them unasked, with each process that it begins.
        yield from on_wire(chain_of(lab.leaves["old"]), (143, 993, 443))


def rsa_nginx(machine, lab):
    machine.put_program(lab)
    machine.put_certificate(lab.leaves["ec"], HOST)
    pair = (LIVE + "/fullchain.pem", LIVE + "/privkey.pem")
    begin_mail(machine, pair, SNAKEOIL, RSA_ALONE)


def worse():
    """nginx takes the ECDSA certificate and can show it to nobody."""
    with HereMachine("here") as machine, Lab(SCENARIO) as lab:
        rsa_nginx(machine, lab)
        before = machine.files()
        done = machine.fix("--yes", "--port", "443")
        if done.returncode != 1 or "byte for byte" not in said(done):
            yield "status %d: %s" % (done.returncode, said(done))
        if changed(before, machine.files()):
            yield "not as before: %s" % changed(before, machine.files())
        yield from on_wire(snakeoil(machine), (443,))
        yield from on_wire(chain_of(lab.leaves["ec"]), (25, 587, 143, 993))


def human():
    """What somebody writes while the question stands there, counts."""
    with HereMachine("here") as machine, Lab(SCENARIO) as lab:
        machine.put_program(lab)
        machine.put_certificate(lab.leaves["good"], HOST)
        pair = (LIVE + "/fullchain.pem", LIVE + "/privkey.pem")
        begin_mail(machine, pair, SNAKEOIL)
        with machine.terminal("fix", HOST, "--here", "--port", "443", *machine.look) as person:
            if person.until_prompt() is None:
                yield "it asks nothing: %s" % person.plain()[-900:]
                return
            text = machine.read(SITE) + "# by hand\n"
            machine.write(SITE, text)
            person.type("yes")
            person.rest()
            seen = " ".join(person.plain().split())
        if "Nothing was changed" not in seen or person.status != 1:
            yield "status %s: %s" % (person.status, seen[-600:])
        if machine.read(SITE) != text:
            yield "it wrote over it"
        yield from on_wire(snakeoil(machine), (443,))


def killed():
    """Killed between the files and the proof; the next run takes it back."""
    with HereMachine("here") as machine, Lab(SCENARIO) as lab:
        rsa_nginx(machine, lab)
        before = machine.files()
        with subprocess.Popen(machine.command("fix", HOST, "--here", "--yes", "--port", "443",
                                              *machine.look),
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, env=ENVIRONMENT) as run:
            give_up = time.monotonic() + 30
            while not shown(443, HOST) == [] and time.monotonic() < give_up:
                time.sleep(0.05)
            run.send_signal(signal.SIGKILL)
        if not changed(before, machine.files()):
            yield "it was killed too late"
        done = machine.fix("--dry-run", "--port", "443")
        if machine.read(SITE) == before[SITE][0].decode():
            yield "a dry run took it back"
        done = machine.fix("--port", "443")
        if changed(before, machine.files()):
            yield "not as before: %s: %s" % (changed(before, machine.files()), said(done))
        yield from on_wire(snakeoil(machine), (443,))


def managed():
    """What Ansible writes is told and not written."""
    with HereMachine("here") as machine, Lab(SCENARIO) as lab:
        machine.put_program(lab)
        machine.put_certificate(lab.leaves["good"], HOST)
        pair = (LIVE + "/fullchain.pem", LIVE + "/privkey.pem")
        begin_mail(machine, pair, SNAKEOIL)
        machine.write(SITE, "# Ansible managed\n" + machine.read(SITE))
        before = machine.files()
        done = machine.fix("--yes", "--port", "443")
        if done.returncode != 1 or "yours to do" not in said(done) or \
                "+++ etc/nginx" not in done.stdout:
            yield "status %d: %s" % (done.returncode, said(done))
        if changed(before, machine.files()) or machine.acts():
            yield "it changed %s" % changed(before, machine.files())


BRIEF = [("applied, seen, and taken back", applied),
         ("a reload that makes it worse is taken back", worse)]
REST = [("a dry run touches nothing", dry),
        ("it only needs a reload", reload_only),
        ("a wrong key is refused", wrong_key),
        ("renewed by halves is refused", mixed_key),
        ("a human's edit wins", human),
        ("killed in between", killed),
        ("managed files are left alone", managed)]


def main(cases):
    begin("certmend mends its own machine", MACHINES)
    run_cases(cases, of_templates=False)


if __name__ == "__main__":
    main(BRIEF)
