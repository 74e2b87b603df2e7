#include "train/trainer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "train/ckpt.h"
#include "train/metrics.h"
#include "train/optim.h"

enum { BAD_ROW_MAX = 5, DOC_MIN = 8 /* shortest document that the tables are sized for */ };

typedef struct profile {
    double data, compute, optim, valid, answers, ckpt, other;
} profile;

typedef struct trainer {
    const trainer_args *a;
    const recipe_stage *o;
    model              *m;
    model_work         *w;
    loader             *train, *valid;
    rows_batch         *micro; /* [n_micro] of one step */
    int                 n_micro;
    float              *row_nll; /* [micro_tokens] of one micro-batch; NULL: no curriculum by loss */
    curriculum          cur;     /* n = 0: none */
    rows_batch          vb;      /* a validation micro-batch */
    optim              *opt;
    metrics            *log;
    progress           *bar;
    flops_model         flops;
    double              peak; /* measured FLOP/s of this machine for the operand type */
    ckpt_state          s;
    double              started, saved; /* time_now() at the start of this call, at the last checkpoint */
    double              elapsed0;       /* seconds of earlier calls */
    double              speed;          /* tokens/s, smoothed */
    str                 last, best;     /* checkpoint paths */
    profile             t;
    bool                ckpt_ok; /* did the last attempt succeed */
} trainer;

/* What one step found. */
typedef struct step_sums {
    model_losses l;
    double       flops, seconds, load_ratio;
    int64_t      tokens, learned;
    float        lr, lambda;
    optim_report r;
    double       valid, valid_hit, valid_mtp; /* valid < 0: not measured */
} step_sums;

void trainer_ckpt_path(const char *dir, const char *stage, bool best, str *out) {
    str_addf(out, "%s/ckpt/%s-%s.safetensors", dir, stage, best ? "best" : "last");
}

static void add_losses(model_losses *to, const model_losses *x) {
    to->nll += x->nll, to->n += x->n, to->mtp_nll += x->mtp_nll, to->mtp_n += x->mtp_n;
    to->hit += x->hit, to->mtp_hit += x->mtp_hit, to->balance += x->balance;
}

static double ratio(double a, double b) { return b > 0 ? a / b : 0; }

static train_rows rows_of(const rows_batch *b) {
    return (train_rows){
        .r = {.T = b->n, .tok = b->tok, .n_seq = b->n_seq, .start = b->start, .kv = NULL}, .tgt = b->tgt, .w = b->w};
}

/* Busiest expert over the mean, averaged over the MoE layers: 1 is perfect balance. */
static double load_ratio(model *m) {
    int    layers = model_moe_layers(m), E = model_cfg(m)->n_routed_experts;
    double sum = 0;
    for (int l = 0; l < layers; l++) {
        const int64_t *load = model_expert_load(m, l);
        int64_t        max = 0, all = 0;
        for (int i = 0; i < E; i++) {
            all += load[i];
            if (load[i] > max) max = load[i];
        }
        sum += ratio((double)max * E, (double)all);
    }
    return layers ? sum / layers : 0;
}

/* ---- the curriculum: what a step's documents say about their families' levels ---- */
/* The question is noise here, whatever the stage learns from: names and numbers cannot be foretold. Counted is what
 * follows from it. */
static void note_losses(trainer *t, const rows_batch *b) {
    for (int q = 0; q < b->n_seq; q++) {
        double sum = 0, n = 0;
        int    from = b->prompt[q] > 0 ? b->start[q] + b->prompt[q] - 1 : b->start[q];
        for (int i = from; i < b->start[q + 1]; i++) {
            sum += (double)t->row_nll[i];
            n += (double)b->w[i];
        }
        if (b->family[q] >= 0 && n > 0) curriculum_note_loss(&t->cur, b->family[q], b->level[q], sum / n);
    }
}

/* Levels move between steps only: a step's documents are drawn from one state, the one that a checkpoint before it
 * holds. */
static void curriculum_step(trainer *t) {
    str s = {0};
    if (!t->cur.n) {
        t->s.curriculum[0] = '\0';
        return;
    }
    if (t->a->mix->curriculum == CURRICULUM_SCHEDULE)
        curriculum_schedule(&t->cur, (double)t->s.step / (double)t->o->sched.steps);
    loader_moved(t->train);
    curriculum_save(&t->cur, &s);
    snprintf(t->s.curriculum, sizeof t->s.curriculum, "%s", s.p);
    str_free(&s);
}

static bool curriculum_setup(trainer *t, err *e) {
    const recipe_mix *mix = t->a->mix;
    str               s   = {0};
    curriculum_init(&t->cur);
    if (mix->curriculum == CURRICULUM_NONE) return true;
    t->cur.loss_good = mix->loss_good;
    for (int i = 0; i < mix->n; i++) {
        const source *x  = &mix->src[i];
        int           lo = 0, hi = 0;
        for (int l = 1; l <= LEVELS_MAX; l++)
            if (x->level_weight[l] > 0) hi = l, lo = lo ? lo : l;
        if (x->family && x->weight > 0 && lo && curriculum_add(&t->cur, x->family, lo, hi) < 0)
            return err_set(e, "mix %s: a curriculum has at most %d families", mix->name, CURRICULUM_FAMILIES);
    }
    curriculum_save(&t->cur, &s);
    bool fits = s.len < sizeof t->s.curriculum;
    str_free(&s);
    if (!fits) return err_set(e, "mix %s: the curriculum's state is too long for a checkpoint", mix->name);
    loader_follow(t->train, &t->cur);
    if (mix->curriculum == CURRICULUM_LOSS) t->row_nll = mem_calloc((size_t)t->o->micro_tokens, sizeof *t->row_nll);
    return true;
}

/* ---- one step ---- */
static void step_fill(trainer *t, step_sums *x) {
    double t0 = time_now();
    for (int i = 0; i < t->n_micro; i++) {
        loader_fill(t->train, &t->s.next_doc, &t->micro[i]);
        x->tokens += t->micro[i].n;
        x->learned += t->micro[i].learn;
        x->flops += flops_batch(&t->flops, &t->micro[i]);
    }
    t->t.data += time_now() - t0;
}

static void step_compute(trainer *t, step_sums *x) {
    double t0 = time_now();
    /* The mean over all learnt tokens of the step, however they fell into micro-batches. */
    loss_args la = {.scale         = (float)(1.0 / (double)(x->learned > 0 ? x->learned : 1)),
                    .mtp_lambda    = x->lambda,
                    .balance_alpha = t->o->balance_alpha,
                    .backward      = true,
                    .row_nll       = t->row_nll};
    for (int i = 0; i < t->n_micro; i++) {
        if (!t->micro[i].n) continue;
        train_rows   rows = rows_of(&t->micro[i]);
        model_losses l    = {0};
        model_loss(t->m, t->w, &rows, &la, &l);
        add_losses(&x->l, &l);
        if (t->row_nll) note_losses(t, &t->micro[i]);
    }
    x->l.balance /= t->n_micro;
    t->t.compute += time_now() - t0;
}

static bool step_update(trainer *t, step_sums *x, err *e) {
    double     t0   = time_now();
    optim_args args = {.lr    = x->lr,
                       .beta1 = t->o->beta1,
                       .beta2 = t->o->beta2,
                       .eps   = t->o->eps,
                       .wd    = t->o->weight_decay,
                       .muon  = t->o->muon != 0,
                       .clip  = t->o->clip};
    optim_step(t->opt, &args, t->s.updates + 1, &x->r);
    x->load_ratio = load_ratio(t->m);
    model_bias_update(t->m, t->o->bias_gamma);
    t->t.optim += time_now() - t0;
    t->s.step++;
    curriculum_step(t);
    t->s.tokens += x->tokens;
    t->s.learned += x->learned;
    if (x->r.finite) {
        t->s.updates++;
        t->s.skipped_row = 0;
        return true;
    }
    t->s.skipped++;
    progress_clear(t->bar);
    log_warn("step %" PRId64 ": the gradient of %s is not finite; step dropped", t->s.step, x->r.bad);
    if (++t->s.skipped_row < BAD_ROW_MAX) return true;
    return err_set(
        e, "%s: %d steps in a row with a gradient that is not finite (%s): lower lr or clip, or use dtype = f32",
        t->a->stage, BAD_ROW_MAX, x->r.bad);
}

/* Loss on the first eval_n validation documents. Routing counts of these tokens must not move the gate's biases. */
static void validate(trainer *t, step_sums *x) {
    double       t0   = time_now();
    uint64_t     next = 0;
    model_losses sum  = {0};
    loss_args    la   = {.scale = 1, .mtp_lambda = x->lambda > 0 ? x->lambda : 0, .backward = false};
    while (next < (uint64_t)t->o->eval_n) {
        loader_fill(t->valid, &next, &t->vb);
        if (!t->vb.n) break;
        train_rows   rows = rows_of(&t->vb);
        model_losses l    = {0};
        model_loss(t->m, t->w, &rows, &la, &l);
        add_losses(&sum, &l);
    }
    model_bias_update(t->m, 0);
    x->valid     = ratio(sum.nll, sum.n);
    x->valid_hit = ratio(sum.hit, sum.n);
    x->valid_mtp = ratio(sum.mtp_nll, sum.mtp_n);
    t->s.valid   = x->valid;
    t->t.valid += time_now() - t0;
}

/* ---- saying it ---- */
static void put_real(json_t *o, const char *key, double v) {
    json_object_set_new(o, key, isfinite(v) ? json_real(v) : json_null());
}

static json_t *step_metrics(const trainer *t, const step_sums *x) {
    json_t *o = json_object();
    json_object_set_new(o, "stage", json_string(t->a->stage));
    json_object_set_new(o, "step", json_integer(t->s.step));
    json_object_set_new(o, "tokens", json_integer(t->s.tokens));
    json_object_set_new(o, "learned", json_integer(t->s.learned));
    put_real(o, "loss", ratio(x->l.nll, x->l.n));
    put_real(o, "hit", ratio(x->l.hit, x->l.n));
    if (x->l.mtp_n > 0) {
        put_real(o, "mtp_loss", ratio(x->l.mtp_nll, x->l.mtp_n));
        put_real(o, "mtp_hit", ratio(x->l.mtp_hit, x->l.mtp_n));
    }
    put_real(o, "grad_norm", x->r.norm);
    put_real(o, "lr", x->lr);
    if (model_moe_layers(t->m)) {
        put_real(o, "balance", x->l.balance);
        put_real(o, "load_max_over_mean", x->load_ratio);
    }
    put_real(o, "tok_s", ratio((double)x->tokens, x->seconds));
    put_real(o, "peak_share", ratio(x->flops, x->seconds * t->peak));
    put_real(o, "elapsed", t->s.elapsed);
    if (t->cur.n) put_real(o, "level", curriculum_mean(&t->cur));
    if (!x->r.finite) json_object_set_new(o, "skipped", json_string(x->r.bad));
    if (x->valid >= 0) {
        put_real(o, "valid_loss", x->valid);
        put_real(o, "valid_hit", x->valid_hit);
        if (x->valid_mtp > 0) put_real(o, "valid_mtp_loss", x->valid_mtp);
    }
    return o;
}

static void show(trainer *t, const step_sums *x) {
    char   text[160];
    double now = ratio((double)x->tokens, x->seconds);
    t->speed   = t->speed > 0 ? 0.9 * t->speed + 0.1 * now : now;
    int n      = snprintf(text, sizeof text, "loss %.4f  %.1fk tok/s  %.0f%% of peak", ratio(x->l.nll, x->l.n),
                          t->speed / 1000, 100 * ratio(x->flops, x->seconds * t->peak));
    if (t->s.valid >= 0 && n > 0 && (size_t)n < sizeof text)
        snprintf(text + n, sizeof text - (size_t)n, "  valid %.4f", t->s.valid);
    progress_update(t->bar, t->s.step, text);
}

static void answers(trainer *t, json_t *line) {
    const trainer_hooks *h = t->a->hooks;
    if (!h || !h->answers) return;
    double t0    = time_now();
    str    words = {0};
    err    e;
    bool   ok = h->answers(h->ctx, t->m, t->a->mix, t->o, t->a->seed, line, &words, &e);
    model_bias_update(t->m, 0); /* generation routes tokens too */
    progress_clear(t->bar);
    if (ok) log_info("%s step %" PRId64 ": %s", t->a->stage, t->s.step, words.p ? words.p : "");
    else log_warn("%s step %" PRId64 ": problems could not be answered: %s", t->a->stage, t->s.step, e.msg);
    str_free(&words);
    t->t.answers += time_now() - t0;
}

static void save(trainer *t, bool best) {
    double t0 = time_now();
    err    e;
    bool   ok = ckpt_save(best ? t->best.p : t->last.p, t->m, &t->s, t->a->recipe_text, &e);
    if (!ok) {
        progress_clear(t->bar);
        log_warn("step %" PRId64 ": checkpoint not written: %s", t->s.step, e.msg);
    }
    if (!best) {
        t->ckpt_ok = ok;
        t->saved   = time_now(); /* also after a failure: the next attempt comes at its time, not at every step */
    }
    t->t.ckpt += time_now() - t0;
}

/* ---- the loop ---- */
static bool due(int every, int64_t step, int64_t steps) { return (every > 0 && step % every == 0) || step == steps; }

static bool one_step(trainer *t, err *e) {
    int64_t   steps = t->o->sched.steps, step = t->s.step;
    double    t0 = time_now();
    step_sums x  = {.valid = -1};
    x.lr         = schedule_lr(&t->o->sched, step);
    x.lambda     = schedule_mtp(t->o->mtp_lambda, t->o->mtp_lambda_end, t->o->mtp_switch, steps, step);
    if (!model_cfg(t->m)->num_nextn_predict_layers) x.lambda = 0;
    step_fill(t, &x);
    if (!x.learned)
        return err_set(e, "%s: no document of mix %s fits max_len = %d", t->a->stage, t->o->mix, t->o->max_len);
    step_compute(t, &x);
    if (!step_update(t, &x, e)) return false;
    x.seconds    = time_now() - t0;
    t->s.elapsed = t->elapsed0 + time_now() - t->started;
    bool better  = false;
    if (due(t->o->eval_every, t->s.step, steps)) {
        validate(t, &x);
        better = t->s.best_valid < 0 || x.valid < t->s.best_valid;
        if (better) {
            t->s.best_valid = x.valid;
            t->s.best_step  = t->s.step;
        }
    }
    json_t *line = step_metrics(t, &x);
    if (t->o->answers_every > 0 && due(t->o->answers_every, t->s.step, steps)) answers(t, line);
    metrics_put(t->log, line);
    show(t, &x);
    if (better) save(t, true);
    return true;
}

static trainer_end loop(trainer *t, err *e) {
    int64_t steps = t->o->sched.steps, begun = t->s.step;
    bool    stop = false;
    while (t->s.step < steps && !stop) {
        if (!one_step(t, e)) return TRAIN_FAILED;
        stop = (t->a->hooks && t->a->hooks->stop && t->a->hooks->stop()) ||
               (t->a->stop_after > 0 && t->s.step - begun >= t->a->stop_after);
        bool last = stop || t->s.step == steps;
        if (last || time_now() - t->saved >= 60 * t->o->checkpoint_minutes) save(t, false);
        if (last && !t->ckpt_ok)
            return err_set(e, "%s: the last checkpoint could not be written; the one before it is kept: %s",
                           t->a->stage, t->last.p),
                   TRAIN_FAILED;
    }
    return t->s.step < steps ? TRAIN_STOPPED : TRAIN_DONE;
}

static bool resume(trainer *t, err *e) {
    if (!ckpt_load(t->last.p, t->m, &t->s, e)) return false;
    const ckpt_state *s = &t->s;
    if (strcmp(s->stage, t->a->stage) != 0)
        return err_set(e, "%s: a checkpoint of stage %s, expected %s", t->last.p, s->stage, t->a->stage);
    if (s->step > t->o->sched.steps)
        return err_set(e, "%s: at step %" PRId64 ", past the recipe's %" PRId64, t->last.p, s->step, t->o->sched.steps);
    if (s->threads != par_threads() || strcmp(s->kernel, K->name) != 0)
        log_warn("this run was begun with %d threads (%s), now %d (%s): the last bits will differ", s->threads,
                 s->kernel, par_threads(), K->name);
    log_info("%s: resumed at step %" PRId64 " of %" PRId64, t->a->stage, s->step, t->o->sched.steps);
    return true;
}

static loader *make_loader(const trainer *t, split_id split, uint64_t *mix_hash, err *e) {
    source      src[MIX_SOURCES];
    int         n    = recipe_sources(t->a->mix, src, mix_hash);
    uint64_t    seed = t->o->data_seed ? t->o->data_seed : t->a->seed;
    loader_spec spec = {.src     = src,
                        .n_src   = n,
                        .split   = split,
                        .seed    = hash_u64(seed ^ hash_bytes(t->a->stage, strlen(t->a->stage))),
                        .loss    = t->o->loss == LOSS_ANSWER ? LOSS_ANSWER : LOSS_ALL,
                        .max_len = t->o->max_len};
    if (!n) {
        err_set(e, "mix %s: none of its sources is there", t->a->mix->name);
        return NULL;
    }
    return loader_new(&spec, model_tokenizer(t->m), e);
}

static bool setup(trainer *t, err *e) {
    const recipe_stage *o        = t->o;
    uint64_t            mix_hash = 0;
    str                 path     = {0};
    int                 n        = model_param_count(t->m);
    param             **params   = mem_calloc((size_t)n, sizeof *params);
    for (int i = 0; i < n; i++) params[i] = model_param(t->m, i);
    t->opt = optim_new(params, n);
    mem_free(params);
    t->n_micro = o->batch_tokens / o->micro_tokens;
    t->micro   = mem_calloc((size_t)t->n_micro, sizeof *t->micro);
    int docs   = o->micro_tokens / DOC_MIN + 1;
    for (int i = 0; i < t->n_micro; i++) rows_batch_init(&t->micro[i], o->micro_tokens, docs);
    rows_batch_init(&t->vb, o->micro_tokens, docs);
    trainer_ckpt_path(t->a->dir, t->a->stage, false, &t->last);
    trainer_ckpt_path(t->a->dir, t->a->stage, true, &t->best);
    str_addf(&path, "%s/ckpt", t->a->dir);
    bool ok = fs_mkdirs(path.p, e);
    str_clear(&path);
    str_addf(&path, "%s/metrics.jsonl", t->a->dir);
    ok = ok && (t->w = work_new(t->m, o->micro_tokens, WORK_TRAIN, e)) &&
         (t->train = make_loader(t, SPLIT_TRAIN, &mix_hash, e)) && (t->valid = make_loader(t, SPLIT_VALID, NULL, e)) &&
         curriculum_setup(t, e);
    if (ok && t->a->resume && fs_exists(t->last.p)) {
        ok = resume(t, e);
        if (ok && t->s.mix_hash != mix_hash)
            ok = err_set(e, "%s: the run was begun with other sources in mix %s (a text that came or went?)", t->last.p,
                         t->a->mix->name);
        if (ok && t->cur.n && t->s.curriculum[0])
            ok = curriculum_load(&t->cur, t->s.curriculum, strlen(t->s.curriculum), e) || err_in(e, "%s", t->last.p);
    }
    curriculum_step(t);
    t->s.mix_hash    = mix_hash;
    t->s.recipe_hash = t->a->recipe_hash;
    t->s.seed        = t->a->seed;
    t->s.threads     = par_threads();
    snprintf(t->s.stage, sizeof t->s.stage, "%s", t->a->stage);
    snprintf(t->s.kernel, sizeof t->s.kernel, "%s", K->name);
    ok = ok && (t->log = metrics_open(path.p, t->a->stage, t->s.step, e));
    str_free(&path);
    return ok;
}

static void print_profile(const trainer *t, double wall) {
    const profile *p = &t->t;
    struct {
        const char *name;
        double      s;
    } row[]     = {{"data", p->data},       {"forward + backward", p->compute},
                   {"optimizer", p->optim}, {"validation", p->valid},
                   {"answers", p->answers}, {"checkpoints", p->ckpt}};
    double rest = wall;
    log_info("%s: where %.1f s went", t->a->stage, wall);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        log_info("  %-20s %9.2f s %6.2f%%", row[i].name, row[i].s, 100 * ratio(row[i].s, wall));
        rest -= row[i].s;
    }
    log_info("  %-20s %9.2f s %6.2f%%", "the rest", rest, 100 * ratio(rest, wall));
}

static void teardown(trainer *t) {
    progress_free(t->bar);
    metrics_close(t->log);
    loader_free(t->train);
    loader_free(t->valid);
    for (int i = 0; i < t->n_micro; i++) rows_batch_free(&t->micro[i]);
    mem_free(t->micro);
    mem_free(t->row_nll);
    rows_batch_free(&t->vb);
    optim_free(t->opt);
    if (t->w) work_free(t->w);
    str_free(&t->last);
    str_free(&t->best);
}

trainer_end trainer_run(model *m, const trainer_args *a, err *e) {
    trainer     t   = {.a = a, .o = a->opt, .m = m};
    trainer_end how = TRAIN_FAILED;
    t.s.valid = t.s.best_valid = -1;
    if (!setup(&t, e)) goto done;
    const cfg *c = model_cfg(m);
    t.flops      = flops_of(c, a->opt->mtp_lambda > 0);
    t.peak       = a->opt->bf16 ? gemm_peak_bf16() : gemm_peak_f32();
    t.elapsed0   = t.s.elapsed;
    t.started = t.saved = time_now();
    cfg_params n        = cfg_count(c);
    log_info("%s: %" PRId64 " steps of %d tokens; %.2fM parameters, %.2fM active; peak %.0f GFLOP/s (%s)", a->stage,
             a->opt->sched.steps, a->opt->batch_tokens, (double)n.total / 1e6, (double)n.active / 1e6, t.peak / 1e9,
             a->opt->bf16 ? "bf16" : "f32");
    t.bar = progress_new(a->stage, a->opt->sched.steps);
    how   = loop(&t, e);
    progress_free(t.bar);
    t.bar = NULL;
    if (a->profile) print_profile(&t, time_now() - t.started);
    if (loader_skipped(t.train))
        log_info("%s: %" PRIu64 " problems were longer than max_len and skipped", a->stage, loader_skipped(t.train));
    if (how == TRAIN_DONE && t.s.best_valid >= 0)
        log_info("%s: valid loss %.4f, best %.4f at step %" PRId64, a->stage, t.s.valid, t.s.best_valid, t.s.best_step);
done:
    teardown(&t);
    return how;
}
