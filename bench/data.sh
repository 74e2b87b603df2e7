#!/usr/bin/env bash
# bench/data.sh -- the data engine: rows made, verified, compared and written in a second, and its memory.
#   bench/data.sh [ROWS] [PROGRAMS]      of maths (default 200000), of programs a family (default 2500; levels 1 to 10)
#   bench/data.sh 0                      programs only
# Five runs of each, the median; beside the wall clock the CPU time, from which the rate of two idle cores follows (a
# shared machine shows less on the wall). Then the peak memory for two sizes: it must not grow with the rows. Programs
# family by family, less what the start takes (the helpers, the evaluation sets): each row is run by the executor, whose
# helpers and jobs are in the CPU time.
set -eu
cd "$(dirname "$0")/.."
R1=${R1:-./r1}
rows=${1:-200000}
programs=${2:-2500}
export OMP_WAIT_POLICY=passive
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

against=
for d in gsm8k humaneval mbpp; do
    if [ -e "../shared/data/$d" ]; then against="$against
path = $PWD/../shared/data/$d"; fi
done
manifest() { # manifest FILE FAMILIES
    printf '[problems]\nkind = families\nfamilies = %s\nshare = 1\n' "$2" >"$1"
    if [ -n "$against" ]; then printf '[against]%s\n' "$against" >>"$1"; fi
}
manifest "$dir/maths.ini" "education research business"

# measure NAME MANIFEST ROWS: one line with the median wall and CPU seconds of five runs
measure() {
    local i
    for i in 1 2 3 4 5; do
        /usr/bin/time -f '%e %U %S %M' -o "$dir/t" "$R1" data corpus "$2" -o "$dir/out" --rows "$3" --seed "$i" \
            >"$dir/report" 2>/dev/null
        tail -n 1 "$dir/t"
    done | sort -n | awk -v name="$1" -v rows="$3" '
        { wall[NR] = $1; cpu[NR] = $2 + $3; mem = $4 > mem ? $4 : mem }
        END {
            n = asort_(cpu)
            printf "%-8s %9d rows  %7.1f s wall %9.0f rows/s  %7.1f s CPU %9.0f rows/s on two idle cores  %4.0f MB\n",
                name, rows, wall[3], rows / wall[3], cpu[3], 2 * rows / cpu[3], mem / 1024
        }
        function asort_(a,    i, j, t) {
            for (i = 1; i <= NR; i++) for (j = i + 1; j <= NR; j++) if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t }
            return NR
        }'
}
# cpu MANIFEST ROWS: user and system seconds, median of three
cpu() {
    local i
    for i in 1 2 3; do
        /usr/bin/time -f '%U %S' -o "$dir/t" "$R1" data corpus "$1" -o "$dir/out" --rows "$2" --seed "$i" \
            >"$dir/report" 2>/dev/null
        tail -n 1 "$dir/t" | awk '{ print $1 + $2 }'
    done | sort -n | sed -n 2p
}
for f in $("$R1" data list | grep -o 'code_[a-z]*' | sort -u); do
    manifest "$dir/code.ini" "$f"
    echo "$f $(cpu "$dir/code.ini" 1) $(cpu "$dir/code.ini" "$programs")"
done | awk -v n="$programs" '{
        more = 1024 * int((n - 1) / 1024) # batches of 1024; one row takes one
        if (more < 1) exit
        ms = 1000 * ($3 - $2) / more; sum += ms; rate += 2000 / ms
        printf "%-12s %6d rows %6.2f ms of CPU a row %6.0f rows/s on two idle cores\n", $1, more, ms, 2000 / ms
    }
    END { if (sum) printf "%-12s mean of %d %6.2f ms of CPU a row %6.0f rows/s\n", "programs", NR, sum / NR, rate / NR }'
if [ "$rows" -eq 0 ]; then exit 0; fi
measure maths "$dir/maths.ini" "$rows"
for n in $((rows * 5)) $((rows * 10)); do
    /usr/bin/time -f %M -o "$dir/t" "$R1" data corpus "$dir/maths.ini" -o "$dir/out" --rows "$n" >"$dir/report" 2>/dev/null
    printf 'memory   %9d rows  %5.0f MB at most\n' "$n" "$(awk '{ print $1 / 1024 }' "$dir/t")"
done
grep -E 'verifier|evaluation set|in common|was there before|nearly|another split' "$dir/report"
# What is shared with rows of the other splits: must be 0.
for s in valid test; do
    "$R1" data corpus "$dir/maths.ini" -o "$dir/$s" --rows 10000 --split "$s" >/dev/null 2>&1
done
"$R1" data stats "$dir/out" "$dir/valid" "$dir/test" 2>/dev/null | grep -E ' are in '
# Where the time of a row goes.
if [ -x build/bench/rows ]; then
    set --
    for d in gsm8k humaneval mbpp; do
        if [ -e "../shared/data/$d" ]; then set -- "$@" --against "../shared/data/$d"; fi
    done
    for i in 1 2 3; do R1_THREADS=1 build/bench/rows "$@"; done
fi
