"""broken_stage - plays the broken mail servers of tests/broken on a small Debian.

Each file there is one software: on which machine, which services, and its cases.
A case is what somebody did to the configuration that Debian brings, in the order

  live     certbot's lineages, by name: what each holds (a name of CERTS)
  put      files of certificates: "old.fullchain", "good.key", "other.pem" (both)
  write    files, as lists of lines; the last element true: no newline at its end
  append   lines at a file's end
  do       shell, on the machine

then the services start and every one of `ports` is asked once; `later` holds the
same words again for what happened behind their back. And what is true of it:

  shows    what a client is shown: a name of CERTS, "snakeoil", "nothing", or
           "good.cert", the leaf alone
  asks     what the server's own programs say: {command: a part of its answer}
  cause    kind, file, the whole line (or its number), setting
  stays    {port: what is shown there}, before and afterwards
  mends    false where it cannot be mended by writing; else it has to show "good"

The truth comes from the server: a case that is not broken as it says fails before
certmend is asked.
"""
import contextlib
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import time

from lab import Lab
from recipes import (PROGRAM, Machine, Wrong, chain_of, shown, wait_for)
from tap import counted, tap

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(os.path.dirname(HERE), "broken")
HOST = "mail.example.com"
NAMES = [HOST, "smtp.example.com", "imap.example.com", "autoconfig.example.com"]
# As other tests have them: they are made once.
MACHINES = {"postfix": "postfix dovecot-imapd dovecot-pop3d",
            "front": "apparmor haproxy stunnel4 systemd-standalone-sysusers "
            "nginx libnginx-mod-mail apache2 postfix dovecot-imapd",
            "exim": "exim4-daemon-light"}
PUT = "usr/local/lib/certmend"  # the program and its libraries, on the machine
SNAKEOIL = "/etc/ssl/certs/ssl-cert-snakeoil.pem"
WAIT_S = 10


def _cert(*names, **more):
    return {"cn": names[0], "san": list(names), "key": "rsa2048", **more}


PAST = {"starts_in_days": -93, "ends_in_days": -3}
SCENARIO = {
    "target": HOST, "servers": [],
    "dns": {name: {"A": ["127.0.0.1"]} for name in NAMES + ["mail.example.org"]},
    "certs": {"good": _cert(*NAMES), "old": _cert(*NAMES, **PAST),
              "other": _cert("www.example.com"),
              "good-ec": _cert(*NAMES, key="ec"),
              "old-ec": _cert(*NAMES, key="ec", **PAST),
              "org": _cert("mail.example.org")}}
EVERY = ("live", "put", "write", "append", "do")


def cases(*words, folder=CASES):
    """All cases, each with what stands at its file's head; those only whose
    "software/name" holds one of the words, if there are any."""
    found = []
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".json"):
            continue
        with open(os.path.join(folder, file), encoding="utf-8") as text:
            head = json.load(text)
        for case in head.pop("cases"):
            case = {**head, **case}
            case["name"] = "%s%s/%s" % ("" if folder == CASES else "hostile/", case["software"],
                                        case["name"])
            if not words or any(word in case["name"] for word in words):
                found.append(case)
    return found


def machines(*words):
    """Those that the cases want, and their packages."""
    return {case["machine"]: MACHINES[case["machine"]] for case in cases(*words)}


def by_machine(wanted):
    """{machine: its cases}, so that one is made ready once."""
    found = {}
    for case in wanted:
        found.setdefault(case["machine"], []).append(case)
    return found


class Stage:
    """with Stage("postfix") as stage: a machine for one case after the other."""

    def __init__(self, name):
        self.machine = Machine(name)
        self.lab = Lab(SCENARIO)

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.machine)
            stack.enter_context(self.lab)
            self.ca = self.machine.path("usr/local/lib/certmend/ca.pem")
            self._put_program()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *why):
        shutil.rmtree(self.machine.path(PUT), ignore_errors=True)
        return self.stack.__exit__(*why)

    def _put_program(self):
        """It finds its libraries without a word in its environment, which the
        programs that it asks would inherit."""
        top = self.machine.path(PUT)
        shutil.rmtree(top, ignore_errors=True)
        os.makedirs(top)
        known = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True,
                               text=True, check=True).stdout
        later = re.findall(r"libcurl\.so\.4 .*=> (\S+)", known)[:1]
        said = subprocess.run(["ldd", PROGRAM, *later], capture_output=True,
                              text=True, check=True).stdout
        for file in {*later, *re.findall(r"(/\S+) \(0x", said)}:
            shutil.copy(file, top)
        shutil.copy(PROGRAM, top)
        shutil.copy(self.lab.ca, self.ca)

    def certmend(self, *words, stdin=None):
        """CompletedProcess of the program on the machine, as root there."""
        return subprocess.run(
            ["chroot", self.machine.root, "/%s/ld-linux-x86-64.so.2" % PUT,
             "--library-path", "/" + PUT, "/%s/certmend" % PUT, *words],
            input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True, timeout=120, encoding="utf-8", errors="replace",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
                 "LC_ALL": "C"})

    def look_words(self):
        return ("--resolver", self.lab.resolver, "--ca-file", "/%s/ca.pem" % PUT)

    @contextlib.contextmanager
    def broken(self, case):
        """The machine as the case has it, its servers at work."""
        self._begin(case)
        try:
            yield self
        finally:
            self.machine._end_all()

    def _begin(self, case):
        machine = self.machine
        machine._end_all()
        for folder in ("etc", "var/lib/certmend", "run", "srv/kim", "tmp/taken"):
            shutil.rmtree(machine.path(folder), ignore_errors=True)
        subprocess.run(["cp", "-a", os.path.join(machine.pristine, "etc"),
                        machine.root + "/"], check=True)
        os.makedirs(machine.path("run/lock"))
        machine.write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
        self._shell(case.get("first", ()))
        self._change(case)
        # Postfix waits until what it reads is some seconds old.
        self._shell(["find /etc -newer /%s/certmend -exec touch -h -d '1 hour ago' {} +"
                     % PUT, *case["start"]])
        wait_for(*case["ports"], *map(int, case.get("stays", ())))
        if "later" in case:
            for port in case["ports"]:
                shown(port, HOST)
            self._change(case["later"])

    def _change(self, what):
        for name, leaf in what.get("live", {}).items():
            self.machine.put_certificate(self.lab.leaves[leaf], name)
        for path, part in what.get("put", {}).items():
            self.machine.write(path, self.text_of(part),
                               0o644 if part.endswith((".cert", "chain")) else 0o600)
        for path, lines in what.get("write", {}).items():
            open_end = lines[-1:] == [True]
            self.machine.write(path, "\n".join(lines[:-1] if open_end else lines) +
                               ("" if open_end else "\n"))
        for path, lines in what.get("append", {}).items():
            with open(self.machine.path(path), "a", encoding="utf-8") as out:
                out.write("".join(line + "\n" for line in lines))
        self._shell(what.get("do", ()))

    def _shell(self, lines):
        if lines:
            self.machine.must("set -e\n" + "\n".join(lines))

    def text_of(self, part):
        """"old.fullchain", "old.cert", "old.chain", "old.key", "old.pem"."""
        name, _, what = part.partition(".")
        leaf = self.lab.leaves[name]
        with open(leaf.key, encoding="ascii") as text:
            key = text.read()
        pems = [pem + "\n" for pem in chain_of(leaf)]
        return {"fullchain": "".join(pems), "cert": pems[0], "key": key,
                "chain": "".join(pems[1:]), "pem": key + "".join(pems),
                "reversed": "".join(pems[::-1])}[what]

    def chain(self, word):
        """What a client would be shown, of a case's word."""
        if word == "nothing":
            return []
        if word == "snakeoil":
            return [self.machine.read(SNAKEOIL).strip()]
        return re.findall(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----",
                          self.text_of(word if "." in word else word + ".fullchain"))

    def is_shown(self, case, port, word, wait_s=0.0):
        """A fault, or None."""
        until = time.monotonic() + wait_s
        while True:
            seen = shown(port, case.get("sni", HOST), tuple(case.get("client", ())))
            if seen == self.chain(word):
                return None
            if time.monotonic() >= until:
                break
            time.sleep(0.1)
        names = [one for one in SCENARIO["certs"]
                 if seen and self.chain(one)[0] == seen[0]]
        return "%d shows %s (%d certificates), not %s" % (
            port, names or "no known one", len(seen), word)

    def faults_of_case(self, case):
        """Where it is not broken as it says."""
        for port in case["ports"]:
            yield self.is_shown(case, port, case["shows"])
        for port, word in case.get("stays", {}).items():
            yield self.is_shown(case, int(port), word)
        for command, part in case.get("asks", {}).items():
            done = self.machine.sh(command)
            if part not in done.said:
                yield "%s says %r, not %r" % (command, done.said[-300:], part)
        self.line_of(case)

    def line_of(self, case):
        """The number of the cause's line."""
        _, file, line, setting = case["cause"]
        with open(self.machine.path(file), encoding="latin-1", newline="") as text:
            lines = [one.strip() for one in text.read().split("\n")]
        found = [n for n, one in enumerate(lines, 1) if one == line or n == line]
        if len(found) != 1:
            raise Wrong("%s has %d lines %r" % (file, len(found), line))
        return found[0]

    def files(self, *folders):
        """{path: all that it is} below these folders of the machine."""
        return {path: _identity(os.path.join(self.machine.root, path))
                for path in _paths(self.machine.root, folders or ("etc",))}


def _paths(root, folders):
    for top in folders:
        for folder, inner, files in os.walk(os.path.join(root, top)):
            for name in inner + files:
                yield os.path.relpath(os.path.join(folder, name), root)


def _identity(path):
    """Content, owner, mode, time, extended attributes; of a folder, no time."""
    at = os.lstat(path)
    row = [stat.S_IFMT(at.st_mode), stat.S_IMODE(at.st_mode), at.st_uid, at.st_gid]
    if stat.S_ISREG(at.st_mode):
        with open(path, "rb") as text:
            row += [at.st_mtime_ns, hashlib.sha256(text.read()).hexdigest()]
    elif stat.S_ISLNK(at.st_mode):
        row += [at.st_mtime_ns, os.readlink(path)]
    return row + [sorted((name, os.getxattr(path, name, follow_symlinks=False))
                         for name in os.listxattr(path, follow_symlinks=False))]


def difference(before, after):
    """What is not the same, in words; None."""
    wrong = ["%s %s" % (path, "is new" if path not in before else
                        "is gone" if path not in after else
                        "was %s, is %s" % (before[path], after[path]))
             for path in sorted(before.keys() | after.keys())
             if before.get(path) != after.get(path)]
    return "; ".join(wrong[:4]) if wrong else None


def fix(stage, case, *words):
    """(report or None, CompletedProcess) of what a person types."""
    ports = ("--port", str(case["ports"][0])) if len(case["ports"]) == 1 else ()
    done = stage.certmend("fix", case.get("target", HOST), "--here", "--format", "json",
                          *stage.look_words(), *ports, *words)
    with contextlib.suppress(ValueError):
        return json.loads(done.stdout), done
    return None, done


def finding_fault(stage, case, report, line):
    """Whether the cause was named: its kind, file, line, setting."""
    about = [one for one in report["here"]["findings"]
             if set(case["ports"]) & set(one["ports"])]
    wanted = dict(zip(("kind", "file", "line", "setting"), case["cause"]), line=line)
    if any(all(one[key] == value for key, value in wanted.items()) for one in about):
        return None
    return "wanted %s, found %s" % (wanted, [
        {key: one.get(key) for key in (*wanted, "ports", "text", "why_not")} for one in about])


def mending_fault(stage, case, before):
    """Whether it is right on the wire, and nothing else is otherwise."""
    faults = [stage.is_shown(case, port, case.get("then", "good"), WAIT_S)
              for port in case["ports"]]
    faults += [stage.is_shown(case, int(port), word) for port, word
               in case.get("stays", {}).items()]
    after = stage.files()
    faults += ["%s is left over" % path for path in after.keys() - before.keys()]
    return "; ".join(fault for fault in faults if fault)


def undoing_fault(stage, before, wanted):
    """Whether every file is as it was, byte for byte."""
    changed = difference(before, stage.files())
    if not wanted:
        return "it was not to be changed, and " + changed if changed else None
    if not changed:
        return None  # it only had to read again
    done = stage.certmend("undo", "--yes")
    changed = difference(before, stage.files())
    return changed and "status %d, %s%s: %s" % (done.returncode, done.stdout[-300:],
                                                done.stderr[-300:], changed)


def judge(stage, case):
    """{"broken", "found", "mended", "undone"}: each None or a fault; what comes
    after a case that is not broken is left out."""
    said = {"broken": "; ".join(fault for fault in stage.faults_of_case(case) if fault)}
    if said["broken"]:
        return said
    before, line = stage.files(), stage.line_of(case)
    report, done = fix(stage, case, "--yes")
    if report is None:
        return {**said, "found": "no report; status %d: %s" % (
            done.returncode, done.stderr[-500:]), "mended": "no", "undone": "no"}
    said["found"] = finding_fault(stage, case, report, line)
    mends = case.get("mends", True)
    if mends:
        said["mended"] = mending_fault(stage, case, before)
        if said["mended"]:
            said["mended"] += "; " + json.dumps(report.get("changes"))[:600]
    said["undone"] = undoing_fault(stage, before, mends)
    return said


def judged(stage, case):
    try:
        with stage.broken(case):
            return judge(stage, case)
    except (Wrong, OSError, RuntimeError, KeyError, ValueError,
            subprocess.SubprocessError) as fault:
        return {"played": "%s: %s" % (type(fault).__name__, fault)}


def play(words, strict=True):
    """TAP of these cases; ({what: how many}, of how many). Not strict: of causes
    that are not found and servers that are not mended the caller thinks."""
    wanted = cases(*words)
    count = dict.fromkeys(("found", "mended", "undone"), 0)
    for name, own in sorted(by_machine(wanted).items()):
        with Stage(name) as stage:
            for case in own:
                said = judged(stage, case)
                if not strict and said.get("mended"):
                    said = judged(stage, case)  # as a person tries again
                for what in count:
                    count[what] += what in said and not said[what]
                missed = () if strict else ("found", "mended")
                tap(case["name"], "\n".join("%s: %s" % (what, fault) for what, fault in
                                            said.items() if fault and what not in missed))
                for what in missed:
                    if said.get(what):
                        print("# not %s: %s" % (what, " ".join(said[what].split())[:700]))
    mending = sum(case.get("mends", True) for case in wanted)
    print("# found %d of %d, mended %d of %d, undone %d of %d" % (
        count["found"], len(wanted), count["mended"], mending, count["undone"], len(wanted)))
    return count, len(wanted)


# ---- files of an enemy ----

BEGIN = {
    "postfix": {"first": [
        "printf 'smtpd_peername_lookup = no\\nalias_maps =\\n' >>/etc/postfix/main.cf",
        "sed -i -e 's|^smtpd_tls_cert_file=.*|smtpd_tls_cert_file=/etc/ssl/mail/old.pem|' "
        "-e 's|^smtpd_tls_key_file=.*|smtpd_tls_key_file=/etc/ssl/mail/old.key|' "
        "/etc/postfix/main.cf",
        "sed -i 's/^#submission inet/submission inet/' /etc/postfix/master.cf"],
        "start": ["postfix start"], "ports": [587]},
    "dovecot": {"first": [
        "printf 'ssl_cert = </etc/ssl/mail/old.pem\\nssl_key = </etc/ssl/mail/old.key\\n' "
        ">/etc/dovecot/local.conf"], "start": ["dovecot"], "ports": [993]}}


def refusing_fault(stage, case):
    """It says so, within its time, and touches nothing."""
    folders = ("etc", "srv")
    before = stage.files(*folders)
    for format in ("text", "json"):
        began = time.monotonic()
        done = stage.certmend("fix", HOST, "--here", "--yes", "--format", format,
                              "--port", str(case["ports"][0]), *stage.look_words())
        said = done.stdout + done.stderr
        changed = difference(before, stage.files(*folders))
        if changed and not case.get("may_change"):
            return "it changed " + changed
        if os.path.exists(stage.machine.path("/tmp/taken")):
            return "a shell has read it"
        if case["says"] not in said:
            return "status %d: %s" % (done.returncode, said[-700:])
        if done.returncode not in (0, 1, 2, 3) or "\033" in said:
            return "status %d: %r" % (done.returncode, said[-700:])
        if time.monotonic() - began > 60:
            return "it took %d seconds" % (time.monotonic() - began)
    return None


def play_hostile(*words):
    """TAP of tests/broken/hostile."""
    wanted = cases(*words, folder=os.path.join(CASES, "hostile"))
    for name, own in sorted(by_machine(wanted).items()):
        with Stage(name) as stage:
            for case in own:
                case = {**BEGIN[case["software"]], **case}
                try:
                    with stage.broken(case):
                        fault = refusing_fault(stage, case)
                except (Wrong, OSError, RuntimeError, KeyError, ValueError,
                        subprocess.SubprocessError) as why:
                    fault = "%s: %s" % (type(why).__name__, why)
                tap(case["name"], fault)
