"""Debian's pebble and pebble-challtestsrv, started for one test."""
import json
import os
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import ca

EAB = {"kid-256": "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"}


class Pebble:
    def __init__(self, folder, eab=False, webroot=None, own=False, resolver=None,
                 days=None, **environment):
        """`environment`: PEBBLE_... by lower-case name: wfe_noncereject="50".
        `own`: nobody answers http-01 and tls-alpn-01 yet. `resolver`: whom it asks. `days`: a certificate's life, five years else."""
        (self.acme, self.manage, self.http, self.tls, self.dns,
         self.told, self.https) = ca.free_ports(7)
        self.authority = ca.Authority(folder, "api root")
        cert, key = self.authority.server()
        config = {"pebble": {
            "listenAddress": "127.0.0.1:%d" % self.acme,
            "managementListenAddress": "127.0.0.1:%d" % self.manage,
            "certificate": cert, "privateKey": key,
            "httpPort": self.http, "tlsPort": self.tls, "ocspResponderURL": "",
            "externalAccountBindingRequired": eab, "externalAccountMACKeys": EAB if eab else {}}}
        if days:
            config["pebble"]["certificateValidityPeriod"] = days * 24 * 3600
        path = os.path.join(folder, "pebble.json")
        with open(path, "w") as f:
            json.dump(config, f)
        env = dict(os.environ, **{"PEBBLE_" + k.upper(): v for k, v in environment.items()})
        self.log = open(os.path.join(folder, "pebble.log"), "w")
        tell = dict(stdout=self.log, stderr=self.log)
        self.challenges = subprocess.Popen(
            ["pebble-challtestsrv", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "",
             "-dns01", "127.0.0.1:%d" % self.dns, "-http01",
             "" if webroot or own else "127.0.0.1:%d" % self.http, "-https01",
             "127.0.0.1:%d" % self.https, "-tlsalpn01", "" if own else "127.0.0.1:%d" % self.tls,
             "-management", "127.0.0.1:%d" % self.told], **tell)
        self.web = webroot and subprocess.Popen(
            ["python3", "-m", "http.server", "--bind", "127.0.0.1", "-d", webroot,
             str(self.http)], **tell)
        self.server = subprocess.Popen(
            ["pebble", "-config", path, "-dnsserver", resolver or "127.0.0.1:%d" % self.dns], env=env, **tell)
        self.wait()

    def wait(self):
        for _ in range(200):
            try:
                urllib.request.urlopen("https://127.0.0.1:%d/dir" % self.acme,
                                       context=self.context(), timeout=2).read()
                urllib.request.urlopen("http://127.0.0.1:%d/" % self.told, timeout=2)
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("pebble does not come up")

    def context(self):
        return ssl.create_default_context(cafile=self.authority.pem)

    def job(self, key, steps, **more):
        return dict({"directory": "https://ca.lab:%d/dir" % self.acme,
                     "ca_file": self.authority.pem, "resolver": "127.0.0.1:%d" % self.dns,
                     "challtestsrv": str(self.told), "key": key, "steps": steps}, **more)

    def root(self, number):
        """The PEM of one of its roots."""
        url = "https://127.0.0.1:%d/roots/%d" % (self.manage, number)
        return urllib.request.urlopen(url, context=self.context()).read().decode()

    def stop(self):
        for process in (self.server, self.challenges, self.web):
            if process:
                process.terminate()
                process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
