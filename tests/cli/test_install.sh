#!/bin/sh
# What "make install" puts in place is there where the program and the units
# say it is, and the unit is shut in, but not away from what the hooks write.
set -u
. "$(dirname "$0")/cli.sh"

prefix=$here/some/where
(cd "$root" && unset MAKEFLAGS MFLAGS MAKELEVEL &&
    make BUILD="$BUILD" PREFIX="$prefix" install-built) >make.log 2>&1
tap "make install" "$([ -x "$prefix/bin/certmend" ] || tail -n 5 make.log)"

# named PROGRAM: the hook that a program names where a copy has to be renewed.
named()
{
    "$1" check "$root/tests/cli/other-root.pem" --name mail.example.com --software haproxy \
        --format json 2>&1 | grep -o '/[^ "]*/hooks/deploy-haproxy' | sort -u
}

same "an installed program names the hook that lies beside it" \
    "$prefix/share/certmend/hooks/deploy-haproxy" "$(named "$prefix/bin/certmend")"
tap "which is there" "$([ -x "$(named "$prefix/bin/certmend")" ] || ls -lR "$prefix/share/certmend")"
same "one that is not installed names the default place" \
    /usr/local/share/certmend/hooks/deploy-haproxy "$(named "$BUILD/certmend")"
mkdir -p "odd place/bin"
cp "$BUILD/certmend" "odd place/bin/"
same "and so does one whose place would have to be quoted" \
    /usr/local/share/certmend/hooks/deploy-haproxy "$(named "./odd place/bin/certmend")"

units=$prefix/lib/systemd/system
for file in "$units/certmend-renew.service" "$prefix/share/doc/certmend/examples/certmend.cron"; do
    same "$(basename "$file") starts what is installed" "$prefix/bin/certmend renew" \
        "$(grep -v '^#' "$file" | grep -o '/[^ ]*certmend renew')"
done
if command -v systemd-analyze >/dev/null; then
    said=$(systemd-analyze security --offline=true --no-pager --threshold=26 \
        "$units/certmend-renew.service" 2>&1)
    tap "the unit is shut in" "$([ $? -eq 0 ] || echo "$said" | tail -n 3)"
    cp "$units/certmend-renew.service" open.service
    sed -i '/^ProtectSystem/d' open.service
    systemd-analyze security --offline=true --no-pager --threshold=26 "$here/open.service" \
        >/dev/null 2>&1
    same "and one that is less so is told from it" 1 $?
    tap "both units are whole" "$(systemd-analyze verify --man=no "$units/certmend-renew.service" \
        "$units/certmend-renew.timer" 2>&1 | grep certmend)"
    serve=$units/certmend-serve.service
    said=$(systemd-analyze security --offline=true --no-pager --threshold=17 "$serve" 2>&1)
    tap "the unit of the page is shut in more" "$([ $? -eq 0 ] || echo "$said" | tail -n 3)"
    grep -v '^\(IPAddress\|CapabilityB\|SystemCallF\)' "$serve" >open.service
    systemd-analyze security --offline=true --no-pager --threshold=17 "$here/open.service" \
        >/dev/null 2>&1
    same "and one that is less so is told from it, too" 1 $?
    tap "it is whole" "$(systemd-analyze verify --man=no "$serve" 2>&1 | grep certmend)"
else
    tap_skip "the unit is shut in" "no systemd-analyze here"
fi

# The page's unit is not enabled, and starts nothing that nobody has set up.
serve=$units/certmend-serve.service
same "the page's unit starts what is installed" "$prefix/bin/certmend serve" \
    "$(grep -o '^ExecStart=[^ ]* serve' "$serve" | sed 's/ExecStart=//')"
same "only where somebody says under which name" "ConditionPathExists=/etc/default/certmend-serve" \
    "$(grep '^Condition' "$serve")"
tap "an example of that is there" \
    "$(grep -q '^CERTMEND_SERVE="--public ' "$prefix/share/doc/certmend/examples/public/certmend-serve.default" ||
        ls -R "$prefix/share/doc/certmend/examples")"
tap "nothing is enabled" "$(find "$prefix" -name '*.wants')"

# writable SERVICE FOLDER
writable()
{
    sed -n 's/^ReadWritePaths=//p' "$1" | tr ' ' '\n' | sed 's/^-//' | while read -r path; do
        case $2/ in "$path"/*) echo yes ;; esac
    done
}

faults=
for hook in "$root"/examples/hooks/deploy-*; do
    for place in $(sed -n 's/.*:-\(\/[^}]*\)}.*/\1/p' "$hook"); do
        [ "$(writable "$units/certmend-renew.service" "$place")" = yes ] ||
            faults="$faults $(basename "$hook"): $place"
    done
done
tap "the unit lets the hooks write where they do" "$faults"
same "and nowhere else" "" "$(writable "$units/certmend-renew.service" /usr/bin)"
tap_end
