#!/usr/bin/env python3
"""Guided sessions at a pseudo-terminal: servers start broken and end healthy.

Each file in tests/live/sessions/ is a small internet (as in tests/scenarios/)
and what a person types; {"mend": {PORT: CERTIFICATE}} is the person at work on
the server. Played, it has to give the transcript in examples/sessions/ to the
letter; killed at every prompt and resumed, it has to end the same. TAP.

    test_session.py [WORD...]       only the sessions whose name holds a word
    test_session.py --write         write the transcripts anew
"""
import concurrent.futures
import glob
import json
import os
import re
import signal
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "lab")]
from lab import Lab  # noqa: E402
from services import tls_for  # noqa: E402
from terminal import Terminal  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"),
                                       "certmend"))
EXAMPLES = os.path.join(ROOT, "examples", "sessions")
COLUMNS = 80
# Commands are printed with the options of the look: of no interest to a reader.
LAB_OPTIONS = re.compile(r"(?: --(?:resolver|ca-file|connect-to) (?:127\.\S+|/\S+|\S+:127\.\S+))+(?=\r?$)",
                         re.MULTILINE)
WORKERS = 6  # they wait more than they work


class Stage:
    """A lab, a home folder and a folder to work in, for one session."""

    def __init__(self, script, term="dumb"):
        self.script, self.term = script, term
        self.lab = Lab(script["lab"])
        self.home = tempfile.TemporaryDirectory()
        self.here = os.path.join(self.home.name, "here")
        os.mkdir(self.here)

    def __enter__(self):
        self.lab.__enter__()
        return self

    def __exit__(self, *_):
        self.lab.__exit__()
        self.home.cleanup()

    def start(self, *words):
        """A session that goes on knows the way into the lab from before."""
        ways = [] if "--resume" in words else self.lab.arguments()
        environment = {"HOME": self.home.name, "TERM": self.term,
                       "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        command = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', self.here,
                   PROGRAM, "fix", *words, *ways]
        return Terminal(command, environment, COLUMNS)

    def mend(self, work):
        """Ports get other certificates, or a server of their own."""
        for (_, port), service in self.lab.services.items():
            if str(port) in work:
                service.spec = dict(service.spec, cert=work[str(port)])
                service.context = tls_for(service.spec, self.lab.leaves)

    def files(self):
        return sorted(os.listdir(self.here))


def answers_of(script):
    """(what is done on the server before it, what is typed)"""
    work = {}
    for item in script["play"]:
        if isinstance(item, dict):
            work = item["mend"]
        else:
            yield work, item
            work = {}


def shown(person):
    """The screen as it is kept: no line ends with blanks."""
    text = LAB_OPTIONS.sub("", person.plain())
    return "\n".join(line.rstrip() for line in text.split("\n"))


def play(stage):
    """(the whole transcript, the exit status)"""
    with stage.start(*stage.script.get("args", [])) as person:
        for work, answer in answers_of(stage.script):
            if person.until_prompt() is None:
                raise AssertionError("it ended before %r was typed:\n%s" % (
                    answer, person.plain()[-600:]))
            stage.mend(work)
            person.type(answer)
        person.rest()
        return shown(person), person.status


def interrupted(stage, at, how):
    """Killed at prompt `at`, resumed, and played to the end."""
    script = list(answers_of(stage.script))
    with stage.start(*stage.script.get("args", [])) as person:
        for work, answer in script[:at]:
            person.until_prompt()
            stage.mend(work)
            person.type(answer)
        person.until_prompt()
        person.kill(how)
    with stage.start("--resume") as person:
        for work, answer in script[at:]:
            if person.until_prompt() is None:
                break
            stage.mend(work)
            person.type(answer)
        person.rest()
        return person.plain(), person.status


def faults_of_screen(text):
    if "\x1b" in text:
        yield "an escape in plain text"
    for line in text.split("\n"):
        if len(line) > COLUMNS and not line.startswith((" ", "> ")):
            yield "a line of %d columns: %s" % (len(line), line)


def play_and_compare(name, script):
    path = os.path.join(EXAMPLES, name + ".txt")
    with Stage(script) as stage:
        text, status = play(stage)
        if status != script["status"]:
            yield "status %d, not %d: %s" % (status, script["status"],
                                             text[-600:])
        if stage.files() != sorted(script.get("files", [])):
            yield "the files are %s" % stage.files()
    yield from faults_of_screen(text)
    for word in script.get("says", []):
        if word not in " ".join(text.split()):
            yield "it does not say %r" % word
    if "--write" in sys.argv:
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return
    with open(path, encoding="utf-8") as kept:
        expected = kept.read().split("\n")
    for number, (old, new) in enumerate(zip(expected, text.split("\n")), 1):
        if old != new:
            yield "line %d is %r, in the transcript %r" % (number, new, old)
            return
    if len(expected) != len(text.split("\n")):
        yield "the transcript has another length"


def interrupt_everywhere(script):
    """Ctrl-C, a closed terminal, a power cut in turn."""
    ways = [signal.SIGINT, signal.SIGHUP, signal.SIGKILL]
    for at in range(len(list(answers_of(script)))):
        with Stage(script) as stage:
            text, status = interrupted(stage, at, ways[at % len(ways)])
            if status != script["status"]:
                yield "killed at prompt %d: status %d, not %d: %s" % (
                    at + 1, status, script["status"], text[-800:])


def with_line_editor(script):
    """The same at a terminal where lines can be edited."""
    with Stage(script, term="xterm") as stage:
        text, status = play(stage)
    if status != script["status"]:
        yield "status %d, not %d: %s" % (status, script["status"],
                                         text[-400:])


def sessions(words):
    for path in sorted(glob.glob(os.path.join(HERE, "sessions", "*.json"))):
        name = os.path.basename(path)[:-len(".json")]
        if not words or any(word in name for word in words):
            with open(path, encoding="utf-8") as text:
                yield name, json.load(text)


def cases(words):
    for name, script in sessions(words):
        yield name, play_and_compare(name, script)
        if script.get("interrupt", True) and "--write" not in sys.argv:
            yield name + ", killed at every prompt and resumed", \
                interrupt_everywhere(script)
        if script.get("edit"):
            yield name + ", with a line editor", with_line_editor(script)


def guarded(case):
    """What one case complains of must not take the others with it."""
    try:
        return list(case[1])
    except Exception as fault:
        return ["%s: %s" % (type(fault).__name__, fault)]


def main(words):
    todo = list(cases(words))
    print("1..%d" % len(todo))
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for count, ((what, _), found) in enumerate(
                zip(todo, pool.map(guarded, todo)), 1):
            print("%s %d - %s" % ("not ok" if found else "ok", count, what))
            for fault in found:
                print("#   " + " ".join(str(fault).split()), flush=True)


if __name__ == "__main__":
    main([word for word in sys.argv[1:] if not word.startswith("--")])
