#include "train/stages.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "text/chat.h"

typedef struct run {
    const recipe      *r;
    const stages_args *a;
    str                out;
    int                lock; /* file descriptor */
} run;

void stages_out(const recipe *r, const stages_args *a, str *s) {
    if (a->out) str_add(s, a->out);
    else if (r->out[0]) str_add(s, r->out);
    else str_addf(s, "runs/%s", r->name);
}

/* OUT/NAMESUFFIX; freed by the caller. */
static char *path_in(const run *x, const char *name, const char *suffix) {
    str s = {0};
    str_addf(&s, "%s/%s%s", x->out.p, name, suffix);
    return str_take(&s);
}

static bool active(const recipe *r, int stage) {
    if (stage == STAGE_TOKENIZER)
        return r->stage[STAGE_PRETRAIN].sched.steps > 0 && !r->stage[STAGE_PRETRAIN].init_from[0];
    return r->stage[stage].sched.steps > 0;
}

/* The last one that makes a model: reject makes rows. */
static bool is_last(const recipe *r, int stage) {
    for (int s = stage + 1; s < STAGE_REJECT; s++)
        if (active(r, s)) return false;
    return true;
}

static bool leads(const run *x) { return dist_rank(x->a->ranks) == 0; }

/* A question to the file system is answered by rank 0 for all: the others might look a moment later. After a rank is
 * lost it is `no`, and the next call that can fail says so. */
static bool told(const run *x, bool v) {
    err e;
    return dist_bcast(x->a->ranks, &v, sizeof v, &e) && v;
}

/* ---- the folder ---- */
static bool take_lock(run *x, err *e) {
    char *p = path_in(x, ".lock", "");
    x->lock = open(p, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    bool ok = x->lock >= 0 && flock(x->lock, LOCK_EX | LOCK_NB) == 0;
    if (!ok && x->lock >= 0 && errno == EWOULDBLOCK) err_set(e, "%s: another r1 train is running there", x->out.p);
    else if (!ok) err_set(e, "%s: %s", p, strerror(errno));
    mem_free(p);
    return ok;
}

/* The first line of `now` that `old` does not have at the same place. */
static void first_difference(const char *old, const char *now, char *out, size_t cap) {
    out[0] = '\0';
    while (*now) {
        size_t n = strcspn(now, "\n"), k = strcspn(old, "\n");
        if (n != k || memcmp(now, old, n) != 0) {
            snprintf(out, cap, "%.*s", (int)(n < cap ? n : cap - 1), now);
            return;
        }
        now += n + (now[n] == '\n');
        old += k + (old[k] == '\n');
    }
}

/* OUT/recipe.ini: its first line is a comment with the hash. */
static bool claim(run *x, err *e) {
    bool   ok = false;
    char  *p = path_in(x, "recipe.ini", ""), *old = NULL, diff[80];
    str    text = {0};
    size_t n    = 0;
    str_addf(&text, "# r1 recipe %016" PRIx64 " (from %s)\n", x->r->hash, x->r->path);
    size_t head = text.len, key = strlen("# r1 recipe ") + 16;
    str_add(&text, x->r->text.p);
    if (fs_exists(p)) {
        if (!(old = fs_read(p, 1 << 20, &n, e))) goto done;
        bool same = n >= key && !memcmp(old, text.p, key);
        if (!same && !x->a->resume && !x->a->force) {
            const char *body = strchr(old, '\n');
            first_difference(body ? body + 1 : "", text.p + head, diff, sizeof diff);
            err_set(e,
                    "%s belongs to another recipe (first difference: %s); take another --out, --resume to go on with "
                    "the new recipe, or --force to begin again",
                    x->out.p, diff);
            goto done;
        }
        if (!same) log_warn("%s: the recipe has changed since the run began", x->out.p);
        if (same) {
            ok = true;
            goto done;
        }
    }
    ok = fs_write(p, text.p, text.len, e);
done:
    mem_free(p);
    mem_free(old);
    str_free(&text);
    return ok;
}

static bool is_done(const run *x, int stage) {
    char *p  = path_in(x, stage_names[stage], ".done");
    bool  ok = told(x, fs_exists(p));
    mem_free(p);
    return ok;
}

static bool mark_done(const run *x, int stage, err *e) {
    char *p  = path_in(x, stage_names[stage], ".done"), text[64];
    int   n  = snprintf(text, sizeof text, "recipe %016" PRIx64 "\n", x->r->hash);
    bool  ok = fs_write(p, text, (size_t)n, e);
    mem_free(p);
    return ok;
}

static bool has_ckpt(const run *x, int stage) {
    str s = {0};
    if (stage == STAGE_REJECT) str_addf(&s, "%s/reject", x->out.p);
    else trainer_ckpt_path(x->out.p, stage_names[stage], CKPT_LAST, &s);
    bool ok = told(x, fs_exists(s.p));
    str_free(&s);
    return ok;
}

/* --force: this stage and those that build on it count as not done; their old results stay until they are replaced. */
static bool forget(const run *x, int stage, err *e) {
    for (int s = stage; s < N_STAGES; s++) {
        char *p  = path_in(x, stage_names[s], ".done");
        bool  ok = !fs_exists(p) || fs_remove(p, e);
        mem_free(p);
        for (int k = 0; k < CKPT_KINDS && ok; k++) {
            str c = {0};
            trainer_ckpt_path(x->out.p, stage_names[s], (ckpt_kind)k, &c);
            ok = !fs_exists(c.p) || fs_remove(c.p, e);
            str_free(&c);
        }
        if (!ok) return false;
    }
    return true;
}

/* ---- tokenizer ---- */
static bool stopped(const run *x) { return x->a->hooks && x->a->hooks->stop && x->a->hooks->stop(); }

static trainer_end feed_tokenizer(const run *x, loader *ld, tok_trainer *tr) {
    str       text = {0};
    progress *bar  = progress_new("tokenizer", x->r->tok_rows);
    int       i    = 0;
    for (; i < x->r->tok_rows && !stopped(x); i++) {
        str_clear(&text);
        loader_text(ld, (uint64_t)i, &text);
        tok_trainer_add(tr, text.p, text.len);
        if (i % 64 == 63 || i + 1 == x->r->tok_rows) progress_update(bar, i + 1, "documents");
    }
    progress_free(bar);
    str_free(&text);
    return i < x->r->tok_rows ? TRAIN_STOPPED : TRAIN_DONE;
}

static trainer_end run_tokenizer(const run *x, err *e) {
    const recipe *r   = x->r;
    trainer_end   how = TRAIN_FAILED;
    source        src[MIX_SOURCES];
    loader_spec   spec = {.src = src, .split = SPLIT_TRAIN, .loss = LOSS_ALL, .max_len = 4096};
    loader       *ld   = NULL;
    tok_trainer  *tr   = tok_trainer_new();
    tokenizer    *t    = NULL;
    char         *json = NULL, *p = path_in(x, "tokenizer.json", "");
    size_t        n = 0;
    spec.n_src      = recipe_sources(recipe_find_mix(r, r->tok_mix), src, NULL);
    spec.seed       = r->seed;
    if (!(ld = loader_new(&spec, NULL, e))) goto done;
    how = feed_tokenizer(x, ld, tr);
    if (how != TRAIN_DONE) goto done;
    how = TRAIN_FAILED;
    if (!(t = tok_trainer_run(tr, r->tok_vocab, chat_special, chat_n_special, e))) goto done;
    if (!(json = tok_to_json(t, &n)) || !fs_write(p, json, n, e)) goto done;
    log_info("tokenizer: %d tokens, %s", tok_size(t), p);
    how = TRAIN_DONE;
done:
    tok_trainer_free(tr);
    loader_free(ld);
    tok_free(t);
    mem_free(json);
    mem_free(p);
    return how;
}

/* ---- pretrain and sft ---- */
static model *new_model(const run *x, err *e) {
    char      *p = path_in(x, "tokenizer.json", "");
    model     *m = NULL;
    tokenizer *t = NULL;
    if (!fs_exists(p)) err_set(e, "%s is not there: run --stage tokenizer first", p);
    else t = tok_load(p, e);
    mem_free(p);
    if (!t) return NULL;
    cfg c = x->r->model;
    if (!c.vocab_size) c.vocab_size = tok_size(t);
    if (tok_size(t) > c.vocab_size)
        err_set(e, "[model] vocab_size: %d, but the tokenizer has %d tokens", c.vocab_size, tok_size(t));
    else if (cfg_check(&c, e)) m = model_new(&c, x->r->seed, e);
    if (m) model_set_tokenizer(m, t);
    else tok_free(t);
    return m;
}

static model *start_model(const run *x, int stage, err *e) {
    const recipe_stage *o    = &x->r->stage[stage];
    int                 from = stage - 1; /* the stage whose model goes on */
    while (from > STAGE_PRETRAIN && !active(x->r, from)) from--;
    char  *base = path_in(x, from == STAGE_PRETRAIN ? "base" : stage_names[from], "");
    model *m    = NULL;
    if (o->init_from[0]) m = model_load(o->init_from, e);
    else if (stage == STAGE_PRETRAIN) m = new_model(x, e);
    else if (!is_done(x, from))
        err_set(e, "stage %s needs a finished %s (or init_from)", stage_names[stage], stage_names[from]);
    else m = model_load(base, e);
    mem_free(base);
    if (!m) return NULL;
    bool ok = model_tokenizer(m) || err_set(e, "%s: the model to start from has no tokenizer", stage_names[stage]);
    ok      = ok && (o->max_len <= model_cfg(m)->max_position_embeddings ||
                err_set(e, "[%s] max_len: %d is longer than the model's context of %d", stage_names[stage], o->max_len,
                             model_cfg(m)->max_position_embeddings));
    /* What only answers may do so from its file, in 8 bits. */
    if (ok && (stage != STAGE_REJECT || !str_ends(o->init_from, ".gguf")))
        ok = model_train_begin(m, o->bf16 ? DT_BF16 : DT_F32, e);
    if (ok) return m;
    model_free(m);
    return NULL;
}

static bool save_results(const run *x, int stage, model *m, err *e) {
    char *dir  = path_in(x, stage == STAGE_PRETRAIN ? "base" : stage_names[stage], "");
    char *file = path_in(x, x->r->name, ".gguf");
    bool  ok   = fs_mkdirs(dir, e) && model_save_hf(m, dir, e);
    if (ok) log_info("%s: saved %s", stage_names[stage], dir);
    if (ok && is_last(x->r, stage)) {
        ok = model_save_gguf(m, file, recipe_export_type(x->r), x->r->name, e);
        if (ok) log_info("%s: saved %s (%s)", stage_names[stage], file, dtype_name(recipe_export_type(x->r)));
    }
    mem_free(dir);
    mem_free(file);
    return ok;
}

static trainer_end run_training(const run *x, int stage, err *e) {
    const recipe_stage *o   = &x->r->stage[stage];
    trainer_end         how = TRAIN_FAILED;
    model              *m   = start_model(x, stage, e);
    if (!dist_agree(x->a->ranks, m != NULL, e)) goto done;
    trainer_args a = {.stage       = stage_names[stage],
                      .opt         = o,
                      .mix         = recipe_find_mix(x->r, o->mix),
                      .dir         = x->out.p,
                      .recipe_text = x->r->text.p,
                      .recipe      = x->r,
                      .recipe_hash = x->r->hash,
                      .seed        = x->r->seed,
                      .resume      = x->a->resume,
                      .stop_after  = x->a->stop_after,
                      .profile     = x->a->profile,
                      .hooks       = x->a->hooks,
                      .ranks       = x->a->ranks};
    if (stage < STAGE_RL) how = trainer_run(m, &a, e);
    else if (a.hooks && stage == STAGE_RL && a.hooks->rl) how = a.hooks->rl(m, &a, e);
    else if (a.hooks && stage == STAGE_REJECT && a.hooks->reject) how = a.hooks->reject(m, &a, e);
    else err_set(e, "stage %s: this program has no reinforcement learning", stage_names[stage]);
    if (how == TRAIN_DONE && stage != STAGE_REJECT) {
        bool ok = !leads(x) || (model_check_finite(m, e) && save_results(x, stage, m, e));
        if (!dist_agree(x->a->ranks, ok, e)) how = TRAIN_FAILED;
    }
done:
    if (m) model_free(m);
    return how;
}

/* ---- all of it ---- */
static trainer_end run_stage(const run *x, int stage, err *e) {
    const char *name = stage_names[stage];
    if (!x->a->resume && !x->a->force && has_ckpt(x, stage))
        return err_set(e, "%s holds an unfinished %s: --resume goes on with it, --force begins again", x->out.p, name),
               TRAIN_FAILED;
    trainer_end how = TRAIN_DONE;
    if (stage != STAGE_TOKENIZER) how = run_training(x, stage, e);
    else if (leads(x)) how = run_tokenizer(x, e);
    bool ok = how != TRAIN_FAILED && (how != TRAIN_DONE || !leads(x) || mark_done(x, stage, e));
    if (how == TRAIN_FAILED && stage != STAGE_TOKENIZER) return how; /* all ranks have */
    if (!dist_agree(x->a->ranks, ok, e) || !dist_bcast(x->a->ranks, &how, sizeof how, e)) return TRAIN_FAILED;
    return how;
}

static int stage_index(const char *name) {
    for (int s = 0; s < N_STAGES; s++)
        if (!strcmp(name, stage_names[s])) return s;
    return -1;
}

static trainer_end run_chosen(const run *x, err *e) {
    bool all = !strcmp(x->a->stage, "all");
    int  one = stage_index(x->a->stage), ran = 0;
    if (!all && one < 0)
        return err_set(e, "--stage: expected tokenizer, pretrain, sft, rl, reject or all, found \"%s\"", x->a->stage),
               TRAIN_FAILED;
    if (!all && !active(x->r, one)) return err_set(e, "stage %s: this recipe has none", x->a->stage), TRAIN_FAILED;
    bool forgot = !x->a->force || !leads(x) || forget(x, all ? 0 : one, e);
    if (!dist_agree(x->a->ranks, forgot, e)) return TRAIN_FAILED;
    for (int s = 0; s < N_STAGES; s++) {
        if (!active(x->r, s) || (!all && s != one)) continue;
        if (is_done(x, s)) {
            if (!all && !x->a->resume)
                return err_set(e, "%s: stage %s is done; --force does it again", x->out.p, stage_names[s]),
                       TRAIN_FAILED;
            continue;
        }
        trainer_end how = run_stage(x, s, e);
        if (how != TRAIN_DONE) return how;
        ran++;
    }
    if (!ran) log_info("%s: every stage is done already", x->out.p);
    return TRAIN_DONE;
}

trainer_end stages_run(const recipe *r, const stages_args *a, err *e) {
    run         x   = {.r = r, .a = a, .lock = -1};
    trainer_end how = TRAIN_FAILED;
    stages_out(r, a, &x.out);
    bool ok = !leads(&x) || (fs_mkdirs(x.out.p, e) && take_lock(&x, e) && claim(&x, e));
    if (dist_agree(a->ranks, ok, e)) how = run_chosen(&x, e);
    if (x.lock >= 0) close(x.lock);
    str_free(&x.out);
    return how;
}
