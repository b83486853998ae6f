#!/usr/bin/env python3
"""Text at a terminal of 40, 60, 80 and 120 columns: no line is wider but for a word or
a command that has to stay whole, and no width loses a word; in a pipe 80 columns,
whatever the terminal. TAP."""
import collections
import concurrent.futures
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "lab")]
import test_session  # noqa: E402
from lab import Lab, read_scenario  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "certmend"))
WIDTHS = (40, 60, 80, 120)
SCENARIOS = ("provider-banner-tells", "domain-settings-over-http-alone",
             "domain-international-bad", "a-hundred-names", "link-missing-on-the-right-name",
             "both-families-right")
TEXTS = {
    "help": ["--help"],
    "help of issue": ["issue", "--help"],
    "the rule table": ["rules", "table"],
    "its words": ["rules", "words"],
    "a finding": ["explain", "name.mismatch.provider"],
    "a fix": ["explain", "use-hostname"],
    "what is never advised": ["explain", "no"],
    "a pasted message": ["error", "TLS Negotiation failed, the certificate doesn't match the host., code: 0"],
    "a message nobody knows": ["error", "abracadabra"],
    "a name not covered": ["match", "mail.sub.example.com", "*.example.com", "example.com"],
}
SESSIONS = ("shared-hosting", "missing-link")


def at_terminal(columns, words):
    """What a terminal of that width is shown."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen([PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=slave,
                          stderr=slave, env=dict(os.environ, NO_COLOR="1")) as child:
        os.close(slave)
        shown = b""
        while True:
            try:
                more = os.read(master, 65536)
            except OSError:  # Linux says so when the other side is closed
                break
            if not more:
                break
            shown += more
        child.wait()
    os.close(master)
    return shown.decode("utf-8").replace("\r", "")


def in_pipe(words, **more):
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env=dict(environment, **more)).stdout


def columns_of(line):
    """As wcwidth() counts; what the lab's names and texts hold of it."""
    import unicodedata
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def copied_lines(survey):
    """What is to be typed or pasted: it stays whole."""
    report = json.loads(in_pipe(["judge", survey, "--format", "json"]))
    lines = {fix["recheck"] for fix in report["fixes"]}
    for fix in report["fixes"]:
        for step in fix["steps"]:
            lines.update(line.strip() for line in step.split("\n") if line[:1] == " ")
    return lines


def is_one_word(line):
    words = line.split()
    leads = [word for word in words[:-1] if word == "-" or word.rstrip(".").isdigit()]
    return len(words) - len(leads) == 1


def faults_of(text, columns, copied, whole):
    for line in text.split("\n"):
        if columns_of(line) > columns and line.strip() not in copied and not is_one_word(line):
            yield "%d columns: %r" % (columns_of(line), line)
    lost = words_of(whole) - words_of(text)
    found = words_of(text) - words_of(whole)
    if lost or found:
        yield "lost %s, found %s" % (sorted(lost)[:8], sorted(found)[:8])


def words_of(text):
    """All but the rules of tables."""
    return collections.Counter(word for word in text.split() if word.strip("-"))


def survey_of(name, folder):
    path = os.path.join(folder, name + ".survey")
    with Lab(read_scenario(os.path.join(ROOT, "tests/scenarios", name + ".json"))) as lab:
        subprocess.run([PROGRAM, "check", lab.scenario["target"], *lab.asked(),
                        *lab.arguments(), "--save", path], capture_output=True,
                       timeout=120, stdin=subprocess.DEVNULL)
    return path


def texts(folder):
    """(what, words, lines that stay whole)"""
    for what, words in TEXTS.items():
        yield what, words, {"certmend check HOST"}
    with concurrent.futures.ThreadPoolExecutor(len(SCENARIOS)) as pool:
        surveys = list(pool.map(lambda name: survey_of(name, folder), SCENARIOS))
    for name, survey in zip(SCENARIOS, surveys):
        yield name, ["judge", survey], copied_lines(survey)


def widths(words, copied):
    whole = at_terminal(80, words)
    for columns in WIDTHS:
        for fault in faults_of(at_terminal(columns, words), columns, copied, whole):
            yield "at %d: %s" % (columns, fault)
    if at_terminal(10, words) != at_terminal(40, words):
        yield "10 columns are not 40"
    if at_terminal(300, words) != at_terminal(120, words):
        yield "300 columns are not 120"


def pipes(words):
    if in_pipe(words, COLUMNS="60") != at_terminal(60, words):
        yield "a pipe with COLUMNS is not a terminal of so many"
    for nonsense in ("", "0", "-7", "wide", "99999999999999999999"):
        if in_pipe(words, COLUMNS=nonsense) != in_pipe(words):
            yield "COLUMNS=%s counts" % nonsense


def session(name):
    with open(os.path.join(HERE, "sessions", name + ".json"), encoding="utf-8") as text:
        script = json.load(text)
    with open(os.path.join(test_session.EXAMPLES, name + ".txt"), encoding="utf-8") as text:
        whole = text.read()
    copied = {line.strip() for line in whole.split("\n") if line.startswith("    ")}
    for columns in (40, 120):
        test_session.COLUMNS = columns
        with test_session.Stage(script) as stage:
            text, _ = test_session.play(stage)
        text = "\n".join(line for line in text.split("\n") if not line.startswith("> "))
        whole_said = "\n".join(line for line in whole.split("\n") if not line.startswith("> "))
        for fault in faults_of(text, columns, copied, whole_said):
            yield "at %d: %s" % (columns, fault)


def main():
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        cases = [(what, widths(words, copied)) for what, words, copied in texts(folder)]
        cases += [("in a pipe", pipes(["judge", os.path.join(folder, SCENARIOS[0] + ".survey")]))]
        cases += [("session " + name, session(name)) for name in SESSIONS]
        for what, faults in cases:
            count += 1
            faults = list(faults)
            print("%s %d - %s" % ("not ok" if faults else "ok", count, what))
            for fault in faults:
                print("#   " + fault)
    print("1..%d" % count)


if __name__ == "__main__":
    main()
