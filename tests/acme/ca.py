"""What the ACME tests share: keys and certificates by the openssl command, free
ports, and the driver."""
import json
import os
import random
import socket
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
P256 = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def openssl(*words, **more):
    return subprocess.run(("openssl",) + words, check=True, capture_output=True, **more).stdout


def free_ports(count):
    """Ports that nobody has at the moment, for TCP and UDP. None that the system
    gives to somebody else, who asks for any, before it is taken (ip(7))."""
    held, ports = [], []
    while len(ports) < count:
        tcp = socket.socket()
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        held += [tcp, udp]
        try:
            tcp.bind(("127.0.0.1", random.randrange(20000, 32000)))
            udp.bind(("127.0.0.1", tcp.getsockname()[1]))
            ports.append(tcp.getsockname()[1])
        except OSError:
            pass
    for one in held:
        one.close()
    return ports


class Authority:
    """A root made for one run, and what it signs."""

    def __init__(self, folder, name="test root", days=30):
        self.folder = folder
        self.pem = os.path.join(folder, name.replace(" ", "-") + ".pem")
        self.key = self.pem + ".key"
        self.days = days  # what it signs ends ten days earlier
        openssl("req", "-x509", *P256, "-days", str(days), "-subj", "/CN=" + name,
                "-keyout", self.key, "-out", self.pem)

    def sign(self, request, names, more=()):
        """The certificate for a request (PEM bytes), as PEM text."""
        lines = list(more) + (["subjectAltName=" + names] if names else [])
        with tempfile.NamedTemporaryFile("w", suffix=".ext", dir=self.folder) as ext:
            ext.write("\n".join(lines) + "\nauthorityKeyIdentifier=keyid\n")
            ext.flush()
            return openssl("x509", "-req", "-CA", self.pem, "-CAkey", self.key, "-days",
                           str(self.days - 10), "-set_serial", "0x" + os.urandom(9).hex(), "-extfile", ext.name,
                           input=request).decode()

    def server(self, names="DNS:ca.lab,DNS:localhost,IP:127.0.0.1"):
        """Paths of a server's certificate and key."""
        key, cert = (os.path.join(self.folder, n) for n in ("server.key", "server.pem"))
        request = openssl("req", "-new", *P256, "-subj", "/CN=ca.lab", "-keyout", key)
        with open(cert, "w") as f:
            f.write(self.sign(request, names, ["basicConstraints=critical,CA:FALSE"]))
        return cert, key


def make_key(path, kind="ec256"):
    how = {
        "ec256": ("EC", "ec_paramgen_curve:P-256"),
        "ec384": ("EC", "ec_paramgen_curve:P-384"),
        "rsa2048": ("RSA", "rsa_keygen_bits:2048"),
    }[kind]
    openssl("genpkey", "-algorithm", how[0], "-pkeyopt", how[1], "-out", path)
    return path


def sanitizers(library):
    """The library says how it was built; a program with it needs the same."""
    names = subprocess.run(["nm", library], capture_output=True, text=True).stdout
    return (["-fsanitize=address"] * ("__asan_init" in names)
            + ["-fsanitize=undefined"] * ("__ubsan_handle" in names)
            + ["--coverage"] * ("__gcov_" in names))


def build_driver():
    """The path of the driver, made from this folder and the library of the build."""
    library = os.path.join(BUILD, "libcertmend.a")
    program = os.path.join(BUILD, "acme_driver")
    sources = [os.path.join(HERE, n) for n in ("driver.c", "challengers.c", "challengers.h")]
    newest = max(os.path.getmtime(p) for p in sources + [library])
    if os.path.exists(program) and os.path.getmtime(program) > newest:
        return program
    libs = subprocess.run(["pkg-config", "--libs", "libcjson", "libevent", "openssl", "libidn2",
                           "libpsl"], check=True, capture_output=True, text=True).stdout.split()
    subprocess.run(["cc", "-std=c11", "-g", "-D_XOPEN_SOURCE=700", "-D_DEFAULT_SOURCE",
                    "-I" + os.path.join(ROOT, "assistant"), "-I" + HERE, *sanitizers(library),
                    *sources[:2], library, *libs, "-lunbound", "-lunistring", "-lresolv", "-ldl",
                    "-o", program], check=True)
    return program


def drive(folder, job, wait_s=120):
    """Plays a job; the steps' results, and what went to standard error."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=folder, delete=False) as f:
        json.dump(job, f)
    done = subprocess.run([build_driver(), f.name], capture_output=True, text=True,
                          timeout=wait_s)
    if done.returncode not in (0, 1):
        raise RuntimeError("driver: status %d: %s" % (done.returncode, done.stderr[-2000:]))
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr
