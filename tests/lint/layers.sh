#!/bin/sh
# Who may include whom, and one door per foreign library: every #include of
# assistant/ against layers.txt. Then the same over planted violations.
set -u
here=$(dirname "$0")
. "$here/../tap.sh"
table=$here/layers.txt

# violations ROOT: "file:line: what" for every include that is not allowed.
violations()
{
    find "$1" -name '*.[ch]' | sort | xargs awk -v root="$1/" -v table="$table" '
    function room_of(path)
    {
        return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : "main"
    }
    function say(what)
    {
        print FILENAME ":" FNR ": " what
    }
    # The longest prefix in the table that the header begins with.
    function door_of(header,    prefix, best)
    {
        for (prefix in doors)
            if (index(header, prefix) == 1 && length(prefix) > length(best))
                best = prefix
        return best
    }
    function opens(file, places,    list, n, i)
    {
        n = split(places, list, " ")
        for (i = 1; i <= n; i++)
            if (index(file, list[i]) == 1)
                return 1
        return 0
    }
    FILENAME == table {
        if (/^#/ || !/:/)
            next
        left = substr($0, 1, index($0, ":") - 1)
        right = substr($0, index($0, ":") + 1)
        if (left ~ /^</)
            doors[substr(left, 2)] = right
        else
            may[left] = " " left right " "
        next
    }
    !/^[ \t]*#[ \t]*include/ { next }
    {
        file = substr(FILENAME, length(root) + 1)
        room = room_of(file)
        if (!(room in may)) {
            say("the folder " room "/ is not in layers.txt")
            next
        }
    }
    match($0, /<[^>]+>/) {
        header = substr($0, RSTART + 1, RLENGTH - 2)
        door = door_of(header)
        if (door != "" && !opens(file, doors[door]))
            say("<" header "> belongs behind" doors[door])
        next
    }
    match($0, /"[^"]+"/) {
        header = substr($0, RSTART + 1, RLENGTH - 2)
        if (header !~ /\//)
            say("\"" header "\" does not name its folder")
        else if (index(may[room], " " room_of(header) " ") == 0)
            say(room " may not include \"" header "\"")
    }' "$table"
}

tap "every include keeps to layers.txt" "$(violations assistant)"

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
mkdir -p "$planted/base" "$planted/check" "$planted/net" "$planted/attic"
echo '#include "model/survey.h"' >"$planted/base/up.c"
printf '/* a */\n#include "crypto/key.h"\n' >"$planted/check/peek.c"
echo '#  include <openssl/ssl.h>' >"$planted/net/connection.c"
echo '#include <openssl/ssl.h>' >"$planted/net/tls.c"
echo '#include "err.h"' >"$planted/base/bare.c"
echo '#include "base/err.h"' >"$planted/attic/new.c"
found=$(violations "$planted")
tap_finds "a room that looks up" 'up.c:1: base may not include "model/survey.h"' "$found"
tap_finds "a pure room that opens crypto" 'peek.c:2: check may not include' "$found"
tap_finds "a second door to a foreign library" 'connection.c:1: <openssl/ssl.h> belongs' "$found"
tap_finds "a header without its folder" 'bare.c:1: "err.h" does not name' "$found"
tap_finds "a folder nobody planned" 'new.c:1: the folder attic/' "$found"
case $found in
*tls.c*) tap "leaves the right door alone" "$found" ;;
*) tap "leaves the right door alone" "" ;;
esac
tap_end
