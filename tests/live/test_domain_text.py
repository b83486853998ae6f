#!/usr/bin/env python3
"""What an all-clear for a mail domain says that it rests on: the places that were
looked at and how they were come by, those where nobody answers, and what was not
looked at. TAP."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "lab"))
from lab import Lab, read_scenario  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD", "build"), "certmend")
# scenario, what has to be said (blanks alike), what must not
ROWS = [
    ("domain-settings-over-http-alone",
     ["Looked at", "settings file: right certificate", "days left",
      "nobody answers on port", "Not looked at", "they do not exist",
      "ISPDB"], ["best way"]),
    ("domain-srv-to-alias",
     ["SRV record: right certificate", "MX record: right certificate"],
     ["settings file"]),
    ("domain-wildcard-to-mail-host",
     ["by a wildcard record"], ["best way"]),
]


def said(name):
    with Lab(read_scenario(os.path.join(ROOT, "tests/scenarios", name + ".json"))) as lab:
        done = subprocess.run(
            [PROGRAM, "check", lab.scenario["target"], *lab.asked(), *lab.arguments()],
            capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    return done.returncode, " ".join(done.stdout.split())


def main():
    print("1..%d" % len(ROWS))
    for number, (name, wanted, unwanted) in enumerate(ROWS, 1):
        status, text = said(name)
        faults = ["status %d" % status] if status else []
        faults += ["not said: " + words for words in wanted if words not in text]
        faults += ["said: " + words for words in unwanted if words in text]
        print("%s %d - %s" % ("not ok" if faults else "ok", number, name))
        for fault in faults:
            print("#   %s: %s" % (fault, text[:600]))


if __name__ == "__main__":
    main()
