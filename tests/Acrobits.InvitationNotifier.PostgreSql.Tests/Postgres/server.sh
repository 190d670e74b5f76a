# A PostgreSQL server for tests, with all its files in one temporary folder.
#
# Reads from standard input the password of the user postgres, then commands: "start <port>", "stop" and "kill". Each is
# answered by one line, "ok" or what went wrong. Where the input ends, the server is stopped and the folder removed; that is so when
# the tests are over, and when their process was killed.
#
# $1: the directory of PostgreSQL's programs; $2: this text; $3: the size of a disk of its own, such as "150m", which only root
# can give it. The disk is seen by this process alone, as /mnt, and goes with it.

if [ -n "$3" ] && [ "$(id -u)" -eq 0 ]; then
    if [ -z "$HAS_DISK" ]; then
        HAS_DISK=1 exec unshare --mount -- sh -c "$2" sh "$1" "$2" "$3"
    fi
    mount -t tmpfs -o "size=$3,mode=777" tmpfs /mnt || exit 1
fi

# PostgreSQL does not run as root. The account that its package has created is preferred.
if [ "$(id -u)" -eq 0 ]; then
    for account in postgres nobody; do
        if id -u "$account" >/dev/null 2>&1; then
            export TMPDIR="${HAS_DISK:+/mnt}"
            export TMPDIR="${TMPDIR:-/tmp}"
            command -v setpriv >/dev/null 2>&1 &&
                exec setpriv --reuid="$account" --regid="$(id -g "$account")" --clear-groups -- sh -c "$2" sh "$1" "$2" "$3"
            exec runuser -u "$account" -- sh -c "$2" sh "$1" "$2" "$3"
        fi
    done
fi

# The end of the input is the one way to end this, whatever is sent to the process group of the tests, and though nobody
# may be left to read an answer.
trap '' HUP INT TERM PIPE
umask 077
unset PGDATA PGPORT PGHOST PGUSER PGPASSWORD PGOPTIONS
export LC_ALL=C

folder=$(mktemp -d "${TMPDIR:-/tmp}/acrobits-postgres.XXXXXX") || exit 1
cd "$folder" || exit 1

answer() {
    if [ "$1" -eq 0 ]; then
        echo ok
    else
        echo "failed: $(tail -n 5 log | tr '\n' ' ')"
    fi
}

create() {
    printf '%s\n' "$1" >password
    "$bin/initdb" -D data -U postgres --pwfile=password --auth=scram-sha-256 --encoding=UTF8 --no-sync || return 1
    # Without fsync, only a crash of the whole machine loses what was committed, and no test outlives that.
    cat >>data/postgresql.conf <<END
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
fsync = off
END
}

bin=$1
IFS= read -r password
create "$password" >log 2>&1 </dev/null
answer $?

while read -r command port; do
    case $command in
        start) "$bin/pg_ctl" start -w -t 60 -D data -l log -o "-p $port" >/dev/null 2>>log </dev/null ;;
        # As in a crash: nobody is told, and nothing is written any more.
        stop) "$bin/pg_ctl" stop -w -m immediate -D data >/dev/null 2>>log </dev/null ;;
        kill)
            server=$(head -n 1 data/postmaster.pid)
            processes="$server $(ps -o pid= --ppid "$server")"
            kill -KILL $processes
            while ps -o stat= -p "$(echo $processes | tr ' ' ',')" | grep -qv Z; do sleep 0.1; done
            rm data/postmaster.pid
            ;;
    esac
    answer $?
done

"$bin/pg_ctl" stop -w -m immediate -D data >/dev/null 2>&1 </dev/null
cd / && rm -rf "$folder"
