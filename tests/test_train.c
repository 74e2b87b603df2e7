/* Recipes, checkpoints and metrics: what of train/ is below the loop; schedules and optimizers are test_optim.c.
 * The loop itself, killed and resumed, is tests/resume.sh. */
#include "unit.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "model/model.h"
#include "train/ckpt.h"
#include "train/metrics.h"
#include "train/recipe_key.h"

/* ---- recipes ---- */
static const char GOOD[] =
    "[run]\nname = t\n[model]\nmodel_type = deepseek_v3\nhidden_size = 32\n"
    "num_hidden_layers = 2\nfirst_k_dense_replace = 1\nnum_attention_heads = 2\nq_lora_rank = 16\n"
    "kv_lora_rank = 16\nqk_nope_head_dim = 8\nqk_rope_head_dim = 8\nv_head_dim = 8\n"
    "intermediate_size = 64\nn_routed_experts = 4\nn_shared_experts = 1\nnum_experts_per_tok = 2\n"
    "moe_intermediate_size = 32\nn_group = 1\ntopk_group = 1\nrouted_scaling_factor = 1\n"
    "scoring_func = sigmoid\ntopk_method = noaux_tc\nnorm_topk_prob = true\n"
    "num_nextn_predict_layers = 1\nmax_position_embeddings = 256\nrope_theta = 10000\n"
    "[tokenizer]\nvocab_size = 300\n[mix.base]\nlinear = 1\narithmetic = 2 levels 1:3 2\n"
    "[pretrain]\nsteps = 10\nbatch_tokens = 512\nmicro_tokens = 256\nmax_len = 256\n";

static recipe *parse(const char *text, const char *const *sets, int n, err *e) {
    return recipe_parse("r.ini", text, "", sets, n, e);
}

static void good_recipe(void **state) {
    (void)state;
    err     e;
    recipe *r = parse(GOOD, NULL, 0, &e);
    if (!r) print_error("%s\n", e.msg);
    assert_non_null(r);
    assert_int_equal(r->model.hidden_size, 32);
    assert_int_equal(r->stage[STAGE_PRETRAIN].sched.steps, 10);
    assert_int_equal(r->stage[STAGE_SFT].sched.steps, 0);
    assert_int_equal(r->stage[STAGE_SFT].loss, LOSS_ANSWER);
    const recipe_mix *m = recipe_find_mix(r, "base");
    assert_non_null(m);
    assert_int_equal(m->n, 2);
    assert_true(m->src[1].weight == 2 && m->src[1].level_weight[1] == 3 && m->src[1].level_weight[2] == 1 &&
                m->src[1].level_weight[3] == 0);
    assert_null(recipe_find_mix(r, "other"));
    recipe_free(r);
}

static void tokens_become_steps(void **state) {
    (void)state;
    err         e;
    const char *sets[] = {"pretrain.steps=0", "pretrain.tokens=5121"};
    recipe     *r      = parse(GOOD, sets, 2, &e);
    assert_non_null(r);
    assert_int_equal(r->stage[STAGE_PRETRAIN].sched.steps, 11); /* rounded up */
    recipe_free(r);
    const char *big[] = {"pretrain.steps=0", "pretrain.tokens=40e6"};
    r                 = parse(GOOD, big, 2, &e);
    assert_non_null(r);
    assert_int_equal(r->stage[STAGE_PRETRAIN].sched.steps, 78125);
    recipe_free(r);
}

typedef struct bad {
    const char *add; /* appended to GOOD, which has 34 lines and ends in [pretrain] */
    const char *says;
} bad;

static int lines_of(const char *s) {
    int n = 0;
    for (; *s; s++) n += *s == '\n';
    return n;
}

static void bad_recipes(void **state) {
    (void)state;
    static const bad cases[] = {
        {"lrr = 1\n", "unknown key \"lrr\" in [pretrain]; did you mean \"lr\""},
        {"lr = fast\n", "lr: expected a number in 0..10, found \"fast\""},
        {"lr = -1\n", "found \"-1\""},
        {"lr = nan\n", "found \"nan\""},
        {"lr =\n", "lr: expected a number"},
        {"beta1 = 1\n", "beta1: expected a number in 0..0.9999"},
        {"eval_n = 1.5\n", "eval_n: expected a whole number"},
        {"eval_every = 99999999999999999999\n", "eval_every: expected a whole number"},
        {"schedule = step\n", "schedule: expected one of cosine|wsd, found \"step\""},
        {"dtype = fp8\n", "dtype: expected one of f32|bf16"},
        {"mix = nowhere\n", "there is no [mix.nowhere]"},
        {"tokens = 100\n", "give tokens or steps, not both"},
        {"warmup = 11\n", "warmup: expected at most the stage's 10 steps"},
        {"min_lr = 1\n", "min_lr: expected at most lr"},
        {"steps = 3\n", "a second time (first at r.ini:"},
        {"this is no pair\n", "expected [section], key = value or a comment"},
        {"[pretrian]\nlr = 1\n", "unknown section [pretrian]; did you mean [pretrain]?"},
        {"[stage]\nlr = 1\n", "unknown section [stage]"},
        {"[mix.x]\nliner = 1\n", "unknown source \"liner\"; did you mean \"linear\"?"},
        {"[mix.x]\nlinear = heavy\n", "expected a weight"},
        {"[mix.x]\nlinear = -1\n", "expected a weight"},
        {"[mix.x]\nlinear = 1 level 2\n", "expected \"levels\""},
        {"[mix.x]\nlinear = 1 levels 11\n", "expected a level in 1..10, found \"11\""},
        {"[mix.x]\nlinear = 1 levels 1:0\n", "after level 1"},
        {"[mix.x]\nlinear = 1 levels\n", "without a level"},
        {"[mix.x]\nlinear = 0\n", "all weights are 0"},
        {"[mix.x]\ntext = 1\n", "expected WEIGHT PATH"},
        {"[mix.x]\nlinear = 1\ncurriculum = often\n", "expected none, schedule, loss"},
        {"[mix.x]\nlinear = 1\ncurriculum = schedule 3\n", "expected none, schedule, loss"},
        {"[mix.x]\nlinear = 1\ncurriculum = loss -1\n", "expected none, schedule, loss"},
        {"[mix.x]\nmanifest = 1\n", "expected WEIGHT PATH"},
        {"[mix.x]\nmanifest = 1 no/such.ini\n", "no/such.ini"},
        {"[mix.]\nlinear = 1\n", "expected [mix.NAME]"},
        {"[run]\nseed = -1\n", "expected a whole number in 0..2^64-1"},
        {"[run]\nseed = 18446744073709551616\n", "expected a whole number in 0..2^64-1"},
        {"[export]\ntype = q3\n", "type: expected one of"},
        {"[sft]\nsteps = 1\nbatch_tokens = 1000\nmicro_tokens = 512\n", "multiple of micro_tokens (512), found 1000"},
        {"[sft]\nsteps = 1\nbatch_tokens = 256\nmicro_tokens = 256\nmax_len = 257\n", "at most micro_tokens (256)"},
        {"[sft]\nsteps = 1\nmax_len = 300\n", "max_position_embeddings (256)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str s = {0};
        err e = {0};
        str_addf(&s, "%s%s", GOOD, cases[i].add);
        recipe *r = parse(s.p, NULL, 0, &e);
        if (r || !strstr(e.msg, cases[i].says)) print_error("%s -> %s\n", cases[i].add, r ? "accepted" : e.msg);
        assert_null(r);
        assert_non_null(strstr(e.msg, cases[i].says));
        assert_true(str_starts(e.msg, "r.ini"));
        str_free(&s);
    }
    err  e = {0};
    char want[40];
    str  s = {0};
    str_addf(&s, "%s\n; a comment\nlrr = 1\n", GOOD);
    assert_null(parse(s.p, NULL, 0, &e));
    snprintf(want, sizeof want, "r.ini:%d: ", lines_of(GOOD) + 3);
    assert_true(str_starts(e.msg, want));
    str_free(&s);
    assert_null(parse("lr = 1\n", NULL, 0, &e));
    assert_non_null(strstr(e.msg, "before the first [section]"));
    assert_null(parse("", NULL, 0, &e));
    assert_non_null(strstr(e.msg, "nothing to train"));
    assert_null(parse("[run]\nname = \xff\n", NULL, 0, &e));
    assert_non_null(strstr(e.msg, "not a text file"));
    assert_null(recipe_load("/nonexistent/r.ini", NULL, 0, &e));
    assert_non_null(strstr(e.msg, "/nonexistent/r.ini"));
}

static void set_overrides(void **state) {
    (void)state;
    err         e;
    const char *sets[] = {"pretrain.lr=0.5", "mix.base.linear=3 levels 5", "model.rope_scaling.factor=2", "run.seed=7",
                          "pretrain.lr=0.25"};
    recipe     *r      = parse(GOOD, sets, 5, &e);
    assert_non_null(r);
    assert_true(r->stage[STAGE_PRETRAIN].sched.lr == 0.25f); /* the last one wins */
    assert_true(r->mix[0].src[0].weight == 3 && r->mix[0].src[0].level_weight[5] == 1);
    assert_int_equal(r->mix[0].n, 2);
    assert_true(r->model.yarn_factor == 2 && r->seed == 7);
    recipe_free(r);
    static const char *const wrong[] = {
        "pretrain.lr", "lr=1",          ".lr=1",        "pretrain.=1",        "pretrain.lrr=1",
        "mix.base=1",  "pretrain.lr=x", "nowhere.lr=1", "mix.base.nothing=1", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        r = parse(GOOD, &wrong[i], 1, &e);
        if (r) print_error("--set %s accepted\n", wrong[i]);
        assert_null(r);
        assert_non_null(strstr(e.msg, "--set"));
    }
}

static uint64_t hash_of(const char *text, const char *set) {
    err     e;
    recipe *r = parse(text, &set, set ? 1 : 0, &e);
    assert_non_null(r);
    uint64_t h = r->hash;
    recipe_free(r);
    return h;
}

static void hash_is_of_the_meaning(void **state) {
    (void)state;
    uint64_t h = hash_of(GOOD, NULL);
    str      s = {0};
    str_addf(&s, "; words\n\n%s\n  lr   =   0.001 ; the default\n", GOOD);
    assert_true(hash_of(s.p, NULL) == h);
    str_free(&s);
    assert_true(hash_of(GOOD, "run.out=elsewhere") == h);
    assert_true(hash_of(GOOD, "run.seed=2") != h);
    assert_true(hash_of(GOOD, "pretrain.lr=0.0010001") != h);
    assert_true(hash_of(GOOD, "mix.base.linear=1 levels 1") != h);
    assert_true(hash_of(GOOD, "model.hidden_size=64") != h);
}

/* A mix of a manifest: its families and files by their shares, and what has a line of its own keeps it. */
static void mix_of_a_manifest(void **state) {
    (void)state;
    char              dir[200], path[260];
    err               e     = {0};
    str               s     = {0};
    static const char ini[] = "[maths]\nkind = families\nfamilies = arithmetic linear\nshare = 3\nlevels = 2 3\n"
                              "[none]\nkind = text\npath = no/such/*.txt\nlicence = PD\nshare = 1\n";
    assert_non_null(unit_tmpdir(dir, sizeof dir));
    snprintf(path, sizeof path, "%s/m.ini", dir);
    assert_true(fs_write(path, ini, strlen(ini), &e));
    str_addf(&s, "%s[mix.m]\nlinear = 5 levels 1\nmanifest = 8 %s\ncurriculum = loss 0.5\n", GOOD, path);
    recipe *r = parse(s.p, NULL, 0, &e);
    if (!r) print_error("%s\n", e.msg);
    assert_non_null(r);
    source            src[MIX_SOURCES];
    const recipe_mix *m = recipe_find_mix(r, "m");
    assert_int_equal(m->curriculum, CURRICULUM_LOSS);
    assert_true(m->loss_good == 0.5);
    log_set_level(LOG_QUIET);
    assert_int_equal(recipe_sources(m, src, NULL), 2); /* the text is not there */
    log_set_level(LOG_INFO);
    assert_string_equal(src[0].family, "linear");
    assert_true(src[0].weight == 5 && src[0].level_weight[1] == 1 && src[0].level_weight[2] == 0);
    assert_string_equal(src[1].family, "arithmetic");
    assert_true(src[1].weight == 3 && src[1].level_weight[1] == 0 && src[1].level_weight[3] == 1);
    recipe *again = parse(r->text.p, NULL, 0, &e);
    assert_non_null(again);
    assert_string_equal(r->text.p, again->text.p);
    recipe_free(again);
    recipe_free(r);
    fs_remove(path, &e);
    fs_remove(dir, &e);
    str_free(&s);
}

/* The canonical text is a recipe again, and the same one. */
static void text_is_a_recipe(void **state) {
    (void)state;
    err     e;
    recipe *a = parse(GOOD, NULL, 0, &e);
    assert_non_null(a);
    recipe *b = parse(a->text.p, NULL, 0, &e);
    if (!b) print_error("%s\n", e.msg);
    assert_non_null(b);
    assert_true(a->hash == b->hash);
    assert_string_equal(a->text.p, b->text.p);
    recipe_free(a);
    recipe_free(b);
}

/* Every row: unique in its section, refuses a value out of range, and is shown by the help. */
static void table_rows(void **state) {
    (void)state;
    str     help = {0};
    recipe *r    = mem_calloc(1, sizeof *r);
    err     e;
    recipe_key_help(&help);
    recipe_key_defaults(r);
    for (int i = 0; i < recipe_key_count(); i++) {
        const recipe_key *k = recipe_key_at(i);
        bool of_stage       = !strcmp(k->section, "any") || !strcmp(k->section, "stage") || !strcmp(k->section, "text");
        const char *sec     = of_stage ? "sft" : k->section;
        assert_ptr_equal(recipe_key_find(sec, k->name), k);
        assert_non_null(strstr(help.p, k->name));
        char over[64];
        snprintf(over, sizeof over, "%.17g", k->hi * 2 + 1);
        if (k->choices) assert_false(recipe_key_set(k, sec, r, "no such choice", &e));
        else if (k->type == RK_U64) assert_false(recipe_key_set(k, sec, r, "1x", &e));
        else if (k->type != RK_STR) assert_false(recipe_key_set(k, sec, r, over, &e));
        if (k->def) assert_true(recipe_key_set(k, sec, r, k->def, &e));
    }
    str_free(&help);
    mem_free(r);
}

static void optional_text(void **state) {
    (void)state;
    err    e;
    str    s = {0};
    source src[MIX_SOURCES];
    str_addf(&s, "%s[mix.t]\nlinear = 1\ntext? = 1 no/such/file.txt\n", GOOD);
    recipe *r = parse(s.p, NULL, 0, &e);
    assert_non_null(r);
    log_set_level(LOG_QUIET);
    uint64_t with, without;
    assert_int_equal(recipe_sources(recipe_find_mix(r, "t"), src, &without), 1);
    log_set_level(LOG_INFO);
    assert_int_equal(recipe_sources(recipe_find_mix(r, "base"), src, &with), 2);
    assert_true(with != without);
    recipe_free(r);
    str_free(&s);
}

static void shipped_recipes(void **state) {
    (void)state;
    static const char *const path[] = {"recipes/mini.ini", "recipes/r1-tiny.ini"};
    for (int i = 0; i < 2; i++) {
        err     e;
        recipe *r = recipe_load(path[i], NULL, 0, &e);
        if (!r) print_error("%s\n", e.msg);
        assert_non_null(r);
        assert_true(r->stage[STAGE_PRETRAIN].sched.steps > 0 && r->stage[STAGE_SFT].sched.steps > 0);
        recipe_free(r);
    }
}

/* ---- checkpoints ---- */
static model *tiny(int hidden) {
    err     e;
    recipe *r = parse(GOOD, NULL, 0, &e);
    assert_non_null(r);
    cfg c         = r->model;
    c.vocab_size  = 300;
    c.hidden_size = hidden;
    recipe_free(r);
    model *m = model_new(&c, 3, &e);
    if (!m) print_error("%s\n", e.msg);
    assert_non_null(m);
    assert_true(model_train_begin(m, DT_BF16, &e));
    return m;
}

static void scramble(model *m, rng *r) {
    for (int i = 0; i < model_param_count(m); i++) {
        param *p = model_param(m, i);
        for (int64_t k = 0; k < tensor_count(&p->w); k++) {
            ((float *)p->w.data)[k] = rng_normal(r);
            if (!p->trained) continue;
            p->m[k] = rng_normal(r);
            p->v[k] = (float)rng_f64(r);
        }
    }
    model_refresh(m);
}

static void same_model(model *a, model *b) {
    for (int i = 0; i < model_param_count(a); i++) {
        param *p = model_param(a, i), *q = model_param(b, i);
        size_t n = (size_t)tensor_count(&p->w) * 4;
        assert_memory_equal(p->w.data, q->w.data, n);
        if (p->wb) assert_memory_equal(p->wb, q->wb, n / 2);
        if (!p->trained) continue;
        assert_memory_equal(p->m, q->m, n);
        assert_memory_equal(p->v, q->v, n);
    }
}

static const ckpt_state STATE = {.stage       = "pretrain",
                                 .step        = 123456789012,
                                 .updates     = 123456789011,
                                 .next_doc    = UINT64_MAX - 5,
                                 .tokens      = 77,
                                 .learned     = 66,
                                 .skipped     = 1,
                                 .valid       = 0.1,
                                 .best_valid  = 1.0 / 3,
                                 .best_step   = 9,
                                 .elapsed     = 12.345678901234567,
                                 .seed        = UINT64_MAX,
                                 .recipe_hash = 0x8000000000000001u,
                                 .mix_hash    = 2,
                                 .threads     = 2,
                                 .kernel      = "avx512"};

static void state_equals(const ckpt_state *a, const ckpt_state *b) {
    assert_string_equal(a->stage, b->stage);
    assert_string_equal(a->kernel, b->kernel);
    assert_true(a->step == b->step && a->updates == b->updates && a->next_doc == b->next_doc &&
                a->tokens == b->tokens && a->learned == b->learned && a->skipped == b->skipped &&
                a->skipped_row == b->skipped_row && a->valid == b->valid && a->best_valid == b->best_valid &&
                a->best_step == b->best_step && a->elapsed == b->elapsed && a->seed == b->seed &&
                a->recipe_hash == b->recipe_hash && a->mix_hash == b->mix_hash && a->threads == b->threads);
}

typedef struct ckpt_case {
    char   dir[64], path[96];
    model *a, *b; /* a was saved; b is to be loaded into */
    char  *p;     /* the file */
    size_t n;
} ckpt_case;

static void ckpt_setup(ckpt_case *c, rng *r) {
    err e = {0};
    assert_non_null(unit_tmpdir(c->dir, sizeof c->dir));
    snprintf(c->path, sizeof c->path, "%s/c.safetensors", c->dir);
    c->a = tiny(32);
    c->b = tiny(32);
    scramble(c->a, r);
    bool ok = ckpt_save(c->path, c->a, &STATE, "recipe \"text\"\n", &e);
    if (!ok) print_error("%s\n", e.msg);
    assert_true(ok);
    c->p = fs_read(c->path, 64 << 20, &c->n, &e);
    assert_non_null(c->p);
}

static void ckpt_end(ckpt_case *c) {
    err e;
    fs_remove(c->path, &e);
    assert_true(fs_remove(c->dir, &e)); /* nothing else was left there */
    mem_free(c->p);
    model_free(c->a);
    model_free(c->b);
}

static void ckpt_roundtrip(void **state) {
    (void)state;
    rng        r = rng_seed(unit_seed("ckpt_roundtrip"));
    ckpt_case  c;
    ckpt_state s;
    str        text = {0};
    err        e;
    ckpt_setup(&c, &r);
    assert_true(ckpt_load(c.path, c.b, &s, &e));
    same_model(c.a, c.b);
    state_equals(&s, &STATE);
    assert_true(ckpt_peek(c.path, &s, &text, &e));
    state_equals(&s, &STATE);
    assert_string_equal(text.p, "recipe \"text\"\n");
    str_free(&text);
    model *other = tiny(64);
    assert_false(ckpt_load(c.path, other, &s, &e));
    assert_non_null(strstr(e.msg, "expected f32 ["));
    model_free(other);
    ckpt_end(&c);
}

/* Not fs_write: hundreds of files need not be synced. */
static void put_file(const char *path, const void *p, size_t n) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* A changed byte anywhere: refused with the file's name and nothing touched, or (never yet) harmless. */
static void ckpt_damage(void **state) {
    (void)state;
    rng        r = rng_seed(unit_seed("ckpt_damage"));
    ckpt_case  c;
    ckpt_state s;
    err        e = {0};
    ckpt_setup(&c, &r);
    model *untouched = tiny(32);
    int    refused   = 0;
    enum { RUNS = 300 };
    for (int i = 0; i < RUNS; i++) {
        size_t at  = rng_below(&r, i % 2 ? c.n : c.n < 4000 ? c.n : 4000); /* half of them in the header */
        char   was = c.p[at];
        c.p[at]    = (char)(was ^ (1 << rng_below(&r, 8)));
        put_file(c.path, c.p, c.n);
        if (ckpt_load(c.path, c.b, &s, &e)) {
            same_model(c.a, c.b);
            state_equals(&s, &STATE);
            model_free(c.b);
            c.b = tiny(32);
        } else {
            refused++;
            assert_non_null(strstr(e.msg, "c.safetensors"));
        }
        c.p[at] = was;
    }
    same_model(untouched, c.b);
    if (refused < RUNS * 9 / 10) print_error("only %d of %d refused\n", refused, RUNS);
    assert_true(refused >= RUNS * 9 / 10);
    for (int i = 0; i < 60; i++) { /* cut off */
        size_t n = i < 20 ? (size_t)i : rng_below(&r, c.n);
        put_file(c.path, c.p, n);
        assert_false(ckpt_load(c.path, c.b, &s, &e));
        assert_non_null(strstr(e.msg, "c.safetensors"));
    }
    same_model(untouched, c.b);
    model_free(untouched);
    ckpt_end(&c);
}

/* No room for the new file: an error, and the old one is what it was. RLIMIT_FSIZE acts as a disk that fills up. */
static void ckpt_full_disk(void **state) {
    (void)state;
    rng           r = rng_seed(unit_seed("ckpt_full_disk"));
    ckpt_case     c;
    err           e;
    size_t        n = 0;
    struct rlimit was, small;
    ckpt_setup(&c, &r);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    small          = was;
    small.rlim_cur = c.n / 2;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    scramble(c.a, &r);
    bool saved = ckpt_save(c.path, c.a, &STATE, "other", &e);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_false(saved);
    assert_non_null(strstr(e.msg, "c.safetensors"));
    char *now = fs_read(c.path, 64 << 20, &n, &e);
    assert_non_null(now);
    assert_int_equal(n, c.n);
    assert_memory_equal(now, c.p, n);
    mem_free(now);
    assert_false(ckpt_save("/nonexistent/c.safetensors", c.a, &STATE, "", &e));
    ckpt_end(&c);
}

static void ckpt_nan(void **state) {
    (void)state;
    rng        r = rng_seed(unit_seed("ckpt_nan"));
    ckpt_case  c;
    ckpt_state s;
    err        e;
    ckpt_setup(&c, &r);
    model_param(c.a, 2)->m[0] = NAN;
    assert_true(ckpt_save(c.path, c.a, &STATE, "", &e));
    assert_false(ckpt_load(c.path, c.b, &s, &e));
    assert_non_null(strstr(e.msg, "NaN"));
    ckpt_end(&c);
}

/* ---- metrics ---- */
static json_t *line_of(const char *stage, int step) {
    json_t *o = json_object();
    json_object_set_new(o, "stage", json_string(stage));
    json_object_set_new(o, "step", json_integer(step));
    return o;
}

static void metrics_forget_the_future(void **state) {
    (void)state;
    char   dir[64], path[96];
    err    e;
    size_t n;
    assert_non_null(unit_tmpdir(dir, sizeof dir));
    snprintf(path, sizeof path, "%s/metrics.jsonl", dir);
    metrics *x = metrics_open(path, "pretrain", 0, &e);
    assert_non_null(x);
    for (int i = 1; i <= 5; i++) metrics_put(x, line_of("pretrain", i));
    metrics_close(x);
    assert_non_null(x = metrics_open(path, "pretrain", 3, &e));
    metrics_put(x, line_of("pretrain", 4));
    metrics_close(x);
    assert_non_null(x = metrics_open(path, "sft", 0, &e));
    metrics_put(x, line_of("sft", 1));
    metrics_close(x);
    char *text = fs_read(path, 4096, &n, &e);
    assert_string_equal(text, "{\"stage\":\"pretrain\",\"step\":1}\n{\"stage\":\"pretrain\",\"step\":2}\n"
                              "{\"stage\":\"pretrain\",\"step\":3}\n{\"stage\":\"pretrain\",\"step\":4}\n"
                              "{\"stage\":\"sft\",\"step\":1}\n");
    mem_free(text);
    assert_true(fs_write(path, "{\"stage\":\"sft\",\"step\":1}\n{\"stage\":\"sf", 36, &e)); /* a crash cut a line */
    assert_non_null(x = metrics_open(path, "sft", 5, &e));
    metrics_put(x, line_of("sft", 2));
    metrics_close(x);
    text = fs_read(path, 4096, &n, &e);
    assert_string_equal(text, "{\"stage\":\"sft\",\"step\":1}\n{\"stage\":\"sft\",\"step\":2}\n");
    mem_free(text);
    assert_null(metrics_open("/nonexistent/x", "sft", 0, &e));
    fs_remove(path, &e);
    fs_remove(dir, &e);
}

static void flops_by_hand(void **state) {
    (void)state;
    err     e;
    recipe *r = parse(GOOD, NULL, 0, &e);
    assert_non_null(r);
    cfg c        = r->model;
    c.vocab_size = 300;
    recipe_free(r);
    /* attention: q 32*16 + 16*2*16, kv 32*(16+8) + 16*2*(8+8), out 2*8*32 */
    double      attn = 32 * 16 + 16 * 2 * 16 + 32 * 24 + 16 * 2 * 16 + 16 * 32;
    double      moe = 32 * 4 + 3 * 32 * 32 * 3, dense = 3 * 32 * 64, head = 32 * 300;
    flops_model f = flops_of(&c, false);
    unit_near(f.token, 6 * (2 * attn + dense + moe + head), 0.5);
    unit_near(f.pair, 6 * 2 * 2 * (16 + 8), 0.5);
    flops_model g = flops_of(&c, true);
    unit_near(g.token - f.token, 6 * (2 * 32 * 32 + attn + moe + head), 0.5);
    int32_t    start[] = {0, 3, 4};
    rows_batch b       = {.n = 4, .n_seq = 2, .start = start};
    unit_near(flops_batch(&f, &b), 4 * f.token + 7 * f.pair, 1);
}

int main(void) {
    err e;
    par_init(0);
    if (!kern_init(NULL, &e)) {
        fprintf(stderr, "%s\n", e.msg);
        return 1;
    }
    gemm_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_recipe),
        cmocka_unit_test(tokens_become_steps),
        cmocka_unit_test(bad_recipes),
        cmocka_unit_test(set_overrides),
        cmocka_unit_test(hash_is_of_the_meaning),
        cmocka_unit_test(text_is_a_recipe),
        cmocka_unit_test(table_rows),
        cmocka_unit_test(optional_text),
        cmocka_unit_test(mix_of_a_manifest),
        cmocka_unit_test(shipped_recipes),
        cmocka_unit_test(ckpt_roundtrip),
        cmocka_unit_test(ckpt_damage),
        cmocka_unit_test(ckpt_full_disk),
        cmocka_unit_test(ckpt_nan),
        cmocka_unit_test(metrics_forget_the_future),
        cmocka_unit_test(flops_by_hand),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    gemm_free();
    return failed;
}
