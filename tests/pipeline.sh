#!/usr/bin/env bash
# tests/pipeline.sh -- the whole pipeline in miniature, on the real program: recipes/mini.ini from nothing to a GGUF
# file, and that file asked, judged and looked at. The answers are nonsense (18 steps of training); that they come, in
# the right files and shapes, is what is tested.
# Prints "ok NAME" or "not ok NAME: why" a line; exit status 1 if any is not ok.
set -u
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive} # other tests may share the cores: do not spin while waiting
cd "$(dirname "$0")/.." || exit 1
r1=${R1_BIN:-$PWD/r1}
dir=$(mktemp -d "${TMPDIR:-/tmp}/r1-pipeline-XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
out=$dir/mini
failed=0

ok() { echo "ok $1"; }
not_ok() {
    echo "not ok $1: $2"
    failed=1
}
# check NAME WHY COMMAND...: ok if the command succeeds
check() {
    local name=$1 why=$2
    shift 2
    if "$@" > "$dir/log" 2>&1; then ok "$name"; else not_ok "$name" "$why ($(tail -n 1 "$dir/log"))"; fi
}
# says NAME STATUS TEXT COMMAND...: the exit status, and TEXT in what is printed
says() {
    local name=$1 status=$2 text=$3 got
    shift 3
    "$@" > "$dir/log" 2>&1
    got=$?
    if [ "$got" -ne "$status" ]; then not_ok "$name" "exit status $got, expected $status ($(tail -n 1 "$dir/log"))"
    elif ! grep -qF -- "$text" "$dir/log"; then not_ok "$name" "no \"$text\" in: $(tail -n 1 "$dir/log")"
    else ok "$name"; fi
}

check train-tokenizer "failed" "$r1" train recipes/mini.ini --out "$out" --stage tokenizer
check tokenizer-file "no tokenizer.json" test -s "$out/tokenizer.json"
says sft-needs-pretrain 1 "needs a finished pretrain" "$r1" train recipes/mini.ini --out "$out" --stage sft
says train-all 0 "attention bwd" "$r1" train recipes/mini.ini --out "$out" --profile
for f in base/config.json base/model.safetensors base/tokenizer.json sft/config.json sft/model.safetensors \
    sft/tokenizer.json mini.gguf metrics.jsonl recipe.ini ckpt/pretrain-last.safetensors ckpt/pretrain-best.safetensors \
    ckpt/sft-last.safetensors ckpt/pretrain-good.safetensors about.json report.html; do
    check "file-$f" "missing" test -s "$out/$f"
done
says again-does-nothing 0 "every stage is done already" "$r1" train recipes/mini.ini --out "$out"
says done-stage-is-kept 1 "is done" "$r1" train recipes/mini.ini --out "$out" --stage pretrain
says other-recipe-is-refused 1 "belongs to another recipe" "$r1" train recipes/mini.ini --out "$out" --set sft.lr=2e-3

# The metrics: a line a step, every stage, the fields that the trainer promises.
lines=$(wc -l < "$out/metrics.jsonl")
check metrics-lines "expected 18 lines, found $lines" test "$lines" -eq 18
for key in stage step tokens learned loss hit mtp_loss mtp_hit grad_norm lr tok_s balance load_max_over_mean valid_loss mtp_acceptance moe long_docs; do
    check "metrics-$key" "not in metrics.jsonl" grep -q "\"$key\":" "$out/metrics.jsonl"
done
if grep -q 'null' "$out/metrics.jsonl"; then not_ok metrics-finite "a number is not finite"; else ok metrics-finite; fi
# It learns: the loss of the last pretraining step is well below that of the first.
loss_at() { grep '"stage":"pretrain"' "$out/metrics.jsonl" | grep "\"step\":$1," | sed 's/.*"loss":\([0-9.e+-]*\).*/\1/'; }
first=$(loss_at 1) last=$(loss_at 12)
check loss-falls "from $first to $last" awk -v a="$first" -v b="$last" 'BEGIN { exit !(a > 5.5 && b < a - 1) }'

# The page has every stage, the experts and the machine, and `r1 report` writes the same one again.
for text in "Pre-training" "Fine-tuning" "MTP acceptance" "Load of the experts" "GFLOP/s in bf16" "Every key that"; do
    check "report-$text" "not in report.html" grep -qF -- "$text" "$out/report.html"
done
cp "$out/report.html" "$dir/report.html"
says report-again 0 "report.html" "$r1" report "$out"
check report-same "another page" cmp "$dir/report.html" "$out/report.html"

# What was made works in the other commands.
check info-gguf "failed" "$r1" info "$out/mini.gguf"
check info-folder "failed" "$r1" info "$out/sft"
check ask-gguf "failed" "$r1" ask -m "$out/mini.gguf" --max-tokens 24 --json "Solve for x: 2x + 5 = 15"
check ask-folder "failed" "$r1" ask -m "$out/base" --max-tokens 24 --json "12 + 7"
check eval "failed" "$r1" eval -m "$out/mini.gguf" --suite linear --limit 5 --json
says logits 0 "" "$r1" logits -m "$out/sft" --tokens 1,2,3 -o "$dir/logits.bin"
check logits-size "expected 3 * 512 floats" test "$(wc -c < "$dir/logits.bin" 2> /dev/null || echo 0)" -eq $((3 * 512 * 4))

# Fine-tuning an existing model needs no [model] and no tokenizer.
cat > "$dir/tune.ini" << INI
[run]
name = tuned
[mix.base]
arithmetic = 1 levels 1
[sft]
init_from = $out/sft
steps = 2
batch_tokens = 512
micro_tokens = 512
max_len = 384
INI
check fine-tune "failed" "$r1" train "$dir/tune.ini" --out "$dir/tuned"
check fine-tune-gguf "missing" test -s "$dir/tuned/tuned.gguf"
says force-does-it-again 0 "saved" "$r1" train "$dir/tune.ini" --out "$dir/tuned" --force

# Reinforcement learning: from a model that has half learnt the form, the rewards alone teach it. The seed is fixed, and a
# step's share of well-formed answers (128 of them) has a standard deviation of 0.045: the margin is more than five of the
# difference of two means of three.
check train-rl "failed" "$r1" train recipes/mini-rl.ini --out "$dir/rl"
for f in rl/config.json rl/model.safetensors rl/tokenizer.json mini-rl.gguf samples.jsonl ckpt/rl-last.safetensors; do
    check "rl-file-$f" "missing" test -s "$dir/rl/$f"
done
grep '"stage":"rl"' "$dir/rl/metrics.jsonl" > "$dir/rl.jsonl"
check rl-lines "expected 15 steps" test "$(wc -l < "$dir/rl.jsonl")" -eq 15
for key in reward reward_accuracy reward_format reward_process reward_length reward_language accuracy length entropy clipped drift \
    all_equal cut repetition grad_norm gen_s score_s train_s load_max_over_mean; do
    check "rl-metrics-$key" "not in metrics.jsonl" grep -q "\"$key\":" "$dir/rl.jsonl"
done
# rise NAME MARGIN: the mean of the last three steps is above that of the first three by so much
rise() {
    sed "s/.*\"$1\":\([0-9.e+-]*\).*/\1/" "$dir/rl.jsonl" |
        awk -v m="$2" '{ x[NR] = $1 } END { exit !(x[NR] + x[NR - 1] + x[NR - 2] > x[1] + x[2] + x[3] + 3 * m) }'
}
check rl-format-rises "no: $(sed 's/.*"reward_format":\([0-9.]*\).*/\1/' "$dir/rl.jsonl" | tr '\n' ' ')" rise reward_format 0.2
check rl-reward-rises "no: $(sed 's/.*"reward":\([0-9.]*\).*/\1/' "$dir/rl.jsonl" | tr '\n' ' ')" rise reward 0.08
exit $failed
