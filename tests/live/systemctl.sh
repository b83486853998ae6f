#!/bin/sh
# Stands for systemctl on a machine of machine.sh, where no systemd runs: does for
# a service what Debian's own script of the same name in /etc/init.d does, which
# is what Debian runs where another init is at work. As the real one it passes
# on what it can, and says which services are not there (status 5).
#
#   systemctl start|stop|restart|reload|try-restart|is-active|... SERVICE...
status=0 verb=

# Courier's scripts say nothing of a listener that lets go of its port late, or
# that could not have it; systemd would start it again. Prints the port.
port_of()
{
    case $1 in
    courier-mta) echo 25 ;;
    courier-mta-ssl) echo 465 ;;
    courier-msa) echo 587 ;;
    courier-imap) echo 143 ;;
    courier-imap-ssl) echo 993 ;;
    courier-pop) echo 110 ;;
    courier-pop-ssl) echo 995 ;;
    esac
}

# listens PORT: within three seconds.
listens()
{
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
        grep -q ":$(printf %04X "$1") [0-9A-F]*:0000 0A " /proc/net/tcp /proc/net/tcp6 && return 0
        sleep 0.1
    done
    return 1
}

start()
{
    port=$(port_of "${1##*/}")
    "$1" start </dev/null || return
    for _ in 1 2; do
        [ -z "$port" ] || listens "$port" && return
        "$1" start </dev/null
    done
}

# of_service UNIT KEY: what its unit says of that.
of_service()
{
    sed -n "s/^$2=\([^ ]*\).*/\1/p" "/lib/systemd/system/$1.service" 2>/dev/null
}

# tree PID...: them and all that they began.
tree()
{
    for pid; do
        echo "$pid"
        # shellcheck disable=SC2046
        tree $(pgrep -P "$pid")
    done
}

# alive PID...: is there one that runs? The dead that nobody buried do not.
alive()
{
    for pid; do
        grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$pid/status" && return 0
    done
    return 1
}

# As systemd does: all of it ends, and the new one begins when the old is gone.
# Init's scripts do not wait: a start then finds the old one and does nothing.
restart()
{
    unit=${1##*/}
    file=$(of_service "$unit" PIDFile)
    program=$(of_service "$unit" ExecStart)
    # shellcheck disable=SC2046
    old=$([ -z "$file" ] || tree $(grep -os '^[0-9]*$' "$file" | head -n 1))
    "$1" stop </dev/null
    [ -z "$program" ] || killall -q "$program"
    # shellcheck disable=SC2086
    [ -z "$old" ] || kill $old 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
        # shellcheck disable=SC2086
        alive $old || break
        sleep 0.1
    done
    # shellcheck disable=SC2086
    alive $old && kill -KILL $old 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        "$1" status </dev/null >/dev/null 2>&1 || break
        sleep 0.1
    done
    start "$1"
}

for word; do
    case $word in
    -*) ;;
    enable | disable | preset | daemon-reload) exit 0 ;;
    start | stop | restart | reload | try-restart | is-active) verb=$word ;;
    reload-or-restart) verb=restart ;;
    *)
        service=${word%.service}
        if [ ! -x "/etc/init.d/$service" ]; then
            echo "Failed to $verb $service.service: Unit $service.service not found." >&2
            status=5
            continue
        fi
        case $verb in
        is-active) "/etc/init.d/$service" status </dev/null || status=3 ;;
        restart | try-restart) restart "/etc/init.d/$service" || status=1 ;;
        start) start "/etc/init.d/$service" || status=1 ;;
        *) "/etc/init.d/$service" "$verb" </dev/null || status=1 ;;
        esac
        ;;
    esac
done
exit $status
