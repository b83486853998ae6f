#!/usr/bin/env python3
"""`certmend serve --public` behind Debian's Caddy, by the example as it is; and the container
file of examples/public, its steps carried out in two small Debians: built from the sources
in the first, installed and run as nobody in the second. TAP.

Needs root, namespaces and Debian's packages (machine.sh); else one counted skip.
"""
import glob
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
ROOT = os.path.dirname(TESTS)
sys.path[:0] = [os.path.join(TESTS, "live"), os.path.join(TESTS, "lab")]
from recipes import MACHINES as MACHINE_ROOTS  # noqa: E402
from recipes import Machine, begin, run_cases, wait_for  # noqa: E402
from test_serve_public import NAME, as_it_passes, served, through, with_page  # noqa: E402

BUILD_S = 900
# The first one in Debian 12 without the holes of 2026 in its web server.
LIBEVENT = "libevent-2.1-7 (>= 2.1.12-stable-8+deb12u1)"
PUBLIC = os.path.join(ROOT, "examples", "public")


def text_of(path):
    with open(path, encoding="utf-8") as text:
        return text.read()


def instructions():
    """[(word, rest)] of the container file; lines that go on are joined."""
    text = re.sub(r"^#.*\n", "", text_of(os.path.join(PUBLIC, "Containerfile")), flags=re.M)
    return [line.split(None, 1) for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def stages():
    """The instructions of each stage; every one is known here."""
    known = {"FROM", "RUN", "COPY", "WORKDIR", "USER", "ENTRYPOINT", "CMD"}
    found = []
    for word, rest in instructions():
        if word not in known:
            raise AssertionError("what is %s?" % word)
        if word == "FROM":
            found.append([])
        found[-1].append((word, " ".join(rest.split())))
    return found


def packages(stage):
    """What its first RUN has apt-get install, files left out."""
    run = next(rest for word, rest in stage if word == "RUN")
    words = run.split("--no-install-recommends", 1)[1].split("&&")[0].split()
    return [word for word in words if not word.startswith("/")]


BUILDS, RUNS = stages()
# What the package needs comes with the second machine; that this is all is seen there.
LIBRARIES = ["libcjson1", "libcurl4", "libevent-2.1-7", "libexpat1", "libidn2-0", "libpsl5",
             "libssl3", "libunbound8"]
MACHINES = {"caddy": "caddy jq postfix", "image-built": " ".join(packages(BUILDS)),
            "image": " ".join(packages(RUNS) + LIBRARIES)}


def caddy():
    with Machine("caddy") as machine, served(with_page()) as program:
        leaf = program.lab.leaves["page"]
        for name, path in (("fullchain.pem", leaf.served), ("privkey.pem", leaf.key)):
            machine.write("/etc/caddy/" + name, text_of(path))
        conf = text_of(os.path.join(PUBLIC, "Caddyfile"))
        for old, new in ((NAME + " {", NAME + " {\n\ttls /etc/caddy/fullchain.pem "
                          "/etc/caddy/privkey.pem"),
                         ("127.0.0.1:8910", "127.0.0.1:%d" % program.port)):
            if conf.count(old) != 1:
                yield "the example has not one " + old
            conf = conf.replace(old, new)
        machine.write("/etc/caddy/Caddyfile", conf)
        machine.must("HOME=/var/lib/caddy caddy start --config /etc/caddy/Caddyfile")
        wait_for(443)
        yield from as_it_passes(program, through(program, 443))
        machine.must("caddy stop")


def copy_sources(machine, stage):
    """COPY of what git knows: a build folder that happens to be here stays."""
    for word, rest in stage:
        if word != "COPY":
            continue
        *sources, to = rest.split()
        for source in sources:
            whole = os.path.join(ROOT, source)
            place = machine.path(to.lstrip("/"))
            if os.path.isdir(whole):
                shutil.copytree(whole, place, dirs_exist_ok=True)
            else:
                os.makedirs(place, exist_ok=True)
                shutil.copy(whole, place)


def run_of(stage, at):
    """The command of its RUN number `at`, and where."""
    runs = [n for n, (word, _) in enumerate(stage) if word == "RUN"]
    where = [rest for word, rest in stage[:runs[at]] if word == "WORKDIR"]
    return stage[runs[at]][1], (where or ["/"])[-1]


# What the base of these machines left out, and who builds a package asks for.
KNOW_LIBRARIES = r'''
for deb in $(sed -n "s|^lib|$1/packages/lib|p" "$1/base.list"); do
    made=$(mktemp -d)
    dpkg-deb -e "$deb" "$made"
    name=$(dpkg-deb -f "$deb" Package)
    rm -f "$2/$name.list"
    grep -q '^Multi-Arch: same' "$made/control" && name=$name:$(dpkg --print-architecture)
    dpkg-deb --fsys-tarfile "$deb" | tar t | sed 's|^\\./|/|; s|/$||; s|^$|/.|' >"$2/$name.list"
    for file in shlibs symbols; do
        [ ! -f "$made/$file" ] || cp "$made/$file" "$2/$name.$file"
    done
    rm -r "$made"
done
'''


def container():
    with Machine("image-built") as machine:
        subprocess.run(["sh", "-euc", KNOW_LIBRARIES, "sh", os.path.abspath(MACHINE_ROOTS),
                        machine.path("var/lib/dpkg/info")], check=True)
        shutil.rmtree(machine.path("src"), ignore_errors=True)
        copy_sources(machine, BUILDS)
        command, where = run_of(BUILDS, 1)
        done = subprocess.run(["chroot", machine.root, "sh", "-c", "cd %s && %s" % (where, command)],
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"},
                              capture_output=True, text=True, timeout=BUILD_S)
        if done.returncode:
            yield done.stderr[-2000:]
            return
        source = next(rest for word, rest in RUNS if rest.startswith("--from=build")).split()[1]
        debs = glob.glob(machine.path(source.lstrip("/")))
        if len(debs) != 1:
            yield "%s: %s" % (source, debs)
            return
        needs = subprocess.run(["dpkg-deb", "-f", debs[0], "Depends", "Recommends"], capture_output=True,
                               text=True, check=True).stdout
        if LIBEVENT not in needs:
            yield "a web server with known holes would do: " + needs
        with Machine("image") as image:
            shutil.copy(debs[0], image.path("tmp"))
            image.must("dpkg -i /tmp/certmend_*.deb")
            yield from as_nobody(image)


def as_nobody(image):
    """ENTRYPOINT with CMD, and with the words of the comment, as USER says."""
    user = next(rest for word, rest in RUNS if word == "USER")
    entry, cmd = (json.loads(next(rest for word, rest in RUNS if word == kind))
                  for kind in ("ENTRYPOINT", "CMD"))
    start = ["chroot", "--userspec=" + user, image.root, *entry]
    helped = subprocess.run(start + cmd, capture_output=True, text=True)
    if helped.returncode or "--public" not in helped.stdout:
        yield "without words of its own: %d %s" % (helped.returncode, helped.stderr)
    words = re.search(r"certmend \\\n#\s+(--public .*)", text_of(
        os.path.join(PUBLIC, "Containerfile")))[1].split()
    page = subprocess.Popen(start + words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if "Serving https://" not in page.stdout.readline():
        yield page.stderr.read()
        return
    wire = http.client.HTTPConnection("127.0.0.1", 8910, timeout=10)
    wire.request("GET", "/", headers={"Host": NAME, "X-Forwarded-For": "198.51.100.1"})
    reply = wire.getresponse()
    if reply.status != 200 or "__Host-cm=" not in reply.getheader("set-cookie", ""):
        yield "the page: %d" % reply.status
    wire.close()
    page.terminate()
    page.wait(10)


CASES = [
    ("behind Caddy: TLS, the name, each line at once, limits by who asks", caddy),
    ("the container file's steps: built, installed, run as nobody", container),
]

if __name__ == "__main__":
    began = time.time()
    begin("Caddy and the container", MACHINES)
    run_cases(CASES, of_templates=False)
    print("# %.0f s" % (time.time() - began))
