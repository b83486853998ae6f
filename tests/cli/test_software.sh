#!/bin/sh
# Every software that --software takes has words of its own for each part of a
# fix, or stands below with the reason why the common ones do; and what could
# not be run says when it was looked up.
set -u
. "$(dirname "$0")/cli.sh"

parts="key install reload map versions encrypt log"
# SOFTWARE PART why the common words do
marked()
{
    cat <<'END'
apache encrypt it serves no mail
sendmail map it has one certificate
sendmail log the system's log has it
opensmtpd versions its library decides
opensmtpd log the system's log has it
courier log the system's log has it
cyrus map it has one certificate
cyrus log the system's log has it
END
}
clients="gmail outlook thunderbird applemail iphone website"
# These get certificates; who shows them is another.
tools="certbot acme.sh win-acme caddy traefik"

# texts FOLDER NAME...: what is missing, or marked and there all the same.
texts()
{
    folder=$1
    shift
    for name; do
        case " $clients " in
        *" $name "*) wanted=account ;;
        *) wanted=$parts ;;
        esac
        case " $tools " in
        *" $name "*) wanted="order renewal" ;;
        esac
        for part in $wanted; do
            file=$folder/$name/$part.mustache
            if marked | grep -q "^$name $part "; then
                [ -e "$file" ] && echo "$name $part is marked, and there"
            else
                [ -e "$file" ] || echo "$name has no $part"
            fi
        done
    done
}

names=$(certmend check nowhere.example --software none 2>&1 |
    sed -n 's/.*one of \(.*\) was wanted.*/\1/p' | tr -d ,)
tap "the list is known" "$([ "$(echo "$names" | wc -w)" -gt 20 ] || echo "$names")"
for name in $names; do
    [ -d "$root/templates/software/$name" ] || echo "$name"
done >unknown
tap "no name in it is cut off" "$(cat unknown)"
# shellcheck disable=SC2086
tap "each has words for each part" "$(texts "$root/templates/software" $names)"
mkdir -p t/haproxy t/apache
touch t/apache/encrypt.mustache
found=$(texts t haproxy apache)
tap_finds "a part that is missing" "haproxy has no map" "$found"
tap_finds "a mark that is out of date" "apache encrypt is marked" "$found"

# undated FOLDER: what was not run and does not say when it was looked up.
undated()
{
    grep -rl 'not run here' "$1" | while read -r file; do
        tr '\n' ' ' <"$file" | grep -qE 'not run here; looked up 20[0-9]{2}-[0-9]{2}' || echo "$file"
    done
}
mkdir u
echo '{{! Source: a manual; not run here. }}' >u/a.mustache
tap_finds "a text without a date" u/a.mustache "$(undated u)"
for name in docker-mailserver mailcow stalwart zimbra haraka; do
    tap "$name: when it was looked up" "$(undated "$root/templates/software/$name" |
        grep -v '/key.mustache$')"
done
tap_end
