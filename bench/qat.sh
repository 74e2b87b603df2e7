#!/usr/bin/env bash
# bench/qat.sh -- a training step (8 x 3,072 tokens and an update, as in recipes/tiny.ini) in 8 bits beside the same in
# bf16, in turn, so that what else the machine does falls on both. Prints the medians of tokens/s, their ratio, and the
# smallest, median and largest ratio of the pairs.
#
#   bench/qat.sh
#   R1_THREADS=1 CPU=1 bench/qat.sh      by the thread's processor time: on a busy machine
#   REPS=1 STEPS=2 bench/qat.sh          does it run at all; says nothing about speed
set -u
cd "$(dirname "$0")/.." || exit 1
REPS=${REPS:-7}
STEPS=${STEPS:-3}
make --no-print-directory build/bench/bench_train || exit 1

rate() {
    build/bench/bench_train --shape tiny --docs 12 --len 256 --micro 8 --steps "$STEPS" ${CPU:+--cpu} "$@" |
        sed -n -E 's/.*tokens\/s median ([0-9.]+).*/\1/p'
}
for ((i = 1; i <= REPS; i++)); do
    if ((i % 2)); then a=$(rate) b=$(rate --qat); else b=$(rate --qat) a=$(rate); fi
    if [ -z "$a" ] || [ -z "$b" ]; then
        echo "qat: bench_train gave no figure"
        exit 1
    fi
    echo "$a $b"
done | awk '
    function sort(v, n,    i, j, t) {
        for (i = 2; i <= n; i++) { t = v[i]; for (j = i - 1; j > 0 && v[j] > t; j--) v[j + 1] = v[j]; v[j + 1] = t }
    }
    function median(v, n) { return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2 }
    NF != 2 { print; bad = 1 }
    NF == 2 { n++; a[n] = $1; b[n] = $2; r[n] = $2 / $1 }
    END {
        if (bad || !n) exit 1
        sort(a, n); sort(b, n); sort(r, n)
        printf "bf16 %.0f tokens/s (%.0f..%.0f), 8 bits %.0f (%.0f..%.0f), ratio of medians %.3f; pairs min %.3f median %.3f max %.3f (%d)\n",
            median(a, n), a[1], a[n], median(b, n), b[1], b[n], median(b, n) / median(a, n), r[1], median(r, n), r[n], n
    }'
