#include "train/trainer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "base/prof.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "train/about.h"
#include "train/ckpt.h"
#include "train/gauge.h"
#include "train/metrics.h"
#include "train/optim.h"
#include "train/ranks.h"

enum { DOC_MIN = 8 /* shortest document that the tables are sized for */ };

typedef struct trainer {
    const trainer_args *a;
    const recipe_stage *o;
    model              *m;
    model_work         *w;
    loader             *train, *valid;
    rows_batch         *micro; /* [n_micro] of one step */
    int                 n_micro, n_docs;
    ranks              *ranks;
    float              *row_nll;     /* [micro_tokens] of one micro-batch; NULL: no curriculum by loss */
    int                *top, *draft; /* [micro_tokens] greedy tokens of a validation micro-batch */
    curriculum          cur;         /* n = 0: none */
    rows_batch          vb;          /* a validation micro-batch */
    optim              *opt;
    metrics            *log;
    progress           *bar;
    flops_model         flops;
    double              peak; /* measured FLOP/s of this machine for the operand type */
    ckpt_state          s;
    double              started, saved; /* time_now() at the start of this call, at the last checkpoint */
    double              elapsed0;       /* seconds of earlier calls */
    double              speed;          /* tokens/s, smoothed */
    str                 path[CKPT_KINDS];
    bool                ckpt_ok; /* did the last attempt succeed */
} trainer;

/* What one step found. */
typedef struct step_sums {
    model_losses l;
    double       flops, seconds, load_ratio;
    json_t      *moe; /* gauge_load, at a validation; else NULL */
    gauge_draft  drafts;
    int64_t      tokens, learned;
    float        lr, lambda;
    optim_report r;
    double       valid, valid_hit, valid_mtp; /* valid < 0: not measured */
} step_sums;

void trainer_ckpt_path(const char *dir, const char *stage, ckpt_kind kind, str *out) {
    static const char *const name[CKPT_KINDS] = {"last", "best", "good"};
    str_addf(out, "%s/ckpt/%s-%s.safetensors", dir, stage, name[kind]);
}

static void add_losses(model_losses *to, const model_losses *x) {
    to->nll += x->nll, to->n += x->n, to->mtp_nll += x->mtp_nll, to->mtp_n += x->mtp_n;
    to->hit += x->hit, to->mtp_hit += x->mtp_hit, to->balance += x->balance;
}

static bool leads(const trainer *t) { return dist_rank(t->a->ranks) == 0; }

static train_rows rows_of(const rows_batch *b) {
    return (train_rows){
        .r = {.T = b->n, .tok = b->tok, .n_seq = b->n_seq, .start = b->start, .kv = NULL}, .tgt = b->tgt, .w = b->w};
}

/* ---- the curriculum: what a step's documents say about their families' levels ---- */
/* The question is noise here, whatever the stage learns from: names and numbers cannot be foretold. Counted is what
 * follows from it. out[n_seq]; -1: nothing was learnt. */
static void doc_losses(const trainer *t, const rows_batch *b, double *out) {
    for (int q = 0; q < b->n_seq; q++) {
        double sum = 0, n = 0;
        int    from = b->prompt[q] > 0 ? b->start[q] + b->prompt[q] - 1 : b->start[q];
        for (int i = from; i < b->start[q + 1]; i++) {
            sum += (double)t->row_nll[i];
            n += (double)b->w[i];
        }
        out[q] = n > 0 ? sum / n : -1;
    }
}

/* In the order of the documents, whoever has computed them. */
static void note_losses(trainer *t) {
    const double *loss = t->ranks->doc;
    for (int i = 0; i < t->n_micro; i++) {
        const rows_batch *b = &t->micro[i];
        for (int q = 0; q < b->n_seq; q++, loss++)
            if (b->family[q] >= 0 && !(*loss < 0)) curriculum_note_loss(&t->cur, b->family[q], b->level[q], *loss);
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

bool trainer_curriculum(const recipe_mix *mix, curriculum *c, err *e) {
    str s = {0};
    curriculum_init(c);
    if (mix->curriculum == CURRICULUM_NONE) return true;
    c->loss_good = mix->loss_good;
    for (int i = 0; i < mix->n; i++) {
        const source *x  = &mix->src[i];
        int           lo = 0, hi = 0;
        for (int l = 1; l <= LEVELS_MAX; l++)
            if (x->level_weight[l] > 0) hi = l, lo = lo ? lo : l;
        if (x->family && x->weight > 0 && lo && curriculum_add(c, x->family, lo, hi) < 0)
            return err_set(e, "mix %s: a curriculum has at most %d families", mix->name, CURRICULUM_FAMILIES);
    }
    curriculum_save(c, &s);
    bool fits = s.len < CKPT_CURRICULUM;
    str_free(&s);
    return fits || err_set(e, "mix %s: the curriculum's state is too long for a checkpoint", mix->name);
}

static bool curriculum_setup(trainer *t, err *e) {
    const recipe_mix *mix = t->a->mix;
    if (!trainer_curriculum(mix, &t->cur, e)) return false;
    if (mix->curriculum == CURRICULUM_NONE) return true;
    loader_follow(t->train, &t->cur);
    if (mix->curriculum == CURRICULUM_LOSS) t->row_nll = mem_calloc((size_t)t->o->micro_tokens, sizeof *t->row_nll);
    return true;
}

/* ---- one step ---- */
bool trainer_set_8bit(model *m, const trainer_args *a, int64_t step, err *e) {
    const recipe_stage *o    = a->opt;
    int64_t             last = o->sched.steps - 1, at = step < last ? step : last;
    bool                on  = o->qat && (double)at >= (double)o->qat_from * (double)o->sched.steps;
    bool                was = model_cfg(m)->qat_bits != 0;
    if (!model_set_8bit(m, on, o->qat_head != 0, e)) return err_in(e, "%s", a->stage);
    if (on != was)
        log_info("%s: from step %" PRId64 " on products in %s", a->stage, step + 1,
                 on ? "8-bit integers" : "floats: the model before was an 8-bit one");
    return true;
}

static void step_fill(trainer *t, step_sums *x) {
    prof_part was     = prof_enter(PROF_DATA);
    uint64_t  skipped = loader_skipped(t->train);
    t->n_docs         = 0;
    for (int i = 0; i < t->n_micro; i++) {
        loader_fill(t->train, &t->s.next_doc, &t->micro[i]);
        t->n_docs += t->micro[i].n_seq;
        x->tokens += t->micro[i].n;
        x->learned += t->micro[i].learn;
        x->flops += flops_batch(&t->flops, &t->micro[i]);
    }
    t->s.long_docs += (int64_t)(loader_skipped(t->train) - skipped);
    prof_leave(was);
}

static bool step_compute(trainer *t, step_sums *x, err *e) {
    /* The mean over all learnt tokens of the step, however they fell into micro-batches. */
    loss_args la  = {.scale         = (float)(1.0 / (double)(x->learned > 0 ? x->learned : 1)),
                     .mtp_lambda    = x->lambda,
                     .balance_alpha = t->o->balance_alpha,
                     .backward      = true,
                     .row_nll       = t->row_nll};
    double   *doc = t->ranks->doc;
    ranks_clear(t->ranks, t->n_docs);
    for (int i = 0; i < t->n_micro; doc += t->micro[i++].n_seq) {
        if (!t->micro[i].n || !ranks_take(t->ranks, i)) continue;
        if (!dist_alive(t->a->ranks, e)) return false;
        train_rows rows = rows_of(&t->micro[i]);
        model_loss(t->m, t->w, &rows, &la, &t->ranks->loss[i]);
        if (t->row_nll) doc_losses(t, &t->micro[i], doc);
    }
    prof_part was = prof_enter(PROF_SUM);
    bool      ok  = ranks_sum(t->ranks, t->row_nll ? t->n_docs : 0, e);
    prof_leave(was);
    if (!ok) return false;
    for (int i = 0; i < t->n_micro; i++) add_losses(&x->l, &t->ranks->loss[i]);
    x->l.balance /= t->n_micro;
    if (t->row_nll) note_losses(t);
    const trainer_hooks *h = t->a->hooks;
    if (h && h->spoil) h->spoil(h->ctx, t->m, t->s.step + 1, t->s.next_doc, &x->l);
    return true;
}

optim_args trainer_optim_args(const recipe_stage *o, float lr) {
    return (optim_args){.lr    = lr,
                        .beta1 = o->beta1,
                        .beta2 = o->beta2,
                        .eps   = o->eps,
                        .wd    = o->weight_decay,
                        .muon  = o->muon != 0,
                        .clip  = o->clip};
}

optim *trainer_optim(model *m) {
    int     n      = model_param_count(m);
    param **params = mem_calloc((size_t)n, sizeof *params);
    for (int i = 0; i < n; i++) params[i] = model_param(m, i);
    optim *o = optim_new(params, n);
    mem_free(params);
    return o;
}

static bool due(int every, int64_t step, int64_t steps) { return (every > 0 && step % every == 0) || step == steps; }

/* false: the gradient is not finite, and nothing was learnt. */
static bool step_update(trainer *t, step_sums *x) {
    prof_part  was  = prof_enter(PROF_OPTIM);
    optim_args args = trainer_optim_args(t->o, x->lr);
    optim_step(t->opt, &args, t->s.updates + 1, &x->r);
    if (x->r.finite) {
        if (model_cfg(t->m)->qat_bits) model_refresh(t->m);
        x->load_ratio = gauge_busiest(t->m);
        if (due(t->o->eval_every, t->s.step + 1, t->o->sched.steps)) x->moe = gauge_load(t->m);
        model_bias_update(t->m, t->o->bias_gamma);
        t->s.step++;
        t->s.updates++;
        t->s.tokens += x->tokens;
        t->s.learned += x->learned;
        guard_note(&t->s.recent, metrics_ratio(x->l.nll, x->l.n));
        curriculum_step(t);
    }
    prof_leave(was);
    return x->r.finite;
}

/* Loss on the first eval_n validation documents. Routing counts of these tokens must not move the gate's biases. */
static bool validate(trainer *t, step_sums *x, err *e) {
    prof_part    was  = prof_enter(PROF_VALID);
    uint64_t     next = 0;
    model_losses sum = {0}, *each = t->ranks->loss; /* of the shards, which are not more than micro-batches */
    loss_args    la = {.scale      = 1,
                       .mtp_lambda = x->lambda > 0 ? x->lambda : 0,
                       .backward   = false,
                       .row_top    = t->top,
                       .row_draft  = t->draft};
    ranks_clear(t->ranks, 0);
    for (int i = 0; next < (uint64_t)t->o->eval_n; i++) {
        loader_fill(t->valid, &next, &t->vb);
        if (!t->vb.n) break;
        if (!ranks_take(t->ranks, i)) continue;
        train_rows   rows = rows_of(&t->vb);
        model_losses l    = {0};
        model_loss(t->m, t->w, &rows, &la, &l);
        add_losses(&each[i % t->ranks->shards], &l);
        if (la.mtp_lambda > 0) gauge_drafts(&x->drafts, &t->vb, t->top, t->draft);
    }
    double drafts[2] = {x->drafts.n, x->drafts.accepted};
    bool   ok        = ranks_sum_valid(t->ranks, each, drafts, 2, e);
    x->drafts        = (gauge_draft){drafts[0], drafts[1]};
    for (int s = 0; s < t->ranks->shards; s++) add_losses(&sum, &each[s]);
    gauge_gate(x->moe, t->m);
    model_bias_update(t->m, 0);
    x->valid     = metrics_ratio(sum.nll, sum.n);
    x->valid_hit = metrics_ratio(sum.hit, sum.n);
    x->valid_mtp = metrics_ratio(sum.mtp_nll, sum.mtp_n);
    t->s.valid   = x->valid;
    prof_leave(was);
    return ok;
}

/* ---- saying it ---- */
static void put_real(json_t *o, const char *key, double v) {
    json_object_set_new(o, key, isfinite(v) ? json_real(v) : json_null());
}

static void validation_metrics(const trainer *t, const step_sums *x, json_t *o) {
    put_real(o, "valid_loss", x->valid);
    put_real(o, "valid_hit", x->valid_hit);
    if (x->valid_mtp > 0) put_real(o, "valid_mtp_loss", x->valid_mtp);
    if (x->drafts.n > 0) put_real(o, "mtp_acceptance", metrics_ratio(x->drafts.accepted, x->drafts.n));
    if (model_moe_layers(t->m)) json_object_set(o, "moe", x->moe);
    json_object_set_new(o, "long_docs", json_integer(t->s.long_docs));
    if (!t->cur.n) return;
    json_t *levels = json_object();
    for (int i = 0; i < t->cur.n; i++) json_object_set_new(levels, t->cur.f[i].name, json_integer(t->cur.f[i].level));
    json_object_set_new(o, "levels", levels);
}

static json_t *step_metrics(const trainer *t, const step_sums *x) {
    json_t *o = json_object();
    json_object_set_new(o, "stage", json_string(t->a->stage));
    json_object_set_new(o, "step", json_integer(t->s.step));
    json_object_set_new(o, "tokens", json_integer(t->s.tokens));
    json_object_set_new(o, "learned", json_integer(t->s.learned));
    put_real(o, "loss", metrics_ratio(x->l.nll, x->l.n));
    put_real(o, "hit", metrics_ratio(x->l.hit, x->l.n));
    if (x->l.mtp_n > 0) {
        put_real(o, "mtp_loss", metrics_ratio(x->l.mtp_nll, x->l.mtp_n));
        put_real(o, "mtp_hit", metrics_ratio(x->l.mtp_hit, x->l.mtp_n));
    }
    put_real(o, "grad_norm", x->r.norm);
    put_real(o, "lr", x->lr);
    if (model_moe_layers(t->m)) {
        put_real(o, "balance", x->l.balance);
        put_real(o, "load_max_over_mean", x->load_ratio);
    }
    put_real(o, "tok_s", metrics_ratio((double)x->tokens, x->seconds));
    put_real(o, "peak_share", metrics_ratio(x->flops, x->seconds * t->peak));
    put_real(o, "elapsed", t->s.elapsed);
    if (model_cfg(t->m)->qat_bits) json_object_set_new(o, "bits", json_integer(model_cfg(t->m)->qat_bits));
    if (t->cur.n) put_real(o, "level", curriculum_mean(&t->cur));
    if (x->valid >= 0) validation_metrics(t, x, o);
    return o;
}

static void show(trainer *t, const step_sums *x) {
    char   text[160];
    double now = metrics_ratio((double)x->tokens, x->seconds);
    t->speed   = t->speed > 0 ? 0.9 * t->speed + 0.1 * now : now;
    int n      = snprintf(text, sizeof text, "loss %.4f  %.1fk tok/s  %.0f%% of peak", metrics_ratio(x->l.nll, x->l.n),
                          t->speed / 1000, 100 * metrics_ratio(x->flops, x->seconds * t->peak));
    if (t->s.valid >= 0 && n > 0 && (size_t)n < sizeof text)
        snprintf(text + n, sizeof text - (size_t)n, "  valid %.4f", t->s.valid);
    progress_update(t->bar, t->s.step, text);
}

static void answers(trainer *t, json_t *line) {
    const trainer_hooks *h = t->a->hooks;
    if (!h || !h->answers) return;
    prof_part was   = prof_enter(PROF_ANSWERS);
    str       words = {0};
    err       e;
    bool      ok = h->answers(h->ctx, t->m, t->a->mix, t->o, t->a->seed, line, &words, &e);
    model_bias_update(t->m, 0); /* generation routes tokens too */
    progress_clear(t->bar);
    if (ok) log_info("%s step %" PRId64 ": %s", t->a->stage, t->s.step, words.p ? words.p : "");
    else log_warn("%s step %" PRId64 ": problems could not be answered: %s", t->a->stage, t->s.step, e.msg);
    str_free(&words);
    prof_leave(was);
}

/* false: the ranks differ, or one is lost. A full disk is not that. */
static bool save(trainer *t, ckpt_kind kind, err *e) {
    prof_part was = prof_enter(PROF_SAVE);
    err       why;
    bool      fine = ranks_equal(t->ranks, e);
    bool      ok   = fine && (!leads(t) || ckpt_save(t->path[kind].p, t->m, &t->s, t->a->recipe_text, &why));
    if (fine && !ok) {
        progress_clear(t->bar);
        log_warn("step %" PRId64 ": checkpoint not written: %s", t->s.step, why.msg);
    }
    fine = fine && dist_bcast(t->a->ranks, &ok, sizeof ok, e);
    if (kind == CKPT_LAST) {
        t->ckpt_ok = ok;
        t->saved   = time_now(); /* also after a failure: the next attempt comes at its time, not at every step */
    }
    prof_leave(was);
    return fine;
}

/* ---- the guard ---- */
/* What was learnt since the good checkpoint is forgotten, in the model and in the metrics. */
static bool load_good(trainer *t, err *e) {
    int64_t skipped = t->s.skipped;
    bool    ok      = ckpt_load(t->path[CKPT_GOOD].p, t->m, &t->s, e) &&
              (!t->cur.n || curriculum_load(&t->cur, t->s.curriculum, strlen(t->s.curriculum), e)) &&
              (!leads(t) || metrics_forget(t->log, t->a->stage, t->s.step, skipped, e));
    return dist_agree(t->a->ranks, ok, e);
}

/* Back to the good checkpoint, for the reason `why`, and past the batch at hand. */
static bool go_back(trainer *t, int64_t at, const char *why, err *e) {
    uint64_t next      = t->s.next_doc;
    int64_t  long_docs = t->s.long_docs, skipped = t->s.skipped;
    double   elapsed = t->s.elapsed;
    progress_clear(t->bar);
    if (t->s.skipped_row > 0)
        return err_set(e,
                       "%s: step %" PRId64 ": %s. It is the second bad step since the last good checkpoint, and going "
                       "back did not help: lower lr or clip, use dtype = f32, or look at the data",
                       t->a->stage, at, why);
    optim_drop(t->opt);
    if (!load_good(t, e)) return err_in(e, "step %" PRId64 ": %s", at, why);
    model_bias_update(t->m, 0); /* the loads of the bad step */
    loader_moved(t->train);
    t->s.next_doc = next, t->s.long_docs = long_docs, t->s.elapsed = elapsed;
    t->s.skipped     = skipped + 1;
    t->s.skipped_row = 1;
    log_warn("%s step %" PRId64 ": %s; back to step %" PRId64 ", without the documents up to here", t->a->stage, at,
             why, t->s.step);
    if (leads(t))
        metrics_put(t->log,
                    json_pack("{s:s,s:I,s:s,s:I,s:s,s:I}", "stage", t->a->stage, "step", (json_int_t)t->s.step, "event",
                              "went back", "from", (json_int_t)at, "why", why, "skipped", (json_int_t)t->s.skipped));
    return save(t, CKPT_LAST, e);
}

/* Is the loss one to learn from? If not, `why` says what is wrong. */
static bool loss_fits(const trainer *t, const step_sums *x, char why[160]) {
    double median, loss = metrics_ratio(x->l.nll, x->l.n);
    if (guard_fits(&t->s.recent, loss, (double)t->o->spike, &median) && (x->l.mtp_n <= 0 || isfinite(x->l.mtp_nll)))
        return true;
    if (!isfinite(loss) || !isfinite(x->l.mtp_nll)) snprintf(why, 160, "the loss is not finite");
    else
        snprintf(why, 160, "a loss of %.4g, %.3g times the median of the last steps (%.4g)", loss,
                 metrics_ratio(loss, median), median);
    return false;
}

/* ---- the loop ---- */
/* Validation, and what hangs on it. *fine: its loss is finite. */
static bool step_validate(trainer *t, step_sums *x, bool *better, bool *fine, err *e) {
    if (!validate(t, x, e)) return false;
    *better = isfinite(x->valid) && (t->s.best_valid < 0 || x->valid < t->s.best_valid);
    if (*better) {
        t->s.best_valid = x->valid;
        t->s.best_step  = t->s.step;
    }
    *fine = isfinite(x->valid) != 0;
    return true;
}

static bool step_done(trainer *t, step_sums *x, bool better, err *e) {
    int64_t steps = t->o->sched.steps;
    if (leads(t)) {
        json_t *line = step_metrics(t, x);
        if (t->o->answers_every > 0 && due(t->o->answers_every, t->s.step, steps)) answers(t, line);
        metrics_put(t->log, line);
    }
    show(t, x);
    if (x->valid < 0) return true;
    t->s.skipped_row = 0;
    if (t->s.step < steps && !save(t, CKPT_GOOD, e)) return false;
    if (better && !save(t, CKPT_BEST, e)) return false;
    const trainer_hooks *h   = t->a->hooks;
    prof_part            was = prof_enter(PROF_PAGE);
    if (h && h->page && leads(t)) h->page(h->ctx, t->a->dir);
    prof_leave(was);
    return true;
}

static bool one_step(trainer *t, err *e) {
    int64_t   steps = t->o->sched.steps, step = t->s.step;
    double    t0 = time_now();
    char      why[160];
    bool      better = false, fine = true;
    step_sums x = {.valid = -1};
    x.lr        = schedule_lr(&t->o->sched, step);
    x.lambda    = schedule_mtp(t->o->mtp_lambda, t->o->mtp_lambda_end, t->o->mtp_switch, steps, step);
    if (!model_cfg(t->m)->num_nextn_predict_layers) x.lambda = 0;
    if (!trainer_set_8bit(t->m, t->a, step, e)) return false;
    step_fill(t, &x);
    if (!x.learned)
        return err_set(e, "%s: no document of mix %s fits max_len = %d", t->a->stage, t->o->mix, t->o->max_len);
    if (!step_compute(t, &x, e)) return false;
    if (!loss_fits(t, &x, why)) return go_back(t, step + 1, why, e);
    if (!step_update(t, &x)) {
        snprintf(why, sizeof why, "the gradient of %s is not finite", x.r.bad);
        return go_back(t, step + 1, why, e);
    }
    x.seconds    = time_now() - t0;
    t->s.elapsed = t->elapsed0 + time_now() - t->started;
    bool ok      = !due(t->o->eval_every, t->s.step, steps) || step_validate(t, &x, &better, &fine, e);
    if (ok && fine) ok = step_done(t, &x, better, e);
    json_decref(x.moe);
    return ok && (fine || go_back(t, t->s.step, "the validation loss is not finite", e));
}

/* Ctrl-C reaches the ranks at different moments, and each has its clock: they stop and save at the same step. */
static bool decide(trainer *t, int64_t begun, bool *stop, bool *save_now, err *e) {
    bool asked = (t->a->hooks && t->a->hooks->stop && t->a->hooks->stop()) ||
                 (t->a->stop_after > 0 && t->s.step - begun >= t->a->stop_after);
    bool   due_now = leads(t) && time_now() - t->saved >= 60 * t->o->checkpoint_minutes;
    double said[2] = {asked, due_now};
    if (!dist_sum_f64(t->a->ranks, said, 2, e)) return false;
    *stop     = said[0] > 0;
    *save_now = said[1] > 0;
    return true;
}

static trainer_end loop(trainer *t, err *e) {
    int64_t steps = t->o->sched.steps, begun = t->s.step;
    bool    stop = false, save_now = false;
    while (t->s.step < steps && !stop) {
        if (!one_step(t, e) || !decide(t, begun, &stop, &save_now, e)) return TRAIN_FAILED;
        bool last = stop || t->s.step == steps;
        if ((last || save_now) && !save(t, CKPT_LAST, e)) return TRAIN_FAILED;
        if (last && !t->ckpt_ok)
            return err_set(e, "%s: the last checkpoint could not be written; the one before it is kept: %s",
                           t->a->stage, t->path[CKPT_LAST].p),
                   TRAIN_FAILED;
    }
    return t->s.step < steps ? TRAIN_STOPPED : TRAIN_DONE;
}

bool trainer_resume(const char *path, model *m, const trainer_args *a, int shards, ckpt_state *s, err *e) {
    if (!ckpt_load(path, m, s, e)) return false;
    if (strcmp(s->stage, a->stage) != 0)
        return err_set(e, "%s: a checkpoint of stage %s, expected %s", path, s->stage, a->stage);
    if (s->step > a->opt->sched.steps)
        return err_set(e, "%s: at step %" PRId64 ", past the recipe's %" PRId64, path, s->step, a->opt->sched.steps);
    if (s->threads != par_threads() || s->shards != shards || strcmp(s->kernel, K->name) != 0)
        log_warn("this run was begun with %d threads, %d shards (%s), now %d, %d (%s): the last bits will differ",
                 s->threads, s->shards, s->kernel, par_threads(), shards, K->name);
    log_info("%s: resumed at step %" PRId64 " of %" PRId64, a->stage, s->step, a->opt->sched.steps);
    return true;
}

void trainer_sign(const trainer_args *a, uint64_t mix_hash, int shards, ckpt_state *s) {
    s->mix_hash    = mix_hash;
    s->recipe_hash = a->recipe_hash;
    s->seed        = a->seed;
    s->threads     = par_threads();
    s->shards      = shards;
    snprintf(s->stage, sizeof s->stage, "%s", a->stage);
    snprintf(s->kernel, sizeof s->kernel, "%s", K->name);
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

/* What would make the ranks drift apart is found before the first step. */
static bool same_start(trainer *t, err *e) {
    dist *d = t->a->ranks;
    int   n = dist_size(d);
    if (t->n_micro % n) log_warn("%d micro-batches a step for %d ranks: some will wait", t->n_micro, n);
    return dist_same(d, &t->a->recipe_hash, sizeof t->a->recipe_hash, "the recipe", e) &&
           dist_same(d, &t->s.mix_hash, sizeof t->s.mix_hash, "the texts of the mix", e) &&
           dist_same(d, &t->s.step, sizeof t->s.step, "the checkpoint (OUT is one folder for all ranks)", e) &&
           dist_same(d, t->s.kernel, sizeof t->s.kernel, "the kernels (set R1_KERNEL)", e) && ranks_equal(t->ranks, e);
}

static bool setup(trainer *t, err *e) {
    const recipe_stage *o        = t->o;
    uint64_t            mix_hash = 0;
    str                 path     = {0};
    t->opt                       = trainer_optim(t->m);
    t->n_micro                   = o->batch_tokens / o->micro_tokens;
    t->micro                     = mem_calloc((size_t)t->n_micro, sizeof *t->micro);
    int docs                     = o->micro_tokens / DOC_MIN + 1;
    for (int i = 0; i < t->n_micro; i++) rows_batch_init(&t->micro[i], o->micro_tokens, docs);
    rows_batch_init(&t->vb, o->micro_tokens, docs);
    if (model_cfg(t->m)->num_nextn_predict_layers) {
        t->top   = mem_calloc((size_t)o->micro_tokens, sizeof *t->top);
        t->draft = mem_calloc((size_t)o->micro_tokens, sizeof *t->draft);
    }
    for (int k = 0; k < CKPT_KINDS; k++) trainer_ckpt_path(t->a->dir, t->a->stage, (ckpt_kind)k, &t->path[k]);
    str_addf(&path, "%s/ckpt", t->a->dir);
    t->ranks = ranks_new(t->a->ranks, t->m, t->n_micro, t->n_micro * docs, o->shards, e);
    bool ok  = t->ranks && (!leads(t) || fs_mkdirs(path.p, e));
    str_clear(&path);
    str_addf(&path, "%s/metrics.jsonl", t->a->dir);
    ok = ok && (t->w = work_new(t->m, o->micro_tokens, WORK_TRAIN, e)) &&
         (t->train = make_loader(t, SPLIT_TRAIN, &mix_hash, e)) && (t->valid = make_loader(t, SPLIT_VALID, NULL, e)) &&
         curriculum_setup(t, e);
    if (ok && t->a->resume && fs_exists(t->path[CKPT_LAST].p)) {
        ok = trainer_resume(t->path[CKPT_LAST].p, t->m, t->a, t->ranks->shards, &t->s, e);
        if (ok && t->s.mix_hash != mix_hash)
            ok = err_set(e, "%s: the run was begun with other sources in mix %s (a text that came or went?)",
                         t->path[CKPT_LAST].p, t->a->mix->name);
        if (ok && t->cur.n && t->s.curriculum[0])
            ok = curriculum_load(&t->cur, t->s.curriculum, strlen(t->s.curriculum), e) ||
                 err_in(e, "%s", t->path[CKPT_LAST].p);
    }
    ok = ok && trainer_set_8bit(t->m, t->a, t->s.step, e);
    curriculum_step(t);
    trainer_sign(t->a, mix_hash, t->ranks ? t->ranks->shards : 1, &t->s);
    ok = ok && (!leads(t) || ((t->log = metrics_open(path.p, t->a->stage, t->s.step, e)) &&
                              metrics_forget(t->log, t->a->stage, t->s.step, t->s.skipped, e)));
    str_free(&path);
    return dist_agree(t->a->ranks, ok, e) && same_start(t, e);
}

static void print_profile(const trainer *t) {
    double wall = 0;
    for (int p = 0; p < PROF_PARTS; p++) wall += prof_seconds((prof_part)p);
    log_info("%s: where %.1f s went", t->a->stage, wall);
    for (int p = 1; p <= PROF_PARTS; p++) { /* the rest comes last */
        double s = prof_seconds((prof_part)(p % PROF_PARTS));
        log_info("  %-20s %9.2f s %6.2f%%", prof_name((prof_part)(p % PROF_PARTS)), s, 100 * metrics_ratio(s, wall));
    }
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
    ranks_free(t->ranks);
    optim_free(t->opt);
    if (t->w) work_free(t->w);
    mem_free(t->top);
    mem_free(t->draft);
    for (int k = 0; k < CKPT_KINDS; k++) str_free(&t->path[k]);
}

/* What has to be there before the first step. */
static bool begin(trainer *t, err *e) {
    about_stage about = {.stage = t->a->stage, .o = t->o, .mix = t->a->mix, .m = t->m, .peak = t->peak};
    str         path  = {0};
    err         why;
    bool        need = t->s.step < t->o->sched.steps && (!t->s.step || !fs_exists(t->path[CKPT_GOOD].p));
    str_addf(&path, "%s/about.json", t->a->dir);
    if (leads(t) && !about_put(path.p, &about, &why)) log_warn("%s", why.msg);
    str_free(&path);
    return dist_bcast(t->a->ranks, &need, sizeof need, e) && (!need || save(t, CKPT_GOOD, e));
}

trainer_end trainer_run(model *m, const trainer_args *a, err *e) {
    trainer     t   = {.a = a, .o = a->opt, .m = m};
    trainer_end how = TRAIN_FAILED;
    t.s.valid = t.s.best_valid = -1;
    if (!setup(&t, e)) goto done;
    const cfg *c = model_cfg(m);
    t.flops      = flops_of(c, a->opt->mtp_lambda > 0);
    t.peak       = a->opt->bf16 ? gemm_peak_bf16() : gemm_peak_f32();
    if (!dist_sum_f64(a->ranks, &t.peak, 1, e)) goto done;
    t.elapsed0 = t.s.elapsed;
    t.started = t.saved = time_now();
    cfg_params n        = cfg_count(c);
    log_info("%s: %" PRId64 " steps of %d tokens; %.2fM parameters, %.2fM active; peak %.0f GFLOP/s (%s)", a->stage,
             a->opt->sched.steps, a->opt->batch_tokens, (double)n.total / 1e6, (double)n.active / 1e6, t.peak / 1e9,
             a->opt->bf16 ? "bf16" : "f32");
    if (dist_size(a->ranks) > 1) log_info("%s: %d ranks of %d threads", a->stage, dist_size(a->ranks), par_threads());
    if (!begin(&t, e)) goto done;
    if (a->profile) prof_start();
    t.bar = progress_new(a->stage, a->opt->sched.steps);
    how   = loop(&t, e);
    prof_stop();
    progress_free(t.bar);
    t.bar = NULL;
    if (a->profile) print_profile(&t);
    if (t.s.long_docs)
        log_info("%s: %" PRId64 " problems were longer than max_len and skipped", a->stage, t.s.long_docs);
    if (how == TRAIN_DONE && t.s.best_valid >= 0)
        log_info("%s: valid loss %.4f, best %.4f at step %" PRId64, a->stage, t.s.valid, t.s.best_valid, t.s.best_step);
done:
    if (how == TRAIN_FAILED && e && !dist_alive(a->ranks, NULL) && fs_exists(t.path[CKPT_LAST].p)) {
        err why = *e;
        err_set(e, "%s; --resume goes on from the last checkpoint", why.msg);
    }
    teardown(&t);
    return how;
}
