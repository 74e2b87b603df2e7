#include "rl/grpo.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/loader.h"

enum { ANSWER_MIN = 2 }; /* tokens of the shortest row: one of prompt, one of answer */

struct grpo_batch {
    model      *m;
    model_work *w;
    rows_batch  b;
    float      *adv, *old, *ref, *nll; /* [cap] */
    int        *who;                   /* [max_seq] answer of sequence s */
};

grpo_args grpo_defaults(grpo_algorithm a) {
    return (grpo_args){.algorithm = a,
                       .clip_low  = 0.2f,
                       .clip_high = a == GRPO_DAPO ? 0.28f : 0.2f,
                       .temp      = 1,
                       .mask_cut  = a == GRPO_DAPO,
                       .max_new   = 1};
}

bool grpo_advantages(grpo_algorithm a, grpo_answer *g, int n) {
    double mean = 0, var = 0;
    bool   flat = true;
    for (int i = 0; i < n; i++) mean += (double)g[i].reward / n;
    for (int i = 0; i < n; i++) {
        var += ((double)g[i].reward - mean) * ((double)g[i].reward - mean) / n;
        flat = flat && g[i].reward == g[0].reward;
    }
    double div = a == GRPO_DR ? 1 : sqrt(var) + 1e-4;
    for (int i = 0; i < n; i++) g[i].advantage = flat ? 0 : (float)(((double)g[i].reward - mean) / div);
    return flat;
}

grpo_batch *grpo_new(model *m, int micro_tokens, int max_len, err *e) {
    int         cap = micro_tokens > max_len ? micro_tokens : max_len;
    model_work *w   = work_new(m, cap, WORK_TRAIN, e);
    if (!w) return NULL;
    grpo_batch *b = mem_calloc(1, sizeof *b);
    b->m          = m;
    b->w          = w;
    int max_seq   = cap / ANSWER_MIN + 1;
    rows_batch_init(&b->b, cap, max_seq);
    b->who = mem_calloc((size_t)max_seq, sizeof *b->who);
    b->adv = mem_calloc((size_t)cap, sizeof *b->adv);
    b->old = mem_calloc((size_t)cap, sizeof *b->old);
    b->ref = mem_calloc((size_t)cap, sizeof *b->ref);
    b->nll = mem_calloc((size_t)cap, sizeof *b->nll);
    return b;
}

void grpo_free(grpo_batch *b) {
    if (!b) return;
    work_free(b->w);
    rows_batch_free(&b->b);
    mem_free(b->who);
    mem_free(b->adv);
    mem_free(b->old);
    mem_free(b->ref);
    mem_free(b->nll);
    mem_free(b);
}

/* One answer as a sequence of rows: row i holds token i of prompt and answer and learns token i + 1. The last token is
 * nobody's context. */
static void add_rows(grpo_batch *b, const grpo_answer *a, int who, float w) {
    rows_batch *r = &b->b;
    int         n = a->n_prompt + a->n - 1, t = r->n;
    for (int i = 0; i < n; i++, t++) {
        int k     = i + 1 - a->n_prompt; /* the answer's token that this row learns; < 0: the prompt's */
        r->tok[t] = i < a->n_prompt ? a->prompt[i] : a->tok[i - a->n_prompt];
        r->tgt[t] = k < 0 ? a->prompt[i + 1] : a->tok[k];
        r->w[t]   = k < 0 ? 0 : w;
        b->adv[t] = a->advantage;
        b->old[t] = k < 0 || !a->old ? 0 : a->old[k];
        b->ref[t] = k < 0 || !a->ref ? 0 : a->ref[k];
    }
    b->who[r->n_seq]     = who;
    r->n                 = t;
    r->start[++r->n_seq] = t;
}

static train_rows rows_of(const rows_batch *r) {
    return (train_rows){
        .r = {.T = r->n, .tok = r->tok, .n_seq = r->n_seq, .start = r->start}, .tgt = r->tgt, .w = r->w};
}

/* The next micro-batch: answers from *at on while they fit; weight [n], 0: left out. False: there is none. */
static bool fill(grpo_batch *b, const grpo_answer *a, int n, const float *weight, int *at) {
    b->b.n = b->b.n_seq = 0;
    b->b.start[0]       = 0;
    for (; *at < n; ++*at) {
        const grpo_answer *x = &a[*at];
        if (weight[*at] == 0 || x->n == 0) continue;
        if (b->b.n + x->n_prompt + x->n - 1 > b->b.cap || b->b.n_seq == b->b.max_seq) break;
        add_rows(b, x, *at, weight[*at]);
    }
    return b->b.n_seq > 0;
}

void grpo_score(grpo_batch *b, const grpo_answer *a, int n, float temp, float *const *logp) {
    float *one = mem_alloc(((size_t)n + 1) * sizeof *one); // [n]
    int    at  = 0;
    for (int i = 0; i < n; i++) one[i] = 1;
    while (fill(b, a, n, one, &at)) {
        loss_policy  p    = {.temp = temp};
        loss_args    la   = {.scale = 1, .row_nll = b->nll, .policy = &p};
        train_rows   rows = rows_of(&b->b);
        model_losses l;
        model_loss(b->m, b->w, &rows, &la, &l);
        for (int s = 0; s < b->b.n_seq; s++) {
            const grpo_answer *x   = &a[b->who[s]];
            const float       *nll = b->nll + b->b.start[s] + x->n_prompt - 1;
            for (int k = 0; k < x->n; k++) logp[b->who[s]][k] = -nll[k];
        }
    }
    mem_free(one);
}

/* Weights such that a token's own weight is weight_i / tokens; returns the tokens that count. The common divisor keeps
 * the scale of the router's balance loss, which is a mean over tokens, whatever the algorithm. */
static double weights(const grpo_answer *a, int n, const grpo_args *g, float *weight) {
    double tokens = 0, answers = 0;
    for (int i = 0; i < n; i++) {
        bool counts = a[i].n > 0 && !(g->mask_cut && !a[i].stopped);
        weight[i]   = counts;
        tokens += counts ? a[i].n : 0;
        answers += counts;
    }
    for (int i = 0; i < n; i++) {
        if (weight[i] == 0) continue;
        if (g->algorithm == GRPO_GRPO) weight[i] = (float)(tokens / (answers * a[i].n));
        if (g->algorithm == GRPO_DR) weight[i] = (float)(tokens / (answers * g->max_new));
        if (a[i].advantage == 0 && !(g->kl > 0)) weight[i] = 0; /* its gradient is 0: not worth a forward */
    }
    return tokens;
}

static void run(grpo_batch *b, const grpo_answer *a, int n, const grpo_args *g, bool backward, grpo_sums *s) {
    float *weight = mem_alloc(((size_t)n + 1) * sizeof *weight); // [n]
    double tokens = weights(a, n, g, weight);
    int    at     = 0;
    while (fill(b, a, n, weight, &at)) {
        loss_policy p  = {.temp      = g->temp,
                          .adv       = b->adv,
                          .old       = b->old,
                          .ref       = g->kl > 0 ? b->ref : NULL,
                          .clip_low  = g->clip_low,
                          .clip_high = g->clip_high,
                          .kl        = g->kl};
        loss_args   la = {
              .scale = (float)(1 / tokens), .balance_alpha = g->balance_alpha, .backward = backward, .policy = &p};
        train_rows   rows = rows_of(&b->b);
        model_losses l;
        model_loss(b->m, b->w, &rows, &la, &l);
        s->loss += l.pol.loss / tokens;
        s->pol.rows += l.pol.rows, s->pol.loss += l.pol.loss, s->pol.kl += l.pol.kl;
        s->pol.entropy += l.pol.entropy, s->pol.clipped += l.pol.clipped, s->pol.drift += l.pol.drift;
        s->balance += l.balance;
        s->tokens += b->b.n;
        s->micro++;
    }
    mem_free(weight);
}

void grpo_gradient(grpo_batch *b, const grpo_answer *a, int n, const grpo_args *g, grpo_sums *s) {
    run(b, a, n, g, true, s);
}

void grpo_loss(grpo_batch *b, const grpo_answer *a, int n, const grpo_args *g, grpo_sums *s) {
    run(b, a, n, g, false, s);
}
