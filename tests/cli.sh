#!/usr/bin/env bash
# tests/cli.sh -- the program as a person meets it: help, bad input, exit statuses, pipes, Ctrl-C.
# Needs ./r1 and build/tests/test_infer (which makes a tiny model); R1 and HELPER name others.
# Prints "ok NAME", "not ok NAME: why", "skip NAME: why".
set -u
cd "$(dirname "$0")/.." || exit 1
R1=${R1:-./r1}
HELPER=${HELPER:-build/tests/test_infer}
if ! [ -x "$R1" ] || ! [ -x "$HELPER" ]; then echo "not ok cli: $R1 or $HELPER is not built"; exit 1; fi
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
unset R1_MODEL NO_COLOR
# A tiny model gains nothing from threads, and threads that spin starve on a machine that others share.
export OMP_WAIT_POLICY=passive R1_THREADS=1
failed=0
ok() { echo "ok $1"; }
bad() { echo "not ok $1: $2"; failed=1; }

# run ARGS...: output in $T/out and $T/err, status in $rc
run() { timeout 60 "$R1" "$@" >"$T/out" 2>"$T/err" </dev/null; rc=$?; }
runin() { local in=$1; shift; timeout 60 "$R1" "$@" >"$T/out" 2>"$T/err" <"$in"; rc=$?; }
# expect NAME STATUS [PATTERN in out or err]
expect() {
    if [ "$rc" -ne "$2" ]; then bad "$1" "status $rc, expected $2: $(head -c 200 "$T/err" | tr '\n' ' ')"
    elif [ $# -gt 2 ] && ! cat "$T/out" "$T/err" | grep -a -q -e "$3"; then bad "$1" "nothing said '$3': $(head -c 200 "$T/err" | tr '\n' ' ')"
    else ok "$1"; fi
}
# fails NAME PATTERN: status 1 and exactly one line on stderr, which has PATTERN
fails() {
    local n
    n=$(wc -l <"$T/err")
    if [ "$rc" -ne 1 ]; then bad "$1" "status $rc, expected 1"
    elif [ "$n" -ne 1 ]; then bad "$1" "$n lines on stderr, expected 1"
    elif ! grep -a -q -e "$2" "$T/err"; then bad "$1" "stderr does not say '$2': $(head -c 200 "$T/err")"
    else ok "$1"; fi
}
# narrow NAME FILE: nothing wider than 80 columns
narrow() {
    if awk 'length($0) > 80 { exit 1 }' "$2"; then ok "$1"; else bad "$1" "lines wider than 80 columns"; fi
}

# ---- help and usage
run; expect "overview" 0 "Solve for x"; narrow "overview fits 80 columns" "$T/out"
run help; expect "help" 0 "usage: r1"
run --help; expect "--help" 0 "usage: r1"
for c in ask chat train data eval report convert info bench tokenize logits; do
    run "$c" --help; expect "$c --help" 0 "usage: r1 $c"; narrow "$c --help fits 80 columns" "$T/out"
done
run help eval; expect "help eval" 0 "usage: r1 eval"
run aks; expect "a mistyped command" 2 "did you mean 'ask'"
run zzzzzz; expect "an unknown command" 2 "r1 help"
run ask --tmep 1 hi; expect "a mistyped option" 2 "did you mean '--temp'"
run ask --temp; expect "an option without its value" 2 "expected a value"
run ask --temp x hi; expect "an option of a wrong type" 2 "expected a number"
run ask --max-tokens 0 hi; expect "an option out of range" 2 "from 1"
run ask; expect "ask without a question" 2 "no question"
run chat hello; expect "chat with an argument" 2 "r1 ask"
run eval; expect "eval without a suite" 2 "suite"
run eval --suite valid --data x; expect "eval with both" 2 "exclude"
run eval --suite valid --split x; expect "eval with an unknown split" 2 "train, valid or test"
run report; expect "report without a folder" 2 "one folder"
run report "$T/none"; fails "report of a folder that is not there" "metrics.jsonl"
mkdir "$T/run"; echo '{"stage":"pretrain","step":1,"loss":2}' >"$T/run/metrics.jsonl"
run report "$T/run"; expect "report" 0 "report.html"
if grep -q "Pre-training" "$T/run/report.html"; then ok "report has its stage"; else bad "report has its stage" "no"; fi
run convert a; expect "convert with one name" 2 "SRC and DST"
run logits --tokens 1; expect "logits without -o" 2 "-o FILE"
run logits --tokens 1 -o x --attn y; expect "logits with an unknown form" 2 "absorbed"

# ---- models
M=$T/tiny.gguf
if ! "$HELPER" --make-tiny "$M" || ! "$HELPER" --make-tiny "$T/nan.gguf" damaged; then bad "tiny model" "not made"; exit 1; fi
run ask -m "$T/none.gguf" hi; fails "a missing model" "none.gguf"
run ask -m "" hi; fails "a model without a name" "empty"
run ask -m "$T" hi; fails "a folder without a model" "config.json"
head -c 3000 /dev/urandom >"$T/noise"; run ask -m "$T/noise" hi; fails "a file that is no model" "not a GGUF"
: >"$T/zero.gguf"; run ask -m "$T/zero.gguf" hi; fails "an empty model file" "zero.gguf"
run ask -m "$T/nan.gguf" hi; fails "a NaN among the weights" "NaN\|nan\|finite\|infin"
size=$(stat -c %s "$M")
why=
for cut in 3 4 8 23 24 200 1000 4000 $((size / 2)) $((size - 1)); do
    head -c "$cut" "$M" >"$T/cut.gguf"
    run ask -m "$T/cut.gguf" hi
    [ "$rc" -eq 1 ] && [ "$(wc -l <"$T/err")" -eq 1 ] || why="at $cut bytes: status $rc, $(head -c 200 "$T/err" | tr '\n' ' ')"
done
if [ -z "$why" ]; then ok "a truncated model"; else bad "a truncated model" "$why"; fi
cp "$R1" "$T/r1-alone"
(cd "$T" && ./r1-alone ask hi >out 2>err </dev/null); rc=$?; fails "no shipped model" "R1_MODEL"
R1_MODEL=$M run ask -q -n 3 hi; expect "R1_MODEL" 0
mkdir "$T/models" && cp "$M" "$T/models/r1-tiny.gguf"
(cd / && "$T/r1-alone" ask -q -n 3 hi >"$T/out" 2>"$T/err" </dev/null); rc=$?; expect "the model beside the program" 0

# ---- questions
run ask -m "$M" -n 20 "Solve for x: 2x + 5 = 15"; expect "ask" 0 "cut at 20"
if grep -a -q "$(printf '\033')" "$T/out"; then bad "no colour in a pipe" "an escape sequence"; else ok "no colour in a pipe"; fi
run ask -q -m "$M" -n 20 two words; cp "$T/out" "$T/a"; run ask -q -m "$M" -n 20 "two words"
if cmp -s "$T/a" "$T/out" && [ ! -s "$T/err" ]; then ok "words are joined, --quiet is quiet"; else bad "words are joined, --quiet is quiet" "outputs differ or stderr is not empty"; fi
run ask -q -m "$M" -n 30 -t 1 --seed 5 hi; cp "$T/out" "$T/a"; run ask -q -m "$M" -n 30 -t 1 --seed 5 hi; cp "$T/out" "$T/b"
run ask -q -m "$M" -n 30 -t 1 --seed 6 hi
if cmp -s "$T/a" "$T/b" && ! cmp -s "$T/a" "$T/out"; then ok "the seed decides"; else bad "the seed decides" "same seeds differ, or different seeds agree"; fi
run ask -q -m "$M" -n 20 -t 1 --json hi
if [ "$rc" -eq 0 ] && "$HELPER" --json model reasoning answer finish_reason usage timing <"$T/out" && [ "$(wc -l <"$T/out")" -eq 1 ]; then ok "ask --json"
else bad "ask --json" "status $rc, $(head -c 200 "$T/out")"; fi
run ask -q -m "$M" --no-think -n 5 --json hi; expect "ask --no-think" 0 finish_reason
run ask -q -m "$M" -n 5 -- "-3 + 5 = ?"; expect "a question after --" 0
printf 'What is 2 + 2?\n' >"$T/q"; runin "$T/q" ask -q -m "$M" -n 5 -; expect "a question on stdin" 0
run ask -q -m "$M" -n 5 --file "$T/q"; expect "a file is the question" 0
run ask -q -m "$M" -n 5 --file "$T/q" "And this?"; expect "a file after the question" 0
run ask -m "$M" ""; fails "an empty question" "is empty"
run ask -m "$M" "  "; fails "a blank question" "is empty"
runin /dev/null ask -m "$M" -; fails "an empty stdin" "is empty"
printf 'a\0b' >"$T/q"; runin "$T/q" ask -m "$M" -; fails "a NUL in the question" "0x00 at offset 1"
printf 'a\033[2Jb' >"$T/q"; runin "$T/q" ask -m "$M" -; fails "a control byte in the question" "0x1b"
printf 'ab\377\376' >"$T/q"; runin "$T/q" ask -m "$M" -; fails "a question that is not UTF-8" "not UTF-8: byte 0xff at offset 2"
run ask -m "$M" "$(printf 'x\302')"; fails "a cut character" "not UTF-8"
head -c 1000000 /dev/zero | tr '\0' 'x' >"$T/q"; runin "$T/q" ask -m "$M" -; fails "a question of 1 MB" "tokens long"
head -c 1000000 /dev/urandom >"$T/q"; runin "$T/q" ask -m "$M" -; fails "1 MB of noise" "not text\|not UTF-8"
head -c 20000000 /dev/zero | tr '\0' 'x' >"$T/q"; runin "$T/q" ask -m "$M" -; fails "a question of 20 MB" "more than 16 MB"
run ask -m "$M" --file "$T/none" hi; fails "a missing file" "none"
run ask -m "$M" --file "$T" hi; fails "a folder as the file" "$T"
: >"$T/empty"; run ask -m "$M" --file "$T/empty" hi; fails "an empty file" "is empty"

# ---- pipes and disks
timeout 60 "$R1" ask -m "$M" -q hi 2>"$T/err" </dev/null | head -c 1 >/dev/null
if [ ! -s "$T/err" ]; then ok "a reader that goes away"; else bad "a reader that goes away" "$(head -c 100 "$T/err")"; fi
if [ -w /dev/full ]; then
    timeout 60 "$R1" ask -m "$M" -q -n 5 hi >/dev/full 2>"$T/err" </dev/null; rc=$?; fails "a full disk" "No space left"
    timeout 60 "$R1" info "$M" --json >/dev/full 2>"$T/err" </dev/null; rc=$?; fails "a full disk under --json" "No space left"
    timeout 60 "$R1" help >/dev/full 2>"$T/err" </dev/null; rc=$?; fails "a full disk under help" "No space left"
else echo "skip a full disk: no /dev/full"; fi
timeout 60 "$R1" ask -q -m "$M" -n 3 hi >"$T/out" 2>"$T/err" <&-; rc=$?; expect "stdin closed" 0

# ---- info, bench, tokenize, logits, convert
run info "$M"; expect "info" 0 "parameters"; narrow "info fits 80 columns" "$T/out"
run info "$M" --json
if "$HELPER" --json name architecture parameters weights context config <"$T/out"; then ok "info --json"; else bad "info --json" "$(head -c 200 "$T/out")"; fi
cat >"$T/config.json" <<'JSON'
{"architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "vocab_size": 129280, "hidden_size": 7168,
 "intermediate_size": 18432, "moe_intermediate_size": 2048, "num_hidden_layers": 61, "num_nextn_predict_layers": 1,
 "num_attention_heads": 128, "num_key_value_heads": 128, "n_shared_experts": 1, "n_routed_experts": 256,
 "routed_scaling_factor": 2.5, "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64, "v_head_dim": 128,
 "qk_nope_head_dim": 128, "topk_method": "noaux_tc", "n_group": 8, "topk_group": 4, "num_experts_per_tok": 8,
 "moe_layer_freq": 1, "first_k_dense_replace": 3, "norm_topk_prob": true, "scoring_func": "sigmoid",
 "hidden_act": "silu", "max_position_embeddings": 163840, "rms_norm_eps": 1e-06, "rope_theta": 10000,
 "rope_scaling": {"beta_fast": 32, "beta_slow": 1, "factor": 40, "mscale": 1.0, "mscale_all_dim": 1.0,
 "original_max_position_embeddings": 4096, "type": "yarn"}, "tie_word_embeddings": false, "attention_bias": false,
 "bos_token_id": 0, "eos_token_id": 1}
JSON
run info "$T/config.json"; expect "info of the 671B configuration" 0 "671B in all, 37B active"; narrow "and it fits 80 columns" "$T/out"
run info "$T/none"; fails "info of nothing" "no such file"
run bench -m "$M" -r 1 -p 16 -n 8; expect "bench" 0 "tg8"
run bench -m "$M" -r 1 -p 16 -n 8 --json
if "$HELPER" --json model threads pp16 tg8 <"$T/out"; then ok "bench --json"; else bad "bench --json" "$(head -c 200 "$T/out")"; fi
run bench -m "$M" -p 100000; fails "bench beyond the context" "context"

printf 'Solve for x: 2x + 5 = 15\n\377 \303\244' >"$T/q"
runin "$T/q" tokenize -m "$M" --json; cp "$T/out" "$T/ids"
if "$HELPER" --json ids <"$T/ids"; then ok "tokenize --json"; else bad "tokenize --json" "$(head -c 200 "$T/out")"; fi
runin "$T/ids" tokenize -m "$M" --decode
if cmp -s "$T/q" "$T/out"; then ok "tokenize and back, any bytes"; else bad "tokenize and back, any bytes" "differ"; fi
echo 99999999 >"$T/q2"; runin "$T/q2" tokenize -m "$M" --decode; fails "an unknown id" "not in the vocabulary"
runin /dev/null tokenize -m "$M" --json; expect "tokenize nothing" 0 '{"ids":\[\]}'

run logits -m "$M" --tokens 1,2,3 -o "$T/l.f32"; expect "logits" 0
if [ "$(stat -c %s "$T/l.f32")" -eq $((3 * 320 * 4)) ]; then ok "logits are [T, vocab]"; else bad "logits are [T, vocab]" "$(stat -c %s "$T/l.f32") bytes"; fi
run logits -m "$M" --tokens 1,2,3 --mtp -o "$T/mtp.f32"
if [ "$rc" -eq 0 ] && [ "$(stat -c %s "$T/mtp.f32")" -eq $((2 * 320 * 4)) ]; then ok "logits --mtp"; else bad "logits --mtp" "status $rc"; fi
run logits -m "$M" --tokens 1,999999 -o "$T/x.f32"; fails "an id outside the vocabulary" "999999"
run logits -m "$M" --tokens "1,,2" -o "$T/x.f32"; fails "a hole in the list" "expected a token id"
run logits -m "$M" --tokens "1 2" -o "$T/x.f32"; fails "no comma in the list" "comma"
run logits -m "$M" --tokens=-1 -o "$T/x.f32"; fails "a negative id" "token id"
if ls "$T"/x.f32* >/dev/null 2>&1; then bad "no file after an error" "$(ls "$T"/x.f32*)"; else ok "no file after an error"; fi
run logits -m "$M" --tokens 1,2 -o "$T/no/such/x"; fails "a folder that is not there" "no/such"

run convert -q "$M" "$T/hf"; expect "convert to a folder" 0
run convert -q "$T/hf" "$T/back.gguf"; expect "convert back" 0
run logits -q -m "$T/hf" --tokens 1,2,3 -o "$T/hf.f32"; run logits -q -m "$T/back.gguf" --tokens 1,2,3 -o "$T/back.f32"
if cmp -s "$T/l.f32" "$T/hf.f32" && cmp -s "$T/l.f32" "$T/back.f32"; then ok "the same logits from every format"; else bad "the same logits from every format" "they differ"; fi
runin "$T/q" tokenize -m "$T/hf" --json
if cmp -s "$T/ids" "$T/out"; then ok "the same tokenizer in the folder"; else bad "the same tokenizer in the folder" "ids differ"; fi
run convert -q --type q8_0 "$M" "$T/q8.gguf"; expect "convert to q8_0" 0
run info "$T/q8.gguf"; expect "and it is q8_0" 0 "q8_0"
run ask -q -m "$T/q8.gguf" -n 5 hi; expect "and it answers" 0
run convert "$M" "$M"; fails "convert onto itself" "the same"
run convert --type q9 "$M" "$T/x.gguf"; fails "an unknown type" "q8_0"
run convert --type f16 "$M" "$T/hf2"; fails "a type for a folder" "folder"
cp "$T/q8.gguf" "$T/keep.gguf"; run convert "$T/nan.gguf" "$T/keep.gguf"
if [ "$rc" -eq 1 ] && cmp -s "$T/q8.gguf" "$T/keep.gguf"; then ok "what existed stays"; else bad "what existed stays" "status $rc"; fi

# ---- eval
run eval -q -m "$M" --suite valid --limit 5 -n 8; expect "eval" 0 "95% interval"; narrow "eval fits 80 columns" "$T/out"
run eval -q -m "$M" --suite valid --limit 5 -n 8 --json
if "$HELPER" --json n correct accuracy format_ok mean_tokens cells model <"$T/out"; then ok "eval --json"; else bad "eval --json" "$(head -c 200 "$T/out")"; fi
run eval -m "$M" --suite valid --limit 2 -n 8 --show-wrong 1; expect "eval --show-wrong" 0 "expected:"
printf '{"question":"What is 1 + 1?","answer":2}\n' >"$T/rows.jsonl"
run eval -q -m "$M" --data "$T/rows.jsonl" -n 8 --json; expect "eval --data" 0 '"n":1'
run eval -q -m "$M" --suite vlaid; fails "an unknown suite" "did you mean 'valid'"
printf '{"question":"a","answer":"1"}\n{bad\n' >"$T/rows.jsonl"
run eval -q -m "$M" --data "$T/rows.jsonl"; fails "a bad row" "rows.jsonl:2"
run eval -q -m "$M" --data "$T/none.jsonl"; fails "a missing file of rows" "none.jsonl"

# ---- data
run data list; expect "data list" 0 "linear"; narrow "data list fits 80 columns" "$T/out"
run data; expect "data alone" 2 "found nothing"
run data make lineer; expect "a mistyped family" 2 "did you mean 'linear'"
run data make linear --level 99; expect "a level out of range" 2 "level"
run data make education -n 60 --seed 3; cp "$T/out" "$T/rows.jsonl"; R1_THREADS=3 run data make education -n 60 --seed 3
if [ "$(wc -l <"$T/out")" -eq 60 ] && cmp -s "$T/out" "$T/rows.jsonl"; then ok "a field's rows, whatever the threads"; else bad "a field's rows, whatever the threads" "they differ"; fi
run data make arithmetic --level 1 -n 3000
if [ "$(sed 's/.*"Understand: //; s/\\n.*//' "$T/out" | sort -u | wc -l)" -eq 3000 ]; then ok "each problem once"; else bad "each problem once" "$(head -c 200 "$T/err")"; fi
run data make arithmetic --level 1 -n 30000; expect "more rows than problems" 0 "of 30000 rows repeat a problem"
runin "$T/rows.jsonl" data check -; expect "data check" 0 "60 of 60 rows are right"
{
    echo '{bad json'
    echo '{"family":"linear","question":"x","answer":"y"}'
    echo '{"family":"linear","level":"one","question":"x","reasoning":"r","answer":"y"}'
    echo '{"family":"nothing","question":"x","reasoning":"r","answer":"y"}'
    printf '{"family":"linear","question":"\377","reasoning":"r","answer":"y"}\n'
    printf '{"family":"linear","question":"a\0b","reasoning":"r","answer":"y"}\n'
    head -c 10000000 /dev/zero | tr '\0' 'x'; echo
    sed -n 1p "$T/rows.jsonl" | sed -E 's/"answer":"[^"]*"/"answer":"It is **123456789**."/'
    echo 7
    cat "$T/rows.jsonl"
} >"$T/bad.jsonl"
run data check "$T/bad.jsonl"; expect "bad rows" 1 "60 of 69 rows are right"
why=
for at in 1 2 3 4 5 6 7 8 9; do grep -q "^line $at: ." "$T/out" || why="$why $at"; done
if [ -z "$why" ] && [ "$(wc -l <"$T/out")" -eq 10 ]; then ok "each bad row and why"; else bad "each bad row and why" "lines without a reason:$why, $(wc -l <"$T/out") lines"; fi
if (ulimit -v 4000000; timeout 60 "$R1" data check "$T/bad.jsonl" >"$T/out2" 2>&1; cmp -s "$T/out" "$T/out2"); then ok "long lines in bounded memory"; else bad "long lines in bounded memory" "$(head -c 200 "$T/out2")"; fi
run data check "$T/none.jsonl"; fails "check of nothing" "none.jsonl"
run data check "$T"; fails "check of a folder" "folder"
run data stats "$T/rows.jsonl" "$T/bad.jsonl" --svg "$T/s.svg"; expect "data stats" 1 "61 questions of $T/bad.jsonl are in $T/rows.jsonl"; narrow "data stats fits 80 columns" <(grep -v "$T" "$T/out")
if head -c 4 "$T/s.svg" | grep -q '<svg'; then ok "data stats --svg"; else bad "data stats --svg" "no picture"; fi
printf '{"q":"%s"}\n' "In the beginning there were ten words and then there were more" >"$T/eval.jsonl"
{
    cat "$T/bad.jsonl"
    echo '{"source":"s","text":"In the beginning, there were TEN words and then there were more of them."}'
    echo '{"source":"s","text":"In the beginning there was nothing that anybody could have spoken of."}'
} >"$T/all.jsonl"
run data curate "$T/all.jsonl" -o "$T/kept.jsonl" --against "$T/eval.jsonl"; expect "data curate" 0 "1 of $T/eval.jsonl"
if [ "$(wc -l <"$T/kept.jsonl")" -eq 61 ] && ! grep -q TEN "$T/kept.jsonl"; then ok "curate keeps what is right and new"; else bad "curate keeps what is right and new" "$(wc -l <"$T/kept.jsonl") rows"; fi
run data curate "$T/kept.jsonl"; expect "curate without -o" 2 "-o FILE"
run data curate "$T/kept.jsonl" -o "$T/k2" --against "$T/nowhere"; fails "an evaluation set that is not there" "nowhere"
cat >"$T/m.ini" <<'INI'
[problems]
kind = families
families = arithmetic linear
levels = 1 2
share = 9
[texts]
kind = jsonl
path = kept.jsonl
licence = ours
share = 1
INI
run data corpus "$T/m.ini" -o "$T/c1.jsonl" --rows 500; expect "data corpus" 0 "keys of another split: 0"
R1_THREADS=3 run data corpus "$T/m.ini" -o "$T/c2.jsonl" --rows 500
if cmp -s "$T/c1.jsonl" "$T/c2.jsonl" && [ "$(wc -l <"$T/c1.jsonl")" -eq 500 ]; then ok "the same corpus, whatever the threads"; else bad "the same corpus, whatever the threads" "they differ"; fi
run data check "$T/c1.jsonl"; expect "and all of it is right" 0 "500 of 500"
echo 'x = 1' >"$T/m.ini"; run data corpus "$T/m.ini" -o "$T/c3.jsonl"; fails "a bad manifest" "m.ini:1"
run data corpus "$T/m.ini"; expect "corpus without -o" 2 "-o FILE"

# ---- chat
printf 'hello\n\n/help\n/think off\nagain\n/nonsense\n/clear\n/exit\nnever\n' >"$T/q"
runin "$T/q" chat -q -m "$M" -n 5; expect "chat over a pipe" 0 "Ctrl-D"
printf 'hello' >"$T/q"; runin "$T/q" chat -q -m "$M" -n 5; expect "chat ends with its input" 0
printf 'a\377b\nhello\n' >"$T/q"; runin "$T/q" chat -q -m "$M" -n 5; fails "a bad line in a chat" "not UTF-8"
yes "some words to fill it up" | head -n 40 | cut -c1-24 >"$T/q"; runin "$T/q" chat -m "$M" --no-think -n 20; expect "a chat longer than the context" 0 "oldest"

# interrupt SECONDS SIGNAL ARGS...: status in $rc
interrupt() {
    local after=$1 sig=$2
    shift 2
    "$R1" "$@" >"$T/out" 2>"$T/err" </dev/null &
    local pid=$!
    sleep "$after"
    kill "-$sig" "$pid" 2>/dev/null
    wait "$pid"
    rc=$?
}
interrupt 1 INT bench -m "$M" -r 1000 -p 1024 -n 1024; expect "Ctrl-C stops bench" 130 "interrupted"
interrupt 1 TERM bench -m "$M" -r 1000 -p 1024 -n 1024; expect "TERM stops bench" 130 "interrupted"
printf '%0.s{"question":"What is 1 + 1?","answer":2}\n' $(seq 3000) >"$T/rows.jsonl"
interrupt 1 INT eval -q -m "$M" --data "$T/rows.jsonl" --parallel 1; expect "Ctrl-C stops eval" 130 "interrupted"
mkfifo "$T/fifo"
sleep 5 >"$T/fifo" & holder=$!
"$R1" chat -m "$M" <"$T/fifo" >"$T/out" 2>"$T/err" & pid=$!
sleep 1; kill -INT "$pid"; wait "$pid"; rc=$?; kill "$holder" 2>/dev/null; wait "$holder" 2>/dev/null
expect "Ctrl-C stops a chat that waits for a pipe" 130

# ---- on a terminal
if command -v script >/dev/null 2>&1; then
    esc=$(printf '\033')
    TERM=xterm script -qec "$R1 ask -m $M -n 20 hi" /dev/null >"$T/out" 2>&1 </dev/null
    if grep -a -q "${esc}\[2m" "$T/out"; then ok "thinking is dimmed on a terminal"; else bad "thinking is dimmed on a terminal" "$(head -c 100 "$T/out")"; fi
    NO_COLOR=1 TERM=xterm script -qec "$R1 ask -m $M -n 20 hi" /dev/null >"$T/out" 2>&1 </dev/null
    if grep -a -q "${esc}\[2m" "$T/out"; then bad "NO_COLOR" "dimmed all the same"; else ok "NO_COLOR"; fi
    # Typed when the program is ready for it, however slow the machine: each part waits for what must be on the screen.
    # The shell around it must outlive the Ctrl-C as well: a dash would end with it, a bash not, and $SHELL may be either.
    await() { # await PATTERN [N]: until N lines of the screen match (20 s at most)
        for _ in $(seq 200); do
            if [ "$(grep -a -c "$1" "$T/out" 2>/dev/null)" -ge "${2:-1}" ]; then return; fi
            sleep 0.1
        done
    }
    : >"$T/out"
    (await "lists the commands"; sleep 0.2; printf '\003'; await "Ctrl-D or /exit leaves"; sleep 0.2; printf 'hello\r'
        await "cut at 5 tokens"; sleep 0.2; printf '/exit\r'; await "^status ") |
        TERM=xterm timeout 60 script -qec "trap : INT; $R1 chat -m $M -n 5; echo status \$?" /dev/null >"$T/out" 2>&1
    if grep -a -q "Ctrl-D or /exit leaves" "$T/out" && grep -a -q "status 0" "$T/out"; then ok "Ctrl-C at the prompt of a chat"
    else bad "Ctrl-C at the prompt of a chat" "$(tail -c 200 "$T/out" | tr -d '\033' | tr '\r\n' '  ')"; fi
else echo "skip terminal checks: no script(1)"; fi

# ---- the shipped model
if [ -e models/r1-tiny.gguf ]; then
    run ask -q "Solve for x: 2x + 5 = 15"; expect "the seed question" 0 "x = 5"
    missing=
    for phase in Understand Plan Work Check; do grep -q "^$phase" "$T/out" || missing="$missing $phase"; done
    if [ -z "$missing" ]; then ok "all four phases"; else bad "all four phases" "missing:$missing"; fi
    run ask -q -a "What is x if 7x - 3 = 25?"; expect "another phrasing" 0 "x = 4"
    run ask -q -a "solve 3(y+2)=27"; expect "another letter" 0 "y = 7"
else echo "skip the seed question: models/r1-tiny.gguf is absent"; fi
exit $failed
