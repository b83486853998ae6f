"""Stores of other ACME clients, made by the clients themselves at one Pebble.
Debian has no acme.sh: its files are written here as its wiki and its script
(github.com/acmesh-official/acme.sh, 3.x) have them, around a certificate of lego's."""
import base64
import os
import shutil
import subprocess

import pebble

# What a real program tells a name server, told to pebble-challtestsrv.
DNS = ("curl -s -d '{\"host\":\"_acme-challenge.'$CERTBOT_DOMAIN'.\",\"value\":\"'"
       "$CERTBOT_VALIDATION'\"}' http://127.0.0.1:%d/%s-txt")


class Stage:
    def __init__(self, folder):
        self.folder = folder
        self.web = os.path.join(folder, "web")
        self.proofs = os.path.join(self.web, ".well-known", "acme-challenge")
        os.makedirs(self.proofs)
        self.server = pebble.Pebble(folder, webroot=self.web, va_nosleep="1",
                                    wfe_noncereject="0", authzreuse="0")
        self.url = "https://127.0.0.1:%d/dir" % self.server.acme
        self.env = dict(os.environ, HOME=folder, REQUESTS_CA_BUNDLE=self.server.authority.pem,
                        LEGO_CA_CERTIFICATES=self.server.authority.pem,
                        CURL_CA_BUNDLE=self.server.authority.pem)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop()

    def path(self, *words):
        return os.path.join(self.folder, *words)

    def run(self, *command, good=True):
        done = subprocess.run(command, env=self.env, timeout=120, capture_output=True, text=True)
        if good and done.returncode:
            raise RuntimeError("%s: %s%s" % (" ".join(command), done.stdout, done.stderr))
        return done.returncode, done.stdout + done.stderr

    def write(self, path, text, mode=0o600):
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    # ---- certbot ----

    def certbot_words(self, place):
        return ["certbot", "-n", "--agree-tos", "--register-unsafely-without-email",
                "--config-dir", self.path(place), "--work-dir", self.path("work-" + place),
                "--logs-dir", self.path("logs-" + place), "--server", self.url]

    def certbot(self, place, names, *words):
        """By the web server's folder, unless the words say otherwise."""
        way = [] if "--manual" in words else ["--webroot", "-w", self.web]
        self.run(*self.certbot_words(place), "certonly", *way, "-d", ",".join(names), *words)

    def certbot_by_dns(self, place, names, *words):
        self.certbot(place, names, "--manual", "--preferred-challenges", "dns",
                     "--manual-auth-hook", DNS % (self.server.told, "set"),
                     "--manual-cleanup-hook", DNS % (self.server.told, "clear"), *words)

    # ---- lego, dehydrated ----

    def lego(self, place, names):
        self.run("lego", "--server", self.url, "--path", self.path(place), "-m", "a@example.org",
                 "-a", "--http", "--http.webroot", self.web,
                 *[w for n in names for w in ("-d", n)], "run")

    def dehydrated(self, place, lines, wellknown=None, **more):
        """`wellknown`: the folder that the web server shows as /.well-known/acme-challenge."""
        base = self.path(place)
        config = "CA=%s\nBASEDIR='%s'\nWELLKNOWN=\"%s\"\nKEY_ALGO=prime256v1\n" % (
            self.url, base, wellknown or self.proofs)
        config += "ACCOUNT_KEYSIZE=2048\n" + "".join("%s=%s\n" % row for row in more.items())
        self.write(os.path.join(base, "config"), config)
        self.write(os.path.join(base, "domains.txt"), "# ours\n" + "\n".join(lines) + "\n")
        tell = ["dehydrated", "--config", os.path.join(base, "config")]
        self.run(*tell, "--register", "--accept-terms")
        self.run(*tell, "--cron")

    def uacme(self, place, names):
        """It trusts the system's roots only: others are shown in their place."""
        hook = self.write(self.path("uacme-hook"), '#!/bin/sh\ncase $1 in begin) '
                          '[ "$2" = http-01 ] && printf %%s "$5" >%s/"$4" ;; *) rm -f %s/"$4" ;; '
                          'esac\n' % (self.proofs, self.proofs), 0o755)
        os.makedirs(self.path(place))
        tell = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" "$1"; shift; exec "$@"',
                self.server.authority.pem, "/etc/ssl/certs/ca-certificates.crt", "uacme",
                "-a", self.url, "-c", self.path(place), "-h", hook, "-y"]
        self.run(*tell, "new")
        self.run(*tell, "issue", *names)

    # ---- acme.sh ----

    def acmesh(self, place, lego, names, more=""):
        """Its layout: account.conf, ca/HOST/PATH, NAME_ecc. `lego`: where lego made it."""
        made = self.path(lego, "certificates", names[0])
        home = self.path(place)
        ours = os.path.join(home, names[0] + "_ecc")
        account = os.path.join(home, "ca", self.url[len("https://"):])
        os.makedirs(ours, mode=0o700)
        os.makedirs(account, mode=0o700)
        for ending, name in ((".key", names[0] + ".key"), (".crt", "fullchain.cer"),
                             (".crt", names[0] + ".cer"), (".issuer.crt", "ca.cer")):
            shutil.copy(made + ending, os.path.join(ours, name))
        host = self.url.split("/")[2].replace(":", "_")
        theirs = self.path(lego, "accounts", host, "a@example.org")
        shutil.copy(os.path.join(theirs, "keys", "a@example.org.key"),
                    os.path.join(account, "account.key"))
        with open(os.path.join(theirs, "account.json")) as f:
            url = f.read().split('"uri": "')[1].split('"')[0]
        self.write(os.path.join(account, "ca.conf"), "CA_KEY_HASH='x='\nACCOUNT_URL='%s'\n" % url)
        self.write(os.path.join(home, "account.conf"), "LOG_FILE='/dev/null'\n")
        wrapped = base64.b64encode(("echo \"$Le_Domain $CERT_PATH\" >>%s" %
                                    self.path("reloaded")).encode()).decode()
        self.write(os.path.join(ours, names[0] + ".conf"), (
            "Le_Domain='%s'\nLe_Alt='%s'\nLe_Webroot='%s'\nLe_PreHook=''\nLe_PostHook=''\n"
            "Le_RenewHook=''\nLe_API='%s'\nLe_Keylength='ec-256'\n"
            "Le_RealKeyPath='%s'\nLe_RealFullChainPath='%s'\nLe_RealCertPath=''\n"
            "Le_ReloadCmd='__ACME_BASE64__START_%s__ACME_BASE64__END_'\n%s") % (
                names[0], ",".join(names[1:]) or "no", self.web, self.url,
                self.path("installed.key"), self.path("installed.pem"), wrapped, more))
