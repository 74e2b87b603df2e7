"""ablate.py -- the figures of bench/ablate.sh: medians, rows, plots. Python's own library only.

  ablate.py medians FILE                 "NAME RATE" lines: the median of each name
  ablate.py write OUT MINUTES wall|cpu [docs] -- NAME...
                                         OUT/rows.md, OUT/ablations.svg; docs: these into docs/, too
"""

import json
import math
import os
import re
import statistics
import subprocess
import sys

# What stands beside what: a panel of the plot each. The first name of each is the reference.
PANELS = [
    ("Experts or none", ["reference", "dense"]),
    ("Multi-token prediction", ["reference", "no-mtp"]),
    ("8 bits in training", ["reference", "qat", "qat-head", "qat-whole"]),
    ("Levels", ["reference", "uniform", "schedule"]),
    ("Optimizer", ["reference", "adamw", "adamw-fast"]),
]
LABEL = {
    "reference": "experts, MTP, bf16, levels by loss, Muon",
    "dense": "no experts",
    "no-mtp": "no MTP",
    "qat": "last quarter in 8 bits",
    "qat-head": "... the head, too",
    "qat-whole": "all in 8 bits",
    "uniform": "all levels from the start",
    "schedule": "levels by the clock",
    "adamw": "AdamW, 2e-3",
    "adamw-fast": "AdamW, 4e-3",
}
COLOUR = ["#555555", "#0072b2", "#d55e00", "#009e73"]
BEGIN, END = "<!-- bench/ablate.sh writes from here -->", "<!-- to here -->"


def lines_of(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def medians(path):
    all_of = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            name, value = line.split()
            all_of.setdefault(name, []).append(float(value))
    return {name: statistics.median(v) for name, v in all_of.items()}


def wilson(right, n):
    z = 1.96
    p, d = right / n, 1 + z * z / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return 100 * (middle - half) / d, 100 * (middle + half) / d


def answers(path):
    """Of one model: a line a level."""
    if not os.path.exists(path):
        return "", 0
    rows = lines_of(path)
    n, right = sum(r["n"] for r in rows), sum(r["correct"] for r in rows)
    lo, hi = wilson(right, n)
    return f"{100 * right / n:.1f}% ({lo:.1f}-{hi:.1f})", n


def losses(path):
    """What build/bench/eightbit printed: {label: (loss, right %)}."""
    found = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            m = re.match(r"\s+(.*?)\s+loss ([0-9.]+), right ([0-9.]+)%", line)
            if m:
                found[m[1]] = (float(m[2]), float(m[3]))
    return found


def spent(path):
    """Seconds of all calls of a run, shared by its threads."""
    with open(path, encoding="utf-8") as f:
        return sum((float(u) + float(s)) / float(threads) for u, s, threads in (line.split() for line in f))


class Run:
    def __init__(self, out, name):
        self.name, self.dir = name, os.path.join(out, name)
        rows = lines_of(os.path.join(self.dir, "metrics.jsonl"))
        seen = [r for r in rows if "valid_loss" in r]
        self.last, self.steps = rows[-1], len(rows)
        self.minutes = spent(os.path.join(self.dir, "spent.txt")) / 60
        scale = self.minutes / self.last["elapsed"]
        self.curve = [(r["elapsed"] * scale, r["valid_loss"]) for r in seen]
        self.accepted = seen[-1].get("mtp_acceptance") if seen else None
        self.loss = losses(os.path.join(self.dir, "logits.txt"))
        trained = [k for k in ("in bf16", "in 8 bits, training's forward") if k in self.loss]
        self.as_trained = self.loss[trained[0]]
        self.right, self.n = answers(os.path.join(self.dir, "answers.json"))


def main_table(runs):
    head = ["Recipe", "", "Minutes", "Steps", "Tokens", "Tokens/s", "Loss", "Problems right", "Drafts accepted", "Busiest expert"]
    out = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for r in runs:
        drafts = f"{100 * r.accepted:.1f}%" if r.accepted is not None else ""
        load = f"{r.last['load_max_over_mean']:.2f}" if "load_max_over_mean" in r.last else ""
        cells = [f"`{r.name}`", LABEL.get(r.name, ""), f"{r.minutes:.1f}", str(r.steps),
                 f"{r.last['tokens'] / 1e6:.2f}M", f"{r.last['tokens'] / r.minutes / 60:,.0f}", f"{r.as_trained[0]:.4f}",
                 r.right, drafts, load]
        out.append("| " + " | ".join(cells) + " |")
    return out


def bits_table(runs):
    """Floats, rounded afterwards, trained for it."""
    by, rows = {r.name: r for r in runs}, []
    ref = by.get("reference")
    if ref:
        rows.append(("`reference` in bf16", ref.loss["in bf16"], answers(os.path.join(ref.dir, "answers-float.json"))[0]))
        rows.append(("... its plain Q8_0 file, products in floats", ref.loss["its Q8_0 file, products in floats"], ref.right))
        rows.append(("... taken to 8 bits afterwards, products in integers", ref.loss["taken to 8 bits, products in integers"],
                     answers(os.path.join(ref.dir, "answers-8bit.json"))[0]))
    for name in ("qat", "qat-head", "qat-whole"):
        if name in by:
            rows.append((f"`{name}`: {LABEL[name]}", by[name].loss["the exported file"], by[name].right))
    if len(rows) < 2:
        return []
    out = ["", "| 8 bits | Loss | Tokens foretold | Problems right |", "| --- | --- | --- | --- |"]
    out += [f"| {a} | {b[0]:.5f} | {b[1]:.2f}% | {c} |" for a, b, c in rows]
    return out


# ---- the plot
W, H, LEFT, RIGHT, TOP, BOTTOM = 400, 270, 46, 12, 92, 34


def nice(lo, hi):
    """About five steps of 1, 2 or 5 times a power of ten."""
    raw = (hi - lo) / 5 or 1
    p = 10 ** math.floor(math.log10(raw))
    step = next(k * p for k in (1, 2, 5, 10) if k * p >= raw)
    first = math.ceil(lo / step)
    return [round(i * step, 10) for i in range(first, int(hi / step + 1e-9) + 1)]


def ticks_log(lo, hi):
    """The coarsest set with at least three."""
    for some in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)):
        found = [round(k * 10.0**e, 10) for e in range(-4, 3) for k in some if lo <= k * 10.0**e <= hi]
        if len(found) >= 3:
            return found
    return nice(lo, hi)


def panel(title, runs, x0, y0):
    points = [p for r in runs for p in r.curve]
    right = max(x for x, _ in points) or 1
    lo, hi = min(y for _, y in points) * 0.97, max(y for _, y in points) * 1.03

    def px(x):
        return x0 + LEFT + (W - LEFT - RIGHT) * x / right

    def py(y):
        return y0 + H - BOTTOM - (H - TOP - BOTTOM) * (math.log(y / lo) / math.log(hi / lo))

    s = [f'<text x="{x0 + LEFT}" y="{y0 + 18}" class="t">{title}</text>']
    for y in ticks_log(lo, hi):
        s.append(f'<line x1="{px(0):.1f}" x2="{px(right):.1f}" y1="{py(y):.1f}" y2="{py(y):.1f}" class="g"/>')
        s.append(f'<text x="{px(0) - 6:.1f}" y="{py(y) + 4:.1f}" text-anchor="end">{y:g}</text>')
    for x in nice(0, right):
        s.append(f'<text x="{px(x):.1f}" y="{y0 + H - BOTTOM + 16}" text-anchor="middle">{x:g}</text>')
    for i, r in enumerate(runs):
        c = COLOUR[i % len(COLOUR)]
        path = " ".join(f"{px(x):.1f},{py(y):.1f}" for x, y in r.curve)
        s.append(f'<polyline points="{path}" stroke="{c}"><title>{r.name}</title></polyline>')
        s.append(f'<circle cx="{px(r.curve[-1][0]):.1f}" cy="{py(r.curve[-1][1]):.1f}" r="3" fill="{c}"/>')
        at = y0 + 34 + 14 * i
        s.append(f'<line x1="{x0 + LEFT}" x2="{x0 + LEFT + 16}" y1="{at - 4}" y2="{at - 4}" stroke="{c}" stroke-width="2.5"/>')
        s.append(f'<text x="{x0 + LEFT + 22}" y="{at}">{LABEL.get(r.name, r.name)}: {r.curve[-1][1]:.3f}</text>')
    s.append(f'<text x="{x0 + W - RIGHT}" y="{y0 + H - 4}" text-anchor="end">minutes</text>')
    return s


def plot(runs):
    by = {r.name: r for r in runs if r.curve}
    shown = [(t, [by[n] for n in names if n in by]) for t, names in PANELS]
    shown = [(t, rs) for t, rs in shown if len(rs) > 1] or [("Validation loss", list(by.values()))]
    wide, high = 2 if len(shown) > 1 else 1, (len(shown) + 1) // 2
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide * W} {high * H + 26}" font-family="sans-serif" '
           'font-size="11" fill="#333">',
           "<style>polyline{fill:none;stroke-width:1.8;stroke-linejoin:round}.g{stroke:#ddd}.t{font-size:14px;font-weight:bold}</style>",
           f'<rect width="{wide * W}" height="{high * H + 26}" fill="#fff"/>',
           f'<text x="{LEFT}" y="16">Loss of the same unseen documents, by minutes of training; lower is better</text>']
    for i, (title, rs) in enumerate(shown):
        out += panel(title, rs, (i % 2) * W, 20 + (i // 2) * H)
    return "\n".join(out + ["</svg>", ""])


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "an unknown processor")
    threads = os.environ.get("R1_THREADS") or str(len(os.sched_getaffinity(0)))
    try:
        commit = subprocess.run(["git", "log", "-1", "--format=%h"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = "?"
    return f"{cpu}, {threads} thread{'s' if threads != '1' else ''}, commit {commit}"


def into(path, rows):
    """Between the marks, or at the end with them."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    block = "\n".join([BEGIN, *rows, END])
    if BEGIN in text:
        text = text[: text.index(BEGIN)] + block + text[text.index(END) + len(END):]
    else:
        text = text.rstrip("\n") + "\n\n" + block + "\n"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


CLOCK = {"wall": "on the wall's clock", "cpu": "of processor time (others worked on the machine)"}


def write(out, minutes, clock, docs, names):
    runs = [Run(out, n) for n in names]
    count = max((r.n for r in runs), default=0)
    rows = ["## For the same time", "",
            f"`bench/ablate.sh {minutes}`: each recipe of `recipes/ablations/` from nothing, {minutes} min {CLOCK[clock]} "
            f"({machine()}), in turns; one run each, seed 1. Loss: nats a token of validation documents at all levels, as the model was "
            f"trained. Problems: {count} unseen ones, every family, answered greedily by the exported Q8_0 file, with the 95% interval.",
            ""]
    rows += main_table(runs) + bits_table(runs) + ["", "![validation loss by minutes](ablations.svg)"]
    with open(os.path.join(out, "rows.md"), "w", encoding="utf-8") as f:
        f.write("\n".join(rows) + "\n")
    picture = plot(runs)
    for folder in [out] + (["docs"] if docs else []):
        with open(os.path.join(folder, "ablations.svg"), "w", encoding="utf-8") as f:
            f.write(picture)
    if docs:
        into("docs/ABLATIONS.md", rows)
    print("\n".join(rows))


def main(args):
    if args[:1] == ["medians"] and len(args) == 2:
        for name, value in medians(args[1]).items():
            print(f"{name} {value:.4f}")
    elif args[:1] == ["write"] and "--" in args:
        cut = args.index("--")
        write(args[1], args[2], args[3], "docs" in args[4:cut], args[cut + 1:])
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
