#!/usr/bin/env python3
"""The commands that judge a chain file, as a report prints them: they tell a
file that lacks any of its links from one that is whole. TAP.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "lab"))
from lab import Lab, read_scenario  # noqa: E402

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"),
                                       "certmend"))
SCENARIO = os.path.join(ROOT, "tests", "scenarios",
                        "two-links-second-missing.json")
CHAINS = [("full", None), ("first", "Lab Intermediate CA"),
          ("leaf", "Lab Issuing CA"), ("second", "Lab Issuing CA")]


def steps(lab):
    done = subprocess.run([PROGRAM, "check", lab.scenario["target"],
                           "--format", "json", *lab.asked(),
                           *lab.arguments()], capture_output=True)
    fix = json.loads(done.stdout)["fixes"][0]
    return [line.strip() for step in fix["steps"]
            for line in step.splitlines() if line.startswith("  ")]


def run(command, printed, path, lab):
    """The printed line, with a file of ours in place of the one it names."""
    line = command.replace(printed, path)
    if line.startswith("certmend check"):
        line = line.replace("certmend", PROGRAM, 1) + " --ca-file " + lab.ca
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True,
                          env={**os.environ, "SSL_CERT_FILE": lab.ca,
                               "SSL_CERT_DIR": "/nonexistent"})


def complaints(lab, chain, missing, folder):
    spec = {**lab.scenario["certs"]["c"], "chain": chain}
    path = os.path.join(folder, chain + ".pem")
    with open(lab.pki.issue(spec, 0).served) as served, \
            open(path, "w") as out:
        out.write(served.read())
    lines = steps(lab)
    printed = re.search(r"'(/[^']*fullchain.pem)'", "\n".join(lines)).group(1)
    judges = [line for line in lines
              if line.startswith(("openssl verify", "certmend check"))]
    if len(judges) != 2:
        yield "two commands were to be printed: %s" % lines
    for line in judges:
        done = run(line, printed, path, lab)
        if (done.returncode == 0) != (missing is None):
            yield "%s: status %d for %s: %s" % (line, done.returncode, chain,
                                                done.stderr)
        said = line.startswith("certmend") and missing
        if said and missing not in done.stdout:
            yield "%s does not name %s: %s" % (line, missing, done.stdout)


def main():
    print("1..%d" % len(CHAINS))
    with Lab(read_scenario(SCENARIO)) as lab, \
            tempfile.TemporaryDirectory() as folder:
        for number, (chain, missing) in enumerate(CHAINS, 1):
            faults = list(complaints(lab, chain, missing, folder))
            print("%s %d - a file with the chain %s" % (
                "not ok" if faults else "ok", number, chain))
            for fault in faults:
                print("#   " + " ".join(fault.split()), flush=True)


if __name__ == "__main__":
    main()
