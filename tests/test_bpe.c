#include "unit.h"

#include "base/rng.h"
#include "text/bpe.h"

enum { MERGES = 60, MAX_LEN = 300 };

typedef struct rules {
    int32_t pair[MERGES][2]; /* rule i makes token 256 + i */
} rules;

static bpe *engine(const rules *r) {
    int32_t byte_id[256];
    for (int i = 0; i < 256; i++) byte_id[i] = i;
    bpe *b = bpe_new(byte_id, MERGES);
    for (int i = 0; i < MERGES; i++) bpe_add(b, r->pair[i][0], r->pair[i][1], 256 + i);
    bpe_ready(b);
    return b;
}

/* Rules over four letters, each made of letters and of earlier results, in a shuffled order of dependence: a later rank
 * may build on an earlier one, as real vocabularies do. */
static rules random_rules(rng *g) {
    rules r;
    for (int i = 0; i < MERGES; i++) {
        for (bool again = true; again;) {
            for (int k = 0; k < 2; k++)
                r.pair[i][k] =
                    i && rng_below(g, 2) ? 256 + (int32_t)rng_below(g, (uint64_t)i) : 'a' + (int32_t)rng_below(g, 4);
            again = false;
            for (int j = 0; j < i; j++) again = again || (r.pair[j][0] == r.pair[i][0] && r.pair[j][1] == r.pair[i][1]);
        }
    }
    return r;
}

/* The definition: find the lowest rank anywhere, join its leftmost place, begin again. */
static size_t slow(const rules *r, const char *p, size_t n, int32_t *out) {
    for (size_t i = 0; i < n; i++) out[i] = (unsigned char)p[i];
    for (;;) {
        int    best = MERGES;
        size_t at   = 0;
        for (size_t i = 0; i + 1 < n; i++)
            for (int k = 0; k < best; k++)
                if (r->pair[k][0] == out[i] && r->pair[k][1] == out[i + 1]) best = k, at = i;
        if (best == MERGES) return n;
        out[at] = 256 + best;
        memmove(out + at + 1, out + at + 2, (n - at - 2) * sizeof *out);
        n--;
    }
}

static void test_every_length_is_the_definition(void **state) {
    (void)state;
    rng g = rng_seed(unit_seed("every_length"));
    for (int round = 0; round < 40; round++) {
        rules        r = random_rules(&g);
        bpe         *b = engine(&r);
        bpe_scratch *s = bpe_scratch_new();
        for (int i = 0; i < 60; i++) {
            char    p[MAX_LEN];
            int32_t want[MAX_LEN], got[MAX_LEN + BPE_CACHE_IDS];
            size_t  n = (size_t)rng_range(&g, 1, i % 10 ? 60 : MAX_LEN);
            for (size_t k = 0; k < n; k++) p[k] = (char)('a' + (rng_below(&g, 4) & rng_below(&g, 4)));
            size_t m = slow(&r, p, n, want);
            for (int again = 0; again < 2; again++) { /* the second time from the cache */
                memset(got, 0xee, sizeof got);
                assert_int_equal(bpe_encode(b, s, p, n, p + n, got), m);
                assert_memory_equal(got, want, m * sizeof *want);
            }
            assert_int_equal(bpe_encode(b, s, p, n, p + MAX_LEN, got), m); /* wide loads see other bytes behind */
            assert_memory_equal(got, want, m * sizeof *want);
        }
        bpe_scratch_free(s);
        bpe_free(b);
    }
}

/* NUL bytes pad the keys of the cache: "a" NUL must not be taken for "a" NUL NUL. */
static void test_cache_knows_lengths(void **state) {
    (void)state;
    rules r = {0};
    for (int i = 0; i < MERGES; i++) r.pair[i][0] = r.pair[i][1] = 300 + i; /* none applies */
    bpe         *b        = engine(&r);
    bpe_scratch *s        = bpe_scratch_new();
    const char   text[32] = "a";
    int32_t      out[64];
    for (int round = 0; round < 2; round++)
        for (size_t n = 1; n <= 30; n++) assert_int_equal(bpe_encode(b, s, text, n, text + n, out), n);
    bpe_scratch_free(s);
    bpe_free(b);
}

static void test_bytes_without_a_token_are_dropped(void **state) {
    (void)state;
    int32_t byte_id[256];
    for (int i = 0; i < 256; i++) byte_id[i] = i == 'x' ? -1 : i;
    bpe *b = bpe_new(byte_id, 1);
    bpe_add(b, 'a', 'b', 256);
    bpe_ready(b);
    bpe_scratch *s = bpe_scratch_new();
    int32_t      out[128];
    assert_int_equal(bpe_encode(b, s, "axb", 3, "", out), 1); /* what is left is neighbours, as in the reference */
    assert_int_equal(out[0], 256);
    assert_int_equal(bpe_encode(b, s, "x", 1, "", out), 0);
    assert_int_equal(bpe_encode(b, s, "xxx", 3, "", out), 0);
    char longer[100];
    memset(longer, 'x', sizeof longer);
    assert_int_equal(bpe_encode(b, s, longer, sizeof longer, longer + sizeof longer, out), 0);
    longer[50] = 'a';
    longer[70] = 'b';
    assert_int_equal(bpe_encode(b, s, longer, sizeof longer, longer + sizeof longer, out), 1);
    bpe_scratch_free(s);
    bpe_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_length_is_the_definition),
        cmocka_unit_test(test_cache_knows_lengths),
        cmocka_unit_test(test_bytes_without_a_token_are_dropped),
    };
    return cmocka_run_group_tests_name("bpe", tests, NULL, NULL);
}
