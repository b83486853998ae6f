#!/bin/sh
# A Debian package of the program as it was built.
#
#   BUILD=build sh assistant/dist/packaging/deb.sh    writes build/certmend_*.deb
#
# DEBFULLNAME and DEBEMAIL say who packs it, as Debian's own tools have it.
set -eu
: "${BUILD:=build}"
source=$BUILD/deb
root=$source/debian/certmend
version=$("$BUILD/certmend" --version | cut -d' ' -f2)
arch=$(dpkg --print-architecture)
name=${DEBFULLNAME:-$(git config user.name 2>/dev/null || echo certmend)}
mail=${DEBEMAIL:-$(git config user.email 2>/dev/null || echo certmend@users.noreply.invalid)}
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
export SOURCE_DATE_EPOCH
umask 022

rm -rf "$source"
mkdir -p "$root/DEBIAN"
unset MAKEFLAGS MFLAGS MAKELEVEL
make BUILD="$BUILD" DESTDIR="$root" PREFIX=/usr install-built
strip --remove-section=.comment --remove-section=.note "$root/usr/bin/certmend"
# Debian 12 looks for units there.
mkdir -p "$root/lib"
mv "$root/usr/lib/systemd" "$root/lib/systemd"
rmdir "$root/usr/lib"
# Services that AppArmor keeps to certbot's folder may read ours, too.
for kind in ssl_keys ssl_certs; do
    install -D -m 644 "examples/apparmor/$kind" \
        "$root/etc/apparmor.d/abstractions/$kind.d/certmend"
done
(cd "$root" && find etc -type f | sed 's|^|/|' | LC_ALL=C sort) >"$root/DEBIAN/conffiles"
find "$root/usr/share/man" -type f -exec gzip -9n {} +

doc=$root/usr/share/doc/certmend
{
    echo "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
    echo "Upstream-Name: certmend"
    echo
    echo "Files: *"
    echo "Copyright: $(sed -n 's/^Copyright (c) *//p' LICENSE)"
    echo "License: Expat"
    sed -n '/^Permission/,$s/^/ /p' LICENSE | sed 's/^ *$/ ./'
} >"$doc/copyright"
rm "$doc/LICENSE"
printf 'certmend (%s) unstable; urgency=medium\n\n  * Built from source.\n\n -- %s <%s>  %s\n' \
    "$version" "$name" "$mail" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" |
    gzip -9n >"$doc/changelog.gz"

# dpkg-shlibdeps wants a source package around it; libcurl is loaded when it is
# first needed, so no header of the program names it; nor libedit, which it can do
# without.
printf 'Source: certmend\n\nPackage: certmend\nArchitecture: any\n' >"$source/debian/control"
depends=$(cd "$source" && dpkg-shlibdeps -O debian/certmend/usr/bin/certmend |
    sed 's/^shlibs:Depends=//')
# With an earlier one a request for the web page can hide another one
# (CVE-2026-63379); the version that the library itself tells does not say.
case $depends in
*'libevent-2.1-7 '*) newer=', libevent-2.1-7 (>= 2.1.12-stable-8+deb12u1)' ;;
*) newer= ;;
esac
cat >"$root/DEBIAN/control" <<EOF
Package: certmend
Version: $version
Architecture: $arch
Maintainer: $name <$mail>
Installed-Size: $(du -ck "$root/usr" "$root/lib" | tail -n 1 | cut -f1)
Depends: $depends, libcurl4
Recommends: ca-certificates, dns-root-data, libedit2$newer
Section: mail
Priority: optional
Description: finds and mends faults of mail servers' certificates
 certmend looks at a mail server as mail programs do, on every address and
 port that answers for its name, and says what is wrong with its certificate,
 why that matters and what to do about it. Each fix comes with a proof: another
 host name or port has been looked at, a new certificate has been tried on what
 was seen.
 .
 It also makes certificate requests for the right names, orders certificates by
 ACME, writes the letter to the hosting provider, and explains error messages
 of mail programs.
 .
 certmend-renew.timer renews what is due, certmend-serve.service is the page for
 everybody behind a reverse proxy; both are for you to enable.
EOF
(cd "$root" && find usr lib -type f -exec md5sum {} +) | LC_ALL=C sort -k 2 >"$root/DEBIAN/md5sums"
dpkg-deb --root-owner-group --build "$root" "$BUILD" >/dev/null
echo "$BUILD/certmend_${version}_$arch.deb"
