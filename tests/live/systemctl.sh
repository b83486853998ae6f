#!/bin/sh
# Stands for systemctl on a machine of machine.sh, where no systemd runs: does for
# a service what Debian's own script of the same name in /etc/init.d does, which
# is what Debian runs where another init is at work. As the real one it passes
# on what it can, and says which services are not there (status 5).
#
#   systemctl start|stop|restart|reload|try-restart|is-active|... SERVICE...
status=0 verb=
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
        [ "$verb" = is-active ] && verb=status
        [ "$verb" = try-restart ] && verb=restart
        "/etc/init.d/$service" "$verb" </dev/null || status=1
        ;;
    esac
done
exit $status
