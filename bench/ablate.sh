#!/usr/bin/env bash
# bench/ablate.sh -- the recipes of recipes/ablations/, each for the same time on the wall's clock, then all on the same
# unseen problems. Writes the rows and the plots of docs/ABLATIONS.md.
#
#   bench/ablate.sh 15                        every recipe that like reference.ini starts from nothing, 15 minutes each
#   bench/ablate.sh 15 reference dense        these alone
#   OUT=runs/mine bench/ablate.sh 15          where the runs live; the same again goes on with what is not done
#   WRITE=1 bench/ablate.sh 15                also into docs/: the section between the marks, and the plots
#
# How the time is shared: each recipe's speed is measured first, in turn, ROUNDS times; the median tells how many steps
# fit. Then the recipes take turns of SLICE minutes (a run that is stopped and resumed ends with the same bits), so that
# what else the machine does falls on all. The table says how long each one took. All use one tokenizer.
# CLOCK=cpu counts processor time, shared by the threads, instead of the wall's: where others work on the machine.
# Variables: CLOCK (wall), ROUNDS (3), SLICE (1), LEVELS ("1 2 3"), PROBLEMS a family and level (6), DOCS of validation
# text (300), R1_THREADS.
set -eu
cd "$(dirname "$0")/.."
if [ $# -eq 0 ]; then
    echo "ablate: skipped: it takes hours; bench/ablate.sh MINUTES does it"
    exit 0
fi
minutes=$1
shift
if ! [[ $minutes =~ ^[0-9]+(\.[0-9]+)?$ ]]; then
    echo "ablate: MINUTES: expected a number, found \"$minutes\"" >&2
    exit 2
fi
names=("$@")
if [ $# -eq 0 ]; then names=(reference dense no-mtp qat qat-head qat-whole uniform schedule adamw adamw-fast); fi
OUT=${OUT:-runs/ablations-$minutes}
SLICE=${SLICE:-1}
LEVELS=${LEVELS:-1 2 3}
PROBLEMS=${PROBLEMS:-6}
DOCS=${DOCS:-300}
ROUNDS=${ROUNDS:-3}
CLOCK=${CLOCK:-wall}
export R1_THREADS=${R1_THREADS:-$(nproc)} OMP_WAIT_POLICY=passive # who waits is not at work
PYTHON=${PYTHON:-/usr/bin/python3}
dir=recipes/ablations
for n in "${names[@]}"; do
    if ! [ -f "$dir/$n.ini" ]; then
        echo "ablate: there is no $dir/$n.ini" >&2
        exit 2
    fi
done
make --no-print-directory all build/bench/eightbit
mkdir -p "$OUT"
calc() { awk "BEGIN { printf \"%d\", ($1) }"; }

if [ "$CLOCK" = cpu ]; then format="%U %S $R1_THREADS"; else format='%R 0 1'; fi
spent() { # spent FILE COMMAND...: a line "USER SYSTEM THREADS" of seconds
    local file=$1 TIMEFORMAT=$format
    shift
    { time "$@" 2>&3; } 3>&2 2>> "$file"
}

# ---- one tokenizer
if ! [ -f "$OUT/tokenizer/tokenizer.done" ]; then
    ./r1 train -q "$dir/reference.ini" --stage tokenizer --out "$OUT/tokenizer" --force
fi
place() { # place FOLDER: with the tokenizer done
    mkdir -p "$1"
    cp "$OUT/tokenizer/tokenizer.json" "$OUT/tokenizer/tokenizer.done" "$1/"
}

# ---- how fast is each
if ! [ -f "$OUT/rate.txt" ]; then
    : > "$OUT/rates.txt"
    for ((k = 0; k < ROUNDS; k++)); do
        for n in "${names[@]}"; do
            for steps in 2 10; do # what it takes to start is in both
                place "$OUT/rate"
                spent "$OUT/rate.$steps" ./r1 train -q "$dir/$n.ini" --out "$OUT/rate" --force --stage pretrain \
                    --stop-after "$steps" --set pretrain.eval_every=0
                rm -rf "$OUT/rate"
            done
            paste "$OUT/rate.2" "$OUT/rate.10" | awk -v n="$n" '
                { s = ($4 + $5) / $6 - ($1 + $2) / $3; print n, 60 * 8 / (s > 0.01 ? s : 0.01) }' >> "$OUT/rates.txt"
            rm "$OUT/rate.2" "$OUT/rate.10"
        done
    done
    "$PYTHON" bench/ablate.py medians "$OUT/rates.txt" > "$OUT/rate.txt" # NAME STEPS_A_MINUTE
fi

# ---- all of them, in turns
slices=$(calc "($minutes / $SLICE < 1 ? 1 : $minutes / $SLICE)")
for ((k = 0; k < slices + 1; k++)); do
    for n in "${names[@]}"; do
        rate=$(awk -v n="$n" '$1 == n { print $2 }' "$OUT/rate.txt")
        if [ -z "$rate" ]; then
            echo "ablate: $OUT/rate.txt does not have $n: remove it, or take another OUT" >&2
            exit 1
        fi
        steps=$(calc "($rate * $minutes < 12 ? 12 : $rate * $minutes)")
        if [ -f "$OUT/$n/pretrain.done" ]; then continue; fi
        if ! [ -d "$OUT/$n" ]; then place "$OUT/$n"; fi
        marks=$(calc "2 * $minutes < 4 ? 4 : 2 * $minutes > 20 ? 20 : 2 * $minutes")
        spent "$OUT/$n/spent.txt" ./r1 train -q "$dir/$n.ini" --out "$OUT/$n" --resume --stop-after $((steps / slices + 1)) \
            --set pretrain.tokens=0 --set pretrain.steps="$steps" \
            --set pretrain.warmup="$(calc "$steps / 5 < 60 ? $steps / 5 : 60")" --set pretrain.eval_n=64 \
            --set pretrain.eval_every=$((steps / marks > 0 ? steps / marks : 1)) --set pretrain.answers_every=0
        echo "ablate: turn $((k + 1)) of at most $((slices + 1)): $n, $steps steps"
    done
done

# ---- the same unseen documents and problems for all
answers() { # answers MODEL TO: a line of JSON a level
    if [ -s "$2" ]; then return; fi
    for l in $LEVELS; do
        ./r1 eval -q -m "$1" --suite valid --level "$l" --limit "$PROBLEMS" -n 768 --json >> "$2.part"
    done
    mv "$2.part" "$2"
}
for n in "${names[@]}"; do
    d=$OUT/$n
    if ! [ -s "$d/logits.txt" ]; then
        build/bench/eightbit "$d/base" --recipe "$dir/reference.ini" --docs "$DOCS" --keep "$d/8bit.gguf" > "$d/logits.txt"
    fi
    rm -f "$d"/*.part
    answers "$d/$n.gguf" "$d/answers.json"
    if [ "$n" = reference ]; then
        answers "$d/base" "$d/answers-float.json"
        answers "$d/8bit.gguf" "$d/answers-8bit.json"
    fi
done
"$PYTHON" bench/ablate.py write "$OUT" "$minutes" "$CLOCK" ${WRITE:+docs} -- "${names[@]}"
