/* batch.c -- continuous batching.
 *
 * A fixed number of slots, each with a cache of its own. A step collects rows from all slots: one row from a slot that
 * is generating, and from a slot whose prompt is not through yet as many of its prompt tokens as the step has room
 * for. One forward runs them all. The slots whose prompt is complete get logits and sample a token. A slot whose
 * answer ends takes the next job at once, so the batch stays full until the jobs run out.
 *
 * Jobs with the same prompt (the answers of a group, the samples of a problem) compute it once. The first of them that
 * gets a slot leads; the others wait for its prompt and copy all but the last token of it, which each runs for itself
 * because it needs the logits. A slot that goes on with the same prompt keeps what it has.
 *
 * A job draws with its own seed, so what it writes does not depend on which slot it got or who its neighbours are
 * (but for float rounding, where a product's shape changes the order of a sum). */
#include "infer/batch.h"
#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "base/par.h"
#include "base/stop.h"

enum { STEP_ROWS = 256 }; /* room of a step; more when there are more slots */

typedef struct slot {
    kv_cache  *kv;
    int        job;  /* -1: free */
    int        fed;  /* prompt tokens that are in the cache */
    int        rows; /* of the step being made */
    int        lead; /* slot whose prompt is waited for; -1: none */
    sampler    draw;
    think_gate gate;
} slot;

typedef struct engine {
    model          *m;
    model_work     *w;
    const gen_args *a;
    gen_job        *jobs;
    int             n, next; /* next: the first job without a slot */
    slot           *slot;    /* [parallel] */
    int             n_slot;
    int             max_rows;
    int32_t        *tok;     /* [max_rows] */
    int32_t        *start;   /* [n_slot + 1] */
    kv_cache      **kv;      /* [n_slot] */
    int            *owner;   /* [n_slot] slot of sequence s */
    int            *ready;   /* [n_slot] slots that get logits */
    float          *h;       /* [n_slot, hidden] */
    float          *logits;  /* [n_slot, vocab] */
    int32_t        *id;      /* [n_slot] what was drawn */
    float          *lp;      /* [n_slot] */
    float          *scratch; /* [threads, 2, vocab] */
} engine;

static bool check_jobs(const gen_args *a, const gen_job *j, int n, int vocab, err *e) {
    if (a->parallel < 1 || a->ctx < 2)
        return err_set(e, "parallel %d, context %d: at least 1 and 2 are needed", a->parallel, a->ctx);
    for (int i = 0; i < n; i++) {
        if (j[i].n_prompt < 1 || j[i].n_prompt >= a->ctx)
            return err_set(e, "job %d: a prompt of %d tokens does not fit the context of %d with room for an answer", i,
                           j[i].n_prompt, a->ctx);
        for (int t = 0; t < j[i].n_prompt; t++)
            if (j[i].prompt[t] < 0 || j[i].prompt[t] >= vocab)
                return err_set(e, "job %d: token %d at %d: the vocabulary has ids 0..%d", i, (int)j[i].prompt[t], t,
                               vocab - 1);
    }
    return true;
}

/* How many tokens a job may write. */
static int room(const engine *g, const gen_job *j) {
    int left = g->a->ctx - j->n_prompt;
    return j->max_new < left ? j->max_new : left;
}

static bool same_prompt(const gen_job *a, const gen_job *b) {
    return a->n_prompt == b->n_prompt &&
           (a->prompt == b->prompt || !memcmp(a->prompt, b->prompt, (size_t)a->n_prompt * sizeof *a->prompt));
}

/* Where slot s with its new job finds its prompt but for the last token; `before`: the job it had, -1: none. */
static void find_prefix(engine *g, slot *s, int before) {
    const gen_job *j = &g->jobs[s->job];
    int            n = j->n_prompt - 1;
    s->fed           = 0;
    s->lead          = -1;
    if (n > 0 && before >= 0 && same_prompt(&g->jobs[before], j) && kv_len(s->kv) >= n) s->fed = n;
    for (int i = 0; n > 0 && !s->fed && i < g->n_slot; i++) {
        const slot *o = &g->slot[i];
        if (o == s || o->job < 0 || o->lead >= 0 || !same_prompt(&g->jobs[o->job], j)) continue;
        s->lead = i;
        break;
    }
    kv_trim(s->kv, s->fed);
}

/* After a forward: prompts that are through go to those that wait for them. */
static void share(engine *g) {
    for (int i = 0; i < g->n_slot; i++) {
        slot *s = &g->slot[i];
        if (s->job < 0 || s->lead < 0) continue;
        const slot *o = &g->slot[s->lead];
        int         n = g->jobs[s->job].n_prompt - 1;
        if (kv_len(o->kv) < n) continue;
        kv_copy(s->kv, o->kv, n);
        s->fed  = n;
        s->lead = -1;
    }
}

/* Give a free slot the next job that has something to write; jobs without are done on the spot. */
static void take_job(engine *g, slot *s, gen_done fn, void *ctx) {
    int before = s->job;
    s->job     = -1;
    while (g->next < g->n) {
        int      i = g->next++;
        gen_job *j = &g->jobs[i];
        j->out.n   = 0;
        j->stopped = false;
        j->hurried = false;
        j->logprob = NULL;
        if (room(g, j) < 1) {
            if (fn) fn(ctx, i);
            continue;
        }
        if (g->a->logprobs) j->logprob = mem_alloc((size_t)room(g, j) * sizeof *j->logprob);
        s->job          = i;
        s->draw         = sampler_new(g->a->temp, g->a->top_p, g->a->top_k, j->seed);
        s->draw.at_temp = g->a->at_temp;
        if (g->a->gate) think_init(&s->gate, g->m, g->a->in_think, room(g, j), g->a->think);
        find_prefix(g, s, before);
        return;
    }
}

/* Fill the step's rows. Generating slots come first: each must have its one row, prompts share what is left. */
static model_rows make_step(engine *g) {
    int T = 0, n_seq = 0, left = g->max_rows;
    for (int i = 0; i < g->n_slot; i++) {
        slot *s = &g->slot[i];
        s->rows = 0;
        if (s->job >= 0 && s->fed == g->jobs[s->job].n_prompt) {
            s->rows = 1;
            left--;
        }
    }
    g->start[0] = 0;
    for (int i = 0; i < g->n_slot; i++) {
        slot *s = &g->slot[i];
        if (s->job < 0 || s->lead >= 0) continue;
        const gen_job *j = &g->jobs[s->job];
        if (s->rows == 1) {
            g->tok[T++] = j->out.p[j->out.n - 1];
        } else {
            int k = j->n_prompt - s->fed < left ? j->n_prompt - s->fed : left;
            if (k == 0) continue;
            memcpy(g->tok + T, j->prompt + s->fed, (size_t)k * sizeof *g->tok);
            s->rows = k;
            s->fed += k;
            left -= k;
            T += k;
        }
        g->kv[n_seq]      = s->kv;
        g->owner[n_seq]   = i;
        g->start[++n_seq] = T;
    }
    return (model_rows){.T = T, .tok = g->tok, .n_seq = n_seq, .start = g->start, .kv = g->kv};
}

static void draw(engine *g, int i, int V) {
    slot    *s      = &g->slot[g->ready[i]];
    gen_job *j      = &g->jobs[s->job];
    float   *logits = g->logits + (size_t)i * (size_t)V;
    g->lp[i]        = 0;
    g->id[i]        = g->a->gate ? think_forced(&s->gate, j->out.n) : -1;
    if (g->id[i] >= 0) return;
    if (g->a->gate) think_mask(&s->gate, logits);
    g->id[i] = sample_next(&s->draw, logits, V, g->scratch + (size_t)par_id() * 2 * (size_t)V, &g->lp[i]);
}

/* Sample for every slot whose prompt is through; a job that ends leaves its slot to the next one. */
static bool advance(engine *g, const model_rows *r, const float *h /* [T, hidden] */, gen_done fn, void *ctx, err *e) {
    const cfg *c = model_cfg(g->m);
    size_t     D = (size_t)c->hidden_size;
    int        n = 0;
    for (int q = 0; q < r->n_seq; q++) {
        slot *s = &g->slot[g->owner[q]];
        if (s->fed < g->jobs[s->job].n_prompt) continue;
        memcpy(g->h + (size_t)n * D, h + (size_t)(r->start[q + 1] - 1) * D, D * sizeof *h);
        g->ready[n++] = g->owner[q];
    }
    if (n == 0) return true;
    model_logits(g->m, g->w, g->h, n, g->logits);
#pragma omp parallel for schedule(static) if (n > 1)
    for (int i = 0; i < n; i++) draw(g, i, c->vocab_size);
    for (int i = 0; i < n; i++) {
        slot    *s  = &g->slot[g->ready[i]];
        gen_job *j  = &g->jobs[s->job];
        float    lp = g->lp[i];
        int32_t  id = g->id[i];
        if (g->a->gate) {
            think_note(&s->gate, id);
            j->hurried = s->gate.hurried;
        }
        if (!isfinite(lp)) return err_set(e, "the model's logits are not numbers: its weights are damaged");
        if (j->logprob) j->logprob[j->out.n] = lp;
        ids_add(&j->out, id);
        j->stopped = g->a->stop >= 0 && id == g->a->stop;
        if (j->stopped || j->out.n >= room(g, j)) {
            int done = s->job;
            take_job(g, s, fn, ctx);
            if (fn) fn(ctx, done);
        }
    }
    return true;
}

static bool engine_init(engine *g, err *e) {
    const cfg *c = model_cfg(g->m);
    g->n_slot    = g->a->parallel < g->n ? g->a->parallel : g->n;
    g->max_rows  = g->n_slot > STEP_ROWS ? g->n_slot : STEP_ROWS;
    size_t P     = (size_t)g->n_slot;
    g->slot      = mem_calloc(P, sizeof *g->slot);
    g->tok       = mem_alloc((size_t)g->max_rows * sizeof *g->tok);
    g->start     = mem_alloc((P + 1) * sizeof *g->start);
    g->kv        = mem_alloc(P * sizeof *g->kv);
    g->owner     = mem_alloc(P * sizeof *g->owner);
    g->ready     = mem_alloc(P * sizeof *g->ready);
    g->h         = mem_alloc(P * (size_t)c->hidden_size * sizeof *g->h);
    g->logits    = mem_alloc(P * (size_t)c->vocab_size * sizeof *g->logits);
    g->id        = mem_alloc(P * sizeof *g->id);
    g->lp        = mem_alloc(P * sizeof *g->lp);
    g->scratch   = mem_alloc((size_t)par_threads() * 2 * (size_t)c->vocab_size * sizeof *g->scratch);
    for (int i = 0; i < g->n_slot; i++) g->slot[i].job = -1;
    for (int i = 0; i < g->n_slot; i++) {
        g->slot[i].kv = kv_new(g->m, g->a->ctx, e);
        if (!g->slot[i].kv) return false;
    }
    g->w = work_new(g->m, g->max_rows, WORK_INFER, e);
    return g->w != NULL;
}

static void engine_free(engine *g) {
    for (int i = 0; g->slot && i < g->n_slot; i++)
        if (g->slot[i].kv) kv_free(g->slot[i].kv);
    if (g->w) work_free(g->w);
    mem_free(g->slot);
    mem_free(g->tok);
    mem_free(g->start);
    mem_free(g->kv);
    mem_free(g->owner);
    mem_free(g->ready);
    mem_free(g->h);
    mem_free(g->logits);
    mem_free(g->id);
    mem_free(g->lp);
    mem_free(g->scratch);
}

bool gen_run(model *m, const gen_args *a, gen_job *jobs, int n, gen_done fn, void *ctx, err *e) {
    if (n <= 0) return true;
    if (!check_jobs(a, jobs, n, model_cfg(m)->vocab_size, e)) return false;
    engine g  = {.m = m, .a = a, .jobs = jobs, .n = n};
    bool   ok = engine_init(&g, e);
    for (int i = 0; ok && i < g.n_slot; i++) take_job(&g, &g.slot[i], fn, ctx);
    while (ok) {
        if (stop_requested()) {
            ok = err_set(e, "interrupted");
            break;
        }
        model_rows r = make_step(&g);
        if (r.T == 0) break;
        const float *h = model_forward(m, g.w, &r, ATTN_AUTO); // [T, hidden]
        share(&g);
        ok = advance(&g, &r, h, fn, ctx, e);
    }
    engine_free(&g);
    return ok;
}
