#!/usr/bin/env python3
"""Bad is never an all-clear: a fault is found each way it can be reached.

    every_way.py [--all | WORD...]   all scenarios, or those whose path holds a
                                     word; else a sample that takes no minute

An error at a port for mail programs is asked for by the host, by host and port,
by the address, and by three mail domains: one whose SRV record leads there, one
whose settings file does, and, where mailboxes are read there, one whose MX
record does. Each has to tell it. An address may be told otherwise, and is
never all right. Left out are scenarios with options of their own, servers that
are slow on purpose, and those that show another certificate each time. TAP.
"""
import concurrent.futures
import glob
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from run import Lab, certmend, read_scenario  # noqa: E402

SAMPLE = 16
BY_SRV, BY_FILE, BY_MX = ("every-srv.example", "every-file.example",
                          "every-mx.example")
WEB, FILTER = "127.99.0.9", "127.99.0.8"
FILE = "/mail/config-v1.1.xml"
# Faults of the way that was asked or of several ports beside each other: each
# comes with another that is the server's own, or is none by another way.
BY_WAY = ("conn.", "config.", "ip.", "port.", "daemon.", "mx.",
          "tls.expected_plain_got", "plain.expected_tls_got")
SERVICES = {465: "submissions", 587: "submission", 993: "imaps", 143: "imap",
            995: "pop3s", 110: "pop3"}
TYPES = {465: ("outgoing", "smtp", "SSL"), 587: ("outgoing", "smtp", "STARTTLS"),
         993: ("incoming", "imap", "SSL"), 143: ("incoming", "imap", "STARTTLS"),
         995: ("incoming", "pop3", "SSL"), 110: ("incoming", "pop3", "STARTTLS")}


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
                finding["id"].startswith(BY_WAY):
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
    yield "anna@" + BY_SRV
    yield "anna@" + BY_FILE
    if SERVICES[port] not in ("submission", "submissions"):
        yield "anna@" + BY_MX


def settings(host, port):
    element, kind, socket = TYPES[port]
    return ("<clientConfig version=\"1.1\"><emailProvider id=\"x\">"
            "<%sServer type=\"%s\"><hostname>%s</hostname><port>%d</port>"
            "<socketType>%s</socketType></%sServer></emailProvider>"
            "</clientConfig>\n" % (element, kind, host, port, socket, element))


def add_domains(scenario):
    """Mail domains that lead nowhere yet, and a web server for one of them."""
    scenario["dns"][BY_SRV] = {"MX": ["0 ."]}
    scenario["dns"][BY_FILE] = {"MX": ["0 mx." + BY_FILE]}
    scenario["dns"]["mx." + BY_FILE] = {"A": [FILTER]}
    scenario["dns"]["autoconfig." + BY_FILE] = {"A": [WEB]}
    scenario.setdefault("certs", {})[BY_FILE] = {"san": ["mx." + BY_FILE]}
    scenario["servers"] += [
        {"addr": FILTER, "port": 25, "proto": "smtp", "cert": BY_FILE},
        {"addr": WEB, "port": 80, "proto": "http", "any_query": True,
         "files": {}}]


def publish(lab, host, port):
    """They all lead to just this fault."""
    lab.zone.nodes["_%s._tcp.%s" % (SERVICES[port], BY_SRV)] = {
        "SRV": ["0 1 %d %s" % (port, host)]}
    lab.zone.nodes[BY_MX] = {"MX": ["10 " + host]}
    lab.services[WEB, 80].spec["files"][FILE] = settings(host, port)


def is_lost(id_, target, address, status, report):
    loud = {f["id"] for f in report["findings"]
            if f["severity"] in ("error", "warning")}
    return status != 1 or (target != address and id_ not in loud)


def complaints(path):
    scenario = read_scenario(path)
    add_domains(scenario)
    found = []
    with Lab(scenario) as lab:
        fault = first_fault(ask(lab, scenario["target"])[1])
        if not fault:
            return None
        id_, host, port, address = fault
        publish(lab, host, port)
        for target in ways(host, port, address):
            status, report = ask(lab, target)
            if is_lost(id_, target, address, status, report):
                found.append("%s at port %d is lost by asking %s: status %d, "
                             "%s" % (id_, port, target, status, sorted(
                                 (f["id"], f["severity"])
                                 for f in report["findings"])))
    return found


def is_quick(scenario):
    return not any(word in spec for spec in scenario["servers"]
                   for word in ("behaviour", "within", "delay", "in_turn", "renewed_after"))


def has_own_fault(scenario):
    """As far as can be told before it is looked at."""
    return any(not id_.startswith(BY_WAY) for id_ in scenario["expect"].get("findings", []))


def candidates(words):
    """Scenarios with something wrong and no options; evenly of them all."""
    paths = []
    for path in sorted(glob.glob(os.path.join(HERE, "*.json"))):
        scenario = read_scenario(path)
        plain = not scenario.get("args") or scenario["args"] == ["--domain"]
        if scenario["expect"].get("status") == 1 and plain and \
                has_own_fault(scenario) and is_quick(scenario) and (words in ([], ["--all"]) or any(
                    word in path for word in words)):
            paths.append(path)
    step = 1 if words else max(1, len(paths) // SAMPLE)
    return paths[::step]


def main(words):
    paths, looked = candidates(words), 0
    print("1..%d" % (len(paths) + 1))
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for number, (path, found) in enumerate(
                zip(paths, pool.map(complaints, paths)), 1):
            name = os.path.basename(path)[:-len(".json")]
            looked += found is not None
            skip = " # SKIP no error at a client port" if found is None else ""
            print("%s %d - %s%s" % ("not ok" if found else "ok", number, name,
                                    skip))
            for line in found or []:
                print("#   " + line, flush=True)
    few = not words and looked < len(paths) / 2
    print("%s %d - most of the sample has an error at a client port" %
          ("not ok" if few else "ok", len(paths) + 1))


if __name__ == "__main__":
    main(sys.argv[1:])
