# Runs a server in the foreground of its folder. Where the standard input ends, the server is killed and the folder removed:
# the test is over, or its process was killed.
#
# $1: the folder; then the program and its arguments.
folder=$1
shift
cd "$folder" || exit 1

"$@" </dev/null 2>&1 &
server=$!

# The server alone holds the output now: it ends with the server.
exec >/dev/null 2>&1
cat
kill -KILL "$server"
wait "$server"
cd / && rm -rf "$folder"
