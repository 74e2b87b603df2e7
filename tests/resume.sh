#!/usr/bin/env bash
# tests/resume.sh -- killed is not lost: runs that are killed, stopped, or left without disk end with the bits of one
# that was not; the same seed gives the same bits twice; wrong recipes and folders are refused.
# Prints "ok NAME", "not ok NAME: why" or "skip NAME: why" a line; exit status 1 if any is not ok.
#   R1_SEED=N         the moments at which runs are killed
#   R1_LONG=1         more of them
set -u
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive} # other tests may share the cores: do not spin while waiting
cd "$(dirname "$0")/.." || exit 1
r1=${R1_BIN:-$PWD/r1}
dir=$(mktemp -d "${TMPDIR:-/tmp}/r1-resume-XXXXXX") || exit 1
mounted=
pid=
# shellcheck disable=SC2317 # called by the trap
cleanup() {
    if [ -n "$pid" ]; then kill -9 "$pid" 2> /dev/null; fi
    if [ -n "$mounted" ]; then umount "$mounted"; fi
    rm -rf "$dir"
}
trap cleanup EXIT
failed=0
seed=${R1_SEED:-20260101}
RANDOM=$((seed % 32768))
echo "seed $seed"

ok() { echo "ok $1"; }
not_ok() {
    echo "not ok $1: $2"
    failed=1
}
args=(train recipes/mini.ini --set pretrain.checkpoint_minutes=0 --set sft.checkpoint_minutes=0)
train() { "$r1" "${args[@]}" "$@"; }
# In the background, with exec: $pid is r1 itself, not a shell that would die alone and leave it running.
train_bg() {
    (exec "$r1" "${args[@]}" "$@" > "$dir/log" 2>&1) &
    pid=$!
}
bits() { cat "$1/tokenizer.json" "$1/base/model.safetensors" "$1/sft/model.safetensors" "$1/mini.gguf" | sha256sum; }
# Everything of metrics.jsonl that is not a clock.
figures() { sed -E 's/"(tok_s|peak_share|elapsed|gen_s|score_s|train_s)":[^,}]*,?//g' "$1/metrics.jsonl"; }
same() { # same NAME FOLDER: the bits and the figures of the undisturbed run
    if [ "$(bits "$2")" != "$want" ]; then not_ok "$1" "the final files differ from the undisturbed run's"
    elif [ "$(figures "$2")" != "$want_figures" ]; then not_ok "$1" "metrics.jsonl differs from the undisturbed run's"
    else ok "$1"; fi
}

if ! train --out "$dir/a" > "$dir/log" 2>&1; then
    not_ok undisturbed "$(tail -n 1 "$dir/log")"
    exit 1
fi
ok undisturbed
want=$(bits "$dir/a")
want_figures=$(figures "$dir/a")

if train --out "$dir/b" > "$dir/log" 2>&1; then same same-seed-same-bits "$dir/b"
else not_ok same-seed-same-bits "$(tail -n 1 "$dir/log")"; fi
train --out "$dir/c" --set run.seed=2 > "$dir/log" 2>&1
if [ "$(bits "$dir/c")" = "$want" ]; then not_ok other-seed-other-bits "the same bits"; else ok other-seed-other-bits; fi

# ---- SIGKILL at random moments, then --resume. A moment is a random step and some milliseconds more, so that it does
# not depend on how fast the machine is today; it may fall into a step, a checkpoint, an export.
run_until() { # run_until STEPS FOLDER ARGS...: resume there, kill when so many steps are in metrics.jsonl; 1: it ended
    local steps=$1 out=$2 ms=$((RANDOM % 60)) ended
    shift 2
    train_bg --out "$out" --resume "$@"
    while kill -0 "$pid" 2> /dev/null; do
        if [ -e "$out/metrics.jsonl" ] && [ "$(wc -l < "$out/metrics.jsonl")" -ge "$steps" ]; then break; fi
        sleep 0.005
    done
    sleep "$(printf '0.%03d' "$ms")"
    kill -9 "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null
    ended=$?
    pid=
    [ "$ended" -eq 137 ]
}
rounds=3
if [ -n "${R1_LONG:-}" ]; then rounds=12; fi
for i in $(seq "$rounds"); do
    out=$dir/kill$i
    minutes=0 # a checkpoint after every step, or where the clock has it
    if [ $((i % 2)) -eq 0 ]; then minutes=0.002; fi
    kills=0 moments=
    for at in $(for _ in 1 2 3 4; do echo $((RANDOM % 19)); done | sort -n); do
        if run_until "$at" "$out" --set pretrain.checkpoint_minutes=$minutes; then
            kills=$((kills + 1)) moments="$moments $at"
        fi
    done
    if ! train --out "$out" --resume --set pretrain.checkpoint_minutes=$minutes > "$dir/log" 2>&1; then
        not_ok "killed-$i" "$(tail -n 1 "$dir/log")"
    else same "killed-$i" "$out"; fi
    echo "# killed $kills times, from steps:$moments"
    rm -rf "$out"
done

# ---- Muon's state is in the checkpoint too
train --out "$dir/muon" --stage tokenizer --set pretrain.optimizer=muon > "$dir/log" 2>&1
cp -r "$dir/muon" "$dir/muon2"
train --out "$dir/muon" --stage pretrain --set pretrain.optimizer=muon > "$dir/log" 2>&1
run_until 5 "$dir/muon2" --stage pretrain --set pretrain.optimizer=muon
train --out "$dir/muon2" --stage pretrain --set pretrain.optimizer=muon --resume > "$dir/log" 2>&1
if ! cmp -s "$dir/muon/base/model.safetensors" "$dir/muon2/base/model.safetensors"; then
    not_ok muon-killed "other bits ($(tail -n 1 "$dir/log"))"
elif cmp -s "$dir/muon/base/model.safetensors" "$dir/a/base/model.safetensors"; then
    not_ok muon-killed "the same bits as AdamW"
else ok muon-killed; fi

# ---- the curriculum's state is in the checkpoint, too: levels that move with the loss, runs that stop between the moves
cur=(--set "mix.base.curriculum=loss 6")
train --out "$dir/cur" "${cur[@]}" > "$dir/log" 2>&1
run_until 4 "$dir/cur2" "${cur[@]}"
train --out "$dir/cur2" "${cur[@]}" --resume --stop-after 3 > "$dir/log" 2>&1
train --out "$dir/cur2" "${cur[@]}" --resume > "$dir/log" 2>&1
if [ "$(bits "$dir/cur")" != "$(bits "$dir/cur2")" ] || [ "$(figures "$dir/cur")" != "$(figures "$dir/cur2")" ]; then
    not_ok curriculum-killed "other bits or figures ($(tail -n 1 "$dir/log"))"
elif ! grep -q '"level":2' "$dir/cur/metrics.jsonl"; then not_ok curriculum-killed "no level moved"
else ok curriculum-killed; fi

# ---- Ctrl-C: the step is finished, the checkpoint written, exit 0 with a line that says how to go on
out=$dir/int
train_bg --out "$out"
for _ in $(seq 200); do
    if [ -s "$out/metrics.jsonl" ]; then break; fi
    sleep 0.02
done
kill -INT "$pid" 2> /dev/null
wait "$pid"
status=$?
pid=
if [ "$status" -ne 0 ]; then not_ok ctrl-c "exit status $status"
elif [ -e "$out/sft.done" ]; then ok ctrl-c # it was faster than the signal
elif ! grep -q -- '--resume' "$dir/log"; then not_ok ctrl-c "no line says how to go on: $(tail -n 1 "$dir/log")"
else ok ctrl-c; fi
train --out "$out" --resume > "$dir/log" 2>&1
same ctrl-c-resumed "$out"

# ---- an unfinished run is not overwritten unasked; one run a folder
out=$dir/stop
train --out "$out" --stop-after 5 > "$dir/log" 2>&1
before=$(sha256sum < "$out/ckpt/pretrain-last.safetensors")
if train --out "$out" > "$dir/log" 2>&1; then not_ok unfinished-is-kept "begun anew without --force"
elif ! grep -q 'unfinished pretrain' "$dir/log"; then not_ok unfinished-is-kept "$(tail -n 1 "$dir/log")"
elif [ "$before" != "$(sha256sum < "$out/ckpt/pretrain-last.safetensors")" ]; then not_ok unfinished-is-kept "changed"
else ok unfinished-is-kept; fi
if train --out "$out" --set pretrain.lr=1e-3 > "$dir/log" 2>&1; then not_ok foreign-recipe "not refused"
elif grep -q 'another recipe' "$dir/log"; then ok foreign-recipe
else not_ok foreign-recipe "$(tail -n 1 "$dir/log")"; fi

# ---- a damaged checkpoint is refused with its name, and stays for who wants to look at it
cp "$out/ckpt/pretrain-last.safetensors" "$dir/good"
for cut in 0 7 8 1000 50000; do
    head -c "$cut" "$dir/good" > "$out/ckpt/pretrain-last.safetensors"
    if train --out "$out" --resume > "$dir/log" 2>&1; then not_ok "damaged-$cut" "resumed from $cut bytes"
    elif [ "$(wc -l < "$dir/log")" -gt 3 ] || ! grep -q 'pretrain-last.safetensors' "$dir/log"; then
        not_ok "damaged-$cut" "$(tail -n 1 "$dir/log")"
    else ok "damaged-$cut"; fi
done
cp "$dir/good" "$out/ckpt/pretrain-last.safetensors"

# ---- the disk is full while a checkpoint is written. `ulimit -f` (KiB) lets the tokenizer and metrics through and no
# checkpoint: the run goes on, says so, ends with an error, and what was there before is untouched.
(
    ulimit -f 100
    trap '' XFSZ
    train --out "$out" --resume --stop-after 3
) > "$dir/log" 2>&1
status=$?
if [ "$status" -eq 0 ]; then not_ok full-disk "exit status 0"
elif ! grep -q 'checkpoint not written' "$dir/log"; then not_ok full-disk "$(tail -n 1 "$dir/log")"
elif ! cmp -s "$dir/good" "$out/ckpt/pretrain-last.safetensors"; then not_ok full-disk "the old checkpoint changed"
else ok full-disk; fi
train --out "$out" --resume > "$dir/log" 2>&1
same full-disk-resumed "$out"
rm -rf "$out"

# The same with a real file system that is too small, where one may be mounted.
small=$dir/small
mkdir "$small"
size=$(($(stat -c %s "$dir/good") * 3 / 2048 + 300))
if mount -t tmpfs -o size=${size}k tmpfs "$small" 2> /dev/null; then
    mounted=$small
    # The first checkpoint fits, the second one beside it does not: the first stays and the run can go on from it.
    train --out "$small/run" --stop-after 3 > "$dir/log" 2>&1
    status=$?
    if [ "$status" -ne 1 ] || ! grep -q "checkpoint not written" "$dir/log"; then
        not_ok small-disk "exit status $status, $(tail -n 1 "$dir/log")"
    elif ! cp -r "$small/run" "$dir/roomy"; then not_ok small-disk "cannot copy"
    else
        train --out "$dir/roomy" --resume > "$dir/log" 2>&1
        same small-disk-resumed "$dir/roomy"
    fi
    umount "$small" && mounted=
else echo "skip small-disk: mounting a tmpfs is not allowed here"; fi

# ---- recipes that are wrong: one line, exit status 1, nothing made
bad() { # bad NAME TEXT SET
    if train --out "$dir/bad" --set "$3" > "$dir/log" 2>&1; then not_ok "$1" "accepted"
    elif [ "$(wc -l < "$dir/log")" -ne 1 ]; then not_ok "$1" "$(wc -l < "$dir/log") lines"
    elif ! grep -qF -- "$2" "$dir/log"; then not_ok "$1" "$(cat "$dir/log")"
    elif [ -e "$dir/bad" ]; then not_ok "$1" "left $dir/bad behind"
    else ok "$1"; fi
}
bad bad-key 'did you mean "lr"' pretrain.lrr=1
bad bad-section 'did you mean [pretrain]' pretrian.lr=1
bad bad-range 'expected a number in 0..10' pretrain.lr=11
bad bad-type 'expected a whole number' pretrain.steps=many
bad bad-model 'hidden_size' model.hidden_size=-4
bad bad-experts 'num_experts_per_tok' model.num_experts_per_tok=9
bad bad-mix 'no [mix.x]' pretrain.mix=x
"$r1" train > "$dir/log" 2>&1
if [ $? -eq 2 ]; then ok usage; else not_ok usage "expected exit status 2"; fi
# ---- RL: answers, rewards, the curriculum that they move, a reference that is refreshed
args=(train recipes/mini-rl.ini --set pretrain.steps=30 --set rl.steps=6 --set rl.questions=4 --set rl.group=4 --set rl.max_new=60
    --set rl.kl=0.05 --set rl.ref_every=2 --set rl.epochs=2 --set rl.minibatches=2 --set rl.checkpoint_minutes=0 --set rl.mix=moving
    --set rl.qat=1 --set rl.qat_from=0.5 --set "mix.moving.arithmetic=1 levels 1 2" --set mix.moving.curriculum=reward --set reward.language=0.2)
rl_bits() { cat "$1/rl/model.safetensors" "$1/samples.jsonl" | sha256sum; }
if ! train --out "$dir/rl" --stage tokenizer > "$dir/log" 2>&1 || ! train --out "$dir/rl" --stage pretrain > "$dir/log" 2>&1; then
    not_ok rl-base "$(tail -n 1 "$dir/log")"
fi
cp -r "$dir/rl" "$dir/rl2"
lines=$(wc -l < "$dir/rl/metrics.jsonl")
if ! train --out "$dir/rl" --stage rl > "$dir/log" 2>&1; then not_ok rl-undisturbed "$(tail -n 1 "$dir/log")"; fi
for at in 1 3 4; do run_until $((lines + at)) "$dir/rl2" --stage rl; done
if ! train --out "$dir/rl2" --stage rl --resume > "$dir/log" 2>&1; then not_ok rl-killed "$(tail -n 1 "$dir/log")"
elif [ "$(rl_bits "$dir/rl")" != "$(rl_bits "$dir/rl2")" ]; then not_ok rl-killed "other bits"
elif [ "$(figures "$dir/rl")" != "$(figures "$dir/rl2")" ]; then not_ok rl-killed "other figures"
else ok rl-killed; fi

# ---- rejection sampling, with the shipped model: the rows of a run that stopped between its steps, and of one that was killed
cat > "$dir/reject.ini" << INI
[run]
name = reject
[mix.base]
arithmetic = 1 levels 1
[reject]
init_from = $PWD/models/r1-tiny.gguf
steps = 3
questions = 3
group = 3
max_new = 300
max_len = 400
INI
reject() { "$r1" train "$dir/reject.ini" "$@" > "$dir/log" 2>&1; }
if ! reject --out "$dir/rows"; then not_ok reject-undisturbed "$(tail -n 1 "$dir/log")"
elif ! "$r1" data check "$dir/rows/reject.jsonl" > "$dir/log" 2>&1; then not_ok reject-rows "$(tail -n 1 "$dir/log")"
elif [ -e "$dir/rows/reject" ]; then not_ok reject-rows "the parts are still there"
else ok reject-rows; fi
reject --out "$dir/rows2" --stop-after 1
("$r1" train "$dir/reject.ini" --out "$dir/rows2" --resume > "$dir/log" 2>&1 & pid2=$!
    while kill -0 $pid2 2> /dev/null && [ ! -e "$dir/rows2/reject/2.jsonl" ]; do sleep 0.005; done
    kill -9 $pid2
    wait $pid2) 2> /dev/null
if ! reject --out "$dir/rows2" --resume; then not_ok reject-killed "$(tail -n 1 "$dir/log")"
elif ! cmp -s "$dir/rows/reject.jsonl" "$dir/rows2/reject.jsonl"; then not_ok reject-killed "other rows"
elif [ "$(figures "$dir/rows")" != "$(figures "$dir/rows2")" ]; then not_ok reject-killed "other figures"
else ok reject-killed; fi
exit $failed
