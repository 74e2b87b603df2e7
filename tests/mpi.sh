#!/usr/bin/env bash
# tests/mpi.sh -- training in several processes: the losses and the bits of one, whatever is killed, stopped or resumed.
# Prints "ok NAME", "not ok NAME: why" or "skip NAME: why" a line; exit status 1 if any is not ok.
# Wants Open MPI and build/r1-mpi (make unit builds it where Open MPI is installed).
#   R1_LONG=1         200 steps instead of 40 (make test-mpi)
set -u
export OMP_WAIT_POLICY=passive R1_THREADS=1 # sums are split by threads: the same number in every process
export OMPI_MCA_btl_base_warn_component_unused=0 OMPI_MCA_btl_vader_single_copy_mechanism=none
cd "$(dirname "$0")/.." || exit 1
r1=${R1_BIN:-$PWD/r1} many=${R1_MPI_BIN:-$PWD/build/r1-mpi}
if ! command -v mpirun > /dev/null 2>&1; then
    echo "skip mpi: no mpirun here (tools/install.sh mpi)"
    exit 0
elif [ ! -x "$many" ]; then
    echo "skip mpi: $many is not built (make test-mpi)"
    exit 0
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/r1-mpi-XXXXXX") || exit 1
job=
# shellcheck disable=SC2317 # called by the trap
cleanup() {
    if [ -n "$job" ]; then kill -9 "$job" 2> /dev/null; fi
    rm -rf "$dir"
}
trap cleanup EXIT
failed=0
ok() { echo "ok $1"; }
not_ok() {
    echo "not ok $1: $2"
    failed=1
}
steps=40 good=4
if [ -n "${R1_LONG:-}" ]; then steps=200 good=2; fi
args=(train recipes/mini.ini --set "pretrain.steps=$steps" --set pretrain.micro_tokens=512
    --set "mix.base.curriculum=loss $good" --set pretrain.checkpoint_minutes=0 --set sft.steps=4 --set sft.checkpoint_minutes=0)
short=(--stage pretrain --set pretrain.steps=12)
mpi=(mpirun --oversubscribe --bind-to none)
if [ "$(id -u)" -eq 0 ]; then mpi+=(--allow-run-as-root); fi
alone() { "$r1" "${args[@]}" "$@" > "$dir/log" 2>&1; }
ranks() { # ranks N ARGS...
    local n=$1
    shift
    timeout -k 5 120 "${mpi[@]}" -np "$n" "$many" "${args[@]}" "$@" > "$dir/log" 2>&1
}
ranks_bg() { # $job is mpirun, $dir/log what all say
    local n=$1
    shift
    "${mpi[@]}" -np "$n" "$many" "${args[@]}" "$@" > "$dir/log" 2>&1 &
    job=$!
}
bits() { cat "$1/base/model.safetensors" "$1/sft/model.safetensors" "$1/mini.gguf" | sha256sum; }
# A process that has ended may wait for its parent, where there is none that asks.
running() { [ -e "/proc/$1/stat" ] && ! grep -q '^State:.*zombie' "/proc/$1/status" 2> /dev/null; }
said() { grep -v '^--' "$dir/log" | grep -E '^r1: |^warning' | head -n 3; }
# All figures of metrics.jsonl that are not a clock or a share of the machine.
figures() { sed -E 's/"(tok_s|peak_share|elapsed)":[^,}]*,?//g' "$1/metrics.jsonl"; }
# losses A B: the largest relative difference of a step's loss, and how many steps both have
losses() {
    paste <(sed -E 's/.*"loss":([^,}]*).*/\1/' "$1/metrics.jsonl") <(sed -E 's/.*"loss":([^,}]*).*/\1/' "$2/metrics.jsonl") |
        awk 'NF == 2 { d = ($1 - $2) / $1; if (d < 0) d = -d; if (d > m) m = d; n++ } END { printf "%.3g %d\n", m, n }'
}
same() { # same NAME FOLDER: as one undisturbed process
    if [ "$(bits "$2")" != "$want" ]; then not_ok "$1" "other weights than one process has ($(said))"
    elif [ "$(figures "$2")" != "$want_figures" ]; then not_ok "$1" "other figures in metrics.jsonl"
    else ok "$1"; fi
}

# ---- one process, and the same as two: both stages, the curriculum moving, 200 steps
if ! alone --out "$dir/one"; then
    not_ok one "$(tail -n 1 "$dir/log")"
    exit 1
fi
want=$(bits "$dir/one")
want_figures=$(figures "$dir/one")
if ! grep -q '"level":2' "$dir/one/metrics.jsonl"; then not_ok one "no level moved"; else ok one; fi
ranks 2 --out "$dir/two"
read -r most n < <(losses "$dir/one" "$dir/two")
echo "# two ranks: largest relative difference of a step's loss $most, over $n steps"
if [ "$n" -ne $((steps + 4)) ]; then not_ok two-same-losses "$n steps, $(said)"
elif ! awk -v m="$most" 'BEGIN { exit !(m <= 1e-4) }'; then not_ok two-same-losses "$most"
else ok two-same-losses; fi
same two-same-bits "$dir/two"

# ---- more of them; the float32 path and Muon
if alone --out "$dir/s4" "${short[@]}" --stage tokenizer && cp -r "$dir/s4" "$dir/r4" && cp -r "$dir/s4" "$dir/r3" &&
    cp -r "$dir/s4" "$dir/r3b" && cp -r "$dir/s4" "$dir/big" && cp -r "$dir/s4" "$dir/mix"; then ok tokenizer
else not_ok tokenizer "$(tail -n 1 "$dir/log")"; fi
more=("${short[@]}" --resume --set pretrain.shards=4 --set pretrain.dtype=f32 --set pretrain.qat=0 --set pretrain.optimizer=muon)
alone --out "$dir/s4" "${more[@]}"
ranks 4 --out "$dir/r4" "${more[@]}"
if cmp -s "$dir/s4/base/model.safetensors" "$dir/r4/base/model.safetensors"; then ok four-same-bits
else not_ok four-same-bits "other weights than one process has ($(said))"; fi
# Three do not halve: not the bits of one, but the same ones every time.
ranks 3 --out "$dir/r3" "${short[@]}"
ranks 3 --out "$dir/r3b" "${short[@]}"
if cmp -s "$dir/r3/base/model.safetensors" "$dir/r3b/base/model.safetensors"; then ok three-twice
else not_ok three-twice "other weights the second time ($(said))"; fi

# ---- a rank is killed: the job ends, one line says why, the last checkpoint is good, and one process can go on
for who in 1 0; do
    out=$dir/kill$who
    cp -r "$dir/one" "$out" && rm -r "$out"/ckpt "$out"/base "$out"/sft "$out"/metrics.jsonl "$out"/pretrain.done "$out"/sft.done
    ranks_bg 2 --out "$out" --resume
    for _ in $(seq 3000); do
        if [ -e "$out/metrics.jsonl" ] && [ "$(wc -l < "$out/metrics.jsonl")" -ge 8 ]; then break; fi
        sleep 0.02
    done
    mapfile -t pids < <(pgrep -P "$job")
    kill -9 "${pids[$who]}" 2> /dev/null
    for _ in $(seq 300); do
        if ! kill -0 "$job" 2> /dev/null; then break; fi
        sleep 0.1
    done
    if kill -0 "$job" 2> /dev/null; then
        not_ok "killed-$who" "the job goes on after 30 s"
        kill -9 "$job" "${pids[@]}"
    fi
    wait "$job" 2> /dev/null
    job=
    other=${pids[$((1 - who))]}
    for _ in $(seq 100); do
        if ! running "$other"; then break; fi
        sleep 0.1
    done
    if running "$other"; then not_ok "killed-$who" "the other rank is left behind"
    elif [ "$(grep -c "^r1: rank $who of 2 .* is gone" "$dir/log")" -ne 1 ]; then not_ok "killed-$who" "$(tail -n 5 "$dir/log")"
    elif ! grep -q -- '--resume goes on' "$dir/log"; then not_ok "killed-$who" "no word on how to go on: $(said)"
    else ok "killed-$who"; fi
    before=$(wc -l < "$out/metrics.jsonl")
    if [ "$who" -eq 1 ]; then alone --out "$out" --resume; else ranks 2 --out "$out" --resume; fi
    if [ "$before" -ge $steps ]; then not_ok "killed-$who-resumed" "it was too late"
    else same "killed-$who-resumed" "$out"; fi
done

# ---- begun by one, gone on with by two; stopped by a signal through mpirun
out=$dir/grow
alone --out "$out" --stop-after 6
ranks_bg 2 --out "$out" --resume
for _ in $(seq 3000); do
    if [ "$(wc -l < "$out/metrics.jsonl")" -ge 10 ]; then break; fi
    sleep 0.02
done
kill -USR1 "$job"
wait "$job"
status=$?
job=
if [ $status -ne 0 ] || ! grep -q 'nothing is lost' "$dir/log"; then not_ok stopped "exit status $status, $(tail -n 3 "$dir/log")"
else ok stopped; fi
ranks 2 --out "$out" --resume
same grown "$out"
# Another number of shards: other last bits, and it says so.
alone --out "$dir/mix" "${short[@]}" --stop-after 3
if ranks 2 --out "$dir/mix" "${short[@]}" --set pretrain.shards=4 --resume && grep -q 'the last bits will differ' "$dir/log"; then
    ok other-shards
else not_ok other-shards "$(tail -n 3 "$dir/log")"; fi

# ---- what cannot work: one line, exit status not 0
refused() { # refused NAME TEXT
    if [ "$status" -eq 0 ] || [ "$status" -ge 124 ]; then not_ok "$1" "exit status $status, $(tail -n 3 "$dir/log")"
    elif [ "$(grep -cF -- "$2" "$dir/log")" -ne "${3:-1}" ]; then not_ok "$1" "$(grep '^r1:' "$dir/log")"
    else ok "$1"; fi
}
ranks 5 --out "$dir/big" "${short[@]}"
status=$?
refused too-many '5 ranks for 4 micro-batches'
ranks 2 --out "$dir/big" "${short[@]}" --resume --set pretrain.shards=3
status=$?
refused uneven-shards 'expected a multiple of the 2 ranks'
ranks 2 --out "$dir/bad" --set pretrain.lrr=1
status=$?
refused bad-recipe 'did you mean "lr"'
timeout -k 5 60 "${mpi[@]}" -np 1 -x R1_KERNEL=ref "$many" "${args[@]}" --out "$dir/big" "${short[@]}" --resume : \
    -np 1 -x R1_KERNEL=avx2 "$many" "${args[@]}" --out "$dir/big" "${short[@]}" --resume > "$dir/log" 2>&1
status=$?
refused other-kernels 'rank 1: not what rank 0 has: the kernels'
if ldd "$r1" | grep -q libmpi; then echo "skip not-built-for-it: this r1 is (make MPI=1)"
else
    timeout -k 5 60 "${mpi[@]}" -np 2 "$r1" "${args[@]}" --out "$dir/big" > "$dir/log" 2>&1
    status=$?
    refused not-built-for-it 'make MPI=1' 2
fi
exit $failed
