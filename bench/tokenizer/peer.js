// The peer of bench_tokenizer.c: Hugging Face's Rust tokenizer through @anush008/tokenizers, on the same texts.
//   node peer.js tokenizer.json REPEATS FILE...
// One text at a time is awaited, and rayon is told to use one thread: one core works.
process.env.RAYON_NUM_THREADS = '1';
process.env.TOKENIZERS_PARALLELISM = 'false';
const fs = require('fs');
const path = require('path');
const { Tokenizer } = require('@anush008/tokenizers');

const TEXT = 16384;

function texts(buffer) {
    const out = [];
    for (let at = 0; at < buffer.length;) {
        let end = buffer.length;
        if (end - at > TEXT) {
            const line = buffer.indexOf(10, at + TEXT);
            if (line >= 0) end = line + 1;
        }
        out.push(buffer.toString('utf8', at, end));
        at = end;
    }
    return out;
}

async function main() {
    const [json, repeats, ...files] = process.argv.slice(2);
    const t = Tokenizer.fromFile(json);
    for (const file of files) {
        const buffer = fs.readFileSync(file);
        const list = texts(buffer);
        const time = [];
        let encodings;
        for (let r = 0; r < Number(repeats); r++) {
            encodings = [];
            const start = process.hrtime.bigint();
            for (const text of list) encodings.push(await t.encode(text, null, { addSpecialTokens: false }));
            time.push(Number(process.hrtime.bigint() - start) / 1e9);
        }
        time.sort((a, b) => a - b);
        let hash = 2166136261, n = 0;
        for (const e of encodings)
            for (const id of e.getIds()) {
                hash = Math.imul(hash ^ id, 16777619) >>> 0;
                n++;
            }
        console.log(JSON.stringify({
            file: path.basename(file), bytes: buffer.length, ids: n, hash,
            mb_s: Number((buffer.length / time[time.length >> 1] / 1e6).toFixed(3)),
        }));
    }
}

main().catch((e) => { console.error(String(e)); process.exit(1); });
