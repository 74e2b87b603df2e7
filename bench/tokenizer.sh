#!/bin/sh
# Tokenizer: this program beside Hugging Face's Rust tokenizer (npm @anush008/tokenizers), one thread each, same texts,
# medians of REPEATS (default 7) runs; the ids are compared by hash. Needs node, npm and the data in ../shared (or
# R1_SHARED); says so and ends when they are absent.
set -eu
cd "$(dirname "$0")/.."
shared=${R1_SHARED:-../shared}
repeats=${REPEATS:-7}
peer=${R1_PEERS:-build/peers}/tokenizers
for need in node npm; do
    command -v "$need" >/dev/null || { echo "tokenizer: skipped: no $need"; exit 0; }
done
[ -d "$shared/golden/tokenizers" ] || { echo "tokenizer: skipped: no $shared/golden/tokenizers"; exit 0; }
make --no-print-directory build/bench/bench_tokenizer
if [ ! -d "$peer/node_modules/@anush008/tokenizers" ]; then
    mkdir -p "$peer"
    echo '{"private":true}' >"$peer/package.json"
    (cd "$peer" && npm install --silent --no-audit --no-fund -E @anush008/tokenizers@0.6.0) ||
        { echo "tokenizer: skipped: npm could not install the peer"; exit 0; }
fi
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
status=0
for name in deepseek_v3 qwen2_5; do
    json=$shared/golden/tokenizers/$name/tokenizer.json
    set -- "$shared/data/text/wiki_demo.txt" "$shared/data/text/c4_demo.json" "$shared/data/gsm8k/train.jsonl" \
        "$shared/data/tinyshakespeare/input.txt"
    build/bench/bench_tokenizer "$json" "$repeats" "$@" >"$out/ours"
    NODE_PATH=$peer/node_modules node bench/tokenizer/peer.js "$json" "$repeats" "$@" >"$out/peer"
    echo "tokenizer $name (MB/s, one thread, median of $repeats)"
    node -e '
        const rows = (f) => require("fs").readFileSync(f, "utf8").trim().split("\n").map((l) => JSON.parse(l));
        const a = rows(process.argv[1]), b = rows(process.argv[2]);
        let ok = true;
        a.forEach((x, i) => {
            const same = x.ids === b[i].ids && x.hash === b[i].hash;
            ok = ok && same && x.mb_s >= b[i].mb_s;
            console.log(`  ${x.file.padEnd(16)} r1 ${x.mb_s.toFixed(1).padStart(7)}  rust ${b[i].mb_s.toFixed(2).padStart(6)}` +
                `  ratio ${(x.mb_s / b[i].mb_s).toFixed(1).padStart(5)}  ids ${x.ids} ${same ? "identical" : "DIFFERENT"}`);
        });
        process.exit(ok ? 0 : 1);' "$out/ours" "$out/peer" || status=1
done
exit $status
