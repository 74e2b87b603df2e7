// llama_cpp.mjs -- does llama.cpp see in our GGUF file the model that we see?
//
//   node tests/peers/llama_cpp.mjs MODEL.gguf TYPE [R1 [OURS.gguf]]     R1_PEERS_DIR: where node-llama-cpp is installed
//
// For each prompt: both tokenize it to the same ids; llama.cpp continues it greedily; r1 scores prompt and continuation
// in one pass (`r1 logits`). The two distributions are compared at every position as log-probabilities, and r1's best
// token must be llama.cpp's. In f32 nothing is rounded on either side (cache in f32 too): they must agree to 2e-3 wherever
// the probability is above 1e-6. In other types llama.cpp rounds activations as well as weights, which near a tie sends a
// token to another expert and moves its whole row; there the median row is bounded, and the share of equal tokens.
// So that a rounded type has its tight test too, OURS may be another file with the same numbers: r1 on the q8_0 file
// against llama.cpp on that file expanded to f32.
// Prints "ok NAME", "not ok NAME: why"; exit status 1 if anything failed.
import {execFileSync} from "node:child_process";
import {createRequire} from "node:module";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import {pathToFileURL} from "node:url";

const [file, type = "f32", r1 = "./r1", own = file] = process.argv.slice(2);
const STEPS = 40;
// max: largest difference of a log-probability; row: root mean square of the median row; same: share of equal best tokens
const LIMIT = {f16: {max: 20, row: 0.01, same: 0.95}, bf16: {max: 20, row: 0.05, same: 0.9}, q8_0: {max: 20, row: 0.3, same: 0.65}}[type] ??
    {max: 2e-3, row: 2e-4, same: 1};
const PROMPTS = [
    "<|User|>Solve for x: 2x + 5 = 15<|Assistant|><think>\n",
    "<|User|>What is 123 + 456?<|Assistant|><think>\nUnderstand:",
    "What is x if 7x - 3 = 25? Plan: 1) move the number 2) divide.",
    "Naïve café, 3.14159 — 100%\n\n\tdone",
];

let failed = 0;
const ok = (name) => console.log(`ok ${name}`);
const bad = (name, why) => { console.log(`not ok ${name}: ${why}`); failed = 1; };

async function peer() {
    const at = createRequire(pathToFileURL(join(resolve(process.env.R1_PEERS_DIR ?? "."), "x.js")));
    return await import(pathToFileURL(at.resolve("node-llama-cpp")).href);
}

function ours(ids, V) { // Float32Array [T, V]
    const dir = mkdtempSync(join(tmpdir(), "r1-peer-"));
    try {
        execFileSync(r1, ["logits", "-q", "-m", own, "--tokens", ids.join(","), "-o", join(dir, "l")], {stdio: ["ignore", "ignore", "inherit"]});
        const b = readFileSync(join(dir, "l"));
        const l = new Float32Array(b.buffer, b.byteOffset, b.length / 4);
        if (V && l.length !== ids.length * V) throw new Error(`${l.length} logits for ${ids.length} tokens of ${V}`);
        return l;
    } finally {
        rmSync(dir, {recursive: true});
    }
}

const tokenize = (text) => JSON.parse(execFileSync(r1, ["tokenize", "-m", own, "--special", "--json"], {input: text})).ids;

function logSoftmax(row) {
    let m = -Infinity, s = 0;
    for (const x of row) m = Math.max(m, x);
    for (const x of row) s += Math.exp(x - m);
    return Float64Array.from(row, (x) => x - m - Math.log(s));
}

// r1's row against llama.cpp's distribution of the same position
function compare(row, theirs, sum) {
    const lp = logSoftmax(row);
    let best = 0, square = 0, mass = 0;
    for (let i = 1; i < lp.length; i++) if (lp[i] > lp[best]) best = i;
    for (const [id, p] of theirs.probabilities) {
        mass += p;
        if (p < 1e-6) continue;
        const d = Math.abs(Math.log(p) - lp[id]);
        sum.max = Math.max(sum.max, d);
        square += p * d * d;
    }
    sum.rows.push(Math.sqrt(square));
    sum.mass = Math.min(sum.mass, mass);
    if (best === theirs.probabilities.entries().next().value[0]) sum.same++;
}

async function run() {
    const {getLlama, LlamaLogLevel} = await peer();
    const llama = await getLlama({gpu: false, build: "never", logLevel: LlamaLogLevel.error, progressLogs: false, maxThreads: 2});
    const model = await llama.loadModel({modelPath: resolve(file), useMmap: true});
    ok(`${type}: llama.cpp loads the file`);
    const context = await model.createContext({contextSize: 512, batchSize: 512, flashAttention: false,
        experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32"});
    const sequence = context.getSequence();
    const all = {probabilities: true, options: {temperature: 1, topK: 0, topP: 1, minP: 0}};
    const sum = {max: 0, rows: [], same: 0, mass: 1};
    for (const [i, text] of PROMPTS.entries()) {
        const ids = tokenize(text), mine = [...model.tokenize(text, true)];
        if (JSON.stringify(ids) === JSON.stringify(mine)) ok(`${type}: prompt ${i + 1}, the same ${ids.length} tokens`);
        else { bad(`${type}: prompt ${i + 1}, the same tokens`, `r1 ${ids}, llama.cpp ${mine}`); continue; }
        await sequence.clearHistory();
        const rows = [], line = [...ids];
        let out = await sequence.controlledEvaluate(ids.map((t) => [t, {generateNext: all}]));
        rows.push(...out.map((o) => o.next));
        for (let n = 0; n < STEPS; n++) {
            const [next] = rows.at(-1).probabilities.entries().next().value;
            line.push(next);
            out = await sequence.controlledEvaluate([[next, {generateNext: all}]]);
            rows.push(out[0].next);
        }
        const V = rows[0].probabilities.size, l = ours(line, 0), W = l.length / line.length;
        if (V > W) throw new Error(`llama.cpp has ${V} tokens, r1 ${W}`);
        for (let t = 0; t < line.length; t++) compare(l.subarray(t * W, (t + 1) * W), rows[t], sum);
    }
    const n = sum.rows.length, median = sum.rows.sort((a, b) => a - b)[n >> 1];
    const tokens = `${sum.same} of ${n} equal`, figures = `median row off by ${median.toExponential(1)}, largest ${sum.max.toExponential(1)}`;
    if (!(sum.mass > 0.999)) bad(`${type}: whole distributions`, `only ${sum.mass} of the mass came`);
    if (n < 100) bad(`${type}: compared`, `only ${n} positions`);
    if (sum.same >= LIMIT.same * n) ok(`${type}: greedy tokens (${tokens})`);
    else bad(`${type}: greedy tokens`, `${tokens}, expected ${LIMIT.same * 100}%`);
    if (sum.max <= LIMIT.max && median <= LIMIT.row) ok(`${type}: log-probabilities (${figures})`);
    else bad(`${type}: log-probabilities`, `${figures}; expected ${LIMIT.row} and ${LIMIT.max}`);
    await context.dispose();
    await model.dispose();
}

try {
    await run();
} catch (e) {
    bad(`${type}: llama.cpp`, String(e.message ?? e).split("\n")[0]);
}
process.exit(failed);
