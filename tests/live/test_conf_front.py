#!/usr/bin/env python3
"""Readers and editors of configurations, on the real programs: what is read is
what the program uses; an edit changes that value and nothing else, by the
program's own account; the new certificate is on the wire, and with the old bytes
the old one. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lab")]
from lab import Lab  # noqa: E402
from recipe_cases import HOST, OTHER, SCENARIO  # noqa: E402
from recipes import (Machine, Wrong, begin, chain_of, run_cases,  # noqa: E402
                     shown, wait_for)

TOOL = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "unit",
                                    "test_conf_kinds"))
MACHINES = {"exim": "exim4-daemon-light"}
NEW_CERT, NEW_KEY = "/etc/new/fullchain.pem", "/etc/new/privkey.pem"
MACROS = "/etc/exim4/exim4.conf.localmacros"


def read(machine, port, program, *argv, cert=NEW_CERT, key=NEW_KEY):
    """What certmend reads there, and its edits to these files."""
    done = subprocess.run([TOOL, machine.root, str(port), cert, key, program, *argv],
                          capture_output=True, timeout=60)
    if done.returncode:
        raise Wrong(done.stderr.decode("utf-8", "replace"))
    return json.loads(done.stdout)


def bytes_of(machine, path):
    with open(machine.path(path), "rb") as text:
        return text.read()


def write_bytes(machine, path, text):
    with open(machine.path(path), "r+b") as out:  # as it was: owner, mode
        out.truncate(0)
        out.write(text)


def edited(machine, edits):
    """{path: (old bytes, new bytes)}"""
    texts = {}
    for edit in sorted(edits, key=lambda one: -one["at"]):
        old, new = texts.get(edit["path"]) or (bytes_of(machine, edit["path"]),) * 2
        at, length = int(edit["at"]), int(edit["len"])
        texts[edit["path"]] = (old, new[:at] + edit["text"].encode() + new[at + length:])
    return texts


def words(command):
    return " ".join("'%s'" % word for word in command)


def put(machine, lab, leaf, cert, key, group="root"):
    """As a copy that the service may read."""
    machine.must("mkdir -p -m 755 %s %s" % (os.path.dirname(cert), os.path.dirname(key)))
    with open(lab.leaves[leaf].served, encoding="ascii") as text:
        pem = text.read()
    with open(lab.leaves[leaf].key, encoding="ascii") as text:
        pem_key = text.read()
    if cert == key:
        pem += pem_key
    machine.write(cert, pem, 0o640 if cert == key else 0o644)
    if cert != key:
        machine.write(key, pem_key, 0o640)
    machine.must("chgrp %s '%s' '%s'" % (group, cert, key))


def comes(port, sni, chain):
    give_up = time.monotonic() + 10
    while shown(port, sni) != chain:
        if time.monotonic() > give_up:
            return False
        time.sleep(0.1)
    return True


def carry_out(machine, lab, got, place, dump, ports, sni=None, allowed=()):
    """The edits of that place done, checked, told and seen; then taken back.
    `dump` is the program's own account, `allowed` what a changed line of it
    begins with."""
    if place["refused"]:
        yield "refused: " + place["refused"]
        return
    first = [shown(port, sni) for port in ports]
    before, files = dump(), edited(machine, place["edits"])
    if not files:
        yield "there is nothing to change"
    for path, (_, new) in files.items():
        write_bytes(machine, path, new)
    if got["check"]:
        machine.must(words(got["check"]))
    machine.must(words(got["reload"]))
    for port in ports:
        if not comes(port, sni, chain_of(lab.leaves["second"])):
            yield "%d does not show the new certificate" % port
    changed = set(before) ^ set(after := dump())
    if not changed:
        yield "the program's account is the same as before"
    for line in changed:
        if not line.strip().startswith(tuple(allowed)):
            yield "the program reads another thing differently: " + line
    if [line for line in after if "/etc/new/" in line] == []:
        yield "the program does not say the new path"
    for path, (old, _) in files.items():
        write_bytes(machine, path, old)
    machine.must(words(got["reload"]))
    for port, chain in zip(ports, first):
        if not comes(port, sni, chain):
            yield "%d does not show the old certificate again" % port
    if dump() != before:
        yield "taken back, it is not as before"


class Exim(Machine):
    """On the internet; `macros` is exim4.conf.localmacros."""

    def __init__(self, split):
        super().__init__("exim")
        self.split = split

    def __enter__(self):
        super().__enter__()
        for word, value in (("eximconfig_configtype", "internet"),
                            ("local_interfaces", ""),
                            ("use_split_config", "true" if self.split else "false")):
            self.must("sed -i \"s/^dc_%s=.*/dc_%s='%s'/\" "
                      "/etc/exim4/update-exim4.conf.conf" % (word, word, value))
        return self


def exim_dump(machine, more=""):
    return machine.must("exim4 %s -bP" % more).splitlines()


def exim_case(files, what=None, split=False, key=NEW_KEY, refused=None, macros=True):
    """`files`: what lies where; the first has the setting in the line that has
    "/etc/old" in it, or MAIN_TLS_ENABLE."""
    def case():
        with Exim(split) as machine, Lab(SCENARIO) as lab:
            put(machine, lab, "first", "/etc/old/a.crt", "/etc/old/a.key", "Debian-exim")
            put(machine, lab, "first", "/etc/exim4/exim.crt", "/etc/exim4/exim.key",
                "Debian-exim")
            put(machine, lab, "first", "/etc/old/both.pem", "/etc/old/both.pem",
                "Debian-exim")
            put(machine, lab, "second", NEW_CERT, key, "Debian-exim")
            for path, text in files.items():
                machine.write(path, text)
            if macros:
                machine.must("update-exim4.conf")
            machine.must("systemctl start exim4")
            wait_for(25)
            got = read(machine, 25, "/usr/sbin/exim4", "exim4", "-bd", "-q30m", key=key)
            place = got["places"][0]
            if refused:
                if refused not in (place["refused"] or ""):
                    yield "refused for %s" % place["refused"]
                return
            if shown(25) != chain_of(lab.leaves["first"]):
                yield "the old certificate is not shown before"
            path, text = next(iter(files.items()))
            line = next(n for n, one in enumerate(text.splitlines(), 1)
                        if "/etc/old" in one or "MAIN_TLS_ENABLE" in one and
                        "/etc/old" not in text)
            if place["cert"]["where"] != "%s:%d" % (path, line):
                yield "it stands in %s" % place["cert"]["where"]
            yield from carry_out(machine, lab, got, place, lambda: exim_dump(machine),
                                 [25], allowed=("tls_certificate", "tls_privatekey"))
    return "Exim: " + what, case


ENABLE = "MAIN_TLS_ENABLE = yes\n"
PAIR = "MAIN_TLS_CERTIFICATE = /etc/old/a.crt\nMAIN_TLS_PRIVATEKEY = /etc/old/a.key\n"
PLAIN = """\
exim_user = Debian-exim
exim_group = Debian-exim
log_file_path = /var/log/exim4/%slog
host_lookup =
tls_advertise_hosts = *
tls_certificate = /etc/old/a.crt
tls_privatekey = /etc/old/a.key
begin acl
begin routers
begin transports
"""
CASES = [
    exim_case({MACROS: ENABLE}, "Debian's own paths get lines of their own"),
    exim_case({MACROS: ENABLE + PAIR}, "macros of one file"),
    exim_case({MACROS: ENABLE + "MAIN_TLS_CERTKEY = /etc/old/both.pem\n"},
              "one file for both", key=NEW_CERT),
    exim_case({MACROS: (PAIR + ENABLE).replace("\n", "\r\n")}, "lines that end in CR LF"),
    exim_case({MACROS: PAIR + "MAIN_TLS_ENABLE = yes"}, "no end of the last line",
              refused=None),
    exim_case({MACROS: "MAIN_TLS_ENABLE = yes"}, "a line would run into Debian's",
              refused="has no end"),
    exim_case({MACROS: "MAIN_TLS_ENABLE = y\nMAIN_TLS_CERTIFICATE = ${if eq "
               "{$tls_in_sni}{x}{/etc/old/b.crt}{/etc/old/a.crt}}\n"
               "MAIN_TLS_PRIVATEKEY = /etc/old/a.key\n"},
              "chosen at each connection", refused="chosen at each"),
    exim_case({"/etc/exim4/conf.d/main/000_localmacros": ENABLE + PAIR},
              "macros of the split files", split=True),
    exim_case({"/etc/exim4/conf.d/main/000_localmacros": ENABLE},
              "Debian's own paths, split", split=True),
    exim_case({"/etc/exim4/conf.d/main/000_own.rul": ENABLE + PAIR,
               "/etc/exim4/conf.d/main/000_own": "MAIN_TLS_CERTIFICATE = /x\n"},
              "a file in place of another, split", split=True),
    exim_case({"/etc/exim4/exim4.conf": PLAIN}, "one plain file", macros=False),
    exim_case({"/etc/exim4/tls.inc": "OLD = /etc/old/a.crt\n",
               "/etc/exim4/exim4.conf": ".include /etc/exim4/tls.inc\n" +
               PLAIN.replace("= /etc/old/a.crt", "= OLD")},
              "a macro of an included file", macros=False),
]

if __name__ == "__main__":
    begin("configurations of real programs are read and edited", MACHINES)
    run_cases(CASES)
