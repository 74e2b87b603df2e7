#include "rl/reject.h"

#include <inttypes.h>
#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stop.h"
#include "data/rows.h"
#include "rl/asker.h"
#include "text/chat.h"
#include "train/metrics.h"

enum { STEP_DRAWS = 1 << 20, FILE_MOST = 1 << 30 }; /* numbers of problems that belong to a step; bytes of a part */
static const double CIRCLES = 0.2;                  /* of an answer's windows seen before: more is not readable */

typedef struct reject {
    const trainer_args  *a;
    const recipe_reject *o;
    model               *m;
    asker                ask;
    metrics             *log;
    progress            *bar;
    int64_t              step, rows;
} reject;

typedef struct candidate {
    str row;
    int tokens;
} candidate;

typedef struct step_rows {
    str     text;
    int     questions, answers, right, solved, rows;
    double  length, seconds;
    int64_t tokens;
} step_rows;

/* ---- one answer ---- */
static bool no(char why[96], const char *text) { return snprintf(why, 96, "%s", text), false; }

bool reject_row(const family *f, const problem *p, const char *response, size_t n, const reward_parts *r, str *out,
                char why[96]) {
    static const char close[] = CHAT_THINK_CLOSE;
    problem           row = {.family = f->name, .level = p->level}, read = {0};
    char              flaw[ROWS_WHY];
    str               text = {0}, line = {0};
    bool              ok = false;
    if (!(r->part[REWARD_ACCURACY] > 0)) return no(why, r->why[0] ? r->why : "wrong");
    if (!(r->part[REWARD_FORMAT] > 0)) return no(why, "not the four phases");
    if (r->part[REWARD_LANGUAGE] < 1) return no(why, "more than one language");
    str_addn(&text, response, n);
    if (strlen(text.p) != n) { /* a NUL */
        str_free(&text);
        return no(why, "no text");
    }
    const char *cut = strstr(text.p, close), *answer = cut + strlen(close);
    while (*answer == '\n' || *answer == ' ') answer++;
    size_t len = strlen(answer);
    while (len && (answer[len - 1] == '\n' || answer[len - 1] == ' ')) len--;
    str_add(&row.question, p->question.p);
    str_addn(&row.reasoning, text.p, (size_t)(cut - text.p));
    str_addn(&row.answer, answer, len);
    str_add(&row.truth, p->truth.p);
    rows_write(&line, &row);
    ok = rows_check(line.p, line.len - 1, &read, flaw);
    if (ok) str_addn(out, line.p, line.len);
    else snprintf(why, 96, "%.95s", flaw);
    problem_free(&row);
    problem_free(&read);
    str_free(&text);
    str_free(&line);
    return ok;
}

/* ---- one question ---- */
static int shorter(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    return x->tokens != y->tokens ? (x->tokens > y->tokens) - (x->tokens < y->tokens) : strcmp(x->row.p, y->row.p);
}

static void choose(const reject *t, candidate *c, int n, step_rows *x) {
    int kept = 0;
    qsort(c, (size_t)n, sizeof *c, shorter);
    for (int i = 0; i < n && kept < t->o->keep; i++) {
        if (i > 0 && !strcmp(c[i].row.p, c[i - 1].row.p)) continue;
        str_addn(&x->text, c[i].row.p, c[i].row.len);
        x->length += c[i].tokens;
        kept++;
    }
    x->rows += kept;
    x->solved += kept > 0;
}

/* The row of answer i, or nothing. */
static void judge(const reject *t, const question *q, const rollout_answer *a, candidate *c, bool *right) {
    reward_parts r;
    char         why[96];
    str          text = {0};
    question_judge(q, model_tokenizer(t->m), &t->a->recipe->reward, a, &text, &r);
    *right    = r.part[REWARD_ACCURACY] > 0;
    c->tokens = a->tok.n;
    if (rollout_repetition(a->tok.p, a->tok.n) <= CIRCLES)
        reject_row(q->f, &q->p, text.p ? text.p : "", text.len, &r, &c->row, why);
    str_free(&text);
}

/* ---- one step ---- */
static bool make_step(reject *t, step_rows *x, err *e) {
    int          n = t->o->questions, G = t->o->group;
    rollout_args ra   = {.group    = G,
                         .parallel = t->o->parallel,
                         .ctx      = t->a->opt->max_len,
                         .max_new  = t->o->max_new,
                         .temp     = t->o->temperature,
                         .top_p    = t->o->top_p,
                         .seed     = hash_u64(t->a->seed + hash_u64((uint64_t)t->step + STEP_DRAWS))};
    question    *q    = mem_calloc((size_t)n, sizeof *q);
    candidate   *c    = mem_calloc((size_t)(n * G), sizeof *c);
    bool        *good = mem_calloc((size_t)(n * G), sizeof *good);
    rollout      r    = {0};
    double       t0   = time_now();
    uint64_t     next = (uint64_t)t->step * STEP_DRAWS;
    bool         ok   = asker_answers(&t->ask, &ra, &next, q, n, &r, e);
    if (!ok) goto done;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < n * G; i++) judge(t, &q[i / G], &r.a[i], &c[i], &good[i]);
    for (int i = 0; i < n; i++) {
        int k = 0; /* candidates of question i, moved together */
        for (int j = i * G; j < (i + 1) * G; j++) {
            x->right += good[j];
            if (!c[j].row.len) continue;
            candidate w  = c[j];
            c[j]         = c[i * G + k];
            c[i * G + k] = w;
            k++;
        }
        choose(t, c + i * G, k, x);
    }
    x->questions = n;
    x->answers   = n * G;
    x->tokens    = r.tokens;
    x->seconds   = time_now() - t0;
done:
    for (int i = 0; i < n; i++) question_free(&q[i]);
    for (int i = 0; i < n * G; i++) str_free(&c[i].row);
    rollout_free(&r);
    mem_free(q);
    mem_free(c);
    mem_free(good);
    return ok;
}

static void say(reject *t, const step_rows *x) {
    char    text[120];
    json_t *o = json_pack("{s:s,s:I,s:i,s:i,s:i,s:f,s:f,s:f,s:f,s:f}", "stage", t->a->stage, "step",
                          (json_int_t)t->step, "questions", x->questions, "answers", x->answers, "rows", x->rows,
                          "accuracy", metrics_ratio(x->right, x->answers), "solved",
                          metrics_ratio(x->solved, x->questions), "length", metrics_ratio(x->length, x->rows), "gen_s",
                          x->seconds, "tok_s", metrics_ratio((double)x->tokens, x->seconds));
    metrics_put(t->log, o);
    snprintf(text, sizeof text, "right %.0f%%  %" PRId64 " rows  %.0f tokens a row",
             100 * metrics_ratio(x->right, x->answers), t->rows, metrics_ratio(x->length, x->rows));
    progress_update(t->bar, t->step, text);
}

/* ---- the parts ---- */
static void part_path(const reject *t, int64_t step, str *out) {
    str_clear(out);
    str_addf(out, "%s/%s/%" PRId64 ".jsonl", t->a->dir, t->a->stage, step);
}

static void remove_parts(const reject *t) {
    err e;
    str p = {0};
    for (int64_t k = t->a->opt->sched.steps; k > 0; k--) { /* backwards: what is left is a beginning */
        part_path(t, k, &p);
        if (fs_exists(p.p)) fs_remove(p.p, &e);
    }
    str_clear(&p);
    str_addf(&p, "%s/%s", t->a->dir, t->a->stage);
    if (fs_exists(p.p)) fs_remove(p.p, &e);
    str_free(&p);
}

/* How many steps are there. */
static int64_t find_step(const reject *t) {
    str     p = {0};
    int64_t k = 0;
    do part_path(t, ++k, &p);
    while (k <= t->a->opt->sched.steps && fs_exists(p.p));
    str_free(&p);
    return k - 1;
}

typedef struct seen {
    uint64_t *hash; /* open addressing; 0: free */
    size_t    size, n;
} seen;

static bool is_new(seen *s, uint64_t h) {
    h |= 1;
    if (2 * (s->n + 1) > s->size) {
        seen big = {.size = s->size ? 2 * s->size : 1024};
        big.hash = mem_calloc(big.size, sizeof *big.hash);
        for (size_t i = 0; i < s->size; i++)
            if (s->hash[i]) is_new(&big, s->hash[i]);
        mem_free(s->hash);
        *s = big;
    }
    size_t at = (size_t)(h >> 20) & (s->size - 1);
    for (; s->hash[at]; at = (at + 1) & (s->size - 1))
        if (s->hash[at] == h) return false;
    s->hash[at] = h;
    s->n++;
    return true;
}

/* All parts as one file; a line that was there is left out. */
static bool join(reject *t, err *e) {
    str     path = {0}, part = {0};
    seen    s  = {0};
    fs_out *o  = NULL;
    bool    ok = false;
    t->rows    = 0;
    str_addf(&path, "%s/%s.jsonl", t->a->dir, t->a->stage);
    if (!(o = fs_out_open(path.p, e))) goto done;
    for (int64_t k = 1; k <= t->a->opt->sched.steps; k++) {
        size_t n = 0;
        part_path(t, k, &part);
        char *text = fs_read(part.p, FILE_MOST, &n, e);
        if (!text) goto done;
        bool written = true;
        for (const char *p = text, *end; written && (end = memchr(p, '\n', (size_t)(text + n - p))); p = end + 1) {
            size_t len = (size_t)(end + 1 - p);
            if (!is_new(&s, hash_bytes(p, len))) continue;
            written = fs_out_write(o, p, len, e);
            t->rows++;
        }
        mem_free(text);
        if (!written) goto done;
    }
    if (!t->rows) {
        err_set(e, "%s: no answer was good enough to be kept", t->a->stage);
        goto done;
    }
    ok = fs_out_commit(o, e);
    o  = NULL;
    if (ok) log_info("%s: %" PRId64 " rows, %s", t->a->stage, t->rows, path.p);
done:
    fs_out_abort(o);
    mem_free(s.hash);
    str_free(&path);
    str_free(&part);
    return ok;
}

/* ---- the loop ---- */
static trainer_end loop(reject *t, err *e) {
    int64_t steps = t->a->opt->sched.steps, begun = t->step;
    str     path = {0};
    bool    ok = true, stop = false;
    while (ok && !stop && t->step < steps) {
        step_rows x = {0};
        if ((ok = make_step(t, &x, e))) {
            t->step++;
            t->rows += x.rows;
            part_path(t, t->step, &path);
            say(t, &x); /* before the rows: a run that goes on forgets a line too many, and would miss one */
            ok = fs_write(path.p, x.text.p ? x.text.p : "", x.text.len, e);
        } else if (stop_requested()) stop = ok = true;
        str_free(&x.text);
        stop = stop || (t->a->hooks && t->a->hooks->stop && t->a->hooks->stop()) ||
               (t->a->stop_after > 0 && t->step - begun >= t->a->stop_after);
    }
    str_free(&path);
    if (!ok) return TRAIN_FAILED;
    if (t->step < steps) return TRAIN_STOPPED;
    if (!join(t, e)) return TRAIN_FAILED;
    remove_parts(t);
    return TRAIN_DONE;
}

trainer_end reject_run(model *m, const trainer_args *a, err *e) {
    reject      t    = {.a = a, .o = &a->recipe->reject, .m = m};
    trainer_end how  = TRAIN_FAILED;
    str         path = {0};
    if (dist_size(a->ranks) > 1) {
        err_set(e, "stage %s runs in one process, not in %d", a->stage, dist_size(a->ranks));
        goto done;
    }
    if (!asker_init(&t.ask, a, m, NULL, NULL, e)) goto done;
    if (a->resume) t.step = find_step(&t);
    else remove_parts(&t);
    str_addf(&path, "%s/%s", a->dir, a->stage);
    if (!fs_mkdirs(path.p, e)) goto done;
    str_clear(&path);
    str_addf(&path, "%s/metrics.jsonl", a->dir);
    if (!(t.log = metrics_open(path.p, a->stage, t.step, e))) goto done;
    if (t.step > 0) log_info("%s: resumed at step %" PRId64 " of %" PRId64, a->stage, t.step, a->opt->sched.steps);
    log_info("%s: %" PRId64 " steps of %d questions, %d answers each, at most %d kept; %d families", a->stage,
             a->opt->sched.steps, t.o->questions, t.o->group, t.o->keep, t.ask.n_src);
    t.bar = progress_new(a->stage, a->opt->sched.steps);
    how   = loop(&t, e);
done:
    progress_free(t.bar);
    metrics_close(t.log);
    str_free(&path);
    return how;
}
