#!/bin/sh
# Stands for systemctl on a machine of machine.sh, where no systemd runs: does for
# a service what Debian's own script of the same name in /etc/init.d does, which
# is what Debian runs where another init is at work. As the real one it passes
# on what it can, and says which services are not there (status 5).
#
#   systemctl start|stop|restart|reload|try-restart|is-active|... SERVICE...
status=0 verb=

# As systemd does: all of it ends, and the new one begins when the old is gone.
restart()
{
    "$1" stop </dev/null
    program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "/lib/systemd/system/${1##*/}.service" 2>/dev/null)
    [ -z "$program" ] || killall -q "$program"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        "$1" status </dev/null >/dev/null 2>&1 || break
        sleep 0.1
    done
    "$1" start </dev/null
    # Courier's old listener lets go of its port late, its script says nothing of
    # that, and systemd would start it again.
    case ${1##*/} in
    courier*)
        sleep 0.3
        "$1" status </dev/null >/dev/null 2>&1 || "$1" start </dev/null
        ;;
    esac
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
        *) "/etc/init.d/$service" "$verb" </dev/null || status=1 ;;
        esac
        ;;
    esac
done
exit $status
