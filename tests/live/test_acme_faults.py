#!/usr/bin/env python3
"""The ACME client against a CA that does everything wrong: each row of
tests/acme/faults.json ends in a certificate or in one clear sentence, soon, with
nothing left standing. TAP."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "acme"))
import ca  # noqa: E402
from fake_acme import FakeAcme  # noqa: E402

OPEN = [{"do": "open"}, {"do": "account", "agree": True}]
REQUESTS = 30  # as many as one name may take, if the row says nothing else


def steps_of(row):
    if "steps" in row:
        return row["steps"]
    issue = {"do": "issue", "names": row.get("names", ["a.example.org"]),
             "challenges": row.get("challenges_wanted", ["http-01", "dns-01"])}
    for word in ("replaces", "profile", "chain", "cannot"):
        if word in row:
            issue[word] = row[word]
    return [OPEN[0], dict(OPEN[1], agree=row.get("agree", True)), issue]


def sentence_faults(row, last):
    """A failure is told in one printable sentence that holds what it should."""
    why = last["why"] or ""
    if row["expect"] == "worked":
        return [why] if why else []
    wrong = [] if row.get("why", "") in why else ["it does not say " + row["why"]]
    if row["expect"] != "failed" and (not why.endswith(".") or not why.isprintable()):
        wrong.append("this is no sentence")
    return wrong


def faults(row, results, fake):
    last = results[-1]
    problem = last.get("problem", {})
    checks = [
        (last["outcome"] == row["expect"], "the outcome is " + last["outcome"]),
        (not last.get("shown"), "challenges are left standing"),
        (row.get("finding") in (None, problem.get("finding")), "another finding"),
        (row.get("parts") in (None, [p["finding"] for p in problem.get("parts", [])]), "parts"),
        (not row.get("retry") or problem.get("retry_at", 0) > 0, "no time to try again"),
        (row.get("replaced") in (None, last.get("replaced")), "replaced"),
        (row.get("issuer") in (None, last.get("issuer")), "another chain"),
        (not row.get("ari") or last.get("start", 9e9) < last.get("end", 0), "no window"),
        (not row.get("clean") or (last["chain"].startswith("-----BEGIN CERT")
                                  and "PRIVATE" not in last["chain"]), "the chain is not clean"),
        (not row.get("gives_back") or "authz" in fake.log[-2:], "nothing is given back"),
        (fake.requests <= row.get("requests", REQUESTS), "%d requests" % fake.requests),
    ]
    wrong = [what for good, what in checks if not good] + sentence_faults(row, last)
    return wrong and "%s: %s" % ("; ".join(wrong), json.dumps(last)[:1500])


def play(authority, folder, row):
    fake = FakeAcme(authority, row)
    key = os.path.join(folder, "account.key")
    job = {"directory": row.get("directory", fake.base + "/dir"), "key": key,
           "ca_file": authority.second.pem if "ca_file" in row else authority.pem,
           "budget_s": row.get("budget_s", 20), "steps": steps_of(row)}
    try:
        results, said = ca.drive(folder, job, wait_s=60)
        return faults(row, results, fake)
    except (subprocess.TimeoutExpired, RuntimeError, ValueError, IndexError) as fault:
        return "it does not end well: %s" % fault
    finally:
        fake.stop()


def main():
    with open(os.path.join(HERE, "..", "acme", "faults.json")) as f:
        rows = json.loads(f.read().replace("@pad70000", "x" * 70000))
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    rows = [r for r in rows if wanted in r["what"]]
    folder = tempfile.mkdtemp(prefix="certmend-faults-")
    authority = ca.Authority(folder, "first root")
    authority.second = ca.Authority(folder, "second root")
    authority.api = authority.server()
    authority.lock = threading.Lock()
    ca.make_key(os.path.join(folder, "account.key"))
    ca.build_driver()
    failed = 0
    with ThreadPoolExecutor(4) as pool:
        told = pool.map(lambda row: play(authority, folder, row), rows)
        for number, (row, fault) in enumerate(zip(rows, told), 1):
            failed += bool(fault)
            print("%s %d - %s" % ("not ok" if fault else "ok", number, row["what"]), flush=True)
            if fault:
                print("# " + fault.replace("\n", "\n# "), flush=True)
    print("1..%d" % len(rows))
    shutil.rmtree(folder, ignore_errors=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
