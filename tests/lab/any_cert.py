"""any_cert - a certificate of any kind, right or wrong, byte by byte.

openssl signs and makes keys; everything between is put together here, so that
what no tool would make can be shown to a program all the same. Keys are made
once for each folder.
"""
import base64
import hashlib
import os
import subprocess
import time

DAY = 86400
OIDS = {"cn": "2.5.4.3", "o": "2.5.4.10", "san": "2.5.29.17", "basic": "2.5.29.19", "usage": "2.5.29.15",
        "eku": "2.5.29.37", "ski": "2.5.29.14", "aki": "2.5.29.35", "names": "2.5.29.30",
        "feature": "1.3.6.1.5.5.7.1.24", "access": "1.3.6.1.5.5.7.1.1", "ocsp": "1.3.6.1.5.5.7.48.1"}
PURPOSES = {"server": "1.3.6.1.5.5.7.3.1", "client": "1.3.6.1.5.5.7.3.2", "any": "2.5.29.37.0",
            "sgc": "2.16.840.1.113730.4.1", "ocsp": "1.3.6.1.5.5.7.3.9"}
USAGES = {"sign": 0x80, "encipher": 0x20, "certs": 0x04, "crls": 0x02}
KEYS = {"ec": ("EC", "ec_paramgen_curve:P-256"), "p521": ("EC", "ec_paramgen_curve:P-521"),
        "brainpool": ("EC", "ec_paramgen_curve:brainpoolP256r1"), "ed25519": ("ED25519",), "ed448": ("ED448",),
        "rsa1024": ("RSA", "rsa_keygen_bits:1024"), "rsa2048": ("RSA", "rsa_keygen_bits:2048"),
        "rsa2047": ("RSA", "rsa_keygen_bits:2047"), "pss": ("RSA-PSS", "rsa_keygen_bits:2048"),
        "explicit": ("EC", "ec_paramgen_curve:P-256", "ec_param_enc:explicit"),
        "e3": ("RSA", "rsa_keygen_bits:2048", "rsa_keygen_pubexp:3"),
        "wide": ("RSA", "rsa_keygen_bits:2048", "rsa_keygen_pubexp:1099511627777")}
RSA_SIGNS = {"sha256": "1.2.840.113549.1.1.11", "sha1": "1.2.840.113549.1.1.5", "md5": "1.2.840.113549.1.1.4",
             "sha224": "1.2.840.113549.1.1.14", "sha384": "1.2.840.113549.1.1.12"}
EC_SIGNS = {"sha256": "1.2.840.10045.4.3.2", "sha1": "1.2.840.10045.4.1", "sha224": "1.2.840.10045.4.3.1",
            "sha384": "1.2.840.10045.4.3.3"}
PSS_SHA256 = bytes.fromhex("304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d"
                           "010108300d06096086480165030402010500a203020120")


def _openssl(*args, stdin=None):
    return subprocess.run(["openssl", *args], input=stdin, check=True, capture_output=True).stdout


def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size, "big") + body


def seq(*parts):
    return tlv(0x30, *parts)


def oid(text):
    numbers = [int(part) for part in text.split(".")]
    out = b""
    for number in [numbers[0] * 40 + numbers[1]] + numbers[2:]:
        digits = [number & 0x7f]
        while number > 0x7f:
            number >>= 7
            digits.insert(0, 0x80 | number & 0x7f)
        out += bytes(digits)
    return tlv(6, out)


def integer(number):
    return tlv(2, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def name(text):
    return seq(*[tlv(0x31, seq(oid(OIDS[kind.lower()]), tlv(12, value.encode())))
                 for kind, _, value in (part.partition("=") for part in text.split(",") if part)])


def moment(at, kind=None):
    when = time.gmtime(at)
    kind = kind or ("utc" if when.tm_year < 2050 else "generalized")
    return tlv(0x17, time.strftime("%y%m%d%H%M%SZ", when).encode()) if kind == "utc" else \
        tlv(0x18, time.strftime("%Y%m%d%H%M%SZ", when).encode())


def extension(kind, value, critical=False):
    return seq(oid(OIDS.get(kind, kind)), tlv(1, b"\xff") if critical else b"", tlv(4, value))


def basic(ca, length=None, critical=True):
    parts = [tlv(1, b"\xff")] if ca else []
    return extension("basic", seq(*parts, b"" if length is None else integer(length)), critical)


def usage(*words):
    bits = sum(USAGES[word] for word in words)
    unused = (bits & -bits).bit_length() - 1
    return extension("usage", tlv(3, bytes([unused, bits])), True)


def eku(*words):
    return extension("eku", seq(*[oid(PURPOSES[word]) for word in words]))


def san(*names, critical=False):
    return extension("san", seq(*[tlv(0x82, one.encode()) for one in names]), critical)


def subtrees(permitted=(), excluded=()):
    def tree(tag, names):
        return tlv(tag, *[seq(tlv(0x82, one.encode())) for one in names]) if names else b""
    return extension("names", seq(tree(0xa0, permitted), tree(0xa1, excluded)), True)


def must_staple():
    return extension("feature", seq(integer(5)))


def ocsp_at(url):
    return extension("access", seq(seq(oid(OIDS["ocsp"]), tlv(0x86, url.encode()))))


class Maker:
    """Certificates dated from `now`, with keys in `folder`."""

    def __init__(self, folder, now):
        self.folder, self.now, self.count = folder, int(now), 100

    def key(self, kind, label):
        path = os.path.join(self.folder, "%s-%s.key" % (kind, label))
        if not os.path.exists(path):
            options = [word for option in KEYS[kind][1:] for word in ("-pkeyopt", option)]
            _openssl("genpkey", "-algorithm", KEYS[kind][0], *options, "-out", path)
        return path

    def public(self, key):
        return _openssl("pkey", "-in", key, "-pubout", "-outform", "DER")

    def _sign(self, key, tbs, how):
        kind = os.path.basename(key).split("-")[0]
        path = os.path.join(self.folder, "tbs")
        if kind.startswith("ed"):
            with open(path, "wb") as out:
                out.write(tbs(seq(oid("1.3.101.112" if kind == "ed25519" else "1.3.101.113"))))
            return seq(oid("1.3.101.112" if kind == "ed25519" else "1.3.101.113")), \
                _openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", path)
        if how == "pss" or kind == "pss":
            return PSS_SHA256, _openssl("dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt",
                                        "rsa_pss_saltlen:32", "-sign", key, stdin=tbs(PSS_SHA256))
        is_rsa = KEYS[kind][0] == "RSA"
        algorithm = seq(oid(RSA_SIGNS[how]), tlv(5)) if is_rsa else seq(oid(EC_SIGNS[how]))
        return algorithm, _openssl("dgst", "-" + how, "-sign", key, stdin=tbs(algorithm))

    def make(self, subject, key, issuer, extensions, signer, how="sha256", days=(-5, 60), **odd):
        """DER. `odd`: version, serial, time (utc or generalized), broken, no_ids."""
        self.count += 1
        public = self.public(key)
        ids = [] if odd.get("no_ids") else [
            extension("ski", tlv(4, hashlib.sha1(public).digest())),
            extension("aki", seq(tlv(0x80, hashlib.sha1(self.public(signer)).digest())))]
        all_of_them = list(extensions) + (ids if extensions else [])
        version = odd.get("version", 3)

        def tbs(algorithm):
            return seq(tlv(0xa0, integer(version - 1)) if version > 1 else b"",
                       integer(odd.get("serial", self.count)), algorithm, name(issuer),
                       seq(*[moment(self.now + day * DAY, odd.get("time")) for day in days]),
                       name(subject), public, tlv(0xa3, seq(*all_of_them)) if all_of_them else b"")
        algorithm, signature = self._sign(signer, tbs, how)
        if odd.get("broken"):
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return seq(tbs(algorithm), algorithm, tlv(3, b"\0", signature))


def pem(der):
    text = base64.encodebytes(der).decode().replace("\n", "")
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n" % "\n".join(lines)
