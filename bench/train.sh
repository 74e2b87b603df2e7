#!/usr/bin/env bash
# bench/train.sh -- a training step of r1 beside the same step in PyTorch, in turn: A B A B, so that what else the
# machine does falls on both. Prints the medians, their ratio, and the smallest, median and largest ratio of the pairs.
#
#   bench/train.sh                                  dense in bf16 and f32; 5 pairs
#   SHAPES="dense mha tiny" DTYPES=bf16 REPS=9 STEPS=10 bench/train.sh
#   REPS=1 STEPS=2 WARMUP=0 bench/train.sh          does it run at all; says nothing about speed
#
# mha compares r1's MLA with ordinary attention of the same number of parameters in PyTorch.
# Installs nothing: without python3-torch it says so and ends; without an optimised BLAS float32 is left out, because
# Debian's reference BLAS is a peer that loses to anything (ALLOW_REFERENCE_BLAS=1 measures it all the same).
set -u
cd "$(dirname "$0")/.." || exit 1
SHAPES=${SHAPES:-dense}
DTYPES=${DTYPES:-bf16 f32}
REPS=${REPS:-5}
STEPS=${STEPS:-8}
WARMUP=${WARMUP:-2}
THREADS=${R1_THREADS:-2}
PYTHON=${PYTHON:-/usr/bin/python3}
export R1_THREADS=$THREADS

if ! command -v "$PYTHON" >/dev/null || ! "$PYTHON" -c 'import torch' 2>/dev/null; then
    echo "train: skipped: no PyTorch for $PYTHON (Debian: apt-get install python3-torch libopenblas0-openmp)"
    exit 0
fi
make --no-print-directory build/bench/bench_train || exit 1

ours() { build/bench/bench_train --shape "$1" --dtype "$2" --steps "$STEPS"; }
peer() { "$PYTHON" bench/torch_peer.py --shape "$1" --dtype "$2" --steps "$STEPS" --warmup "$WARMUP" --threads "$THREADS" --json; }
# the median of a run's steps, from either's output
rate() { sed -n -E 's/.*tokens\/s median ([0-9.]+).*/\1/p; s/.*"median": ([0-9.]+).*/\1/p'; }

status=0
for dtype in $DTYPES; do
    echo "== $dtype"
    "$PYTHON" bench/torch_peer.py --paths --dtype "$dtype" --threads "$THREADS" || exit 1
    paths=$("$PYTHON" bench/torch_peer.py --paths --json --dtype "$dtype" --threads "$THREADS")
    if [ "$dtype" = f32 ] && grep -q '"reference_blas": true' <<<"$paths" && [ -z "${ALLOW_REFERENCE_BLAS:-}" ]; then
        echo "  f32 left out: no optimised BLAS (see above)"
        continue
    fi
    for shape in $SHAPES; do
        mine=$shape
        if [ "$shape" = mha ]; then mine=dense; fi
        a=() b=()
        for ((i = 1; i <= REPS; i++)); do
            out=$(ours "$mine" "$dtype") || { echo "train: bench_train failed: $out"; exit 1; }
            a+=("$(rate <<<"$out")")
            if [ "$i" -eq 1 ]; then printf '  %s\n' "${out//$'\n'/$'\n'  }"; fi
            out=$(peer "$shape" "$dtype") || { echo "train: torch_peer.py failed: $out"; exit 1; }
            b+=("$(rate <<<"$out")")
        done
        if [ "${#a[@]}" -ne "$REPS" ] || [ -z "${a[0]}" ] || [ -z "${b[0]}" ]; then echo "train: no figures"; exit 1; fi
        printf '%s\n' "${a[*]}" "${b[*]}" | awk -v name="$shape $dtype" '
            function sorted(v, n, s,    i, j, t) { # s[1..n] = v sorted
                for (i = 1; i <= n; i++) s[i] = v[i]
                for (i = 2; i <= n; i++) { t = s[i]; for (j = i - 1; j > 0 && s[j] > t; j--) s[j + 1] = s[j]; s[j + 1] = t }
            }
            function median(s, n) { return n % 2 ? s[(n + 1) / 2] : (s[n / 2] + s[n / 2 + 1]) / 2 }
            NR == 1 { for (i = 1; i <= NF; i++) a[i] = $i; n = NF }
            NR == 2 { for (i = 1; i <= NF; i++) { b[i] = $i; r[i] = a[i] / $i } }
            END {
                sorted(a, n, x); sorted(b, n, y); sorted(r, n, z)
                printf "  %s: r1 %.0f tokens/s (%.0f..%.0f), torch %.0f (%.0f..%.0f), ratio of medians %.2f; pairs min %.2f median %.2f max %.2f (%d pairs)\n",
                    name, median(x, n), x[1], x[n], median(y, n), y[1], y[n], median(x, n) / median(y, n), z[1], median(z, n), z[n], n
            }' || status=1
    done
done
exit $status
