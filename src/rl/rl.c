#include "rl/rl.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stop.h"
#include "rl/asker.h"
#include "rl/collapse.h"
#include "rl/grpo.h"
#include "rl/reference.h"
#include "train/gauge.h"
#include "train/metrics.h"

enum { BAD_ROW_MAX = 5, DAPO_ROUNDS = 3 };

/* What is drawn, written and judged together; a step has several where groups are replaced. */
typedef struct round_ {
    question     *q; /* [n] */
    int           n;
    rollout       r;
    reward_parts *rw;  /* [n * group] */
    grpo_answer  *ans; /* [n * group] */
} round_;

typedef struct rl {
    const trainer_args *a;
    const recipe_stage *o;
    const recipe_rl    *r;
    grpo_args           g;
    int                 rounds; /* at most, in a step */
    model              *m;
    grpo_batch         *b;
    optim              *opt;
    reference          *ref; /* NULL: no KL term */
    metrics            *log, *samples;
    progress           *bar;
    ckpt_state          s;
    curriculum          cur;
    asker               ask;
    collapse_watch      watch;
    str                 last;
    double              started, saved, elapsed0, gen_s, score_s, train_s;
    bool                ckpt_ok;
} rl;

typedef struct step_sums {
    round_       round[16];
    int          n_round;
    grpo_answer *kept; /* [questions * group] */
    int          n_kept;
    int          groups, flat, answers, cut, formed;
    double       part[REWARD_PARTS], total, length, length_right, right, repetition;
    int64_t      tokens;
    grpo_sums    g;
    optim_report r;
    double       load_ratio, gen_s, score_s, train_s;
    float        lr;
    bool         dropped; /* an update whose gradient was not finite */
} step_sums;

/* ---- answers and their rewards ---- */
static void judge(rl *t, round_ *x, int i) {
    const rollout_answer *a    = &x->r.a[i];
    const question       *q    = &x->q[i / t->r->group];
    str                   text = {0};
    question_judge(q, model_tokenizer(t->m), &t->a->recipe->reward, a, &text, &x->rw[i]);
    str_free(&text);
    x->ans[i] = (grpo_answer){.prompt   = q->prompt.p,
                              .n_prompt = q->prompt.n,
                              .tok      = a->tok.p,
                              .n        = a->tok.n,
                              .old      = a->logp,
                              .stopped  = a->stopped,
                              .reward   = x->rw[i].total};
}

static void add_answer(step_sums *x, const reward_parts *w, const rollout_answer *a) {
    for (int i = 0; i < REWARD_PARTS; i++) x->part[i] += (double)w->part[i];
    bool right = w->part[REWARD_ACCURACY] > 0;
    x->total += (double)w->total;
    x->length += a->tok.n;
    x->right += right;
    x->length_right += right ? a->tok.n : 0;
    x->repetition += rollout_repetition(a->tok.p, a->tok.n);
    x->cut += !a->stopped;
    x->answers++;
}

static bool make_round(rl *t, step_sums *x, int want, err *e) {
    int          G = t->r->group;
    round_      *d = &x->round[x->n_round];
    rollout_args a = {.group    = G,
                      .parallel = t->r->parallel,
                      .ctx      = t->o->max_len,
                      .max_new  = t->r->max_new,
                      .temp     = t->r->temperature,
                      .top_p    = t->r->top_p,
                      .seed     = hash_u64(t->a->seed + hash_u64((uint64_t)t->s.step * 64 + (uint64_t)x->n_round))};
    x->n_round++;
    d->n   = want;
    d->q   = mem_calloc((size_t)want, sizeof *d->q);
    d->rw  = mem_calloc((size_t)(want * G), sizeof *d->rw);
    d->ans = mem_calloc((size_t)(want * G), sizeof *d->ans);
    if (!asker_answers(&t->ask, &a, &t->s.next_doc, d->q, want, &d->r, e)) return false;
        /* Side by side: a program that hangs is waited for by one thread while the others go on. */
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < want * G; i++) judge(t, d, i);
    for (int i = 0; i < want * G; i++) add_answer(x, &d->rw[i], &d->r.a[i]);
    x->tokens += d->r.tokens;
    for (int i = 0; i < want; i++) {
        bool flat = grpo_advantages(t->g.algorithm, d->ans + i * G, G);
        x->groups++;
        x->flat += flat;
        if (flat && t->rounds > 1) continue;
        memcpy(x->kept + x->n_kept, d->ans + i * G, (size_t)G * sizeof *x->kept);
        x->n_kept += G;
    }
    return true;
}

static bool make_answers(rl *t, step_sums *x, err *e) {
    double t0 = time_now();
    int    G  = t->r->group;
    x->kept   = mem_calloc((size_t)(t->r->questions * G), sizeof *x->kept);
    while (x->n_round < t->rounds && x->n_kept < t->r->questions * G)
        if (!make_round(t, x, t->r->questions - x->n_kept / G, e)) return false;
    x->gen_s = time_now() - t0;
    return true;
}

static void free_step(step_sums *x) {
    for (int k = 0; k < x->n_round; k++) {
        round_ *d = &x->round[k];
        for (int i = 0; i < d->n; i++) question_free(&d->q[i]);
        rollout_free(&d->r);
        mem_free(d->q);
        mem_free(d->rw);
        mem_free(d->ans);
    }
    for (int i = 0; i < x->n_kept; i++) mem_free((float *)(uintptr_t)x->kept[i].ref);
    mem_free(x->kept);
}

/* ---- learning ---- */
static void score_reference(rl *t, step_sums *x) {
    if (!t->ref) return;
    double  t0   = time_now();
    float **logp = mem_calloc((size_t)x->n_kept + 1, sizeof *logp);
    for (int i = 0; i < x->n_kept; i++) {
        logp[i]        = mem_alloc(((size_t)x->kept[i].n + 1) * sizeof **logp);
        x->kept[i].ref = logp[i];
    }
    reference_swap(t->ref);
    grpo_score(t->b, x->kept, x->n_kept, t->g.temp, logp);
    reference_swap(t->ref);
    mem_free(logp);
    x->score_s = time_now() - t0;
}

static bool update(rl *t, step_sums *x, err *e) {
    optim_args args = trainer_optim_args(t->o, x->lr);
    optim_step(t->opt, &args, t->s.updates + 1, &x->r);
    x->load_ratio = gauge_busiest(t->m);
    model_bias_update(t->m, t->o->bias_gamma);
    if (x->r.finite) {
        if (model_cfg(t->m)->qat_bits) model_refresh(t->m);
        t->s.updates++;
        t->s.skipped_row = 0;
        return true;
    }
    x->dropped = true;
    t->s.skipped++;
    progress_clear(t->bar);
    log_warn("rl step %" PRId64 ": the gradient of %s is not finite; update dropped", t->s.step + 1, x->r.bad);
    return ++t->s.skipped_row < BAD_ROW_MAX ||
           err_set(e, "rl: %d updates in a row with a gradient that is not finite (%s): lower lr or clip", BAD_ROW_MAX,
                   x->r.bad);
}

static bool learn(rl *t, step_sums *x, err *e) {
    double t0 = time_now();
    int    G = t->r->group, groups = x->n_kept / G, parts = t->r->minibatches;
    for (int ep = 0; ep < t->r->epochs; ep++)
        for (int k = 0; k < parts; k++) {
            int from = groups * k / parts, to = groups * (k + 1) / parts, before = x->g.micro;
            grpo_gradient(t->b, x->kept + from * G, (to - from) * G, &t->g, &x->g);
            if (x->g.micro > before && !update(t, x, e)) return false; /* nothing to learn: moments stay, too */
        }
    x->train_s = time_now() - t0;
    return true;
}

/* ---- the curriculum: every answer is an outcome at its problem's level ---- */
static void curriculum_step(rl *t, const step_sums *x) {
    str s = {0};
    if (!t->cur.n) {
        t->s.curriculum[0] = '\0';
        return;
    }
    for (int k = 0; x && k < x->n_round && t->a->mix->curriculum == CURRICULUM_REWARD; k++)
        for (int i = 0; i < x->round[k].r.n; i++) {
            const question *q = &x->round[k].q[i / t->r->group];
            if (q->cur >= 0) curriculum_note(&t->cur, q->cur, q->p.level, x->round[k].rw[i].part[REWARD_ACCURACY] > 0);
        }
    if (t->a->mix->curriculum == CURRICULUM_SCHEDULE)
        curriculum_schedule(&t->cur, (double)t->s.step / (double)t->o->sched.steps);
    curriculum_save(&t->cur, &s);
    snprintf(t->s.curriculum, sizeof t->s.curriculum, "%s", s.p);
    str_free(&s);
}

/* ---- saying it ---- */
static void put(json_t *o, const char *key, double v) {
    json_object_set_new(o, key, isfinite(v) ? json_real(v) : json_null());
}

/* Not a number, written as null, where nothing was learnt from: all groups were alike. */
static double per_row(const step_sums *x, double sum) { return x->g.pol.rows > 0 ? sum / x->g.pol.rows : (double)NAN; }

static json_t *step_metrics(const rl *t, const step_sums *x) {
    json_t            *o = json_object();
    double             n = x->answers;
    const policy_sums *p = &x->g.pol;
    char               key[32];
    json_object_set_new(o, "stage", json_string(t->a->stage));
    json_object_set_new(o, "step", json_integer(t->s.step));
    json_object_set_new(o, "tokens", json_integer(t->s.tokens));
    json_object_set_new(o, "learned", json_integer(t->s.learned));
    put(o, "reward", metrics_ratio(x->total, n));
    for (int i = 0; i < REWARD_PARTS; i++) {
        snprintf(key, sizeof key, "reward_%s", reward_names[i]);
        put(o, key, metrics_ratio(x->part[i], n));
    }
    put(o, "accuracy", metrics_ratio(x->right, n));
    put(o, "length", metrics_ratio(x->length, n));
    put(o, "length_right", metrics_ratio(x->length_right, x->right));
    put(o, "all_equal", metrics_ratio(x->flat, x->groups));
    json_object_set_new(o, "groups", json_integer(x->groups));
    put(o, "cut", metrics_ratio(x->cut, n));
    put(o, "repetition", metrics_ratio(x->repetition, n));
    put(o, "loss", x->g.loss);
    put(o, "entropy", per_row(x, p->entropy));
    if (t->ref) put(o, "kl", per_row(x, p->kl));
    put(o, "clipped", per_row(x, p->clipped));
    put(o, "drift", per_row(x, p->drift));
    put(o, "grad_norm", x->r.norm);
    put(o, "lr", (double)x->lr);
    if (model_moe_layers(t->m)) {
        put(o, "balance", metrics_ratio(x->g.balance, x->g.micro));
        put(o, "load_max_over_mean", x->load_ratio);
    }
    if (t->cur.n) put(o, "level", curriculum_mean(&t->cur));
    put(o, "gen_s", x->gen_s);
    put(o, "score_s", x->score_s);
    put(o, "train_s", x->train_s);
    put(o, "tok_s", metrics_ratio((double)x->tokens, x->gen_s));
    put(o, "elapsed", t->s.elapsed);
    if (x->dropped) json_object_set_new(o, "skipped", json_string(x->r.bad));
    return o;
}

/* One answer of the step, as it was written: figures alone do not show what a policy has become. */
static void put_sample(rl *t, const step_sums *x) {
    const round_         *d    = &x->round[0];
    int                   i    = (int)(t->s.step % d->r.n);
    const question       *q    = &d->q[i / t->r->group];
    const rollout_answer *a    = &d->r.a[i];
    str                   text = {0};
    tok_decode(model_tokenizer(t->m), a->tok.p, a->tok.n, &text);
    json_t *o = json_pack("{s:s,s:I,s:s,s:i,s:s,s:s,s:f,s:s,s:o}", "stage", t->a->stage, "step", (json_int_t)t->s.step,
                          "family", q->f->name, "level", q->p.level, "question", q->p.question.p, "truth", q->p.truth.p,
                          "reward", (double)d->rw[i].total, "why", d->rw[i].why, "rewards", json_array());
    json_t *parts = json_object_get(o, "rewards");
    for (int k = 0; k < REWARD_PARTS; k++) json_array_append_new(parts, json_real((double)d->rw[i].part[k]));
    json_object_set_new(o, "response", json_text(text.p ? text.p : "", text.len));
    metrics_put(t->samples, o);
    str_free(&text);
}

static void show(rl *t, const step_sums *x) {
    char   text[160], entropy[32] = "none learnt from";
    double n = x->answers;
    if (x->g.pol.rows > 0) snprintf(entropy, sizeof entropy, "entropy %.3f", per_row(x, x->g.pol.entropy));
    snprintf(text, sizeof text, "reward %.3f  right %.0f%%  %.0f tokens  %s  %.1fk tok/s", metrics_ratio(x->total, n),
             100 * metrics_ratio(x->right, n), metrics_ratio(x->length, n), entropy,
             metrics_ratio((double)x->tokens, x->gen_s) / 1000);
    progress_update(t->bar, t->s.step, text);
}

static void watch(rl *t, const step_sums *x) {
    str    text = {0};
    double n    = x->answers;
    collapse_see(&t->watch, t->s.step,
                 (collapse_signs){.entropy    = per_row(x, x->g.pol.entropy),
                                  .length     = metrics_ratio(x->length, n),
                                  .repetition = metrics_ratio(x->repetition, n),
                                  .format     = metrics_ratio(x->part[REWARD_FORMAT], n),
                                  .flat       = metrics_ratio(x->flat, x->groups)},
                 &text);
    if (text.len) {
        progress_clear(t->bar);
        log_warn("rl step %" PRId64 ": %s", t->s.step, text.p);
    }
    str_free(&text);
}

static void answers(rl *t, json_t *line) {
    const trainer_hooks *h = t->a->hooks;
    if (!h || !h->answers) return;
    str  words = {0};
    err  e;
    bool ok = h->answers(h->ctx, t->m, t->a->mix, t->o, t->a->seed, line, &words, &e);
    progress_clear(t->bar);
    if (ok) log_info("rl step %" PRId64 ": %s", t->s.step, words.p ? words.p : "");
    else log_warn("rl step %" PRId64 ": problems could not be answered: %s", t->s.step, e.msg);
    str_free(&words);
}

/* ---- checkpoints ---- */
static void ref_path(const rl *t, int64_t step, str *out) {
    str_addf(out, "%s/ckpt/rl-ref-%" PRId64 ".safetensors", t->a->dir, step);
}

static bool refresh_reference(rl *t, err *e) {
    if (!t->ref || t->r->ref_every == 0 || t->s.step % t->r->ref_every) return true;
    str path = {0};
    ref_path(t, t->s.step, &path);
    bool ok = ckpt_save(path.p, t->m, &t->s, t->a->recipe_text, e);
    str_free(&path);
    reference_take(t->ref);
    return ok;
}

static void save(rl *t) {
    err e;
    t->ckpt_ok = ckpt_save(t->last.p, t->m, &t->s, t->a->recipe_text, &e);
    t->saved   = time_now();
    if (!t->ckpt_ok) {
        progress_clear(t->bar);
        log_warn("rl step %" PRId64 ": checkpoint not written: %s", t->s.step, e.msg);
    } else if (t->ref && t->r->ref_every > 0) { /* the reference before the present one is needed no more */
        str path = {0};
        ref_path(t, (t->s.step / t->r->ref_every - 1) * t->r->ref_every, &path);
        if (fs_exists(path.p)) fs_remove(path.p, &e);
        str_free(&path);
    }
}

static bool resume(rl *t, err *e) {
    ckpt_state s;
    if (!ckpt_peek(t->last.p, &s, NULL, e)) return false;
    int64_t every = t->ref ? t->r->ref_every : 0, at = every > 0 ? s.step / every * every : 0;
    if (at > 0) {
        str path = {0};
        ref_path(t, at, &path);
        bool ok = ckpt_load(path.p, t->m, &s, e);
        str_free(&path);
        if (!ok) return false;
        reference_take(t->ref);
    }
    return trainer_resume(t->last.p, t->m, t->a, 1, &t->s, e);
}

/* ---- the loop ---- */
typedef enum { STEP_OK, STEP_STOPPED, STEP_FAILED } step_end;

static step_end one_step(rl *t, err *e) {
    step_sums x    = {.lr = schedule_lr(&t->o->sched, t->s.step)};
    uint64_t  next = t->s.next_doc;
    step_end  how  = STEP_FAILED;
    if (!trainer_set_8bit(t->m, t->a, t->s.step, e)) goto done;
    if (!make_answers(t, &x, e)) {
        t->s.next_doc = next; /* nothing has been learnt yet: as if the step had not begun */
        how           = stop_requested() ? STEP_STOPPED : STEP_FAILED;
        goto done;
    }
    score_reference(t, &x);
    if (!learn(t, &x, e)) goto done;
    t->s.step++;
    t->s.tokens += x.tokens;
    t->s.learned += (int64_t)x.g.pol.rows;
    curriculum_step(t, &x);
    t->s.elapsed = t->elapsed0 + time_now() - t->started;
    t->gen_s += x.gen_s, t->score_s += x.score_s, t->train_s += x.train_s;
    json_t *line = step_metrics(t, &x);
    if (t->o->answers_every > 0 && (t->s.step % t->o->answers_every == 0 || t->s.step == t->o->sched.steps))
        answers(t, line);
    metrics_put(t->log, line);
    put_sample(t, &x);
    show(t, &x);
    watch(t, &x);
    how = refresh_reference(t, e) ? STEP_OK : STEP_FAILED;
done:
    free_step(&x);
    return how;
}

static trainer_end loop(rl *t, err *e) {
    int64_t steps = t->o->sched.steps, begun = t->s.step;
    bool    stop = false;
    while (t->s.step < steps && !stop) {
        step_end how = one_step(t, e);
        if (how == STEP_FAILED) return TRAIN_FAILED;
        stop = how == STEP_STOPPED || (t->a->hooks && t->a->hooks->stop && t->a->hooks->stop()) ||
               (t->a->stop_after > 0 && t->s.step - begun >= t->a->stop_after);
        bool last = stop || t->s.step == steps;
        if (last || time_now() - t->saved >= 60 * t->o->checkpoint_minutes) save(t);
        if (last && !t->ckpt_ok)
            return err_set(e, "rl: the last checkpoint could not be written; the one before it is kept: %s", t->last.p),
                   TRAIN_FAILED;
    }
    return t->s.step < steps ? TRAIN_STOPPED : TRAIN_DONE;
}

static void options(rl *t) {
    const recipe_rl *r = t->r;
    t->g               = grpo_defaults((grpo_algorithm)r->algorithm);
    if (r->clip_low > 0) t->g.clip_low = r->clip_low;
    if (r->clip_high > 0) t->g.clip_high = r->clip_high;
    if (r->cut) t->g.mask_cut = r->cut == 2;
    t->g.kl            = r->kl;
    t->g.temp          = r->temperature;
    t->g.max_new       = r->max_new;
    t->g.balance_alpha = t->o->balance_alpha;
    int more           = r->resample >= 0 ? r->resample : t->g.algorithm == GRPO_DAPO ? DAPO_ROUNDS : 0;
    int most           = (int)(sizeof((step_sums *)0)->round / sizeof(round_));
    t->rounds          = 1 + more < most ? 1 + more : most;
}

static bool setup(rl *t, err *e) {
    uint64_t mix_hash = 0;
    str      path     = {0};
    options(t);
    t->opt = trainer_optim(t->m);
    trainer_ckpt_path(t->a->dir, t->a->stage, CKPT_LAST, &t->last);
    str_addf(&path, "%s/ckpt", t->a->dir);
    bool ok = fs_mkdirs(path.p, e) && trainer_curriculum(t->a->mix, &t->cur, e) &&
              asker_init(&t->ask, t->a, t->m, &t->cur, &mix_hash, e) &&
              (t->b = grpo_new(t->m, t->o->micro_tokens, t->o->max_len, e));
    if (ok && t->g.kl > 0) t->ref = reference_new(t->m);
    if (ok && t->a->resume && fs_exists(t->last.p)) {
        ok = resume(t, e);
        if (ok && t->s.mix_hash != mix_hash)
            ok = err_set(e, "%s: the run was begun with other sources in mix %s", t->last.p, t->a->mix->name);
        if (ok && t->cur.n && t->s.curriculum[0])
            ok = curriculum_load(&t->cur, t->s.curriculum, strlen(t->s.curriculum), e) || err_in(e, "%s", t->last.p);
    }
    ok = ok && trainer_set_8bit(t->m, t->a, t->s.step, e);
    curriculum_step(t, NULL);
    trainer_sign(t->a, mix_hash, 1, &t->s);
    str_clear(&path);
    str_addf(&path, "%s/metrics.jsonl", t->a->dir);
    ok = ok && (t->log = metrics_open(path.p, t->a->stage, t->s.step, e));
    str_clear(&path);
    str_addf(&path, "%s/samples.jsonl", t->a->dir);
    ok = ok && (t->samples = metrics_open(path.p, t->a->stage, t->s.step, e));
    str_free(&path);
    return ok;
}

static void teardown(rl *t) {
    progress_free(t->bar);
    metrics_close(t->log);
    metrics_close(t->samples);
    grpo_free(t->b);
    reference_free(t->ref);
    optim_free(t->opt);
    str_free(&t->last);
}

trainer_end rl_run(model *m, const trainer_args *a, err *e) {
    rl          t   = {.a = a, .o = a->opt, .r = &a->recipe->rl, .m = m};
    trainer_end how = TRAIN_FAILED;
    t.s.valid = t.s.best_valid = -1;
    if (dist_size(a->ranks) > 1) {
        err_set(e, "stage rl runs in one process, not in %d", dist_size(a->ranks));
        goto done;
    }
    if (!setup(&t, e)) goto done;
    t.elapsed0 = t.s.elapsed;
    t.started = t.saved = time_now();
    log_info("rl: %" PRId64 " steps of %d questions, %d answers each; %d families", t.o->sched.steps, t.r->questions,
             t.r->group, t.ask.n_src);
    t.bar = progress_new("rl", t.o->sched.steps);
    how   = loop(&t, e);
    progress_free(t.bar);
    t.bar       = NULL;
    double wall = time_now() - t.started;
    if (a->profile)
        log_info("rl: of %.1f s, %.1f%% generation and rewards, %.1f%% the reference, %.1f%% training", wall,
                 100 * metrics_ratio(t.gen_s, wall), 100 * metrics_ratio(t.score_s, wall),
                 100 * metrics_ratio(t.train_s, wall));
done:
    teardown(&t);
    return how;
}
