"""expect - does a report say what a scenario expects?

Compares with the `expect` of a scenario, and tries for itself every host name,
port and security mode that the report offers. Complaints are sentences; none
means that all is well.
"""
import calendar
import subprocess
import time

STARTTLS = {25: "smtp", 587: "smtp", 465: "smtp", 143: "imap", 993: "imap",
            110: "pop3", 995: "pop3", 4190: "sieve"}
TRIED = ("use-hostname", "use-port", "use-security-mode")
LOUD = ("error", "warning")
TRY_S = 20


def _ids(items):
    return [item["id"] for item in items]


def _gate_shut(fix):
    return any(gate["state"] == "shut" for gate in fix.get("gates", []))


def _findings(report, want):
    found = _ids(report["findings"])
    loud = {f["id"] for f in report["findings"] if f["severity"] in LOUD}
    for id_ in want.get("findings", []):
        if id_ not in found:
            yield "finding %s is missing; found: %s" % (id_, sorted(set(found)))
    for id_ in want.get("absent", []):
        if id_ in found:
            yield "finding %s must not be there" % id_
    if want.get("any") and not set(want["any"]) & set(found):
        yield "none of %s was found; found: %s" % (want["any"],
                                                   sorted(set(found)))
    told = set(want.get("findings", []) + want.get("any", []) +
               want.get("may", []))
    for id_ in sorted(loud - told):
        yield "false alarm: %s" % id_


def _top(report, top):
    if not report["fixes"]:
        return "no fix is offered; %s was to be the first" % top["id"]
    first = report["fixes"][0]
    if first["id"] != top["id"]:
        return "the first fix is %s, not %s" % (first["id"], top["id"])
    kind = first["proof"]["kind"]
    if top.get("proof", kind) != kind:
        return "the first fix has proof %s, not %s" % (kind, top["proof"])
    for key, value in top.get("params", {}).items():
        if first["params"].get(key) != value:
            return "the first fix has %s %r, not %r" % (
                key, first["params"].get(key), value)
    return None


def _guarded(report, fix):
    """A fix that would change a key has to leave TLSA records right."""
    before = report["fixes"][:report["fixes"].index(fix)]
    return (fix["params"].get("keep_key") or _gate_shut(fix) or
            "update-tlsa" in _ids(before))


def _fixes(report, want):
    offered = _ids(report["fixes"])
    if "top" in want:
        complaint = _top(report, want["top"])
        if complaint:
            yield complaint + "; offered: %s" % offered
    for id_ in want.get("offered", []):
        if id_ not in offered:
            yield "%s is not offered; offered: %s" % (id_, offered)
    for id_ in want.get("never", []):
        if id_ in offered:
            yield "%s must not be offered" % id_
    for fix in report["fixes"]:
        if fix["id"] in want.get("not_ready", []) and not _gate_shut(fix):
            yield "%s is offered, and no gate of it is shut" % fix["id"]
        if fix["id"] in want.get("ready", []) and _gate_shut(fix):
            yield "%s has a shut gate: %s" % (fix["id"], fix["gates"])
        if fix["id"] in want.get("guarded", []) and not _guarded(report, fix):
            yield "%s would break the published TLSA records" % fix["id"]
        wishes = want.get("names", {}).get(fix["id"], {})
        names = fix["params"].get("names", [])
        for name in wishes.get("has", []):
            if name not in names:
                yield "%s lacks the name %s: %s" % (fix["id"], name, names)
        for name in wishes.get("lacks", []):
            if name in names:
                yield "%s has the name %s: %s" % (fix["id"], name, names)


def _words(report, want):
    """What the sentences of a fix or finding have to say, and must not."""
    for fix in report["fixes"] + report["findings"]:
        text = " ".join([fix["title"], fix.get("why", ""),
                         fix.get("detail", ""), *fix.get("steps", []),
                         *(g["detail"] for g in fix.get("gates", []))])
        wishes = want.get("says", {}).get(fix["id"], {})
        for words in wishes.get("has", []):
            if words not in text:
                yield "%s does not say %r: %.300s" % (fix["id"], words, text)
        for words in wishes.get("lacks", []):
            if words in text:
                at = text.index(words)
                yield "%s says %r: ...%s" % (fix["id"], words,
                                             text[max(0, at - 80):at + 80])


def _faults(report, want):
    """How many there are, what is told with which, and what it all costs."""
    loud = [f for f in report["findings"] if f["severity"] in LOUD]
    alone = [f["id"] for f in loud if not f["part_of"]]
    parts = {f["id"]: f["part_of"] for f in loud if f["part_of"]}
    if len(alone) != want.get("faults", len(alone)):
        yield "%d faults are told, not %d: %s" % (len(alone), want["faults"],
                                                  alone)
    if parts != want.get("parts", parts):
        yield "told with another: %s, not %s" % (parts, want["parts"])
    least, most = want.get("confidence", [0, 100])
    if not least <= report["confidence"] <= most:
        yield "confidence %d is not from %d to %d" % (report["confidence"],
                                                      least, most)
    for finding in loud:
        if finding["part_of"] and finding["part_of"] not in alone:
            yield "%s is told with %s, which is not told" % (
                finding["id"], finding["part_of"])


def _gaps(report, want):
    """What an all-clear says was not looked at, and why; "lacks": no word of
    it."""
    told = ["%s: %s" % (gap["what"], gap["why"])
            for gap in report["not_looked_at"]]
    for words in want.get("gaps", {}).get("has", []):
        if not any(words in gap for gap in told):
            yield "%r is not told as not looked at: %s" % (words, told)
    for words in want.get("gaps", {}).get("lacks", []):
        if any(words in gap for gap in told):
            yield "%r is told as not looked at: %s" % (words, told)


def _points(report):
    """The deductions add up, and each has its reason among the faults."""
    points = [d["points"] for d in report["deductions"]]
    told = [f["id"] for f in report["findings"] if not f["part_of"]]
    if min(points, default=1) < 1 or sum(points) != 100 - report["confidence"]:
        yield "confidence %d after deductions of %s" % (report["confidence"],
                                                        points)
    for deduction in report["deductions"]:
        if deduction["finding"] not in told + [None]:
            yield "points for %s, which is not told" % deduction["finding"]
    if (report["verdict"] == "ok") != (report["confidence"] == 100):
        yield "%s, with confidence %d" % (report["verdict"],
                                          report["confidence"])


def _shape(report):
    """What the contract says of every report."""
    if report["schema"] != "certmend.report/1":
        yield "schema %s" % report["schema"]
    ranks = [fix["rank"] for fix in report["fixes"]]
    if ranks != sorted(ranks) or (ranks and ranks[0] != 1):
        yield "ranks out of order: %s" % ranks
    for fix in report["fixes"]:
        if fix["proof"]["kind"] not in ("probed", "simulated", "none"):
            yield "%s: proof %s" % (fix["id"], fix["proof"]["kind"])
    if report["verdict"] == "ok" and report["fixes"]:
        yield "nothing is wrong, and yet %s" % _ids(report["fixes"])


def compare(report, status, want):
    """Complaints about `report` and the exit status."""
    complaints = []
    if status != want.get("status", status):
        complaints.append("exit status %d, not %d" % (status, want["status"]))
    for part in (_shape(report), _points(report), _findings(report, want),
                 _faults(report, want), _fixes(report, want),
                 _words(report, want), _gaps(report, want)):
        complaints += part
    return complaints


def _verified(lab, host, address, fix):
    """openssl, with the lab's root alone, finds nothing to complain about."""
    port = fix["params"]["port"]
    real_host, real_port = "127.0.0.1", lab.place(address, port)
    command = ["openssl", "s_client", "-connect",
               "%s:%d" % (real_host, real_port), "-servername", host,
               "-verify_hostname", host, "-verify_return_error",
               "-CAfile", lab.ca, "-no-CApath", "-no-CAstore"]
    if fix["params"].get("security") == "starttls":
        command += ["-starttls", STARTTLS[port]]
    if lab.scenario.get("now"):
        moment = time.strptime(lab.scenario["now"], "%Y-%m-%dT%H:%M:%SZ")
        command += ["-attime", str(calendar.timegm(moment))]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=TRY_S)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and b"Verify return code: 0" in done.stdout


def try_offers(report, lab):
    """Complaints about offered names and ports that do not hold."""
    asked = report["asked"]["host"]
    own = lab.zone.addresses(asked) or [asked]
    for fix in report["fixes"]:
        if fix["id"] not in TRIED:
            continue
        host = fix["params"].get("hostname", asked)
        addresses = lab.zone.addresses(host) or [host]
        foreign = sorted(set(addresses) - set(own))
        if foreign:
            yield "%s: %s leads to %s, which the target does not have" % (
                fix["id"], host, foreign)
        for address in addresses:
            if not _verified(lab, host, address, fix):
                yield "%s: %s port %s at %s does not hold" % (
                    fix["id"], host, fix["params"].get("port"), address)
