#!/usr/bin/env python3
"""How long certmend takes, beside tools that do a part of it.

One look: `certmend check HOST --port 465` as a whole process, and `openssl
s_client`, `gnutls-cli` and `posttls-finger` on the same server with the same
root. The tools take turns, so that a busy moment hits all of them; a ratio is the
median over the rounds. Then a whole host, and the most memory that it takes.

    BUILD=build python3 tests/bench/bench.py [ROUNDS]
"""
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))
from lab import Lab  # noqa: E402

BUILD = os.environ.get("BUILD", "build")
PROGRAM = os.path.join(BUILD, "certmend")
POSTFIX = os.path.join(os.environ.get("CERTMEND_SERVERS", "build/servers"),
                       "root")
HOST, ADDRESS = "mail.example.org", "127.40.0.1"
PROTO = {25: "smtp", 465: "smtps", 587: "smtp", 143: "imap", 993: "imaps",
         110: "pop3", 995: "pop3s", 4190: "sieve", 443: "https"}
ONE_MAX, HOST_MAX = 1.2, 4.0  # what the project promises, against s_client

SCENARIO = {
    "target": HOST,
    "dns": {HOST: {"A": [ADDRESS]}},
    "certs": {"c": {"cn": HOST, "san": [HOST]}},
    "servers": [{"addr": ADDRESS, "port": port, "proto": proto, "cert": "c"}
                for port, proto in PROTO.items()]}


def s_client(lab, port=465):
    return ["openssl", "s_client", "-connect",
            "127.0.0.1:%d" % lab.place(ADDRESS, port), "-servername", HOST,
            "-verify_hostname", HOST, "-CAfile", lab.ca, "-no-CApath",
            "-no-CAstore"]


def gnutls(lab):
    return ["gnutls-cli", "--x509cafile", lab.ca, "--sni-hostname", HOST,
            "--verify-hostname", HOST, "-p", str(lab.place(ADDRESS, 465)),
            "127.0.0.1"]


def posttls_finger(lab):
    """Postfix's, in the folder the live tests unpacked; by STARTTLS."""
    shutil.copy(lab.ca, POSTFIX + "/tmp/lab-ca.pem")
    with open(POSTFIX + "/etc/postfix/main.cf", "w") as main_cf:
        main_cf.write("compatibility_level = 3.6\ninet_protocols = ipv4\n")
    return ["chroot", POSTFIX, "/usr/sbin/posttls-finger", "-c", "-l",
            "secure", "-F", "/tmp/lab-ca.pem",
            "[127.0.0.1]:%d" % lab.place(ADDRESS, 25), HOST]


def certmend(lab, *more):
    """Led straight to the server, as s_client is: no DNS."""
    there = ["--ca-file", lab.ca]
    for port in PROTO:
        there += ["--connect-to", "%s:%d:127.0.0.1:%d" %
                  (HOST, port, lab.place(ADDRESS, port))]
    return [PROGRAM, "check", HOST, *more, *there]


def certmend_with_dns(lab, *more):
    return [PROGRAM, "check", HOST, *more, *lab.arguments()]


def once_ms(command):
    started = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000, done.returncode


def take_turns(commands, rounds):
    """{what: [ms of each round]}"""
    took = {what: [] for what in commands}
    for what, command in commands.items():
        _, status = once_ms(command)  # warms the caches, and shows a failure
        if status:
            print("# %s exits with %d" % (what, status))
    for _ in range(rounds):
        for what, command in commands.items():
            took[what].append(once_ms(command)[0])
    return took


def table(title, took, against, limit):
    """Prints medians, and ratios to the run of the same round."""
    print("\n%-34s %9s %8s" % (title, "median", "ratio"))
    ratios = {}
    for what, runs in took.items():
        ratios[what] = statistics.median(
            ms / other for ms, other in zip(runs, took[against]))
        print("%-34s %6.1f ms %7.2f" % (what, statistics.median(runs),
                                        ratios[what]))
    print("%s: at most %.1f times %s was promised" % (
        "kept" if ratios["certmend"] <= limit else "MISSED", limit, against))


def peak_mib(command):
    """The high-water mark of its memory, read until it ends. (What wait4 says
    counts this process too, before its child became another.)"""
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    kib = 0
    while running.poll() is None:
        with open("/proc/%d/status" % running.pid) as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    kib = int(line.split()[1])
    return kib / 1024


def main(rounds):
    with Lab(SCENARIO) as lab:
        one = {"openssl s_client": s_client(lab),
               "certmend": certmend(lab, "--port", "465", "--sni", HOST),
               "certmend, as JSON": certmend(lab, "--port", "465", "--sni",
                                             HOST, "--format", "json"),
               "certmend, asking the DNS first": certmend_with_dns(
                   lab, "--port", "465", "--sni", HOST)}
        for what, there, command in (
                ("gnutls-cli", shutil.which("gnutls-cli"), gnutls),
                ("posttls-finger (STARTTLS)",
                 os.geteuid() == 0 and os.path.exists(POSTFIX + "/usr"),
                 posttls_finger)):
            if there:
                one[what] = command(lab)
            else:
                print("# SKIP %s is not here" % what)
        table("one look, port 465", take_turns(one, rounds), "openssl s_client",
              ONE_MAX)
        whole = {"openssl s_client": s_client(lab), "certmend": certmend(lab),
                 "certmend, asking the DNS first": certmend_with_dns(lab)}
        table("9 ports, with and without SNI", take_turns(whole, rounds),
              "openssl s_client", HOST_MAX)
        print("\n%-34s %6.1f MiB" % ("peak memory, a whole host",
                                     peak_mib(certmend(lab))))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 31)
