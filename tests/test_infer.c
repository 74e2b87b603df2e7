/* Sessions, batches and answers over a tiny random model.
 *
 * The measure of all three is the same: a plain forward over the whole sequence, without any cache.
 * It has two more uses, by tests/cli.sh:
 *   test_infer --make-tiny FILE.gguf [damaged]      writes the tiny model; damaged: with a NaN among its weights
 *   test_infer --json KEY...                        is stdin one JSON object with these keys? */
#include "unit.h"
#include <math.h>
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "infer/batch.h"
#include "infer/generate.h"
#include "infer/session.h"
#include "tiny.h"

static model *M;
enum { CTX = 96 };

static int vocab(void) { return model_cfg(M)->vocab_size; }

/* Logits after each of n tokens by one forward without a cache; mem_free. */
static float *reference(const int32_t *tok, int n) {
    err         e        = {0};
    int32_t     start[2] = {0, n};
    model_work *w        = work_new(M, n, WORK_INFER, &e);
    assert_non_null(w);
    model_rows r = {.T = n, .tok = tok, .n_seq = 1, .start = start, .kv = NULL};
    float     *l = mem_alloc((size_t)n * (size_t)vocab() * sizeof *l); // [n, vocab]
    model_logits(M, w, model_forward(M, w, &r, ATTN_PLAIN), n, l);
    work_free(w);
    return l;
}

static double max_diff(const float *a, const float *b, int n) {
    double d = 0;
    for (int i = 0; i < n; i++) d = fmax(d, fabs((double)a[i] - (double)b[i]));
    return d;
}

static void random_tokens(rng *r, int32_t *tok, int n) {
    for (int i = 0; i < n; i++) tok[i] = (int32_t)rng_below(r, (uint64_t)vocab());
}

static void check_at(session *s, const int32_t *tok, int n) {
    float *want = reference(tok, n);
    double d    = max_diff(session_logits(s), want + (size_t)(n - 1) * (size_t)vocab(), vocab());
    if (d > 2e-4) fail_msg("after %d tokens the logits differ by %g", n, d);
    mem_free(want);
}

static void test_session(void **state) {
    (void)state;
    err      e = {0};
    rng      r = rng_seed(unit_seed("test_session"));
    int32_t  tok[CTX];
    session *s = session_new(M, CTX, &e);
    assert_non_null(s);
    assert_int_equal(session_ctx(s), CTX);
    random_tokens(&r, tok, CTX);
    int len = 0;
    for (int step = 0; step < 40; step++) {
        int same = len;
        if (rng_below(&r, 3) == 0 && len > 0) { /* go back and take another way */
            same = (int)rng_below(&r, (uint64_t)len);
            for (int i = same; i < CTX; i++)
                tok[i] = (tok[i] + 1 + (int32_t)rng_below(&r, (uint64_t)vocab() - 1)) % vocab();
        }
        int n = same + 1 + (int)rng_below(&r, 20);
        if (n > CTX) n = CTX;
        assert_true(session_sync(s, tok, n, &e));
        assert_int_equal(session_reused(s), same == n ? n : same);
        check_at(s, tok, n);
        len = n;
    }
    /* a prefix of what is there: the last token runs again, nothing else */
    assert_true(session_sync(s, tok, len, &e));
    assert_int_equal(session_reused(s), len);
    if (len > 3) {
        assert_true(session_sync(s, tok, len - 2, &e));
        assert_int_equal(session_reused(s), len - 3);
        check_at(s, tok, len - 2);
    }
    session_free(s);
}

/* More tokens than one forward takes: the chunks must join without a seam. */
static void test_session_chunks(void **state) {
    (void)state;
    err      e   = {0};
    rng      r   = rng_seed(unit_seed("test_session_chunks"));
    int      n   = 900;
    int32_t *tok = mem_alloc((size_t)n * sizeof *tok);
    session *s   = session_new(M, n, &e);
    assert_non_null(s);
    random_tokens(&r, tok, n);
    assert_true(session_sync(s, tok, n, &e));
    check_at(s, tok, n);
    session_free(s);
    mem_free(tok);
}

static void test_session_errors(void **state) {
    (void)state;
    err      e      = {0};
    int32_t  tok[4] = {1, 2, 3, 4}, bad[2] = {1, vocab()}, negative[1] = {-1};
    session *s = session_new(M, 3, &e);
    assert_non_null(s);
    assert_false(session_sync(s, tok, 0, &e));
    assert_false(session_sync(s, tok, 4, &e));
    assert_non_null(strstr(e.msg, "context of 3"));
    assert_false(session_sync(s, bad, 2, &e));
    assert_non_null(strstr(e.msg, "vocabulary"));
    assert_false(session_sync(s, negative, 1, &e));
    assert_true(session_sync(s, tok, 3, &e)); /* still usable */
    check_at(s, tok, 3);
    session_free(s);
    assert_null(session_new(M, 0, &e));
    session_free(NULL);
}

enum { JOBS = 9 };
typedef struct jobs {
    gen_job j[JOBS];
    int32_t prompt[JOBS][80];
    int     done[JOBS], order;
} jobs;

static void on_done(void *ctx, int job) {
    jobs *x = ctx;
    x->done[job]++;
    x->order++;
}

static void make_jobs(jobs *x, rng *r, int max_new) {
    memset(x, 0, sizeof *x);
    for (int i = 0; i < JOBS; i++) {
        int n = 1 + (int)rng_below(r, 70);
        random_tokens(r, x->prompt[i], n);
        x->j[i] = (gen_job){.prompt   = x->prompt[i],
                            .n_prompt = n,
                            .max_new  = 1 + (int)rng_below(r, (uint64_t)max_new),
                            .seed     = rng_u64(r)};
    }
}

static void free_jobs(jobs *x) {
    for (int i = 0; i < JOBS; i++) {
        ids_free(&x->j[i].out);
        mem_free(x->j[i].logprob);
    }
}

/* Every token of a job, given the ones before it: the best (when greedy), with the log-probability that was said. */
static void check_job(const gen_job *j, bool greedy) {
    int      n   = j->n_prompt + j->out.n;
    int32_t *all = mem_alloc((size_t)n * sizeof *all);
    memcpy(all, j->prompt, (size_t)j->n_prompt * sizeof *all);
    memcpy(all + j->n_prompt, j->out.p, (size_t)j->out.n * sizeof *all);
    float *l = reference(all, n); // [n, vocab]
    for (int t = 0; t < j->out.n; t++) {
        const float *row = l + (size_t)(j->n_prompt + t - 1) * (size_t)vocab();
        double       m = -INFINITY, sum = 0;
        for (int i = 0; i < vocab(); i++) m = fmax(m, (double)row[i]);
        for (int i = 0; i < vocab(); i++) sum += exp((double)row[i] - m);
        double lp = (double)row[j->out.p[t]] - m - log(sum);
        if (greedy) assert_true((double)row[j->out.p[t]] > m - 1e-3);
        if (fabs(lp - (double)j->logprob[t]) > 1e-3)
            fail_msg("token %d: log p %g, said %g", t, lp, (double)j->logprob[t]);
    }
    mem_free(l);
    mem_free(all);
}

static void test_batch(void **state) {
    (void)state;
    err  e = {0};
    rng  r = rng_seed(unit_seed("test_batch"));
    jobs x;
    for (int temp = 0; temp < 2; temp++) {
        for (int parallel = 1; parallel <= 10; parallel += 3) {
            make_jobs(&x, &r, 40);
            gen_args a = {
                .parallel = parallel, .ctx = CTX, .temp = (float)temp, .top_p = 1, .stop = -1, .logprobs = true};
            assert_true(gen_run(M, &a, x.j, JOBS, on_done, &x, &e));
            assert_int_equal(x.order, JOBS);
            for (int i = 0; i < JOBS; i++) {
                int room = CTX - x.j[i].n_prompt;
                assert_int_equal(x.done[i], 1);
                assert_int_equal(x.j[i].out.n, x.j[i].max_new < room ? x.j[i].max_new : room);
                assert_false(x.j[i].stopped);
                check_job(&x.j[i], temp == 0);
            }
            free_jobs(&x);
        }
    }
}

/* The neighbours in the batch do not change what a job draws. */
static void test_batch_alone(void **state) {
    (void)state;
    err  e = {0};
    rng  r = rng_seed(unit_seed("test_batch_alone"));
    jobs x, y;
    make_jobs(&x, &r, 24);
    y          = x;
    gen_args a = {.parallel = JOBS, .ctx = CTX, .temp = 0.8f, .top_p = 0.9f, .stop = -1, .logprobs = true};
    assert_true(gen_run(M, &a, x.j, JOBS, on_done, &x, &e));
    a.parallel = 1;
    for (int i = 0; i < JOBS; i++) y.j[i].prompt = y.prompt[i];
    assert_true(gen_run(M, &a, y.j, JOBS, on_done, &y, &e));
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(x.j[i].out.n, y.j[i].out.n);
        assert_memory_equal(x.j[i].out.p, y.j[i].out.p, (size_t)x.j[i].out.n * sizeof(int32_t));
    }
    free_jobs(&x);
    free_jobs(&y);
}

static void test_batch_stop(void **state) {
    (void)state;
    err  e = {0};
    rng  r = rng_seed(unit_seed("test_batch_stop"));
    jobs x;
    make_jobs(&x, &r, 1);
    for (int i = 0; i < JOBS; i++) x.j[i].max_new = 20;
    gen_args a = {.parallel = 4, .ctx = CTX, .temp = 0, .stop = -1};
    assert_true(gen_run(M, &a, x.j, JOBS, NULL, NULL, &e));
    int32_t first = x.j[0].out.p[0];
    int     where[JOBS];
    for (int i = 0; i < JOBS; i++) {
        where[i] = -1;
        for (int t = 0; t < x.j[i].out.n && where[i] < 0; t++)
            if (x.j[i].out.p[t] == first) where[i] = t;
    }
    a.stop = first; /* the same answers, each now cut behind this token */
    assert_true(gen_run(M, &a, x.j, JOBS, NULL, NULL, &e));
    assert_true(x.j[0].stopped);
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(x.j[i].stopped, where[i] >= 0);
        if (where[i] >= 0) assert_int_equal(x.j[i].out.n, where[i] + 1);
    }
    free_jobs(&x);
}

static void test_batch_errors(void **state) {
    (void)state;
    err      e      = {0};
    int32_t  tok[4] = {1, 2, 3, 4}, bad[1] = {vocab()};
    gen_job  j = {.prompt = tok, .n_prompt = 4, .max_new = 5};
    gen_args a = {.parallel = 2, .ctx = 4, .stop = -1};
    assert_false(gen_run(M, &a, &j, 1, NULL, NULL, &e)); /* no room for an answer */
    a.ctx = 5;
    assert_true(gen_run(M, &a, &j, 1, NULL, NULL, &e));
    assert_int_equal(j.out.n, 1);
    j.max_new = 0;
    assert_true(gen_run(M, &a, &j, 1, NULL, NULL, &e));
    assert_int_equal(j.out.n, 0);
    j = (gen_job){.prompt = bad, .n_prompt = 1, .max_new = 1, .out = j.out};
    assert_false(gen_run(M, &a, &j, 1, NULL, NULL, &e));
    assert_non_null(strstr(e.msg, "vocabulary"));
    a.parallel = 0;
    assert_false(gen_run(M, &a, &j, 1, NULL, NULL, &e));
    assert_true(gen_run(M, &a, &j, 0, NULL, NULL, &e)); /* nothing to do */
    ids_free(&j.out);
}

typedef struct heard {
    str reasoning, answer;
    int calls;
} heard;

static void hear(void *ctx, split_part part, const char *p, size_t n) {
    heard *h = ctx;
    assert_true(n > 0);
    assert_true(utf8_valid(p, n, NULL)); /* never half a character */
    str_addn(part == SPLIT_REASONING ? &h->reasoning : &h->answer, p, n);
    h->calls++;
}

static int  cancel_after;
static bool cancel(void) { return cancel_after-- <= 0; }

static void test_generate(void **state) {
    (void)state;
    err           e = {0};
    heard         h = {0};
    generate_out  o = {0};
    session      *s = session_new(M, 200, &e);
    generate_args a = generate_defaults();
    chat_msg      q = {"user", "Solve for x: 2x + 5 = 15"};
    a.on_part       = hear;
    a.ctx           = &h;
    a.max_new       = 60;
    a.temp          = 1;
    a.seed          = 3;
    assert_true(generate_chat(s, M, &q, 1, CHAT_THINK, &a, &o, &e));
    assert_true(o.tokens.n <= 60 && o.tokens.n > 0);
    assert_true(o.end == GENERATE_STOP || o.tokens.n == 60);
    assert_true(h.calls > 0);
    assert_int_equal(h.reasoning.len, o.reasoning.len);
    if (o.reasoning.len) assert_memory_equal(h.reasoning.p, o.reasoning.p, o.reasoning.len);
    assert_true(o.n_prompt > 5 && o.n_reused == 0);
    int first_n = o.n_prompt;
    /* the same question again costs nothing: all of the prompt but its last token is in the cache */
    assert_true(generate_chat(s, M, &q, 1, CHAT_THINK, &a, &o, &e));
    assert_int_equal(o.n_prompt, first_n);
    assert_int_equal(o.n_reused, first_n - 1);
    json_t *u = generate_usage(&o);
    assert_int_equal(json_integer_value(json_object_get(u, "total_tokens")), o.n_prompt + o.tokens.n);
    assert_int_equal(json_integer_value(json_object_get(u, "prompt_cache_hit_tokens")), first_n - 1);
    json_decref(u);
    cancel_after = 5;
    a.cancel     = cancel;
    assert_true(generate_chat(s, M, &q, 1, CHAT_THINK, &a, &o, &e));
    assert_int_equal(o.end, GENERATE_CANCELLED);
    assert_int_equal(o.tokens.n, 5);
    generate_free(&o);
    str_free(&h.reasoning);
    str_free(&h.answer);
    session_free(s);
}

static void test_generate_limits(void **state) {
    (void)state;
    err           e = {0};
    generate_out  o = {0};
    session      *s = session_new(M, 64, &e);
    generate_args a = generate_defaults();
    ids           p = {0};
    for (int i = 0; i < 63; i++) ids_add(&p, i % 50);
    assert_true(generate_ids(s, M, &p, false, &a, &o, &e)); /* one token fits */
    assert_true(o.tokens.n == 1 || o.end == GENERATE_STOP);
    ids_add(&p, 1);
    assert_false(generate_ids(s, M, &p, false, &a, &o, &e));
    assert_non_null(strstr(e.msg, "64 tokens long"));
    assert_non_null(strstr(e.msg, "63 fit"));
    p.n = 20; /* without a limit the context is one */
    assert_true(generate_ids(s, M, &p, false, &a, &o, &e));
    assert_true(o.end == GENERATE_STOP || o.tokens.n == 44);
    generate_free(&o);
    ids_free(&p);
    session_free(s);
}

/* A damaged weight is named, by the batch as by the single answer. */
/* How often the tag stands in a text. */
static int tags(const ids *v, int32_t id) {
    int n = 0;
    for (int i = 0; i < v->n; i++) n += v->p[i] == id;
    return n;
}

/* A model that draws at random closes nothing by itself: the budget does, exactly once, and an answer follows. */
static void test_thinking_is_closed_in_time(void **state) {
    (void)state;
    err           e = {0};
    generate_out  o = {0};
    session      *s = session_new(M, 200, &e);
    generate_args a = generate_defaults();
    chat_msg      q = {"user", "Solve for x: 2x + 5 = 15"};
    int32_t close = tok_id(model_tokenizer(M), CHAT_THINK_CLOSE), open = tok_id(model_tokenizer(M), CHAT_THINK_OPEN);
    int     hurried = 0;
    a.temp          = 1.5f;
    for (uint64_t seed = 0; seed < 20; seed++) {
        a.seed    = seed;
        a.max_new = 80;
        a.think   = seed % 2 ? 30 : THINK_AUTO;
        assert_true(generate_chat(s, M, &q, 1, CHAT_THINK, &a, &o, &e));
        int budget = seed % 2 ? 30 : 60;
        assert_true(tags(&o.tokens, close) <= 1);
        if (o.hurried) {
            assert_int_equal(o.tokens.p[budget - 1], close);
            assert_int_equal(o.n_reasoning, budget);
            hurried++;
        }
        a.max_new = 40;
        assert_true(generate_chat(s, M, &q, 1, CHAT_NO_THINK, &a, &o, &e));
        assert_int_equal(tags(&o.tokens, close), 0);
        assert_false(o.hurried);
    }
    assert_true(hurried > 10);
    a.think   = THINK_FREE;
    a.max_new = 80;
    for (a.seed = 0; a.seed < 20; a.seed++) {
        assert_true(generate_chat(s, M, &q, 1, CHAT_THINK, &a, &o, &e));
        assert_false(o.hurried);
        int at = 0;
        while (at < o.tokens.n && o.tokens.p[at] != close) at++;
        for (int i = at + 1; i < o.tokens.n; i++) assert_true(o.tokens.p[i] != close && o.tokens.p[i] != open);
    }
    generate_free(&o);
    session_free(s);
}

static void test_a_batch_closes_thinking_alike(void **state) {
    (void)state;
    err      e    = {0};
    gen_job  j[6] = {{0}};
    ids      p    = {0};
    chat_msg q    = {"user", "1 + 1"};
    assert_true(chat_prompt(model_tokenizer(M), &q, 1, CHAT_THINK, &p, &e));
    for (int i = 0; i < 6; i++) j[i] = (gen_job){.prompt = p.p, .n_prompt = p.n, .max_new = 50, .seed = (uint64_t)i};
    gen_args g     = {.parallel = 3,
                      .ctx      = 200,
                      .temp     = 1.5f,
                      .top_p    = 1,
                      .stop     = -1,
                      .logprobs = true,
                      .gate     = true,
                      .in_think = true,
                      .think    = 20};
    int32_t  close = tok_id(model_tokenizer(M), CHAT_THINK_CLOSE);
    assert_true(gen_run(M, &g, j, 6, NULL, NULL, &e));
    for (int i = 0; i < 6; i++) {
        assert_int_equal(tags(&j[i].out, close), 1);
        if (j[i].hurried) {
            assert_int_equal(j[i].out.p[19], close);
            assert_true(j[i].logprob[19] == 0); /* not drawn: nothing to learn from */
        }
        ids_free(&j[i].out);
        mem_free(j[i].logprob);
    }
    ids_free(&p);
}

static void test_damaged(void **state) {
    (void)state;
    err           e = {0};
    generate_out  o = {0};
    generate_args a = generate_defaults();
    model        *m = tiny_model(4);
    param        *p = model_param(m, model_param_count(m) / 2);
    for (int i = 0; i < model_param_count(m); i++)
        if (strcmp(model_param(m, i)->name, "model.norm.weight") == 0) p = model_param(m, i);
    ((float *)p->w.data)[3] = NAN;
    session *s              = session_new(m, 64, &e);
    chat_msg q              = {"user", "hello"};
    assert_false(generate_chat(s, m, &q, 1, CHAT_THINK, &a, &o, &e));
    assert_non_null(strstr(e.msg, "model.norm.weight"));
    int32_t  tok[2] = {1, 2};
    gen_job  j      = {.prompt = tok, .n_prompt = 2, .max_new = 5};
    gen_args g      = {.parallel = 1, .ctx = 16, .stop = -1};
    assert_false(gen_run(m, &g, &j, 1, NULL, NULL, &e));
    assert_non_null(strstr(e.msg, "damaged"));
    ids_free(&j.out);
    generate_free(&o);
    session_free(s);
    model_free(m);
}

static int make_tiny(const char *path, bool damaged) {
    err    e = {0};
    model *m = tiny_model(1);
    if (damaged) ((float *)model_param(m, model_param_count(m) / 2)->w.data)[0] = NAN;
    bool ok = model_save_gguf(m, path, DT_F32, "r1-test", &e);
    if (!ok) fprintf(stderr, "%s\n", e.msg);
    model_free(m);
    return ok ? 0 : 1;
}

static int check_json(int n, char **key) {
    json_error_t je;
    json_t      *j = json_loadf(stdin, JSON_REJECT_DUPLICATES, &je); /* what follows the object is an error too */
    if (!json_is_object(j)) return 1;
    for (int i = 0; i < n; i++)
        if (!json_object_get(j, key[i])) {
            fprintf(stderr, "no key %s\n", key[i]);
            return 1;
        }
    json_decref(j);
    return 0;
}

static int setup(void **state) {
    (void)state;
    tiny_start();
    M = tiny_model(1);
    return M ? 0 : 1;
}
static int teardown(void **state) {
    (void)state;
    model_free(M);
    gemm_free();
    return 0;
}

int main(int argc, char **argv) {
    if (argc >= 3 && strcmp(argv[1], "--make-tiny") == 0) {
        tiny_start();
        return make_tiny(argv[2], argc > 3);
    }
    if (argc >= 2 && strcmp(argv[1], "--json") == 0) return check_json(argc - 2, argv + 2);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_session),
                                       cmocka_unit_test(test_session_chunks),
                                       cmocka_unit_test(test_session_errors),
                                       cmocka_unit_test(test_batch),
                                       cmocka_unit_test(test_batch_alone),
                                       cmocka_unit_test(test_batch_stop),
                                       cmocka_unit_test(test_batch_errors),
                                       cmocka_unit_test(test_generate),
                                       cmocka_unit_test(test_generate_limits),
                                       cmocka_unit_test(test_thinking_is_closed_in_time),
                                       cmocka_unit_test(test_a_batch_closes_thinking_alike),
                                       cmocka_unit_test(test_damaged)};
    return cmocka_run_group_tests_name("infer", tests, setup, teardown);
}
