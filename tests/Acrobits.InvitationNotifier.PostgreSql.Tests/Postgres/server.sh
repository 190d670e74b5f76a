# A PostgreSQL server for tests, with all its files in one temporary folder.
#
# Reads from standard input the password of the user postgres, then commands: "start <port>" and "stop". Each is answered
# by one line, "ok" or what went wrong. Where the input ends, the server is stopped and the folder removed; that is so when
# the tests are over, and when their process was killed.
#
# $1: the directory of PostgreSQL's programs; $2: this text.

# PostgreSQL does not run as root. The account that its package has created is preferred.
if [ "$(id -u)" -eq 0 ]; then
    for account in postgres nobody; do
        if id -u "$account" >/dev/null 2>&1; then
            export TMPDIR=/tmp
            command -v setpriv >/dev/null 2>&1 &&
                exec setpriv --reuid="$account" --regid="$(id -g "$account")" --clear-groups -- sh -c "$2" sh "$1" "$2"
            exec runuser -u "$account" -- sh -c "$2" sh "$1" "$2"
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
    esac
    answer $?
done

"$bin/pg_ctl" stop -w -m immediate -D data >/dev/null 2>&1 </dev/null
cd / && rm -rf "$folder"
