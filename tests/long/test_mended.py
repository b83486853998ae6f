#!/usr/bin/env python3
"""Fixes that hold: asked, carried out to the letter in the lab, asked again.

    test_mended.py [WORD...]     only the scenarios whose path holds a word

A scenario's "mended" names the fixes to carry out, one behind the other; what
each claims to clear has to be gone afterwards, and behind the last nothing is
wrong any more. What a fix says is read from its parameters alone. TAP.
"""
import copy
import glob
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = os.path.join(os.path.dirname(HERE), "scenarios")
sys.path.insert(0, SCENARIOS)
from run import Lab, certmend, read_scenario  # noqa: E402

NEW = "mended"
SERVICES = {25: "smtp", 465: "submissions", 587: "submission", 143: "imap",
            993: "imaps", 110: "pop3", 995: "pop3s", 4190: "sieve",
            443: "https"}


def of_target(scenario, asked):
    """The servers at the addresses of what was asked."""
    nodes = scenario["dns"]
    own = set()
    for host in asked:
        node = nodes.get(host, {})
        own.update(node.get("A", []) + node.get("AAAA", []))
    return [s for s in scenario["servers"] if s["addr"] in own and
            s.get("proto") != "http" and "cert" in s]


def show(scenario, servers, spec, keep):
    """The new certificate on these; `keep`: made with the key of before."""
    name = NEW
    while name in scenario["certs"]:
        name += "+"
    if keep:  # the place in the table decides the key
        name = servers[0]["cert"]
        scenario["certs"][name] = spec
    else:
        scenario["certs"][name] = spec
    for server in servers:
        server["cert"] = name
        server.pop("also", None)


def certificate(scenario, fix, asked):
    params = fix["params"]
    show(scenario, of_target(scenario, asked), {"san": params["names"]},
         params.get("keep_key"))


def full_chain(scenario, _, asked):
    for server in of_target(scenario, asked):
        scenario["certs"][server["cert"]]["chain"] = "full"


def good_one(scenario, asked, wrong):
    return next(s["cert"] for s in of_target(scenario, asked) if not wrong(s))


def deploy(scenario, fix, asked):
    params = fix["params"]

    def wrong(server):
        return (server["addr"] in params.get("addresses", []) or
                server["port"] in params.get("ports", []))
    cert = good_one(scenario, asked, wrong)
    for server in filter(wrong, of_target(scenario, asked)):
        server["cert"] = cert


def reload(scenario, fix, asked):
    params = fix["params"]
    cert = good_one(scenario, asked,
                    lambda s: s["port"] != params["good_port"])
    for server in of_target(scenario, asked):
        if SERVICES[server["port"]] in params["services"]:
            server["cert"] = cert


def on_services(scenario, fix, asked):
    return [s for s in of_target(scenario, asked)
            if SERVICES[s["port"]] in fix["params"]["services"]]


def sni_map(scenario, fix, asked):
    scenario["certs"][NEW] = {"san": fix["params"]["names"]}
    for server in on_services(scenario, fix, asked):
        for name in fix["params"]["names"]:
            server.setdefault("sni", {})[name] = NEW
        server.pop("sni_refused", None)


def default(scenario, fix, asked):
    show(scenario, on_services(scenario, fix, asked),
         {"san": fix["params"]["names"]}, False)


def speak_tls(scenario, fix, asked):
    for server in on_services(scenario, fix, asked):
        for word in ("starttls", "starttls_refused", "mangled", "tls_max",
                     "injected"):
            server.pop(word, None)


def node(scenario, name):
    return scenario["dns"].setdefault(name, {})


def dns(scenario, fix, _):
    params = fix["params"]
    own = node(scenario, params["name"])
    kind = params["type"]
    if kind == "CAA":
        for each in scenario["dns"].values():
            each.pop("servfail", None)
    elif "right" in params:
        own[kind] = [text.replace(params["wrong"], params["right"])
                     for text in own[kind]]
    else:
        own[kind] = [text for text in own[kind]
                     if text not in params["wrong"]]


def caa(scenario, fix, _):
    params = fix["params"]
    records = node(scenario, params["record"]).setdefault("CAA", [])
    if params.get("remove") in records:
        records.remove(params["remove"])
    records.append(params["value"])


def tlsa(scenario, fix, _):
    params = fix["params"]
    records = node(scenario, params["record"]).setdefault("TLSA", [])
    records.append(params["value"])


def mta_sts(scenario, fix, _):
    params = fix["params"]
    if not params["record"].startswith("https://"):
        node(scenario, params["record"])["TXT"] = [params["value"]]
        return
    path = "/" + params["record"].split("/", 3)[3]
    for server in scenario["servers"]:
        if server["proto"] == "https" and "files" in server:
            line = params["value"].startswith("mx: ")
            before = server["files"].get(path, "") if line else ""
            server["files"][path] = before + params["value"].replace(
                ", ", "\n") + "\n"


def settings(scenario, fix, _):
    """The file of its steps, as it is printed, in the place that it names."""
    url = fix["params"]["file"]
    step = next(step for step in fix["steps"] if "<?xml" in step)
    lines = step.splitlines()
    text = "\n".join(line[4:] for line in lines[1:]) + "\n"
    host, path = url.split("/", 3)[2:]
    addresses = node(scenario, host).get("A", [])
    for server in scenario["servers"]:
        if server["addr"] in addresses and server["proto"] in (
                "http", "https"):
            server.get("files", {})["/" + path] = text


HANDS = {
    "issue-certificate": certificate, "issue-wildcard": certificate,
    "renew-certificate": certificate, "replace-key": certificate,
    "serve-full-chain": full_chain, "deploy-everywhere": deploy,
    "reload-service": reload, "fix-sni-map": sni_map,
    "set-default-certificate": default, "enable-tls": speak_tls,
    "upgrade-tls": speak_tls, "repair-tls": speak_tls, "fix-dns": dns,
    "fix-settings": settings, "update-caa": caa, "update-tlsa": tlsa, "update-mta-sts": mta_sts,
}


OTHER_MODE = {587: "submissions", 143: "imaps", 110: "pop3s",
              465: "submission", 993: "imap", 995: "pop3"}


def asks_for(scenario, fix):
    """What a person types who does as a fix for users says."""
    params = fix["params"]
    host = params.get("hostname", scenario["target"].rpartition("://")[2])
    host = host if "hostname" in params else host.split(":")[0]
    if "port" not in params:
        return host
    if fix["id"] == "use-security-mode":
        return "%s://%s:%d" % (OTHER_MODE[params["port"]], host,
                               params["port"])
    return "%s:%d" % (host, params["port"])


def look(scenario):
    with Lab(scenario) as lab:
        status, out, said = certmend("check", scenario["target"], "--format",
                                     "json", *lab.asked(),
                                     *lab.arguments())
    return status, json.loads(out) if out else {}, said


def asked_hosts(report):
    return {e["host"] for e in report["endpoints"] if e.get("asked", True)}


def complaints_about(path):
    scenario = copy.deepcopy(read_scenario(path))
    status, report, said = look(scenario)
    for number, wanted in enumerate(scenario["mended"]):
        fixes = report.get("fixes", [])
        if not fixes:
            return ["%s was to be offered, and nothing is: %d %s" % (
                wanted, status, said)]
        fix = next((f for f in fixes if f["id"] == wanted), None)
        if not fix:
            return ["%s is not offered, only %s" % (
                wanted, [f["id"] for f in fixes])]
        if number and fix is not fixes[0] and wanted in HANDS:
            shut = [g for g in fix["gates"] if g["state"] == "shut"]
            if shut:
                return ["%s: its gates are still shut: %s" % (wanted, shut)]
        if wanted in HANDS:
            HANDS[wanted](scenario, fix, asked_hosts(report))
        else:
            scenario["target"] = asks_for(scenario, fix)
        status, report, said = look(scenario)
        left = {f["id"] for f in report.get("findings", [])
                if f["severity"] != "info" or f["id"].startswith("acme.")}
        back = left & set(fix["clears"])
        if back:
            return ["%s was carried out, and %s is still there" % (
                wanted, sorted(back))]
    return [] if status == 0 else ["all is done, and still: %d %s %s" % (
        status, [(f["id"], f["detail"]) for f in report.get("findings", [])
                 if f["severity"] != "info"], said)]


def main(words):
    paths = [path for path in sorted(glob.glob(os.path.join(SCENARIOS, "*.json")))
             if "mended" in read_scenario(path) and
             (not words or any(word in path for word in words))]
    print("1..%d" % len(paths))
    for number, path in enumerate(paths, 1):
        try:
            faults = complaints_about(path)
        except Exception as fault:  # whatever it is, it is this scenario's
            faults = ["%s: %s" % (type(fault).__name__, fault)]
        print("%s %d - %s, mended" % ("not ok" if faults else "ok", number,
                                      os.path.basename(path)[:-len(".json")]))
        for fault in faults:
            print("#   " + " ".join(str(fault).split()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
