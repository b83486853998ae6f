#!/usr/bin/env python3
"""Every configuration text of templates/software, held against the checker of
the server it is for; those for what stands in front of it are carried out by
test_recipes_front. TAP.

A step whose words end in "in /some/file:" is followed by what belongs into
that file; tests/unit/test_words writes the steps of every fix for every
program. A text is put where a person would put it, into a small whole
configuration, and the server itself is asked. Needs root and Debian's packages
(unpack.sh); else one counted skip.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = os.path.join(os.environ.get("BUILD", "build"), "unit", "test_words")
MAIL = os.environ.get("CERTMEND_SERVERS", "build/servers")
OTHERS = os.environ.get("CERTMEND_CHECKERS", "build/checkers")
OTHER_PACKAGES = "exim4-daemon-light opensmtpd"
STEP = re.compile(r"^(?P<said>.*?\bin (?P<path>/\S+)):\n(?P<text> .*)\Z",
                  re.DOTALL | re.IGNORECASE)
LIVE = re.compile(r"/etc/(?:certmend|letsencrypt)/live/[^/\s]+/")
FOLDER = "/tmp/syntax"  # inside the place to chroot to

POSTFIX_MAIN = """\
compatibility_level = 3.6
myhostname = mail.example.com
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1
alias_maps =
queue_directory = /tmp/syntax/spool
data_directory = /tmp/syntax/data
smtpd_sasl_auth_enable = no
"""
POSTFIX_MASTER = """\
smtp inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
"""
DOVECOT = """\
protocols = imap pop3
base_dir = /run/dovecot
{text}
"""
EXIM = """\
{text}
begin acl
begin routers
begin transports
begin authenticators
"""
# Debian builds its configuration from such macros.
EXIM_DEBIAN = """\
{text}
.ifdef MAIN_TLS_ENABLE
tls_certificate = MAIN_TLS_CERTIFICATE
tls_privatekey = MAIN_TLS_PRIVATEKEY
.endif
begin acl
"""
OPENSMTPD = """\
{text}
action "local" maildir
match from local for local action "local"
"""


def inside(root, *parts):
    return os.path.join(root, FOLDER.lstrip("/"), *parts)


def save(root, name, text):
    path = inside(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    os.utime(path, (0, 0))  # Postfix waits until a new file has settled
    return FOLDER + "/" + name


def ask(root, *command, refused=()):
    """The checker's complaints; none where it is content."""
    done = subprocess.run(["chroot", root, *command], capture_output=True,
                          timeout=60, stdin=subprocess.DEVNULL)
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    faults = [word for word in refused if word in said]
    if done.returncode or faults:
        return "exit status %d %s: %s" % (done.returncode, faults,
                                          said[-700:])
    return ""


def postfix(root, path, text):
    if path.endswith("/sni"):
        return sni_table(root, text)
    main, master = POSTFIX_MAIN, POSTFIX_MASTER
    if path.endswith("main.cf"):
        main += text
    else:
        master += text
    shutil.rmtree(inside(root, "spool"), ignore_errors=True)
    os.makedirs(inside(root, "spool"))
    os.makedirs(inside(root, "data"), exist_ok=True)
    save(root, "main.cf", main)
    save(root, "master.cf", master)
    # "postfix check" is a shell script, and there is no shell here.
    return (ask(root, "postconf", "-c", FOLDER, "-n", refused=["warning"]) or
            ask(root, "postconf", "-c", FOLDER, "-P", refused=["warning"]))


def sni_table(root, text):
    save(root, "main.cf", POSTFIX_MAIN)
    table = save(root, "sni", text)
    made = ask(root, "postmap", "-c", FOLDER, "-F", "hash:" + table,
               refused=["warning"])
    return made or ask(root, "postmap", "-c", FOLDER, "-F", "-q",
                       "mail.example.com", "hash:" + table)


def dovecot(root, path, text):
    del path
    where = save(root, "dovecot.conf", DOVECOT.format(text=text))
    return ask(root, "doveconf", "-c", where, "-n")


def exim(root, path, text):
    frame = EXIM_DEBIAN if path.endswith("localmacros") else EXIM
    os.makedirs(inside(root, "exim"), exist_ok=True)
    where = save(root, "exim/exim.conf", frame.replace("{text}", text))
    return ask(root, "exim4", "-bV", "-C", where, refused=["error", "unknown"])


def opensmtpd(root, path, text):
    del path
    text = text.replace("listen on all port", "listen on lo port")
    where = save(root, "smtpd.conf", OPENSMTPD.replace("{text}", text))
    return ask(root, "smtpd", "-n", "-f", where)


CHECKERS = {"postfix": (MAIL, postfix), "dovecot": (MAIL, dovecot),
            "exim": (OTHERS, exim), "opensmtpd": (OTHERS, opensmtpd)}


def is_at_hand(said):
    """Debian 12 has Dovecot 2.3, which knows none of the names of 2.4."""
    return "Dovecot 2.4" not in said or "Dovecot 2.3" in said


def texts():
    """{(software, path, text): a fix that has it}, each text once."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "words.json")
        subprocess.run([WORDS, path], check=True)
        with open(path, encoding="utf-8") as words:
            all_steps = json.load(words)
    found = {}
    for one in all_steps:
        if one["software"] not in CHECKERS:
            continue
        for step in one["steps"]:
            match = STEP.match(step)
            if match and is_at_hand(match["said"]):
                text = LIVE.sub(FOLDER + "/", textwrap.dedent(match["text"]))
                key = one["software"], match["path"], text + "\n"
                found.setdefault(key, one["fix"])
    return found


def make_files(root):
    shutil.rmtree(inside(root), ignore_errors=True)
    os.makedirs(inside(root))
    os.chmod(inside(root), 0o755)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
         "10", "-subj", "/CN=mail.example.com", "-addext",
         "subjectAltName=DNS:mail.example.com",
         "-keyout", inside(root, "privkey.pem"),
         "-out", inside(root, "fullchain.pem")],
        check=True, capture_output=True)


def why_not():
    if os.geteuid() != 0:
        return "needs root to chroot"
    for folder, packages in ((MAIL, []), (OTHERS, [OTHER_PACKAGES])):
        made = subprocess.run(
            ["sh", os.path.join(HERE, "unpack.sh"), folder, *packages],
            capture_output=True)
        if made.returncode:
            return "the packages cannot be had"
    return None


def main():
    reason = why_not()
    if reason:
        print("1..1\nok 1 - the servers' own checkers # SKIP " + reason)
        return
    roots = {os.path.join(folder, "root") for folder in (MAIL, OTHERS)}
    for root in roots:
        make_files(root)
    found = texts()
    # A checker that lets anything pass would prove nothing.
    nonsense = [(name, "/etc/main.cf", "certmend_no_such_word = = {\n")
                for name in CHECKERS]
    print("1..%d" % (len(found) + len(nonsense)))
    number = 0
    for key in [*found, *nonsense]:
        number += 1
        folder, check = CHECKERS[key[0]]
        said = check(os.path.join(folder, "root"), key[1], key[2])
        planted = key in nonsense
        good = bool(said) if planted else not said
        print("%s %d - %s, %s: %s" % (
            "ok" if good else "not ok", number, key[0], key[1],
            "nonsense is refused" if planted else found[key]))
        if not good:
            print("#   " + " ".join((key[2] + " -> " + said).split()),
                  flush=True)
    for root in roots:
        shutil.rmtree(inside(root), ignore_errors=True)
    if {key[0] for key in found} != set(CHECKERS):
        sys.exit("no text was found for some of the servers")


if __name__ == "__main__":
    main()
