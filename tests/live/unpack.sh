#!/bin/sh
# Makes FOLDER/root, a place to chroot to with some servers (Postfix and Dovecot,
# or the PACKAGES named) and no more than they need. Debian's mail servers
# replace each other and start on installation, so nothing is installed. Needs
# root (chroot, mknod).
#
#   sh tests/live/unpack.sh FOLDER [PACKAGES]
set -eu
folder=$1
servers=${2:-"postfix dovecot-core dovecot-imapd dovecot-pop3d dovecot-sieve
    dovecot-managesieved"}
mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock" # two tests may want it at once
flock 9
[ "$(cat "$folder/complete" 2>/dev/null)" = "$servers" ] && exit 0

# Those of the packages named on standard input that are not installed here.
missing()
{
    while read -r package; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
            grep -q '^install ok' || echo "$package"
    done
}

fetch()
{
    # shellcheck disable=SC2046
    (cd "$folder/packages" && apt-get download -qq $servers $(apt-cache depends \
        --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
        --no-replaces --no-enhances $servers | grep '^lib' | sort -u | missing))
}

rm -rf "$folder"
mkdir -p "$folder/packages" "$folder/root"
# An old package list names files that are gone: then a new one, once.
fetch 2>/dev/null || {
    apt-get update -qq
    fetch
}
root=$folder/root
for merged in bin sbin lib lib64; do
    mkdir -p "$root/usr/$merged"
    ln -s "usr/$merged" "$root/$merged"
done
for package in "$folder"/packages/*.deb; do
    dpkg --fsys-tarfile "$package" | tar -x -C "$root" --keep-directory-symlink
done
rm -rf "$folder/packages"

# The libraries that both need and this machine has.
own=$(cd "$root" && pwd)/usr/lib
export LD_LIBRARY_PATH="$own/postfix:$own/dovecot:$(echo "$own"/*-linux-gnu)"
find "$root/usr/lib/postfix" "$root/usr/lib/dovecot" "$root/usr/sbin" \
    "$root/usr/bin" "$root/usr/lib/apache2" "$root/usr/lib"/*-linux-gnu \
    -type f -exec ldd {} + 2>/dev/null | grep -o '/[^ ]*\.so[^ ]*' | grep -v "^$own" |
    grep -v ':$' | sort -u | while read -r library; do
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library"
    done

mkdir -p "$root/dev" "$root/etc" "$root/tmp" "$root/var/log" "$root/run"
chmod 1777 "$root/tmp"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/random" c 1 8
mknod -m 666 "$root/dev/urandom" c 1 9
cat >"$root/etc/passwd" <<END
root:x:0:0::/:/bin/false
postfix:x:901:901::/:/bin/false
dovenull:x:902:902::/:/bin/false
dovecot:x:903:903::/:/bin/false
nobody:x:904:904::/:/bin/false
Debian-exim:x:906:906::/:/bin/false
opensmtpd:x:907:907::/var/empty:/bin/false
opensmtpq:x:908:908::/var/empty:/bin/false
END
cat >"$root/etc/group" <<END
root:x:0:
postfix:x:901:
dovenull:x:902:
dovecot:x:903:
nogroup:x:904:
postdrop:x:905:
Debian-exim:x:906:
opensmtpd:x:907:
opensmtpq:x:908:
END
echo "127.0.0.1 localhost" >"$root/etc/hosts"
cp /etc/services "$root/etc/" 2>/dev/null || true
chmod -R a+rX "$folder"
echo "$servers" >"$folder/complete"
