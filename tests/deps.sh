#!/bin/sh
# Installs the Debian packages that building and testing need and that are
# missing; says what it does. Nothing is asked where all are there.
set -eu
# What is of no package here (Node.js comes in many ways) counts by its command.
if [ -z "${WANT:-}" ] && ! command -v npm >/dev/null; then
    command=npm
fi
: "${WANT:=gcc libc6-dev make pkg-config libssl-dev libcurl4-openssl-dev libcjson-dev
 libunbound-dev libevent-dev libidn2-dev libpsl-dev libexpat1-dev libunistring-dev libedit-dev publicsuffix ca-certificates openssl
 iproute2 python3 libcmocka-dev clang libclang-rt-14-dev clang-format nginx-light gnutls-bin
 pebble uacme lego dehydrated certbot bind9-dnsutils mandoc dpkg-dev
 lintian fish zsh faketime e2fsprogs chromium fonts-dejavu-core poppler-utils}"
WANT="$WANT ${command:-}"

missing=
for package in $WANT; do
    dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok' ||
        missing="$missing $package"
done
[ -z "$missing" ] && exit 0

echo "Installing what is missing with apt-get:$missing"
sudo=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "These packages are needed, and there is no sudo to install them:$missing" >&2
        exit 2
    }
    sudo=sudo
fi
export DEBIAN_FRONTEND=noninteractive
# A machine image may start services on installation: not wanted here.
$sudo env RUNLEVEL=1 apt-get update -qq
$sudo env RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing >/dev/null
