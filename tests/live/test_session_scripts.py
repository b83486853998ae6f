#!/usr/bin/env python3
"""Guided sessions without a person: answers from files and pipes, sessions
that are listed, broken or not wanted. TAP."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from test_session import PROGRAM, Stage  # noqa: E402

with open(os.path.join(HERE, "sessions", "wildcard-too-deep.json"),
          encoding="utf-8") as text:
    SCRIPT = json.load(text)
ASKING = ["", "smtp.eu.example.org 587", "1", ""]


def certmend(stage, *words, typed="", home=None):
    """(status, standard output, standard error)"""
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm",
                   "HOME": stage.home.name if home is None else home}
    done = subprocess.run([PROGRAM, "fix", *words, *stage.lab.arguments()],
                          input=typed.encode(), capture_output=True,
                          cwd=stage.here, env=environment, timeout=60)
    return (done.returncode, done.stdout.decode("utf-8"),
            done.stderr.decode("utf-8"))


def lines(*answers):
    return "".join(answer + "\n" for answer in answers)


def from_a_pipe(stage):
    status, out, _ = certmend(stage, typed=lines(*ASKING, "quit"))
    yield status == 1, "status %d" % status
    yield "> smtp.eu.example.org 587\n" in out, "answers are not echoed"
    yield "\x1b" not in out, "an escape"
    yield all(len(line) <= 80 or line[0] in " >" for line in
              out.split("\n") if line), "a line is too long"


def from_a_file(stage):
    path = os.path.join(stage.home.name, "answers")
    with open(path, "w", encoding="utf-8") as out:
        out.write(lines(*ASKING, "request", "yes", "quit"))
    status, out, _ = certmend(stage, "--answers", path)
    yield status == 1, "status %d" % status
    yield stage.files() == SCRIPT["files"], "files %s" % stage.files()
    key = os.stat(os.path.join(stage.here, SCRIPT["files"][1]))
    yield key.st_mode & 0o777 == 0o600, "the key is %o" % key.st_mode
    status, out, _ = certmend(stage, "--answers", path)
    yield "That did not work" in out, "an existing key is no obstacle"


def yes_to_all(stage):
    _, out, _ = certmend(stage, "--yes", typed=lines(*ASKING, "request",
                                                     "quit"))
    yield stage.files() == SCRIPT["files"], "files %s: %s" % (
        stage.files(), out[-300:])


def dry_run(stage):
    _, out, _ = certmend(stage, "--yes", "--dry-run",
                         typed=lines(*ASKING, "request", "run touch here",
                                     "quit"))
    yield stage.files() == [], "files %s" % stage.files()
    yield "this is a dry run" in out, "it is not said"
    _, out, _ = certmend(stage, "--list")
    yield "no session" in out, "it is kept: " + out


def no_without_yes(stage):
    certmend(stage, typed=lines(*ASKING, "request", "no", "quit"))
    yield stage.files() == [], "files %s" % stage.files()
    certmend(stage, typed=lines(*ASKING, "request", "maybe"))
    yield stage.files() == [], "files %s" % stage.files()


def runs_a_command(stage):
    path = os.path.join(stage.here, "made")
    _, out, _ = certmend(stage, typed=lines(
        *ASKING, "run /bin/touch " + path, "yes", "run", "/bin/false", "yes",
        "run /bin/false; /bin/true", "yes", "run no-such-program", "yes",
        "quit"))
    yield stage.files() == ["made"], "files %s" % stage.files()
    yield "It ran without error" in out, "success is not said"
    yield "status 1" in out, "failure is not said"
    yield "without a shell" in out, "a shell's signs are taken"
    yield "no program" in out, "a program that is not there is taken"


def kept_files(stage):
    certmend(stage, typed=lines("my password is hunter2", ASKING[1], "1"))
    folder = os.path.join(stage.home.name, ".local/state/certmend/sessions")
    yield os.stat(folder).st_mode & 0o777 == 0o700, "the folder is open"
    path = os.path.join(folder, "1.json")
    yield os.stat(path).st_mode & 0o777 == 0o600, "the file is open"
    with open(path, encoding="utf-8") as kept:
        text = kept.read()
    yield "hunter2" not in text, "what was pasted is kept"
    yield json.loads(text)["phase"] == "fix", text
    status, out, _ = certmend(stage, "--list")
    yield status == 0 and "smtp.eu.example.org:587" in out, out
    status, out, said = certmend(stage, "--resume", "7")
    yield status == 2 and "none of that number" in said, said
    yield "--resolver=" in text, "how to look is not kept: " + text
    with open(path, "w", encoding="utf-8") as kept:
        kept.write(text.replace('"--resolver=', '"--yes", "--resolver='))
    status, out, said = certmend(stage, "--resume", "1")
    yield status == 2 and "--yes" in said, "a yes is taken from a file"
    with open(path, "w", encoding="utf-8") as kept:
        kept.write('{"schema": "certmend.session/1", "begun_at": 1, '
                   '"phase": "dancing"}')
    status, out, said = certmend(stage, "--resume", "1")
    yield status == 2 and "unknown word" in said, said
    status, out, said = certmend(stage, "--list")
    yield status == 0 and "1.json" in said, said


def nowhere_to_keep(stage):
    status, out, said = certmend(stage, home="", typed=lines(*ASKING))
    yield status == 1 and "cannot be kept" in said, said
    yield "Best fix" in out, "it does not go on: " + out[-300:]


def keeps_the_key(_):
    """A published record wants the key kept: no word makes a new one."""
    with open(os.path.join(HERE, "..", "scenarios", "gate-tlsa-key-kept.json"),
              encoding="utf-8") as scenario:
        script = {"lab": json.load(scenario)}
    with Stage(script) as stage:
        target = script["lab"]["target"]
        asking = ["", target, "1", ""]
        key = os.path.join(stage.home.name, "used.key")
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True,
                       capture_output=True)
        _, out, _ = certmend(stage, typed=lines(*asking, "request", "yes",
                                                "quit"))
        yield "request --key FILE" in out and "DANE" in out, out[-600:]
        yield stage.files() == [], "files %s" % stage.files()
        _, out, _ = certmend(stage, typed=lines(*asking, "request --add x",
                                                "yes", "quit"))
        yield "That did not work" in out, out[-600:]
        _, out, said = certmend(stage, typed=lines(
            *asking, "order --store %s/store" % stage.home.name, "quit"))
        yield "Nothing was ordered" in " ".join(out.split()), said + out[-600:]
        yield stage.files() == [], "files %s" % stage.files()
        _, out, _ = certmend(stage, typed=lines(
            *asking, "request --key " + key, "yes", "quit"))
        yield stage.files() == [target + ".csr"], "files %s: %s" % (
            stage.files(), out[-600:])
        halves = [subprocess.run(["openssl", *words], check=True,
                                 capture_output=True).stdout for words in (
            ["req", "-in", os.path.join(stage.here, target + ".csr"),
             "-noout", "-pubkey"], ["pkey", "-in", key, "-pubout"])]
        yield halves[0] == halves[1], "it is for another key"


def wrong_answers(stage):
    status, out, _ = certmend(stage, typed=lines("", "not a name!",
                                                 "mail.example.org:99999", "-",
                                                 "a b", "..."))
    yield status == 1, "status %d" % status
    yield out.count("Sorry") == 5, "%d times sorry" % out.count("Sorry")
    yield "not getting anywhere" in out, "it asks for ever"


def wrong_words(stage):
    status, out, said = certmend(stage, "a.example", "b.example")
    yield status == 2 and not out and "one mail server" in said, said
    status, out, said = certmend(stage, "a..example")
    yield status == 2 and not out, said
    status, out, said = certmend(stage, "--answers", "/nowhere/at/all")
    yield status == 2 and "--answers" in said, said
    status, out, said = certmend(stage, "--resume")
    yield status == 2 and "no session to go on with" in said, said


CASES = [from_a_pipe, from_a_file, yes_to_all, dry_run, no_without_yes,
         runs_a_command, keeps_the_key, kept_files, nowhere_to_keep,
         wrong_answers, wrong_words]


def main():
    print("1..%d" % len(CASES))
    for number, case in enumerate(CASES, 1):
        with Stage(SCRIPT) as stage:
            faults = [why for holds, why in case(stage) if not holds]
        print("%s %d - %s" % ("not ok" if faults else "ok", number,
                              case.__name__.replace("_", " ")))
        for fault in faults:
            print("#   " + " ".join(fault.split()), flush=True)


if __name__ == "__main__":
    main()
