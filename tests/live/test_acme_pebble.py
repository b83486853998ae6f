#!/usr/bin/env python3
"""The ACME client against Debian's Pebble: real orders, real validations by
pebble-challtestsrv or a web server, certificates verified by openssl."""
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "acme"))
import ca  # noqa: E402
import pebble  # noqa: E402
from tap import counted, tap  # noqa: E402

OPEN = [{"do": "open"}, {"do": "account", "agree": True, "contacts": ["mailto:a@example.org"]}]
TYPES = ["http-01", "dns-01", "tls-alpn-01"]
counted["issued"] = 0


def issue(names, *types, **more):
    return dict({"do": "issue", "names": names, "challenges": list(types) or ["http-01"]}, **more)


def play(folder, server, key, steps, wait_s=120, **more):
    results, said = ca.drive(folder, server.job(key, steps, **more), wait_s)
    counted["issued"] += sum("chain" in r for r in results)
    return results


def faults(results, steps):
    """Every step worked, and nothing is left standing."""
    bad = [r for r in results if r["outcome"] != "worked" or r["shown"]]
    if not bad and len(results) != len(steps):
        bad = ["%d of %d steps" % (len(results), len(steps))]
    return bad and repr(bad[0])


def verified(folder, server, result, names):
    """openssl finds a path to Pebble's root, and the names."""
    leaf, rest, root = (os.path.join(folder, n) for n in ("leaf.pem", "rest.pem", "root.pem"))
    first, _, others = result["chain"].partition("-----END CERTIFICATE-----\n")
    for path, text in ((leaf, first + "-----END CERTIFICATE-----\n"), (rest, others),
                       (root, server.root(0))):
        with open(path, "w") as f:
            f.write(text)
    ca.openssl("verify", "-CAfile", root, "-untrusted", rest, leaf)
    text = ca.openssl("x509", "-in", leaf, "-noout", "-ext", "subjectAltName").decode()
    missing = [n for n in names if ":" + n not in text]
    return missing and "the certificate lacks %s" % missing


def many(folder):
    """160 orders of all kinds while every second nonce is refused."""
    kinds = ["ec256", "ec384", "rsa2048", "ec256"]
    with pebble.Pebble(folder, wfe_noncereject="50", authzreuse="0", va_nosleep="1") as server:
        def one(n):
            key = ca.make_key(os.path.join(folder, "many%d.key" % n), kinds[n])
            steps = OPEN + [issue(["m%d-%d-%d.example.org" % (n, i, k) for k in range(1 + i % 3)],
                                  TYPES[i % 3]) for i in range(40)]
            return faults(play(folder, server, key, steps), steps)
        with ThreadPoolExecutor(4) as pool:
            for n, fault in enumerate(pool.map(one, range(4))):
                tap("40 orders by an %s account, every second nonce refused" % kinds[n], fault)


def reuse(folder):
    with pebble.Pebble(folder, wfe_noncereject="50", authzreuse="100", va_nosleep="1") as server:
        key = ca.make_key(os.path.join(folder, "reuse.key"))
        steps = OPEN + [issue(["r%d.example.org" % (i % 3)]) for i in range(20)]
        tap("20 orders for names that are proven already", faults(play(folder, server, key, steps),
                                                                  steps))


def names(folder):
    rows = [
        ("a wildcard and its apex", ["w.example.org", "*.w.example.org"], ["dns-01"]),
        ("an address", ["127.0.0.1"], ["http-01"]),
        ("a name and an address", ["x.example.org", "127.0.0.1"], ["http-01"]),
        ("an international name", ["xn--bcher-kva.example.org"], ["http-01"]),
        ("a hundred names", ["h%d.example.org" % i for i in range(100)], ["http-01"]),
        ("a hundred names by DNS", ["d%d.example.org" % i for i in range(100)], ["dns-01"]),
        ("whatever is offered for each", ["q.example.org", "*.q.example.org"],
         ["tls-alpn-01", "dns-01"]),
    ]
    with pebble.Pebble(folder, wfe_noncereject="20", authzreuse="0", va_nosleep="1") as server:
        key = ca.make_key(os.path.join(folder, "names.key"))
        steps = OPEN + [issue(n, *types) for _, n, types in rows]
        results = play(folder, server, key, steps)
        tap("an account for the names", faults(results[:2], steps[:2]))
        for (what, wanted, _), result in zip(rows, results[2:]):
            tap(what, faults([result], [1]) or verified(folder, server, result, wanted))


def sleepy(folder):
    with pebble.Pebble(folder, wfe_noncereject="50", authzreuse="50", va_sleeptime="2") as server:
        key = ca.make_key(os.path.join(folder, "sleepy.key"))
        steps = OPEN + [issue(["s%d.example.org" % i, "t%d.example.org" % i], TYPES[i % 3])
                        for i in range(3)]
        tap("a CA that takes its time", faults(play(folder, server, key, steps), steps))


def bound(folder):
    """External account binding, by all three algorithms and not at all."""
    with pebble.Pebble(folder, eab=True, va_nosleep="1") as server:
        for algorithm in ("HS256", "HS384", "HS512", None):
            key = ca.make_key(os.path.join(folder, "bound.key"))
            steps = [OPEN[0], dict(OPEN[1], eab_kid="kid-256", eab_key=pebble.EAB["kid-256"],
                                   eab_alg=algorithm), issue(["eab.example.org"])]
            tap("an account bound by %s" % (algorithm or "the usual algorithm"),
                faults(play(folder, server, key, steps), steps))
        for what, more in (("no binding", {}), ("a binding by another key", {
                "eab_kid": "kid-256", "eab_key": "AAAA"})):
            key = ca.make_key(os.path.join(folder, "bound.key"))
            last = play(folder, server, key, [OPEN[0], dict(OPEN[1], **more)])[-1]
            tap(what + " is refused in words", last["outcome"] != "refused" and last)


def chains(folder):
    with pebble.Pebble(folder, alternate_roots="2", chain_length="3", va_nosleep="1") as server:
        key = ca.make_key(os.path.join(folder, "chains.key"))
        for number in (0, 1, 2):
            text = ca.openssl("x509", "-noout", "-subject", "-nameopt", "multiline",
                              input=server.root(number).encode()).decode()
            root = text.rpartition("= ")[2].strip()
            steps = OPEN + [issue(["chain.example.org"], chain=root)]
            results = play(folder, server, key, steps)
            wrong = results[-1].get("issuer") != root and results[-1]
            tap("the chain of root %d, four certificates long" % number,
                faults(results, steps) or wrong)
        steps = OPEN + [issue(["chain.example.org"], chain="No Such Root")]
        tap("a chain that is not there: the usual one", faults(play(folder, server, key, steps),
                                                               steps))


def account(folder):
    path = os.path.join(folder, "cert.pem")
    keys = [ca.make_key(os.path.join(folder, n), kind) for n, kind in (
        ("one.key", "ec256"), ("two.key", "rsa2048"), ("leaf.key", "ec384"))]
    rows = [("which key", [{"do": "which", "key": keys[1]}], "first"),
            ("another key", [{"do": "rekey", "key": keys[1]}], None),
            ("which key then", [{"do": "which", "key": keys[1]}], "second")]
    with pebble.Pebble(folder, wfe_noncereject="50", va_nosleep="1") as server:
        stranger = ca.make_key(os.path.join(folder, "stranger.key"))
        last = play(folder, server, stranger, [OPEN[0], {"do": "account", "only_existing": True}])[-1]
        tap("an account that is not there is not made",
            last.get("problem", {}).get("type") != "accountDoesNotExist" and last)
        last = play(folder, server, stranger, [OPEN[0], {"do": "account"}])[-1]
        tap("no account without agreeing to the terms",
            not ("terms" in (last["why"] or "") and last["outcome"] == "refused") and last)
        for what, more, which in rows:
            steps = ([OPEN[0]] if "which" in more[0]["do"] else OPEN) + more
            if what == "which key":
                play(folder, server, keys[0], OPEN)
            results = play(folder, server, keys[0], steps)
            tap("account: " + what, faults(results, steps)
                or (which and results[-1].get("which") != which and results[-1]))
        steps = [OPEN[0], {"do": "account", "only_existing": True},
                 {"do": "contacts", "contacts": ["mailto:b@example.org"]},
                 issue(["revoked.example.org"], key=keys[2])]
        results = play(folder, server, keys[1], steps)
        tap("contacts changed, an order by the new key", faults(results, steps))
        with open(path, "w") as f:
            f.write(results[-1]["chain"])
        steps = steps[:2] + [{"do": "revoke", "cert": path, "key": keys[2], "reason": 1},
                             {"do": "revoke", "cert": path},
                             issue(["again.example.org"])]
        results = play(folder, server, keys[1], steps)
        tap("revoked by the certificate's key, and once more", faults(results, steps))
        with open(path, "w") as f:
            f.write(results[-1]["chain"])
        steps = steps[:2] + [{"do": "revoke", "cert": path, "reason": 4}, {"do": "deactivate"}]
        tap("revoked by the account, which is closed then",
            faults(play(folder, server, keys[1], steps), steps))


def webroot(folder):
    root = tempfile.mkdtemp(dir=folder)
    with pebble.Pebble(folder, webroot=root, wfe_noncereject="50", va_nosleep="1") as server:
        key = ca.make_key(os.path.join(folder, "web.key"))
        steps = OPEN + [dict(issue(["web%d.example.org" % i for i in range(10)]), webroot=root)]
        fault = faults(play(folder, server, key, steps), steps)
        tap("ten names by the files of a web server", fault)
        tap("no file or folder stays behind", os.listdir(root))


def unproven(folder):
    rows = [
        ("a proof that cannot be shown", {"cannot": True}, "unproven", None),
        ("no challenge that we can do", {"challenges": ["dns-persist-01"]}, "unproven", None),
        ("a wildcard by http-01", {"names": ["*.x.example.org"]}, "unproven", None),
        ("a file that is not there", {"webroot": folder}, "refused", "http01.elsewhere"),
    ]
    with pebble.Pebble(folder, wfe_noncereject="0", va_nosleep="1") as server:
        key = ca.make_key(os.path.join(folder, "unproven.key"))
        for what, more, outcome, finding in rows:
            step = dict(issue(["u.example.org", "v.example.org"]), **more)
            last = play(folder, server, key, OPEN + [step])[-1]
            problem = last.get("problem", {})
            parts = problem.get("parts") or [problem]
            wrong = (last["outcome"] != outcome or last["shown"] or not last["why"]
                     or (finding and any(p.get("finding") != finding for p in parts)))
            tap(what, wrong and last)


def main():
    if not shutil.which("pebble") or not shutil.which("pebble-challtestsrv"):
        print("ok 1 - orders at Pebble # SKIP no pebble here")
        return 0
    ca.build_driver()
    for part in (many, reuse, names, sleepy, bound, chains, account, webroot, unproven):
        folder = tempfile.mkdtemp(prefix="certmend-acme-")
        try:
            part(folder)
        except (OSError, RuntimeError, subprocess.SubprocessError) as fault:
            tap(part.__name__ + " is played to its end", traceback.format_exc() + str(fault))
        shutil.rmtree(folder, ignore_errors=True)
    tap("%d certificates in all" % counted["issued"], counted["issued"] < 200 and "too few")
    print("1..%d" % counted["tests"])
    return counted["failed"] > 0


if __name__ == "__main__":
    sys.exit(main())
