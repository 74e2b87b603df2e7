#!/usr/bin/env bash
# tests/peers/run.sh [MODEL] -- our files in other people's programs: `make test-peers`.
#
# llama.cpp (npm node-llama-cpp, a prebuilt library) reads MODEL exported as f32, f16, bf16 and q8_0: the same tokens, the
# same distributions, the same greedy continuation. MODEL is models/r1-tiny.gguf or, without one, a small random model.
# Installs nothing: R1_PEERS (default build/peers) has a folder llama_cpp with the packages; the line for that is printed
# where they are missing. Prints "ok NAME", "not ok NAME: why", "skip NAME: why"; status 1 if anything failed.
set -u
cd "$(dirname "$0")/../.." || exit 1
R1=${R1:-./r1}
HELPER=${HELPER:-build/tests/test_infer}
export R1_PEERS_DIR=${R1_PEERS:-build/peers}/llama_cpp
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
status=0

if ! command -v node >/dev/null; then echo "skip llama.cpp: no node"; exit 0; fi
if [ ! -d "$R1_PEERS_DIR/node_modules/node-llama-cpp" ]; then
    echo "skip llama.cpp: its packages are not installed; mkdir -p $R1_PEERS_DIR && cd $R1_PEERS_DIR &&" \
        "npm i -E node-llama-cpp@3.21.1 @node-llama-cpp/linux-x64@3.21.1 --omit=optional --ignore-scripts"
    exit 0
fi
if ! [ -x "$R1" ]; then echo "not ok peers: $R1 is not built"; exit 1; fi

model=${1:-models/r1-tiny.gguf}
if ! [ -e "$model" ]; then
    if [ $# -gt 0 ]; then echo "not ok peers: $model: no such file"; exit 1; fi
    if ! [ -x "$HELPER" ] || ! "$HELPER" --make-tiny "$T/tiny.gguf" >/dev/null; then echo "not ok peers: no model, and $HELPER makes none"; exit 1; fi
    model=$T/tiny.gguf
fi
# float32 first: a folder is written from it, which has no rounding of its own
if ! "$R1" convert -q "$model" "$T/hf"; then echo "not ok peers: $model does not convert"; exit 1; fi
for type in f32 f16 bf16 q8_0; do
    if ! "$R1" convert -q --type "$type" "$T/hf" "$T/$type.gguf"; then
        echo "not ok $type: r1 convert failed"
        status=1
        continue
    fi
    node tests/peers/llama_cpp.mjs "$T/$type.gguf" "$type" "$R1" || status=1
done
# what r1 makes of 8-bit blocks, without the other side's rounding of activations
"$R1" convert -q --type f32 "$T/q8_0.gguf" "$T/expanded.gguf" || status=1
node tests/peers/llama_cpp.mjs "$T/expanded.gguf" "q8_0 expanded" "$R1" "$T/q8_0.gguf" || status=1
exit $status
