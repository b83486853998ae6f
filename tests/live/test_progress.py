#!/usr/bin/env python3
"""While it looks, a terminal on standard error is told what is waited for: one
line, rewritten, cut to the width, gone at the end. Elsewhere nothing is told,
and standard output is the same to the byte. TAP."""
import concurrent.futures
import fcntl
import os
import re
import struct
import subprocess
import sys
import tempfile
import termios
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "lab")]
from lab import Lab  # noqa: E402
from terminal import Terminal  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "certmend"))
WORKERS = 6  # they wait more than they work
CLEAR = "\r\x1b[K"
SLOW = {
    "now": "2026-11-23T12:00:00Z",
    "dns": {
        "example.com": {"MX": ["10 mail.example.com", "20 quick.example.com"]},
        "mail.example.com": {"A": ["192.0.2.10"]},
        "quick.example.com": {"A": ["192.0.2.11"]},
    },
    "certs": {"good": {"cn": "mail.example.com",
                       "san": ["mail.example.com", "quick.example.com"]}},
    "servers": [
        {"addr": "192.0.2.10", "port": 25, "proto": "smtp", "cert": "good"},
        {"addr": "192.0.2.10", "port": 587, "proto": "smtp", "cert": "good", "delay": 1.3},
        {"addr": "192.0.2.10", "port": 993, "proto": "imaps", "cert": "good"},
        {"addr": "192.0.2.10", "port": 143, "proto": "imap", "cert": "good", "delay": 1.3},
        {"addr": "192.0.2.11", "port": 993, "proto": "imaps", "cert": "good"},
    ],
}
# In the background of a shell: another group of processes has the screen.
BEHIND = [sys.executable, "-c",
          "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:], process_group=0).returncode)"]


def own_terminal(fd):
    os.setsid()
    fcntl.ioctl(fd, termios.TIOCSCTTY, 0)


def at_terminal(command, term="xterm", columns=80, pipe=False):
    """(standard output, all that went to the terminal on standard error)"""
    near, far = os.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    told = []

    def read():
        try:
            while more := os.read(near, 65536):
                told.append(more)
        except OSError:  # Linux says so when the other side is closed
            pass

    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            command, stdin=far, stdout=subprocess.PIPE if pipe else out, stderr=far,
            env=dict(os.environ, TERM=term), preexec_fn=lambda: own_terminal(far))
        os.close(far)
        reader = threading.Thread(target=read)
        reader.start()
        text, _ = process.communicate(timeout=60)
        reader.join(10)
        os.close(near)
        if not pipe:
            out.seek(0)
            text = out.read()
    return text, b"".join(told).decode()


def unseen(command):
    """Standard output of a run that no terminal hears of."""
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          stdin=subprocess.DEVNULL, timeout=60).stdout


def faults_of_line(told, pattern, columns=80):
    """What is wrong with the line, as it was drawn again and again."""
    lines = [line for line in told.split("\r") if line]
    if not any(re.search(pattern, line) for line in lines):
        yield "never said: " + pattern
    if "\n" in told:
        yield "it takes more than one line"
    if not told.endswith(CLEAR) or told.count(CLEAR) != 1:
        yield "it is not cleared once, at the end"
    for line in lines:
        text = line.removesuffix("\x1b[K")
        if text == line or "\x1b" in text:
            yield "not drawn over as a whole: %r" % line
        if len(text) >= columns:
            yield "%d columns: %s" % (len(text), text)


def shown(command, pattern, **how):
    text, told = at_terminal(command, **how)
    yield from faults_of_line(told, pattern, how.get("columns", 80))
    if text != unseen(command):
        yield "standard output is another"


def not_shown(command, **how):
    text, told = at_terminal(command, **how)
    if told:
        yield "it says %r" % told
    if not text:
        yield "there is no report"


def two_servers(command):
    """The first report is there before the second server has answered."""
    _, told = at_terminal(command)
    if "\rlooking: 1 of 2 servers, 1 s\x1b[K" not in told:
        yield "it says %r" % told


def in_a_session(lab):
    """The line is gone before the verdict comes."""
    command = [PROGRAM, "fix", "mail.example.com", *lab.arguments()]
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "TERM": "xterm", "PATH": os.environ["PATH"]}
        with Terminal(command, environment) as person:
            for answer in "", "1":
                person.until_prompt()
                person.type(answer)
            person.until_prompt()
            person.rest()
            told = person.screen
    if not re.search(r"\rlooking: 7 of 9 ports, waiting for 587 and 143, 1 s\x1b\[K", told):
        yield "never said: %r" % told[-800:]
    if CLEAR not in told or "looking" in told.rsplit(CLEAR, 1)[1]:
        yield "it is not cleared: %r" % told[-800:]


def cases(lab):
    check = [PROGRAM, "check", "mail.example.com", *lab.arguments()]
    domain = [PROGRAM, "check", "example.com", "--domain", *lab.arguments()]
    both = [PROGRAM, "check", "quick.example.com", "mail.example.com", *lab.arguments()]
    wait = r"^looking: 7 of 9 ports, waiting for 587 and 143, 1 s"
    yield "a host", shown(check, wait)
    yield "a narrow terminal", shown(check, r"^looking: 7 of 9 ports, 1 s\x1b", columns=40)
    yield "a terminal of nine columns", shown(check, r"^looking:\x1b", columns=9)
    yield "a domain", shown(domain, r"^looking: \d+ of \d+ ports, waiting for 587 and 143 of mail.example.com, 1 s")
    yield "two servers", two_servers(both)
    yield "a terminal that moves no cursor", not_shown(check, term="dumb")
    yield "no terminal is known", not_shown(check, term="")
    yield "-q", not_shown([*check, "-q"])
    yield "a pager draws on the screen", not_shown([*check, "--format", "json"], pipe=True)
    yield "in the background", not_shown([*BEHIND, *check])
    yield "a guided session", in_a_session(lab)


def main():
    number = 0
    with Lab(SLOW) as lab, concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        all_cases = list(cases(lab))
        told = pool.map(list, [faults for _, faults in all_cases])
        for number, ((name, _), faults) in enumerate(zip(all_cases, told), 1):
            print("%s %d - %s" % ("not ok" if faults else "ok", number, name))
            for fault in faults:
                print("#   " + fault)
    print("1..%d" % number)


if __name__ == "__main__":
    main()
