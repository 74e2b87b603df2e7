/* The loader: documents by number, batches without padding, resuming, and exactly the right tokens learnt. */
#include "unit.h"

#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "data/loader.h"
#include "data/rows.h"
#include "text/chat.h"

static tokenizer *tok;

static int make_tokenizer(void **state) {
    (void)state;
    tok_trainer *tr = tok_trainer_new();
    problem      p  = {0};
    err          e;
    for (int i = 0; i < family_count(); i++)
        for (uint64_t k = 0; k < 300; k++) {
            family_make(family_at(i), SPLIT_TRAIN, 1, k, 1 + (int)(k % 5), &p);
            tok_trainer_add(tr, p.question.p, p.question.len);
            tok_trainer_add(tr, p.reasoning.p, p.reasoning.len);
        }
    tok = tok_trainer_run(tr, 600, chat_special, chat_n_special, &e);
    tok_trainer_free(tr);
    problem_free(&p);
    return tok ? 0 : -1;
}

static int drop_tokenizer(void **state) {
    (void)state;
    tok_free(tok);
    return 0;
}

static loader *open_mix(loss_on loss, int max_len, split_id split, err *e) {
    source      src[2] = {{.family = "linear", .weight = 1, .level_weight = {0, 1, 1, 1, 1, 1}},
                          {.family = "arithmetic", .weight = 2, .level_weight = {0, 0, 1, 0, 0, 3}}};
    loader_spec spec   = {src, 2, split, 42, loss, max_len};
    return loader_new(&spec, tok, e);
}

static void same_batch(const rows_batch *a, const rows_batch *b) {
    size_t n = (size_t)a->n;
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->n_seq, b->n_seq);
    assert_int_equal(a->learn, b->learn);
    assert_memory_equal(a->tok, b->tok, n * sizeof *a->tok);
    assert_memory_equal(a->pos, b->pos, n * sizeof *a->pos);
    assert_memory_equal(a->tgt, b->tgt, n * sizeof *a->tgt);
    assert_memory_equal(a->w, b->w, n * sizeof *a->w);
    assert_memory_equal(a->start, b->start, ((size_t)a->n_seq + 1) * sizeof *a->start);
}

static void test_batches_are_packed_documents(void **state) {
    (void)state;
    err     e;
    loader *ld = open_mix(LOSS_ALL, 600, SPLIT_TRAIN, &e);
    assert_non_null(ld);
    rows_batch b;
    rows_batch_init(&b, 2048, 64);
    uint64_t next = 0, docs = 0;
    int32_t  bos = tok_id(tok, CHAT_BOS), eos = tok_id(tok, CHAT_EOS);
    for (int k = 0; k < 30; k++) {
        loader_fill(ld, &next, &b);
        docs += (uint64_t)b.n_seq;
        assert_true(b.n > 2048 - 600 && b.n <= 2048 && b.n_seq > 1);
        assert_int_equal(b.start[0], 0);
        assert_int_equal(b.start[b.n_seq], b.n);
        int learn = 0;
        for (int s = 0; s < b.n_seq; s++) {
            int from = b.start[s], to = b.start[s + 1];
            assert_true(to - from <= 600 && to > from);
            assert_int_equal(b.tok[from], bos);
            assert_int_equal(b.tok[to - 1], eos);
            assert_true(b.w[to - 1] == 0);
            for (int i = from; i < to; i++) {
                assert_int_equal(b.pos[i], i - from);
                assert_true(b.w[i] == 0 || b.w[i] == 1);
                assert_true(b.tok[i] >= 0 && b.tok[i] < tok_size(tok) && b.tgt[i] >= 0 && b.tgt[i] < tok_size(tok));
                if (i + 1 < to) assert_int_equal(b.tgt[i], b.tok[i + 1]);
                learn += b.w[i] != 0;
            }
        }
        assert_int_equal(learn, b.learn);
    }
    assert_int_equal(docs + loader_skipped(ld), next);
    rows_batch_free(&b);
    loader_free(ld);
}

/* A loader that starts at any batch gives what the first one gave from there. */
static void test_the_state_is_one_number(void **state) {
    (void)state;
    err e;
    enum { N = 12 };
    loader    *a    = open_mix(LOSS_ANSWER, 600, SPLIT_TRAIN, &e);
    uint64_t   next = 0, at[N];
    rows_batch b[N], c;
    for (int k = 0; k < N; k++) {
        rows_batch_init(&b[k], 1500, 32);
        at[k] = next;
        loader_fill(a, &next, &b[k]);
    }
    rows_batch_init(&c, 1500, 32);
    for (int k = N - 1; k >= 0; k -= 3) {
        loader  *fresh = open_mix(LOSS_ANSWER, 600, SPLIT_TRAIN, &e);
        uint64_t n     = at[k];
        loader_fill(fresh, &n, &c);
        same_batch(&b[k], &c);
        assert_int_equal(n, k + 1 < N ? at[k + 1] : next);
        loader_free(fresh);
        n = at[k];
        loader_fill(a, &n, &c); /* going back in the same loader, too */
        same_batch(&b[k], &c);
    }
    for (int k = 0; k < N; k++) rows_batch_free(&b[k]);
    rows_batch_free(&c);
    loader_free(a);
}

static void decode_range(const ids *v, int from, int to, str *out) {
    str_clear(out);
    for (int i = from; i < to; i++) tok_decode(tok, v->p + i, 1, out);
}

/* The tokens decode to the chat format, and the weights are zero on: the prompt (unless everything is learnt), the
 * slip, and the last token. */
static void test_masks_are_exact(void **state) {
    (void)state;
    uint64_t seed = unit_seed("test_masks_are_exact");
    problem  p    = {0};
    str      text = {0}, want = {0};
    int      slips = 0;
    for (uint64_t k = 0; k < 1500; k++) {
        ids    v = {0};
        float *w = NULL;
        int    n_prompt, loss = (int)(k & 1);
        family_make(family_at((int)(k / 2) % 2), SPLIT_TRAIN, seed, k, 2 + (int)(k % 4), &p);
        sample_tokens(tok, &p, loss ? LOSS_ANSWER : LOSS_ALL, &v, &n_prompt, &w);
        decode_range(&v, 0, n_prompt, &text);
        str_clear(&want);
        str_addf(&want, "%s%s%s%s%s\n", CHAT_BOS, CHAT_USER, p.question.p, CHAT_ASSISTANT, CHAT_THINK_OPEN);
        assert_string_equal(text.p, want.p);
        decode_range(&v, n_prompt, v.n, &text);
        str_clear(&want);
        str_addf(&want, "%s%s\n%s%s", p.reasoning.p, CHAT_THINK_CLOSE, p.answer.p, CHAT_EOS);
        assert_string_equal(text.p, want.p);
        size_t at = 0;
        for (int i = n_prompt; i < v.n; i++) { /* bytes [at, to) of reasoning, answer and so on */
            size_t len = 0;
            decode_range(&v, i, i + 1, &text);
            len       = text.len;
            bool slip = p.slip_to > p.slip_from && at < (size_t)p.slip_to && at + len > (size_t)p.slip_from;
            if (w[i - 1] != (slip ? 0.0f : 1.0f))
                fail_msg("token %d (%s), weight %g: %s", i, text.p, (double)w[i - 1], p.reasoning.p);
            at += len;
        }
        for (int i = 0; i + 1 < n_prompt; i++) assert_true(w[i] == (loss ? 0.0f : 1.0f));
        assert_true(w[v.n - 1] == 0.0f);
        slips += p.slip_to > p.slip_from;
        mem_free(w);
        ids_free(&v);
    }
    assert_true(slips > 50);
    str_free(&text);
    str_free(&want);
    problem_free(&p);
}

static void test_the_mix_is_as_weighted(void **state) {
    (void)state;
    err         e;
    source      src[2] = {{.family = "linear", .weight = 1, .level_weight = {0, 1, 0, 3}},
                          {.family = "arithmetic", .weight = 3, .level_weight = {0, 0, 0, 0, 0, 1}}};
    loader_spec spec   = {src, 2, SPLIT_TRAIN, 9, LOSS_ALL, 600};
    loader     *ld     = loader_new(&spec, NULL, &e);
    str         s      = {0};
    int         linear = 0;
    for (uint64_t i = 0; i < 4000; i++) {
        str_clear(&s);
        loader_text(ld, i, &s);
        linear += strstr(s.p, ", find ") != NULL;
    }
    assert_in_range(linear, 850, 1150);
    str_free(&s);
    loader_free(ld);
}

static void test_splits_do_not_share_documents(void **state) {
    (void)state;
    err             e;
    loader         *a = open_mix(LOSS_ALL, 600, SPLIT_TRAIN, &e), *b = open_mix(LOSS_ALL, 600, SPLIT_VALID, &e);
    static uint64_t h[2000];
    str             s = {0};
    for (uint64_t i = 0; i < 1000; i++) {
        for (int k = 0; k < 2; k++) {
            str_clear(&s);
            loader_text(k ? b : a, i, &s);
            const char *u          = strstr(s.p, "\nUnderstand: ");
            h[2 * i + (uint64_t)k] = hash_bytes(u, strcspn(u + 1, "\n") + 1);
        }
    }
    for (int i = 0; i < 2000; i += 2)
        for (int k = 1; k < 2000; k += 2) assert_true(h[i] != h[k]);
    str_free(&s);
    loader_free(a);
    loader_free(b);
}

static void test_long_problems_are_skipped(void **state) {
    (void)state;
    err     e;
    loader *ld = open_mix(LOSS_ALL, 200, SPLIT_TRAIN, &e);
    assert_non_null(ld);
    rows_batch b;
    rows_batch_init(&b, 1000, 64);
    uint64_t next = 0;
    for (int k = 0; k < 20; k++) {
        loader_fill(ld, &next, &b);
        for (int s = 0; s < b.n_seq; s++) assert_true(b.start[s + 1] - b.start[s] <= 200);
    }
    assert_true(loader_skipped(ld) > 20);
    rows_batch_free(&b);
    loader_free(ld);
    assert_null(open_mix(LOSS_ALL, 20, SPLIT_TRAIN, &e));
    assert_non_null(strstr(e.msg, "max_len 20"));
}

/* ---- texts */
static void test_text_windows(void **state) {
    (void)state;
    char dir[256], path[300];
    str  s = {0}, out = {0}, want = {0};
    err  e;
    assert_non_null(unit_tmpdir(dir, sizeof dir));
    snprintf(path, sizeof path, "%s/t.txt", dir);
    for (int i = 0; i < 20000; i++) str_addf(&s, "line %d is \xc3\xa9 line of t\xc3\xa9xt%s", i, i % 7 ? " " : "\n");
    assert_true(fs_write(path, s.p, s.len, &e));
    source     src = {.text = path, .weight = 1};
    rows_batch b;
    rows_batch_init(&b, 1024, 64);
    for (int split = 0; split < 3; split++) {
        loader_spec spec = {&src, 1, (split_id)split, 3, LOSS_ALL, 128};
        loader     *ld = loader_new(&spec, tok, &e), *raw = loader_new(&spec, NULL, &e);
        if (!ld || !raw) fail_msg("%s", e.msg);
        uint64_t next = 0;
        loader_fill(ld, &next, &b);
        assert_true(b.n_seq >= 5);
        for (int k = 0; k < b.n_seq; k++) {
            int from = b.start[k], n = b.start[k + 1] - from;
            assert_true(n <= 128 && b.pos[from] == 0 && b.tok[from] == tok_id(tok, CHAT_BOS));
            assert_true(b.w[from] == 1 && b.w[from + n - 1] == 0);
            str_clear(&out);
            str_clear(&want);
            tok_decode(tok, b.tok + from + 1, n - 1, &out);
            loader_text(raw, (uint64_t)k, &want); /* the document is the beginning of its window */
            assert_true(out.len <= want.len && !memcmp(out.p, want.p, out.len));
            assert_non_null(strstr(s.p, want.p));
        }
        loader_free(ld);
        loader_free(raw);
    }
    rows_batch_free(&b);
    assert_true(fs_write(path, "bad \xff text", 10, &e));
    loader_spec spec = {&src, 1, SPLIT_TRAIN, 3, LOSS_ALL, 128};
    assert_null(loader_new(&spec, tok, &e));
    assert_non_null(strstr(e.msg, "UTF-8"));
    fs_remove(path, &e);
    assert_null(loader_new(&spec, tok, &e));
    rmdir(dir);
    str_free(&s);
    str_free(&out);
    str_free(&want);
}

static void test_bad_mixes_are_refused(void **state) {
    (void)state;
    static const struct {
        source      s;
        const char *says;
    } all[] = {{{.family = "nothing", .weight = 1, .level_weight = {0, 1}}, "nothing"},
               {{.family = "linear", .weight = 1}, "no level"},
               {{.family = "linear", .weight = -1, .level_weight = {0, 1}}, "weight"},
               {{.family = "linear", .weight = 0, .level_weight = {0, 1}}, "weight"},
               {{.weight = 1}, "neither"},
               {{.text = "/nowhere/at/all", .weight = 1}, "/nowhere/at/all"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        source      s    = all[i].s;
        err         e    = {""};
        loader_spec spec = {&s, 1, SPLIT_TRAIN, 1, LOSS_ALL, 512};
        assert_null(loader_new(&spec, tok, &e));
        if (!strstr(e.msg, all[i].says)) fail_msg("expected %s in: %s", all[i].says, e.msg);
    }
    loader_spec none = {NULL, 0, SPLIT_TRAIN, 1, LOSS_ALL, 512};
    err         e;
    assert_null(loader_new(&none, tok, &e));
}

/* Levels come from the curriculum; the same state gives the same documents, in a loader that has gone there and in one
 * that starts there. */
static void test_levels_follow_the_curriculum(void **state) {
    (void)state;
    err        e;
    curriculum c;
    loader    *a = open_mix(LOSS_ALL, 600, SPLIT_TRAIN, &e), *b = open_mix(LOSS_ALL, 600, SPLIT_TRAIN, &e);
    rows_batch x, y;
    uint64_t   na = 0, nb;
    curriculum_init(&c);
    curriculum_add(&c, "linear", 1, 5);
    rows_batch_init(&x, 1500, 32);
    rows_batch_init(&y, 1500, 32);
    loader_follow(a, &c);
    for (int level = 1; level <= 5; level++) {
        c.f[0].level = level;
        loader_moved(a);
        for (int k = 0; k < 6; k++) {
            nb = na;
            loader_fill(a, &na, &x);
            for (int q = 0; q < x.n_seq; q++) {
                if (x.family[q] < 0) assert_true(x.level[q] == 2 || x.level[q] == 5); /* arithmetic: by weight */
                else assert_true(x.family[q] == 0 && x.level[q] >= 1 && x.level[q] <= level + 1);
            }
            loader_follow(b, &c);
            loader_fill(b, &nb, &y);
            same_batch(&x, &y);
        }
    }
    rows_batch_free(&x);
    rows_batch_free(&y);
    loader_free(a);
    loader_free(b);
}

/* JSON lines: texts, questions with answers, rows of a family with a slip that is not learnt. */
static void test_json_lines(void **state) {
    (void)state;
    char    dir[256], path[300];
    str     s = {0}, out = {0};
    problem p = {0};
    err     e;
    int     kind[3] = {0};
    assert_non_null(unit_tmpdir(dir, sizeof dir));
    snprintf(path, sizeof path, "%s/t.jsonl", dir);
    for (int i = 0; i < 400; i++) {
        str_addf(&s, "{\"text\":\"This is text number %d.\"}\n{\"question\":\"q%d\",\"answer\":\"a%d\"}\nbad\n", i, i,
                 i);
        family_make(family_find("linear"), SPLIT_TRAIN, 5, (uint64_t)i, 2, &p);
        rows_write(&s, &p);
    }
    assert_true(fs_write(path, s.p, s.len, &e));
    source      src  = {.text = path, .weight = 1};
    loader_spec spec = {&src, 1, SPLIT_VALID, 3, LOSS_ALL, 1000};
    loader     *ld   = loader_new(&spec, tok, &e);
    if (!ld) fail_msg("%s", e.msg);
    rows_batch b;
    rows_batch_init(&b, 1000, 4);
    for (uint64_t i = 0; i < 200; i++) {
        uint64_t next = i;
        str_clear(&out);
        loader_text(ld, i, &out);
        kind[str_starts(out.p, "This is text") ? 0 : out.p[0] == 'q' ? 1 : 2]++;
        loader_fill(ld, &next, &b);
        assert_true(b.n_seq >= 1 && b.family[0] == -1);
    }
    assert_true(kind[0] > 20 && kind[1] > 20 && kind[2] > 20);
    rows_batch_free(&b);
    loader_free(ld);
    fs_remove(path, &e);
    rmdir(dir);
    problem_free(&p);
    str_free(&s);
    str_free(&out);
}

/* Real text, where it is at hand. */
static void test_real_text(void **state) {
    (void)state;
    const char *shared = getenv("R1_SHARED");
    char        path[512];
    snprintf(path, sizeof path, "%s/data/tinyshakespeare/input.txt", shared ? shared : "../shared");
    if (!fs_exists(path)) {
        printf("skipped: %s is not there\n", path);
        skip();
    }
    err         e;
    source      src  = {.text = path, .weight = 1};
    loader_spec spec = {&src, 1, SPLIT_TRAIN, 3, LOSS_ALL, 256};
    loader     *ld   = loader_new(&spec, tok, &e);
    if (!ld) fail_msg("%s", e.msg);
    rows_batch b;
    rows_batch_init(&b, 8192, 64);
    uint64_t next = 0;
    loader_fill(ld, &next, &b);
    assert_true(b.n > 8192 - 256 && b.n_seq >= 32);
    rows_batch_free(&b);
    loader_free(ld);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches_are_packed_documents),
        cmocka_unit_test(test_the_state_is_one_number),
        cmocka_unit_test(test_masks_are_exact),
        cmocka_unit_test(test_the_mix_is_as_weighted),
        cmocka_unit_test(test_splits_do_not_share_documents),
        cmocka_unit_test(test_long_problems_are_skipped),
        cmocka_unit_test(test_text_windows),
        cmocka_unit_test(test_bad_mixes_are_refused),
        cmocka_unit_test(test_levels_follow_the_curriculum),
        cmocka_unit_test(test_json_lines),
        cmocka_unit_test(test_real_text),
    };
    return cmocka_run_group_tests_name("loader", tests, make_tokenizer, drop_tokenizer);
}
