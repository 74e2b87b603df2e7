#!/usr/bin/python3
"""The training step of bench/bench_train.c, written plainly in PyTorch: forward, backward, clip, AdamW.

    bench/torch_peer.py --shape dense|mha|tiny --dtype f32|bf16 [--steps N] [--threads N]

dense  the same network as `bench_train --shape dense`: 6 layers, dim 256, 8 heads, MLA without q_lora, SwiGLU
mha    the same size with ordinary multi-head attention, for who thinks MLA is the slow part
tiny   the same network as `bench_train --shape tiny`: MLA with q_lora, 16 experts of which 2 run, one shared expert,
       a multi-token-prediction module; experts in a loop over their own tokens

Documents are rows of one batch, 8 of 256 tokens. bf16 is torch.autocast("cpu", bfloat16), weights in float32.
Prints which fast paths PyTorch takes (BLAS, oneDNN kernel names, instruction set, AMX), then median, min and max of
tokens/s. --json prints one line for bench/train.sh. Written for Debian 12's python3-torch 1.13.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time


def arguments():
    p = argparse.ArgumentParser(description="the training step of bench_train in PyTorch")
    p.add_argument("--shape", choices=["dense", "mha", "tiny"], default="dense")
    p.add_argument("--dtype", choices=["f32", "bf16"], default="bf16")
    p.add_argument("--steps", type=int, default=10)
    p.add_argument("--warmup", type=int, default=2)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--docs", type=int, default=8)
    p.add_argument("--len", type=int, default=256)
    p.add_argument("--clip", type=float, default=1.0, help="0: no clipping (bench_train clips)")
    p.add_argument("--json", action="store_true")
    p.add_argument("--paths", action="store_true", help="only say which fast paths are taken")
    p.add_argument("--probe", action="store_true", help=argparse.SUPPRESS)
    return p.parse_args()


ARGS = arguments()
os.environ.setdefault("OMP_NUM_THREADS", str(ARGS.threads))
try:
    import torch
except ImportError:
    sys.exit("torch_peer: no torch for %s; on Debian: apt-get install python3-torch" % sys.executable)
from torch import nn
import torch.nn.functional as F

VOCAB, DIM, LAYERS, HEADS, FF = 2048, 256, 6, 8, 768
NOPE, ROPE, VDIM = 32, 16, 32
EXPERTS, TOPK, EXPERT_FF = 16, 2, 256
EPS, THETA = 1e-6, 10000.0


class RMSNorm(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n))

    def forward(self, x):
        x = x.float()
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPS) * self.weight


def linear(i, o):
    return nn.Linear(i, o, bias=False)


def rope_table(length, dim):
    f = 1.0 / THETA ** (torch.arange(0, dim, 2).float() / dim)
    a = torch.outer(torch.arange(length).float(), f)
    return a.cos(), a.sin()


def rotate(x, cos, sin):  # pairs (2i, 2i+1) of x [B, H, T, R]
    a, b = x[..., 0::2].float(), x[..., 1::2].float()
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


def attend(q, k, v, mask):  # [B, H, T, *]
    s = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 + mask
    return F.softmax(s, -1) @ v


class MLA(nn.Module):
    def __init__(self, q_lora, kv_lora):
        super().__init__()
        self.kv_lora = kv_lora
        if q_lora:
            self.q = nn.Sequential(linear(DIM, q_lora), RMSNorm(q_lora), linear(q_lora, HEADS * (NOPE + ROPE)))
        else:
            self.q = linear(DIM, HEADS * (NOPE + ROPE))
        self.kv_a = linear(DIM, kv_lora + ROPE)
        self.kv_norm = RMSNorm(kv_lora)
        self.kv_b = linear(kv_lora, HEADS * (NOPE + VDIM))
        self.o = linear(HEADS * VDIM, DIM)

    def forward(self, x, cos, sin, mask):
        B, T, _ = x.shape
        q = self.q(x).view(B, T, HEADS, NOPE + ROPE).transpose(1, 2)
        qn, qr = q.split([NOPE, ROPE], -1)
        c, kr = self.kv_a(x).split([self.kv_lora, ROPE], -1)
        kn, v = self.kv_b(self.kv_norm(c)).view(B, T, HEADS, NOPE + VDIM).transpose(1, 2).split([NOPE, VDIM], -1)
        qr = rotate(qr, cos, sin).to(qn.dtype)
        kr = rotate(kr.view(B, 1, T, ROPE), cos, sin).to(kn.dtype).expand(B, HEADS, T, ROPE)
        o = attend(torch.cat((qn, qr), -1), torch.cat((kn, kr), -1), v, mask)
        return self.o(o.transpose(1, 2).reshape(B, T, HEADS * VDIM))


class MHA(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = linear(DIM, 3 * DIM)
        self.o = linear(DIM, DIM)

    def forward(self, x, cos, sin, mask):
        B, T, _ = x.shape
        q, k, v = self.qkv(x).view(B, T, 3, HEADS, DIM // HEADS).permute(2, 0, 3, 1, 4)
        q, k = rotate(q, cos, sin).to(v.dtype), rotate(k, cos, sin).to(v.dtype)
        return self.o(attend(q, k, v, mask).transpose(1, 2).reshape(B, T, DIM))


class SwiGLU(nn.Module):
    def __init__(self, ff):
        super().__init__()
        self.w1, self.w3, self.w2 = linear(DIM, ff), linear(DIM, ff), linear(ff, DIM)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class MoE(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = linear(DIM, EXPERTS)
        self.register_buffer("bias", torch.zeros(EXPERTS))
        self.experts = nn.ModuleList(SwiGLU(EXPERT_FF) for _ in range(EXPERTS))
        self.shared = SwiGLU(EXPERT_FF)
        self.balance = None

    def forward(self, x):
        flat = x.reshape(-1, DIM)
        s = torch.sigmoid(self.gate(flat).float())
        chosen = (s + self.bias).topk(TOPK, -1).indices
        w = s.gather(1, chosen)
        w = w / w.sum(-1, keepdim=True)
        B, T = x.shape[:2]
        load = F.one_hot(chosen, EXPERTS).sum(1).view(B, T, EXPERTS).float().mean(1) * (EXPERTS / TOPK)
        p = (s / s.sum(-1, keepdim=True)).view(B, T, EXPERTS).mean(1)
        self.balance = (load * p).sum(-1).mean()
        y = self.shared(flat)
        out = torch.zeros_like(flat, dtype=y.dtype)
        for e, expert in enumerate(self.experts):
            row, k = (chosen == e).nonzero(as_tuple=True)
            out.index_add_(0, row, (expert(flat[row]) * w[row, k, None]).to(out.dtype))
        with torch.no_grad():
            count = torch.bincount(chosen.flatten(), minlength=EXPERTS).float()
            self.bias += 1e-3 * torch.sign(count.mean() - count)
        return (y + out).view_as(x)


class Block(nn.Module):
    def __init__(self, attention, ffn):
        super().__init__()
        self.n1, self.n2, self.attention, self.ffn = RMSNorm(DIM), RMSNorm(DIM), attention, ffn

    def forward(self, x, *rope):
        x = x + self.attention(self.n1(x), *rope)
        return x + self.ffn(self.n2(x))


class Net(nn.Module):
    def __init__(self, shape, length):
        super().__init__()
        tiny, mha = shape == "tiny", shape == "mha"
        attention = MHA if mha else (lambda: MLA(128 if tiny else 0, 64 if tiny else 128))
        self.embed = nn.Embedding(VOCAB, DIM)
        self.blocks = nn.ModuleList(Block(attention(), MoE() if tiny and i >= 1 else SwiGLU(FF)) for i in range(LAYERS))
        self.norm, self.head = RMSNorm(DIM), linear(DIM, VOCAB)
        self.mtp = None
        if tiny:
            self.mtp = Block(attention(), MoE())
            self.enorm, self.hnorm, self.mnorm, self.eh = RMSNorm(DIM), RMSNorm(DIM), RMSNorm(DIM), linear(2 * DIM, DIM)
        cos, sin = rope_table(length, DIM // HEADS if mha else ROPE)
        self.register_buffer("cos", cos)
        self.register_buffer("sin", sin)
        self.register_buffer("mask", torch.full((length, length), float("-inf")).triu(1))
        for p in self.parameters():
            if p.dim() == 2:
                nn.init.normal_(p, 0, 0.02)

    def loss(self, tok, tgt):
        rope = self.cos, self.sin, self.mask
        x = self.embed(tok)
        for b in self.blocks:
            x = b(x, *rope)
        h = self.norm(x)
        loss = F.cross_entropy(self.head(h).float().flatten(0, 1), tgt.flatten())
        if self.mtp is not None:  # row i sees token i+1, which is the target, and predicts the one after
            x = self.eh(torch.cat((self.enorm(self.embed(tgt)), self.hnorm(h)), -1))
            logits = self.head(self.mnorm(self.mtp(x, *rope)))[:, :-1].float()
            loss = loss + 0.3 * F.cross_entropy(logits.flatten(0, 1), tgt[:, 1:].flatten())
            loss = loss + 1e-4 * sum(m.balance for m in self.modules() if isinstance(m, MoE))
        return loss


def autocast(dtype):
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == "bf16")


def probe(dtype):
    """A linear layer, forward and backward, for oneDNN's own log; then which libraries are mapped."""
    layer, x = nn.Linear(256, 768, bias=False), torch.randn(2048, 256, requires_grad=True)
    for _ in range(2):
        with autocast(dtype):
            layer(x).float().sum().backward()
    with open("/proc/self/maps") as f:
        print("maps", " ".join(sorted({l.split()[-1] for l in f if re.search(r"blas|dnnl|mkl|omp\.so|gomp", l)})))


def fast_paths(a):
    """One line: what runs the matrix products. From a child process with the verbose modes on."""
    env = dict(os.environ, DNNL_VERBOSE="1", ONEDNN_VERBOSE="1", MKL_VERBOSE="1")
    out = subprocess.run([sys.executable, __file__, "--probe", "--dtype", a.dtype, "--threads", str(a.threads)], env=env,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout
    isa = re.search(r"cpu,isa:(.*)", out)
    kernels = sorted(set(re.findall(r"exec,cpu,(?:matmul|inner_product|convolution),([^,]+),", out)))
    maps = (re.search(r"^maps (.*)$", out, re.M) or [None, ""])[1].split()
    blas = next((m for m in maps if re.search(r"blas|mkl", os.path.basename(m))), "none")
    reference = re.search(r"/blas/libblas\.so", blas) is not None
    capability = re.search(r"CPU capability usage: (\S+)", torch.__config__.show())
    return {
        "torch": torch.__version__, "threads": torch.get_num_threads(), "mkldnn": torch.backends.mkldnn.is_available(),
        "mkl": torch.backends.mkl.is_available() or "MKL_VERBOSE" in out, "aten": capability[1] if capability else "?",
        "blas": blas, "reference_blas": reference, "onednn_isa": isa[1].strip() if isa else "not used",
        "onednn_kernels": kernels, "amx": any("amx" in k for k in kernels),
    }


def say_paths(p, dtype):
    print("torch %(torch)s, %(threads)d threads, ATen kernels %(aten)s; oneDNN %(mkldnn)s, MKL %(mkl)s" % p)
    print("  oneDNN's instruction set: %s" % p["onednn_isa"])
    print("  %s products: %s; AMX %s" % (dtype, ", ".join(p["onednn_kernels"]) or "BLAS, not oneDNN", "used" if p["amx"] else "not used"))
    print("  BLAS: %s" % p["blas"])
    if p["reference_blas"]:
        print("  WARNING: that is the reference BLAS: float32 products run at a fraction of what PyTorch can do. A ratio\n"
              "  against them means nothing. apt-get install libopenblas0-openmp makes it a fair peer.")


def measure(a):
    torch.manual_seed(1)
    net = Net(a.shape, a.len)
    params = list(net.parameters())
    opt = torch.optim.AdamW(params, lr=1e-4, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1, foreach=True)
    tok, tgt = torch.randint(VOCAB, (a.docs, a.len)), torch.randint(VOCAB, (a.docs, a.len))
    seconds, losses = [], []
    for i in range(a.warmup + a.steps):
        t = time.perf_counter()
        opt.zero_grad(set_to_none=True)
        with autocast(a.dtype):
            loss = net.loss(tok, tgt)
        loss.backward()
        if a.clip:
            nn.utils.clip_grad_norm_(params, a.clip)
        opt.step()
        losses.append(loss.item())
        if i >= a.warmup:
            seconds.append(time.perf_counter() - t)
    rate = sorted(a.docs * a.len / s for s in seconds)
    if not losses[-1] < losses[0]:
        sys.exit("torch_peer: the loss did not fall (%.4f, then %.4f): this is no training step" % (losses[0], losses[-1]))
    return {"shape": a.shape, "dtype": a.dtype, "params": sum(p.numel() for p in params), "steps": a.steps,
            "median": statistics.median(rate), "min": rate[0], "max": rate[-1], "loss": [losses[0], losses[-1]]}


def main():
    a = ARGS
    torch.set_num_threads(a.threads)
    if a.probe:
        return probe(a.dtype)
    if a.paths:
        p = fast_paths(a)
        return print(json.dumps(p)) if a.json else say_paths(p, a.dtype)
    if not a.json:
        say_paths(fast_paths(a), a.dtype)
    r = measure(a)
    if a.json:
        return print(json.dumps(r))
    print("torch %(shape)s %(dtype)s: %(millions).2fM parameters, loss %(first).3f -> %(last).3f" %
          dict(r, millions=r["params"] / 1e6, first=r["loss"][0], last=r["loss"][1]))
    print("  tokens/s median %(median).0f (min %(min).0f, max %(max).0f) of %(steps)d steps" % r)


if __name__ == "__main__":
    main()
