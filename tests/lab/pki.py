"""pki - the authorities and certificates of a scenario, made by openssl.

A root that the lab trusts, two intermediates below it, one more below the
first of these, a root nobody trusts, and one called as a real one that
programs have given up ("trusts": ["root", "entrust"] in a scenario). Keys and authorities are made once and kept in a folder; a certificate
costs one run of openssl.
"""
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time

DAY = 86400
CA_AGE_DAYS = 3650
AUTHORITIES = [("root", "Lab Root CA", None),
               ("inter", "Lab Intermediate CA", "root"),
               ("other", "Lab Other Intermediate CA", "root"),
               ("deep", "Lab Issuing CA", "inter"),
               ("stranger", "Unknown Private CA", None),
               ("entrust", "Entrust Root Certification Authority - G2", None),
               ("twin", "Lab Intermediate CA", "stranger")]
KEY_OF = {"twin": "inter"}
DEEP_AIA = "http://ca.example.net/inter.der"
ABOVE = {"deep": ["deep", "inter", "root"], "inter": ["inter", "root"], "root": ["root"],
         "stranger": ["stranger"], "entrust": ["entrust"], "self": []}
SAN_KINDS = ("DNS", "IP", "email", "URI")

CA_CONFIG = """[ca]
default_ca = d
[d]
database = {db}/index.txt
new_certs_dir = {db}
policy = p
unique_subject = no
rand_serial = yes
email_in_dn = no
[p]
commonName = optional
organizationName = optional
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[deep]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = caIssuers;URI:{deep_aia}
"""
CRL_CONFIG = """[ca]
default_ca = d
[d]
database = {db}/index.txt
default_md = sha256
crl_extensions = list
[list]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@scope
[scope]
fullname = URI:{url}
"""
REQ_CONFIG = "[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nO = Lab\n"

_lock = threading.Lock()
_key_lock = threading.Lock()


@contextlib.contextmanager
def _alone(lock, folder):
    """The only thread, and the only test, that makes something in it: openssl
    ca has one index file."""
    with lock, open(os.path.join(folder, "lock"), "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def openssl(*args, stdin=None):
    done = subprocess.run(["openssl", *args], input=stdin,
                          capture_output=True)
    if done.returncode:
        raise RuntimeError("openssl %s: %s" % (
            " ".join(args), done.stderr.decode("latin-1")))
    return done.stdout


def _save(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def _extensions(spec):
    """The [leaf] section of a certificate."""
    rsa = spec.get("key", "ec") != "ec"
    usage = "digitalSignature" + (",keyEncipherment" if rsa else "")
    lines = ["[leaf]",
             "basicConstraints = " + spec.get("basic", "critical,CA:FALSE"),
             "subjectKeyIdentifier = hash",
             "keyUsage = critical," + spec.get("usage", usage)]
    lines += spec.get("extensions", [])
    if spec.get("issuer", "inter") != "self":
        lines.append("authorityKeyIdentifier = keyid")
    if spec.get("eku", "serverAuth"):
        lines.append("extendedKeyUsage = " + spec.get("eku", "serverAuth"))
    if spec.get("aia"):
        lines.append("authorityInfoAccess = caIssuers;URI:" + spec["aia"])
    if spec.get("crl"):
        lines.append("crlDistributionPoints = URI:" + spec["crl"])
    if not spec.get("san"):
        return "\n".join(lines) + "\n"
    lines += ["subjectAltName = @san", "[san]"]
    for number, san in enumerate(spec["san"]):
        kind, colon, value = san.partition(":")
        if not colon or kind not in SAN_KINDS:
            kind, value = "DNS", san
        lines.append("%s.%d = %s" % (kind, number, value))
    return "\n".join(lines) + "\n"


class Pki:
    """Authorities as of `now`, and what they signed. Shared by threads."""

    def __init__(self, cache, now):
        self.keys = os.path.join(cache, "keys")
        self.now = int(now)
        self.dir = os.path.join(cache, "pki-%d" % self.now)
        os.makedirs(self.keys, exist_ok=True)
        os.makedirs(self.dir, exist_ok=True)
        self.config = os.path.join(self.dir, "ca.cnf")
        with _alone(_lock, self.dir):
            self._make_authorities()

    def _path(self, name):
        return os.path.join(self.dir, name)

    @property
    def root(self):
        return self._path("root.pem")

    def bundle(self, names):
        """A file with these roots."""
        return self._together("-".join(names) + ".bundle", names)

    def _together(self, name, parts):
        """The certificates `parts` in one file; several tests may make it."""
        with tempfile.NamedTemporaryFile("w", dir=self.dir,
                                         delete=False) as out:
            for part in parts:
                with open(self._path(part + ".pem")) as pem:
                    shutil.copyfileobj(pem, out)
        os.rename(out.name, self._path(name))
        return self._path(name)

    def key(self, kind, name):
        """The kept key `name` of this kind, and a request made with it."""
        with _alone(_key_lock, self.keys):
            return self._key(os.path.join(self.keys, "%s-%s" % (kind, name)),
                             kind)

    def _key(self, stem, kind):
        if not os.path.exists(stem + ".csr"):
            option = ("EC", "ec_paramgen_curve:P-256") if kind == "ec" else \
                ("RSA", "rsa_keygen_bits:" + kind[len("rsa"):])
            openssl("genpkey", "-algorithm", option[0], "-pkeyopt", option[1],
                    "-out", stem + ".key")
            _save(stem + ".cnf", REQ_CONFIG)
            openssl("req", "-new", "-key", stem + ".key", "-config",
                    stem + ".cnf", "-out", stem + ".new")
            os.rename(stem + ".new", stem + ".csr")
        return stem + ".key", stem + ".csr"

    def _make_authorities(self):
        _save(self.config, CA_CONFIG.format(db=self.dir, deep_aia=DEEP_AIA))
        if not os.path.exists(self._path("index.txt")):
            _save(self._path("index.txt"), "")
        for name, subject, parent in AUTHORITIES:
            if not os.path.exists(self._path(name + ".pem")):
                self._sign(name + ".pem", "/CN=" + subject,
                           self.key("ec", KEY_OF.get(name, name)), parent, self.config,
                           "deep" if name == "deep" else "authority", (-CA_AGE_DAYS, CA_AGE_DAYS))

    def _sign(self, name, subject, pair, issuer, extfile, section, days,
              digest="sha256"):
        key, csr = pair
        dates = [time.strftime("%Y%m%d%H%M%SZ",
                               time.gmtime(self.now + day * DAY))
                 for day in days]
        who = ["-selfsign", "-keyfile", key] if issuer is None else \
            ["-cert", self._path(issuer + ".pem"),
             "-keyfile", self.key("ec", issuer)[0]]
        openssl("ca", "-config", self.config, "-batch", "-notext", "-utf8",
                *who, "-in", csr, "-subj", subject, "-extfile", extfile,
                "-extensions", section, "-startdate", dates[0],
                "-enddate", dates[1], "-md", digest,
                "-out", self._path(name + ".new"))
        os.rename(self._path(name + ".new"), self._path(name))

    def issue(self, spec, number):
        """A Leaf; `number` tells the certificates of a scenario apart, so
        that each has a key of its own."""
        mark = json.dumps([spec, number], sort_keys=True).encode()
        stem = hashlib.sha256(mark).hexdigest()[:20]
        pair = self.key(spec.get("key", "ec"), number)
        issuer = spec.get("issuer", "inter")
        subject = "/CN=" + spec["cn"].replace("/", "\\/") \
            if spec.get("cn") else "/O=Lab"
        with _alone(_lock, self.dir):
            if not os.path.exists(self._path(stem + ".pem")):
                extfile = self._path(stem + ".ext")
                _save(extfile, _extensions(spec))
                self._sign(stem + ".pem", subject, pair,
                           None if issuer == "self" else issuer, extfile,
                           "leaf", (spec.get("starts_in_days", -1),
                                    spec.get("ends_in_days", 60)),
                           spec.get("digest", "sha256"))
        return Leaf(self, stem, pair[0], self._chain(spec, stem, issuer))

    def _chain(self, spec, stem, issuer):
        """The file to be served: the leaf and what is sent with it."""
        above = ABOVE[issuer]
        kind = spec.get("chain", "full")
        rest = {"leaf": [], "with-root": above, "reversed": above[::-1],
                "wrong": ["other"], "first": above[:1], "second": above[1:2],
                "twin-first": ["twin", "inter"], "twin-last": ["inter", "twin"],
                "full": [] if issuer == "root" else above[:-1] or above}[kind]
        return self._together("%s.%s.served" % (stem, kind), [stem] + rest)

    def crl(self, authority, url, serials):
        """Its list for `url`, of the last day, with these numbers on it."""
        def short(day):
            return time.strftime("%y%m%d%H%M%SZ",
                                 time.gmtime(self.now + day * DAY))
        with tempfile.TemporaryDirectory() as folder:
            _save(folder + "/ca.cnf", CRL_CONFIG.format(db=folder, url=url))
            _save(folder + "/index.txt", "".join(
                "R\t%s\t%s,keyCompromise\t%s\tunknown\t/CN=x\n" % (
                    short(60), short(-1), serial) for serial in serials))
            pem = openssl("ca", "-config", folder + "/ca.cnf", "-gencrl",
                          "-cert", self._path(authority + ".pem"),
                          "-keyfile", self.key("ec", authority)[0],
                          "-crl_lastupdate", "20" + short(-1),
                          "-crl_nextupdate", "20" + short(7))
        return openssl("crl", "-outform", "DER", stdin=pem)

    def der(self, name):
        return openssl("x509", "-in", self._path(name + ".pem"),
                       "-outform", "DER")

    def public_key(self, name):
        pem = openssl("x509", "-in", self._path(name + ".pem"), "-noout",
                      "-pubkey")
        return openssl("pkey", "-pubin", "-outform", "DER", stdin=pem)


class Leaf:
    def __init__(self, pki, stem, key, served):
        self.pki, self.stem, self.key, self.served = pki, stem, key, served

    @property
    def serial(self):
        said = openssl("x509", "-noout", "-serial", "-in",
                       self.pki._path(self.stem + ".pem"))
        return said.decode().strip().partition("=")[2]

    @property
    def der(self):
        return self.pki.der(self.stem)

    @property
    def public_key(self):
        return self.pki.public_key(self.stem)
