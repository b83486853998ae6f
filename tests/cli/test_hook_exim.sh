#!/bin/sh
# Which of Exim's copies the hook takes for those of the certificate that was
# renewed: never one of another certificate that shares a name with it.
set -u
. "$(dirname "$0")/cli.sh"

hook=$root/examples/hooks/deploy-exim
top=$here
mkdir -p "$top/bin" "$top/archive/m/1" "$top/archive/m/2" "$top/live" "$top/place"
ln -s ../archive/m/2 "$top/live/m"
# No server is told here.
for tool in systemctl service restorecon; do
    printf '#!/bin/sh\n' >"$top/bin/$tool"
    chmod 755 "$top/bin/$tool"
done

# made FILE NAME,NAME...: a certificate for these
made()
{
    names=$(echo "$2" | sed 's/[^,]*/DNS:&/g')
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj /CN=x -addext "subjectAltName=$names" -keyout "$top/key" -out "$1" \
        2>/dev/null
}
made "$top/archive/m/1/fullchain.pem" m.example.org,old.example.org
made "$top/archive/m/2/fullchain.pem" m.example.org,w.example.org
cp "$top/key" "$top/archive/m/2/privkey.pem"

# after WHAT yes|no: is the copy the new one, once the hook has run?
after()
{
    echo other >"$top/place/exim.key"
    PATH=$top/bin:$PATH CERTMEND_LIVE=$top/live/m EXIM_PLACE=$top/place \
        CERTMEND_NAMES="m.example.org w.example.org" EXIM_GROUP=$(id -gn) \
        sh "$hook" >"$top/said" 2>&1 || echo "failed: $?" >>"$top/said"
    taken=no
    cmp -s "$top/place/exim.crt" "$top/live/m/fullchain.pem" && taken=yes
    faults=$(cat "$top/said")
    [ "$taken" = "$2" ] || faults="$faults taken: $taken"
    tap "$1" "$faults"
}

made "$top/place/exim.crt" m.example.org,mail.example.net
after "another certificate with one of its names is left alone" no
made "$top/place/exim.crt" other.example.net
after "so is one with none of them" no
made "$top/place/exim.crt" m.example.org
after "one with none but its names is renewed" yes
cp "$top/archive/m/1/fullchain.pem" "$top/place/exim.crt"
after "so is an earlier version, whatever names it had" yes
rm "$top/place/exim.crt"
after "where there is none, none is made" no
tap_end
