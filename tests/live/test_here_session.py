#!/usr/bin/env python3
"""One guided session on the mail server itself: its certificate is the one of the
installation; ordered at Debian's Pebble, installed in Postfix and Dovecot,
reloaded, every port looked at, and told after each renewal. Then all of it is
taken back. TAP.

Needs root, namespaces, Pebble and Debian's packages (machine.sh); else a skip.
"""
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab"),
                os.path.join(os.path.dirname(HERE), "acme")]
from here_stage import (HOST, MACHINES, PUT,  # noqa: E402
                        SNAKEOIL, HereMachine, begin_mail, changed, said,
                        shows)
from lab import Lab  # noqa: E402
from pebble import Pebble  # noqa: E402
from recipes import Wrong, begin, chain_of, run_cases  # noqa: E402

PORTS = (25, 587, 143, 993, 443)
SCENARIO = {"target": HOST, "servers": [], "dns": {HOST: {"A": ["127.0.0.1"]}}, "certs": {}}
LIVE = "/etc/certmend/live/" + HOST
HOOKS = "/etc/certmend/hooks/" + HOST


def order(machine, pebble):
    """What is typed to order at this authority."""
    with open(pebble.authority.pem, encoding="ascii") as ca:
        machine.write("/%s/pebble.pem" % PUT, ca.read())
    return " ".join(["order", "--ca", "https://ca.lab:%d/dir" % pebble.acme, "--ca-file",
                     "/%s/pebble.pem" % PUT, "--resolver", "127.0.0.1:%d" % pebble.dns,
                     "--challenge", "http-01", "--listen", "127.0.0.1:%d" % pebble.http])


def play(person, answers):
    """Everything that was on the screen, and the exit status."""
    for answer in answers:
        if person.until_prompt() is None:
            raise Wrong("it ended before %r: %s" % (answer, person.plain()[-900:]))
        person.type(answer)
    try:
        person.rest()
    except AssertionError:
        raise Wrong(person.plain()) from None
    return " ".join(person.plain().split()), person.status


def new_chain(machine):
    """What is in the store, PEM by PEM."""
    text = machine.read(LIVE + "/fullchain.pem")
    end = "-----END CERTIFICATE-----\n"
    return [part + end for part in text.split(end) if part.strip()]


def guided():
    with tempfile.TemporaryDirectory() as folder, HereMachine("here") as machine, \
            Lab(SCENARIO) as lab, Pebble(folder, own=True, days=90, va_nosleep="1") as pebble:
        machine.put_program(lab, pebble.root(0))
        begin_mail(machine)
        before = machine.files()
        with machine.terminal("fix", HOST, "--here", *machine.look) as person:
            text, status = play(person, ["", "", order(machine, pebble), "yes", "apply", "yes",
                                         "done"])
        if status != 0 or "All is well with " + HOST not in text:
            yield "status %s: %s" % (status, text[-1500:])
        for words in ("[apply] I install it on this machine", "+++ etc/postfix/main.cf",
                      "certmend undo"):
            if words not in text:
                yield "it does not say %r: %s" % (words, text[-3000:])
        for port in PORTS:
            fault = shows(port, new_chain(machine))
            if fault:
                yield fault
        yield from renewed(machine)
        yield from taken_back(machine, before)


def said_here():
    """The person says it in a session that began like any other; the right
    certificate lies there already, and two servers of three are given it."""
    scenario = {**SCENARIO, "certs": {"good": {"cn": HOST, "san": [HOST]}}}
    with HereMachine("here") as machine, Lab(scenario) as lab:
        machine.put_program(lab)
        machine.put_certificate(lab.leaves["good"], HOST)
        begin_mail(machine)
        with machine.terminal("fix", HOST, *machine.look) as person:
            text, status = play(person, ["", "me", "", "apply", "here", "apply", "no", "apply",
                                         "yes", "done"])
        if status != 0 or "All is well with " + HOST not in text:
            yield "status %s: %s" % (status, text[-1500:])
        before, _, after = text.partition("Good: then I can change this machine")
        if "[apply]" in before or "[apply]" not in after or "dry run" in text:
            yield "it was offered before, or not afterwards: %s" % text[-3000:]
        for port in PORTS:
            fault = shows(port, chain_of(lab.leaves["good"]))
            if fault:
                yield fault


def renewed(machine):
    """What "certmend renew" runs then."""
    for software in ("postfix", "dovecot", "nginx"):
        path = "%s/reload-%s" % (HOOKS, software)
        if not os.access(machine.path(path), os.X_OK):
            yield "there is no %s" % path
        else:
            machine.must(path)


def taken_back(machine, before):
    acts = machine.acts()
    for act in reversed(acts):
        done = machine.certmend("undo", act, "--yes")
        if done.returncode:
            yield "undo %s: status %d: %s" % (act, done.returncode, said(done))
    left = [path for path in changed(before, machine.files())
            if not path.startswith("/etc/certmend/")]
    if left or os.listdir(machine.path(HOOKS)):
        yield "taken back, and not as before: %s, %s" % (left, os.listdir(machine.path(HOOKS)))
    for port in PORTS:
        if shows(port, [machine.read(SNAKEOIL[0])]):
            yield "%d does not show the old one" % port


def main():
    if not shutil.which("pebble"):
        print("1..1\nok 1 - a session on the server itself # SKIP no pebble here")
        return
    begin("a session on the server itself", MACHINES)
    run_cases([("ordered, installed, proven and taken back", guided),
               ("\"here\" is said in a session", said_here)], of_templates=False)


if __name__ == "__main__":
    main()
