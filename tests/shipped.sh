#!/usr/bin/env bash
# tests/shipped.sh -- the model that is committed: it reasons, and is right as often as its card says.
# The questions of tests/asked/questions.jsonl were typed by people for this file, not made by the generators; the
# named ones must be right with all four phases, of the rest nine in ten. The suites are problems of the validation
# split, never trained on; bars here are a little under the card's figures, which have n = 1,000 (models/README.md).
# Prints "ok NAME", "not ok NAME: why" or "skip NAME: why".
set -u
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive} # other tests may share the cores: do not spin while waiting
cd "$(dirname "$0")/.." || exit 1
r1=${R1_BIN:-$PWD/r1}
model=models/r1-tiny.gguf
if [ ! -e "$model" ]; then
    echo "skip shipped-model: $model is absent"
    exit 0
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/r1-shipped-XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# asked QUESTION VALUE: all four phases in order, and the value in bold
asked() {
    local name="asked: $1"
    if ! "$r1" ask -m "$model" "$1" > "$dir/out" 2> "$dir/err"; then
        echo "not ok $name: $(tail -n 1 "$dir/err")"
        failed=1
        return
    fi
    local phases
    phases=$(grep -oE '^(Understand|Plan|Work|Check):' "$dir/out" | awk '!seen[$0]++' | tr -d '\n')
    if [ "$phases" != "Understand:Plan:Work:Check:" ]; then
        echo "not ok $name: phases are $phases"
        failed=1
    elif ! tail -n 3 "$dir/out" | grep -qF "$2"; then
        echo "not ok $name: no $2 in: $(tail -n 1 "$dir/out")"
        failed=1
    else echo "ok $name"; fi
}

# share NAME BAR COMMAND...: "accuracy" of the JSON object is at least BAR
share() {
    local name=$1 bar=$2 got
    shift 2
    got=$("$@" --json 2> "$dir/err" | grep -oE '"accuracy": ?[0-9.]+' | head -n 1 | grep -oE '[0-9.]+$')
    if [ -n "$got" ] && awk -v a="$got" -v b="$bar" 'BEGIN { exit !(a >= b) }'; then echo "ok $name ($got)"
    else
        echo "not ok $name: accuracy ${got:-missing}, expected at least $bar $(tail -n 1 "$dir/err")"
        failed=1
    fi
}

asked "Solve for x: 2x + 5 = 15" "x = 5"
asked "What is x if 7x - 3 = 25?" "x = 4"
asked "solve 3(y+2)=27" "y = 7"
asked "How much is 304 minus 87?" "217"
share "questions as people type them" 0.9 "$r1" eval -m "$model" --data tests/asked/questions.jsonl
share "more of them" 0.9 "$r1" eval -m "$model" --data tests/asked/fresh.jsonl
# It was trained on levels 1 to 5.
for f in linear arithmetic; do
    share "$f, level 3, unseen" 0.93 "$r1" eval -m "$model" --suite $f --level 3 --limit 75 --seed 5
    share "$f, level 5, unseen" 0.9 "$r1" eval -m "$model" --suite $f --level 5 --limit 75 --seed 5
done
exit "$failed"
