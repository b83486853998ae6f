#!/bin/sh
# Makes FOLDER/root: a small Debian of this release with PACKAGES installed by
# dpkg as on any machine (settings answered by Debian's own defaults, users made,
# files owned as they should be), to chroot to. Nothing is started on
# installation. Files below /usr are links to those of the base that all such
# machines share. Needs root.
#
#   sh tests/live/machine.sh FOLDER PACKAGES [NEWER]
#
# NEWER is a package that is taken from the release's backports.
set -eu
folder=$1
packages=$2
newer=${3:-}
all=$(dirname "$folder")
base=$all/base
script=$(cd "$(dirname "$0")" && pwd)
how=$(cat "$script/machine.sh" "$script/systemctl.sh" | cksum) # made by another: made anew
[ "$(cat "$folder/complete" 2>/dev/null)" = "$packages $newer $how" ] && exit 0

# fetch STATUS PACKAGE...: the files of what is not yet in STATUS; prints their names.
fetch()
{
    status=$1
    shift
    mkdir -p "$all/packages/partial"
    for try in 1 2; do
        apt-get -qq -y --download-only -o Dir::State::status="$status" \
            -o Dir::Cache::archives="$all/packages" -o Debug::NoLocking=1 \
            -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
            -o Dpkg::Use-Pty=0 install "$@" >"$all/apt.log" 2>&1 && break
        [ $try = 2 ] && { cat "$all/apt.log" >&2; exit 1; }
        apt-get update -qq # an old package list names files that are gone
    done
    apt-get -qq -y --print-uris -o Dir::State::status="$status" \
        -o Dir::Cache::archives="$all/none" -o Debug::NoLocking=1 \
        -o APT::Install-Recommends=false install "$@" | awk '{ print $2 }'
}

# The file of a package of backports, by lists of their own.
fetch_newer()
{
    mkdir -p "$all/backports/lists/partial"
    . /etc/os-release
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        grep -o 'https\{0,1\}://[^ ]*/debian/*\( \|$\)' | head -n 1)
    echo "deb $mirror $VERSION_CODENAME-backports main" >"$all/backports/sources.list"
    for verb in update "download $1"; do
        # shellcheck disable=SC2086
        (cd "$all/packages" && apt-get -qq -o Dir::State::lists="$all/backports/lists" \
            -o Dir::Etc::sourcelist="$all/backports/sources.list" -o Dir::Etc::sourceparts=/none \
            -o Dir::Cache="$all/backports" -o APT::Sandbox::User=root $verb) >"$all/apt.log" 2>&1
    done
    (cd "$all/packages" && ls -t "$1"_*.deb | head -n 1)
}

# A system whose packages are unpacked and said to be installed: what their
# scripts would have done and is needed here is done by hand.
make_base()
{
    rm -rf "$base"
    mkdir -p "$base/var/lib/dpkg/info" "$base/var/lib/dpkg/updates"
    : >"$all/nothing"
    for merged in bin sbin lib lib64; do
        mkdir -p "$base/usr/$merged"
        ln -s "usr/$merged" "$base/$merged"
    done
    fetch "$all/nothing" '?essential' apt-utils adduser debconf openssl ca-certificates procps m4 make \
        psmisc netbase >"$all/base.list"
    while read -r file; do
        deb=$all/packages/$file
        dpkg-deb --fsys-tarfile "$deb" |
            tar -x -C "$base" --keep-directory-symlink --exclude './usr/share/doc/*' \
                --exclude './usr/share/locale/*' --exclude './usr/share/man/*'
        { dpkg-deb -f "$deb"; echo "Status: install ok installed"; echo; } >>"$base/var/lib/dpkg/status"
        : >"$base/var/lib/dpkg/info/${file%%_*}.list"
    done <"$all/base.list"
    cp "$base/usr/share/base-passwd/passwd.master" "$base/etc/passwd"
    cp "$base/usr/share/base-passwd/group.master" "$base/etc/group"
    sed 's/:.*/:*:19000:0:99999:7:::/' "$base/etc/passwd" >"$base/etc/shadow"
    ln -sf mawk "$base/usr/bin/awk"
    ln -sf /usr/share/zoneinfo/UTC "$base/etc/localtime"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$base/etc/hosts"
    echo mail.example.com | tee "$base/etc/hostname" >"$base/etc/mailname"
    cat "$base"/usr/share/ca-certificates/mozilla/*.crt >"$base/etc/ssl/certs/ca-certificates.crt"
    : >"$base/etc/fstab"
    : >"$base/etc/environment"
    printf '#!/bin/sh\nexit 101\n' >"$base/usr/sbin/policy-rc.d"
    install -m 755 "$script/systemctl.sh" "$base/usr/bin/systemctl"
    chmod 755 "$base/usr/sbin/policy-rc.d"
    mkdir -p "$base/dev" "$base/proc" "$base/run" "$base/root"
    mknod -m 666 "$base/dev/null" c 1 3
    mknod -m 666 "$base/dev/zero" c 1 5
    mknod -m 666 "$base/dev/random" c 1 8
    mknod -m 666 "$base/dev/urandom" c 1 9
    ln -s /proc/self/fd "$base/dev/fd"
    chmod 1777 "$base/tmp"
    rm -rf "$base/var/run" "$base/var/lock"
    ln -s /run "$base/var/run"
    ln -s /run/lock "$base/var/lock"
    chroot "$base" ldconfig
    chroot "$base" pam-auth-update --package --force
}

export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
mkdir -p "$all"
all=$(cd "$all" && pwd)
base=$all/base
exec 9>"$all/lock" # of the base and of what was fetched
flock 9
[ "$(cat "$all/base.complete" 2>/dev/null)" = "$how" ] || {
    make_base
    echo "$how" >"$all/base.complete"
}
rm -rf "$folder"
mkdir -p "$folder"
cp -al "$base" "$folder/root"
root=$(cd "$folder/root" && pwd)
for own in etc var root run; do # what scripts write into
    rm -rf "${root:?}/$own"
    cp -a "$base/$own" "$root/$own"
done
# shellcheck disable=SC2046,SC2086
files=$(fetch "$root/var/lib/dpkg/status" $packages)
[ -z "$newer" ] || {
    file=$(fetch_newer "$newer")
    files="$(echo "$files" | grep -v "^${newer}_") $file"
}
mkdir "$root/packages"
for file in $files; do
    ln "$all/packages/$file" "$root/packages/"
done
exec 9>&- # another machine may be made beside this one
cat >"$root/packages/install" <<'END'
set -e
dpkg --force-unsafe-io --force-depends --path-exclude='/usr/share/doc/*' \
    --path-exclude='/usr/share/locale/*' --path-exclude='/usr/share/man/*' \
    --unpack /packages/*.deb
dpkg --configure -a
END
unshare -mp --fork sh -c 'mount -t proc proc "$1/proc" && exec chroot "$1" sh /packages/install' \
    sh "$root" >"$folder/dpkg.log" 2>&1 || {
    tail -n 20 "$folder/dpkg.log" >&2
    exit 1
}
rm -rf "$root/packages"
# What a test begins with, each time.
mkdir "$folder/fresh"
cp -a "$root/etc" "$root/var" "$folder/fresh/"
echo "$packages $newer $how" >"$folder/complete"
