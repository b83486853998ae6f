#!/usr/bin/env python3
"""Bad is never an all-clear: a fault is found each way it can be reached.

    every_way.py [WORD...]   only the scenarios whose path holds a word

An error at a port for mail programs is asked for by the host, by host and port,
by the address, and by a mail domain whose SRV record leads there: each has to
tell it. An address may be told otherwise, and is never all right. A sample of
the scenarios, so that it takes no minute. TAP.
"""
import concurrent.futures
import glob
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from run import Lab, certmend, read_scenario  # noqa: E402

SAMPLE = 24
DOMAIN = "every-way.example"
SERVICES = {465: "submissions", 587: "submission", 993: "imaps", 143: "imap",
            995: "pop3s", 110: "pop3"}
OF_CERTIFICATE = ("cert.expired", "trust.self_signed", "chain.incomplete",
                  "name.mismatch.provider", "name.mismatch.sibling",
                  "name.placeholder_cert", "name.cn_only", "key.small",
                  "starttls.absent", "starttls.refused", "tls.too_old")


def ask(lab, target):
    status, out, said = certmend("check", target, "--format", "json",
                                 *lab.arguments())
    try:
        return status, json.loads(out)
    except ValueError:
        return status, {"findings": [], "endpoints": [], "said": said}


def first_fault(report):
    """(finding, host, port) of the first error at a client port, or None."""
    for finding in report["findings"]:
        if finding["severity"] != "error" or \
                finding["id"] not in OF_CERTIFICATE:
            continue
        for end in report["endpoints"]:
            where = "%s:%d" % (end["address"], end["port"])
            is_name = not set(end["host"]) <= set("0123456789abcdef.:")
            if is_name and end["port"] in SERVICES and \
                    where in finding["where"]:
                return finding["id"], end["host"], end["port"], end["address"]
    return None


def ways(host, port, address):
    yield host
    yield "%s:%d" % (host, port)
    yield address
    yield "anna@" + DOMAIN


def publish(scenario, host, port):
    """A mail domain besides, whose SRV record leads to just this fault."""
    scenario["dns"][DOMAIN] = {"MX": ["0 ."]}
    scenario["dns"]["_%s._tcp.%s" % (SERVICES[port], DOMAIN)] = {
        "SRV": ["0 1 %d %s" % (port, host)]}


def fault_of(scenario):
    with Lab(scenario) as lab:
        return first_fault(ask(lab, scenario["target"])[1])


def complaints(path):
    scenario = read_scenario(path)
    fault = fault_of(scenario)
    if not fault:
        return None
    id_, host, port, address = fault
    publish(scenario, host, port)
    found = []
    with Lab(scenario) as lab:
        for target in ways(host, port, address):
            status, report = ask(lab, target)
            loud = {f["id"] for f in report["findings"]
                    if f["severity"] in ("error", "warning")}
            if status != 1 or (target != address and id_ not in loud):
                found.append("%s is lost by asking %s: status %d, %s" % (
                    id_, target, status, sorted(loud)))
    return found


def candidates(words):
    """Scenarios that expect an error of a certificate; evenly of them all."""
    paths = []
    for path in sorted(glob.glob(os.path.join(HERE, "*.json"))):
        scenario = read_scenario(path)
        wanted = scenario["expect"].get("findings", [])
        plain = not scenario.get("args") or scenario["args"] == ["--domain"]
        slow = any("behaviour" in spec or "within" in spec or "delay" in spec
                   for spec in scenario["servers"])
        if set(wanted) & set(OF_CERTIFICATE) and plain and not slow and \
                (not words or any(word in path for word in words)):
            paths.append(path)
    step = 1 if words else max(1, len(paths) // SAMPLE)
    return paths[::step]


def main(words):
    paths = candidates(words)
    print("1..%d" % len(paths))
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for number, (path, found) in enumerate(
                zip(paths, pool.map(complaints, paths)), 1):
            name = os.path.basename(path)[:-len(".json")]
            skip = " # SKIP no error at a client port" if found is None else ""
            print("%s %d - %s%s" % ("not ok" if found else "ok", number, name,
                                    skip))
            for line in found or []:
                print("#   " + line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
