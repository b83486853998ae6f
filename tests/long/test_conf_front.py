#!/usr/bin/env python3
"""Readers and editors of configurations, on the real programs: what is read is
what the program uses; an edit changes that value and nothing else, by the
program's own account; the new certificate is on the wire, and with the old bytes
the old one. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import contextlib
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from lab import Lab  # noqa: E402
from recipe_cases import FRONT, HOST, OTHER, SCENARIO  # noqa: E402
from recipes import (Machine, Wrong, begin, chain_of, run_cases,  # noqa: E402
                     shown, wait_for)

TOOL = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "unit",
                                    "test_conf_kinds"))
MACHINES = {**FRONT, "exim": "exim4-daemon-light"}
NEW_CERT, NEW_KEY = "/etc/new/fullchain.pem", "/etc/new/privkey.pem"
NEW_BOTH = "/etc/new/both.pem"
EXIM_CONF = "/etc/exim4/exim4.conf"
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


def carry_out(machine, lab, got, place, dump, ports, sni=None, allowed=(), untouched=()):
    """The edits of that place done, checked, told and seen; then taken back.
    `dump` is the program's own account, `allowed` what a changed line of it
    begins with."""
    if place["refused"]:
        yield "refused: " + place["refused"]
        return
    first = [shown(port, sni) for port in ports]
    others = [shown(port, sni) for port in untouched]
    before, files = dump and dump(), edited(machine, place["edits"])
    for path, (_, new) in files.items():
        write_bytes(machine, path, new)
    if got["check"]:
        machine.must(words(got["check"]))
    machine.must(words(got["reload"]))
    for port in ports:
        if not comes(port, sni, chain_of(lab.leaves["second"])):
            yield "%d does not show the new certificate" % port
    if [shown(port, sni) for port in untouched] != others:
        yield "another port shows another certificate, too"
    if dump:
        yield from accounts(before, dump(), allowed)
    for path, (old, _) in files.items():
        write_bytes(machine, path, old)
    machine.must(words(got["reload"]))
    for port, chain in zip(ports, first):
        if not comes(port, sni, chain):
            yield "%d does not show the old certificate again" % port
    if dump and dump() != before:
        yield "taken back, it is not as before"


def accounts(before, after, allowed):
    changed = set(before) ^ set(after)
    for line in changed:
        if not line.strip().startswith(tuple(allowed)):
            yield "the program reads another thing differently: " + line
    if not [line for line in changed if "/etc/new/" in line]:
        yield "the program does not say the new path"


def exim_dump(machine):
    return machine.must("exim4 -bP").splitlines()


@contextlib.contextmanager
def exim_scene(split="false"):
    with Machine("exim") as machine, Lab(SCENARIO) as lab:
        for word, value in (("eximconfig_configtype", "internet"),
                            ("local_interfaces", ""), ("use_split_config", split)):
            machine.must("sed -i \"s/^dc_%s=.*/dc_%s='%s'/\" "
                         "/etc/exim4/update-exim4.conf.conf" % (word, word, value))
        for cert, key in (("/etc/old/a.crt", "/etc/old/a.key"),
                          ("/etc/exim4/exim.crt", "/etc/exim4/exim.key"),
                          ("/etc/old/both.pem", "/etc/old/both.pem")):
            put(machine, lab, "first", cert, key, "Debian-exim")
        put(machine, lab, "second", NEW_CERT, NEW_KEY, "Debian-exim")
        put(machine, lab, "second", NEW_BOTH, NEW_BOTH, "Debian-exim")
        yield machine, lab


def exim_one(machine, lab, files, where, new, refused, on_wire):
    """`where` has the setting: FILE:LINE. Where the wire is not looked at, Exim's
    own account of the same files has to do."""
    for path, text in files.items():
        machine.write(path, text)
    begin_again = "update-exim4.conf"
    if on_wire:
        begin_again += "; service exim4 restart"
    machine.must(begin_again)
    got = read(machine, 25, "/usr/sbin/exim4", "exim4", "-bd", "-q30m", cert=new[0],
               key=new[1])
    place = got["places"][0]
    if refused:
        if refused not in (place["refused"] or ""):
            yield "refused for %s" % place["refused"]
        return
    if place["cert"]["where"] != where:
        yield "it stands in %s" % place["cert"]["where"]
    if on_wire and not comes(25, None, chain_of(lab.leaves["first"])):
        yield "the old certificate is not shown before"
    if not on_wire:
        got["reload"] = ["update-exim4.conf"]
    yield from carry_out(machine, lab, got, place, lambda: exim_dump(machine),
                         [25] if on_wire else [],
                         allowed=("tls_certificate", "tls_privatekey"))


def exim_cases(rows, split="false"):
    def case():
        with exim_scene(split) as (machine, lab):
            for number, (what, files, where, *more) in enumerate(rows):
                new, refused = (more + [None, None])[:2]
                for fault in exim_one(machine, lab, files, where,
                                      new or (NEW_CERT, NEW_KEY), refused, number == 0):
                    yield "%s: %s" % (what, fault)
                machine.must("rm -f " + " ".join(files))
    return case


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
# What, the files, where the certificate stands; the new files; why it is refused.
EXIM = [
    ("Debian's own paths get lines", {MACROS: ENABLE}, MACROS + ":1"),
    ("macros", {MACROS: ENABLE + PAIR}, MACROS + ":2"),
    ("one file for both", {MACROS: ENABLE + "MAIN_TLS_CERTKEY = /etc/old/both.pem\n"},
     MACROS + ":2", (NEW_BOTH, NEW_BOTH)),
    ("CR LF", {MACROS: (PAIR + ENABLE).replace("\n", "\r\n")}, MACROS + ":1"),
    ("no end of the last line", {MACROS: PAIR + "MAIN_TLS_ENABLE = yes"}, MACROS + ":1"),
    ("a value that runs into Debian's file", {MACROS: ENABLE + PAIR[:-1]}, None, None,
     "Exim itself says"),
    ("a line would run into Debian's", {MACROS: "MAIN_TLS_ENABLE = yes"}, None, None,
     "has no end"),
    ("by name", {MACROS: ENABLE + "MAIN_TLS_CERTIFICATE = ${if eq {$tls_in_sni}{x}"
                 "{/etc/old/b.crt}{/etc/old/a.crt}}\n"}, None, None, "at each connection"),
    ("one plain file", {EXIM_CONF: PLAIN}, EXIM_CONF + ":6"),
    ("a macro of an included file",
     {"/etc/exim4/tls.inc": "OLD = /etc/old/a.crt\n",
      EXIM_CONF: ".include /etc/exim4/tls.inc\n" +
      PLAIN.replace("= /etc/old/a.crt", "= OLD")}, "/etc/exim4/tls.inc:1"),
]
PARTS = "/etc/exim4/conf.d/main/"
EXIM_SPLIT = [
    ("macros", {PARTS + "000_localmacros": ENABLE + PAIR}, PARTS + "000_localmacros:2"),
    ("Debian's own paths", {PARTS + "000_localmacros": ENABLE}, PARTS + "000_localmacros:1"),
    ("a file in place of another",
     {PARTS + "000_own.rul": ENABLE + PAIR,
      PARTS + "000_own": "MAIN_TLS_CERTIFICATE = /x\n"}, PARTS + "000_own.rul:2"),
]


def stunnel_one(machine, lab, text, port, where, new, refused):
    machine.write("/etc/stunnel/mail.conf", text)
    machine.must("killall -q -w stunnel4; service stunnel4 start")
    ports = [port for port in (465, 993, 995) if "accept = %d" % port in text]
    wait_for(*ports)
    got = read(machine, port, "/usr/bin/stunnel4", "stunnel4", "/etc/stunnel/mail.conf",
               cert=new[0], key=new[1])
    place = next(one for one in got["places"] if one["port"] == port)
    if place["cert"]["where"] != where:
        yield "it stands in %s" % place["cert"]["where"]
    if refused:
        if refused not in (place["refused"] or ""):
            yield "refused for %s" % place["refused"]
        return
    for one in got["places"]:
        if shown(one["port"], one["sni"]) != chain_of(lab.leaves[
                "other" if "other" in one["cert"]["path"] else "first"]):
            yield "%d does not show what its file has" % one["port"]
    others = [other for other in ports if other != port]
    yield from carry_out(machine, lab, got, place, None, [port], untouched=others)


STUNNEL = "pid = /run/stunnel-mail.pid\n%s"
BOTH = "cert = /etc/old/both.pem\n"
TWO = "cert = /etc/old/a.crt\nkey = /etc/old/a.key\n"
MAIL = "connect = 127.0.0.1:9\n"
# What, the file, the port, where; the new files; why it is refused.
STUNNELS = [
    ("one file becomes two", "[a]\naccept = 465\n" + BOTH + MAIL, 465, 4),
    ("one file", "[a]\naccept = 465\n" + BOTH + MAIL, 465, 4, (NEW_BOTH, NEW_BOTH)),
    ("CR LF", ("[a]\naccept = 465\n" + TWO + MAIL).replace("\n", "\r\n"), 465, 4),
    ("no end of the last line", "[a]\naccept = 465\n" + MAIL + TWO[:-1], 465, 5),
    ("a key of all, a certificate of its own",
     "key = /etc/old/a.key\n[a]\naccept = 465\ncert = /etc/old/a.crt\n" + MAIL +
     "[b]\naccept = 993\n" + BOTH + MAIL, 993, 9),
    ("another user's rights",
     "setuid = stunnel4\nsetgid = stunnel4\npid = /run/stunnel4/x.pid\n"
     "[a]\naccept = 465\n" + TWO + MAIL, 465, 6),
    ("the last counts", "[a]\naccept = 465\ncert = /etc/old/both.pem\n" + TWO + MAIL,
     465, 5),
]


def stunnel():
    with Machine("front") as machine, Lab(SCENARIO) as lab:
        put(machine, lab, "first", "/etc/old/a.crt", "/etc/old/a.key")
        put(machine, lab, "first", "/etc/old/both.pem", "/etc/old/both.pem")
        put(machine, lab, "second", NEW_CERT, NEW_KEY)
        put(machine, lab, "second", NEW_BOTH, NEW_BOTH)
        for what, text, port, line, *more in STUNNELS:
            new, refused = (more + [None, None])[:2]
            for fault in stunnel_one(machine, lab, text if "pid =" in text else STUNNEL % text, port,
                                     "/etc/stunnel/mail.conf:%d" % line,
                                     new or (NEW_CERT, NEW_KEY), refused):
                yield "%s: %s" % (what, fault)


HAPROXY = """\
global
  user haproxy
  group haproxy
  crt-base /etc/old
defaults
  mode tcp
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend mail
"""
HAPROXY_CFG, LIST = "/etc/haproxy/haproxy.cfg", "/etc/haproxy/list"
REST = "  default_backend b\nbackend b\n  server x 127.0.0.1:9\n"
# What, the lines, the list, who asks, where it stands; why it is refused.
HAPROXIES = [
    ("one file, by a base", "  bind :465 ssl crt both.pem\n", "", None,
     HAPROXY_CFG + ":11"),
    ("quoted, and a comment", "  bind *:465 ssl crt \"/etc/old/both.pem\" # x\n", "", None,
     HAPROXY_CFG + ":11"),
    ("CR LF", "  bind *:465 ssl crt /etc/old/both.pem\r\n", "", None, HAPROXY_CFG + ":11"),
    ("the key beside it", "  bind :465 ssl crt a.crt\n", "", None, HAPROXY_CFG + ":11"),
    ("of a list, by name", "  bind :465 ssl crt other.pem crt-list %s\n" % LIST,
     "# who\nboth.pem [alpn h2] %s !x.example.org\n" % HOST, HOST, LIST + ":2"),
    ("of a list, by the names in it", "  bind :465 ssl crt-list %s\n" % LIST,
     "other.pem\nboth.pem\n", HOST, LIST + ":2"),
    ("a folder", "  bind :465 ssl crt /etc/old/folder\n", "", HOST, HAPROXY_CFG + ":11",
     "one more file"),
    ("passed through", "  bind :465\n", "", None, HAPROXY_CFG + ":11", "127.0.0.1:9"),
]


def fits(place, port, sni):
    return place["port"] == port and place["sni"] == sni


def haproxy_one(machine, lab, lines, list_text, sni, where, refused):
    machine.write(LIST, list_text)
    machine.write(HAPROXY_CFG, HAPROXY + lines + REST)
    machine.must("haproxy -c -f %s; service haproxy restart" % HAPROXY_CFG)
    wait_for(465)
    got = read(machine, 465, "/usr/sbin/haproxy", "haproxy", "-Ws", "-f", HAPROXY_CFG,
               cert=NEW_BOTH, key=NEW_BOTH)
    place = next((one for one in got["places"] if fits(one, 465, sni)), None)
    if not place:
        yield "nobody serves %s: %s" % (sni, [one["sni"] for one in got["places"]])
    elif place["cert"]["where"] != where:
        yield "it stands in %s" % place["cert"]["where"]
    elif refused:
        if refused not in (place["refused"] or ""):
            yield "refused for %s" % place["refused"]
    else:
        for one in got["places"]:
            leaf = "other" if "other" in one["cert"]["path"] else "first"
            if shown(465, one["sni"]) != chain_of(lab.leaves[leaf]):
                yield "%s is not shown what its file has" % one["sni"]
        yield from carry_out(machine, lab, got, place, None, [465], sni)


def haproxy():
    with Machine("front") as machine, Lab(SCENARIO) as lab:
        put(machine, lab, "first", "/etc/old/a.crt", "/etc/old/a.crt.key")
        for leaf, path in (("first", "/etc/old/both.pem"), ("other", "/etc/old/other.pem"),
                           ("first", "/etc/old/folder/x.pem"), ("second", NEW_BOTH)):
            put(machine, lab, leaf, path, path)
        for what, lines, list_text, sni, where, *refused in HAPROXIES:
            for fault in haproxy_one(machine, lab, lines, list_text, sni, where,
                                     (refused + [None])[0]):
                yield "%s: %s" % (what, fault)


SITE = "/etc/apache2/sites-available/own.conf"
SITE_ON = SITE.replace("available", "enabled")
VHOST = """\
<VirtualHost *:443>
  ServerName %s
  SSLEngine on
%s</VirtualHost>
"""
APACHE_TWO = "  SSLCertificateFile /etc/old/a.crt\n  SSLCertificateKeyFile /etc/old/a.key\n"
OTHER_HOST = VHOST % (OTHER, "  SSLCertificateFile /etc/old/other.pem\n")
# What, the site, who asks, the line; why it is refused.
APACHES = [
    ("two, by name", OTHER_HOST + VHOST % (HOST, APACHE_TWO), HOST, 9),
    ("one file becomes two", VHOST % (HOST, '  SSLCertificateFile "/etc/old/both.pem"\n'),
     None, 4),
    ("CR LF", (VHOST % (HOST, APACHE_TWO)).replace("\n", "\r\n"), None, 4),
    ("over lines", VHOST % (HOST, APACHE_TWO.replace("File /", "File \\\n    /")), None, 5),
    ("under a condition that holds", "<IfModule mod_ssl.c>\n<IfModule !mod_gnutls.c>\n" +
     VHOST % (HOST, APACHE_TWO) + "</IfModule>\n</IfModule>\n", None, 6),
    ("a key of all, a certificate of its own", "SSLCertificateKeyFile /etc/old/a.key\n" +
     VHOST % (OTHER, "  SSLCertificateFile /etc/old/a.crt\n") +
     VHOST % (HOST, "  SSLCertificateFile /etc/old/both.pem\n"), HOST, 10),
    ("a macro", "<Macro M $n>\n" + VHOST % ("$n", APACHE_TWO) + "</Macro>\nUse M %s\n" %
     HOST + VHOST % (HOST, APACHE_TWO), None, 13, "known to Apache alone"),
    ("a variable", "Define D /etc/old\n" + VHOST % (
        HOST, APACHE_TWO.replace("/etc/old", "${D}")), None, 5, "variables"),
]


def apache_dump(machine):
    said = machine.must("apachectl -t -D DUMP_VHOSTS -D DUMP_INCLUDES -D DUMP_CERTS "
                        "2>/dev/null")
    return [line for line in said.splitlines() if line]


def apache_one(machine, lab, text, sni, line, refused):
    machine.write(SITE, text)
    machine.must("apachectl -t && service apache2 reload")
    got = read(machine, 443, "/usr/sbin/apache2", "/usr/sbin/apache2", "-k", "start")
    place = next((one for one in got["places"] if fits(one, 443, sni)), None)
    if not place:
        yield "nobody serves %s: %s" % (sni, [one["sni"] for one in got["places"]])
    elif place["cert"]["where"] != "%s:%d" % (SITE_ON, line):
        yield "it stands in %s" % place["cert"]["where"]
    elif refused:
        if refused not in (place["refused"] or ""):
            yield "refused for %s" % place["refused"]
    else:
        for one in (one for one in got["places"] if one["port"] == 443):
            leaf = "other" if "other" in one["cert"]["path"] else "first"
            if not comes(443, one["sni"], chain_of(lab.leaves[leaf])):
                yield "%s is not shown what its file has" % one["sni"]
        yield from carry_out(machine, lab, got, place, lambda: apache_dump(machine), [443],
                             sni, allowed=("/etc/old/", "/etc/new/"))


def apache():
    with Machine("front") as machine, Lab(SCENARIO) as lab:
        put(machine, lab, "first", "/etc/old/a.crt", "/etc/old/a.key")
        put(machine, lab, "second", NEW_CERT, NEW_KEY)
        for leaf, path in (("first", "/etc/old/both.pem"), ("other", "/etc/old/other.pem")):
            put(machine, lab, leaf, path, path)
        machine.write(SITE, VHOST % (HOST, APACHE_TWO))
        machine.must("a2enmod -q ssl macro && a2ensite -q own && service apache2 start")
        wait_for(443)
        for what, text, sni, line, *refused in APACHES:
            for fault in apache_one(machine, lab, text, sni, line, (refused + [None])[0]):
                yield "%s: %s" % (what, fault)


CASES = [
    ("Exim, Debian's and plain", exim_cases(EXIM)),
    ("Exim, split", exim_cases(EXIM_SPLIT, "true")),
    ("stunnel", stunnel),
    ("HAProxy", haproxy),
    ("Apache", apache),
]

if __name__ == "__main__":
    begin("configurations of real programs are read and edited", MACHINES)
    run_cases(CASES, of_templates=False)
