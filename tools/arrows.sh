#!/usr/bin/env bash
# tools/arrows.sh -- which room may include which (docs/TOUR.md), and the shape of the tree:
#   includes only go down; a file stem is there once (it is the symbol prefix); no file above 800 lines;
#   only src/cli may end the process, and the helper program of src/exec (worker_*.c, no part of the library).
# Prints FILE:LINE: why for each breach and exits 1 when there is one.
set -u
cd "$(dirname "$0")/.." || exit 1
shopt -s nullglob
files=(src/*/*.[ch])
if [ ${#files[@]} -eq 0 ]; then echo "no sources under src/"; exit 1; fi

awk '
BEGIN {
    # A room -> its direct targets; a target brings its own lower rooms along.
    down["base"] = ""
    down["kernel"] = "base"
    down["text"] = "base"
    down["format"] = "kernel" # for dtype.h: what the bytes of a tensor mean
    down["tensor"] = "kernel"
    down["model"] = "tensor format text" # a model file carries its tokenizer
    down["infer"] = "model text"
    down["exec"] = "base"
    down["task"] = "exec"
    down["data"] = "task text"
    down["train"] = "model data"
    down["eval"] = "infer data"
    down["rl"] = "train infer data"
    down["serve"] = "infer"
    down["cli"] = "*"
}
function reaches(from, to,    n, i, t) {
    if (from == to || down[from] == "*") return 1
    n = split(down[from], t, " ")
    for (i = 1; i <= n; i++) if (reaches(t[i], to)) return 1
    return 0
}
function say(why) { print FILENAME ":" FNR ": " why; bad = 1 }
FNR == 1 {
    split(FILENAME, part, "/")
    room = part[2]
    stem = part[3]
    sub(/\.[ch]$/, "", stem)
    long = 0
    if (!(room in down)) say("unknown room \"" room "\": add it to tools/arrows.sh and docs/TOUR.md")
    if ((stem in home) && home[stem] != room) say("stem \"" stem "\" is also in src/" home[stem])
    home[stem] = room
}
FNR == 801 { say("more than 800 lines: split it by concern") }
/^[ \t]*#[ \t]*include[ \t]*"/ {
    path = $0
    sub(/^[^"]*"/, "", path)
    sub(/".*/, "", path)
    if (split(path, t, "/") != 2 || !(t[1] in down)) say("include \"" path "\": expected \"room/file.h\"")
    else if (room in down && !reaches(room, t[1])) say("src/" room " must not include \"" path "\"")
}
# A second Ctrl-C ends a process that does not listen: the one exit outside (base/stop.h).
room != "cli" && FILENAME != "src/base/stop.c" && FILENAME !~ /^src\/exec\/worker_/ && /(^|[^A-Za-z0-9_])_?exit[ \t]*\(/ && !/^[ \t]*(\/?\*|\/\/)/ { say("only src/cli may exit()") }
END { exit bad }
' "${files[@]}"
