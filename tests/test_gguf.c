#include "unit.h"

#include <glob.h>
#include <sys/resource.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "format/gguf.h"

/* --- a file made by hand, so that the reader is not only tested against our writer --- */

static void u32(str *s, uint32_t x) { str_addn(s, (const char *)&x, 4); }
static void u64(str *s, uint64_t x) { str_addn(s, (const char *)&x, 8); }
static void zstr(str *s, const char *z) {
    u64(s, strlen(z));
    str_add(s, z);
}

/* Two tensors after five keys. `at` gets the offset where each section or field begins. */
enum {
    AT_MAGIC,
    AT_VERSION,
    AT_TENSORS,
    AT_KEYS,
    AT_KEY0,
    AT_TYPE0,
    AT_ARR,
    AT_STRS,
    AT_T0,
    AT_ND0,
    AT_NE0,
    AT_TYPE,
    AT_OFF0,
    AT_T1,
    AT_OFF1,
    AT_PAD,
    AT_DATA,
    AT_DATA1,
    AT_END,
    N_AT
};
static str tiny(size_t at[N_AT]) {
    str    s = {0};
    size_t dummy[N_AT];
    if (!at) at = dummy;
    at[AT_MAGIC] = s.len;
    str_add(&s, "GGUF");
    at[AT_VERSION] = s.len;
    u32(&s, 3);
    at[AT_TENSORS] = s.len;
    u64(&s, 2);
    at[AT_KEYS] = s.len;
    u64(&s, 5);
    at[AT_KEY0] = s.len;
    zstr(&s, "general.architecture");
    at[AT_TYPE0] = s.len;
    u32(&s, GGUF_STR);
    zstr(&s, "llama");
    zstr(&s, "n");
    u32(&s, GGUF_U32);
    u32(&s, 7);
    zstr(&s, "b");
    u32(&s, GGUF_BOOL);
    str_addc(&s, 1);
    zstr(&s, "ids");
    u32(&s, GGUF_ARR);
    at[AT_ARR] = s.len;
    u32(&s, GGUF_I32);
    u64(&s, 2);
    u32(&s, 5);
    u32(&s, 6);
    zstr(&s, "words");
    u32(&s, GGUF_ARR);
    at[AT_STRS] = s.len;
    u32(&s, GGUF_STR);
    u64(&s, 2);
    zstr(&s, "one");
    zstr(&s, "two");
    at[AT_T0] = s.len;
    zstr(&s, "a.weight");
    at[AT_ND0] = s.len;
    u32(&s, 2);
    at[AT_NE0] = s.len;
    u64(&s, 4);
    u64(&s, 2);
    at[AT_TYPE] = s.len;
    u32(&s, DT_F32);
    at[AT_OFF0] = s.len;
    u64(&s, 0);
    at[AT_T1] = s.len;
    zstr(&s, "q.weight");
    u32(&s, 1);
    u64(&s, 32);
    u32(&s, DT_Q8_0);
    at[AT_OFF1] = s.len;
    u64(&s, 32);
    at[AT_PAD] = s.len;
    while (s.len % 32) str_addc(&s, 0);
    at[AT_DATA] = s.len;
    for (int i = 0; i < 8; i++) u32(&s, (uint32_t)i);
    at[AT_DATA1] = s.len;
    for (int i = 0; i < 34; i++) str_addc(&s, (char)i);
    at[AT_END] = s.len;
    return s;
}

/* In a block of exactly n bytes, so that ASan sees one byte too far. */
static gguf *open_exact(const void *p, size_t n, err *e, void **block) {
    *block = malloc(n ? n : 1);
    assert_non_null(*block);
    if (n) memcpy(*block, p, n);
    return gguf_open_mem(*block, n, "tiny.gguf", e);
}

/* Read all that a good file promises; the sum keeps the compiler from leaving it out. */
static uint64_t touch_all(const gguf *g) {
    uint64_t sum = 0;
    for (int i = 0; i < gguf_key_count(g); i++) {
        gguf_type   t;
        size_t      len;
        int64_t     x;
        float       f;
        bool        b;
        gguf_arr    a;
        const char *key = gguf_key_at(g, i, &t), *s = gguf_str(g, key, &len);
        if (s) sum += strlen(s) + len;
        if (gguf_i64(g, key, &x)) sum += (uint64_t)x;
        if (gguf_f32(g, key, &f)) sum++;
        if (gguf_bool(g, key, &b)) sum += b;
        if (!gguf_array(g, key, &a)) continue;
        for (uint64_t k = 0; k < a.n; k++) {
            if (a.type != GGUF_STR) continue;
            s = gguf_arr_str(g, key, k, &len);
            assert_non_null(s);
            for (size_t c = 0; c < len; c++) sum += (unsigned char)s[c];
        }
    }
    for (int i = 0; i < gguf_tensor_count(g); i++) {
        const gguf_tensor *t = gguf_tensor_at(g, i);
        assert_ptr_equal(gguf_find(g, t->name), t);
        const uint8_t *p = t->data;
        assert_int_equal((uintptr_t)p % 8, 0);
        sum += p[0] + p[t->bytes - 1];
    }
    return sum;
}

static void expect_bad(const void *p, size_t n, const char *word) {
    err   e = {0};
    void *block;
    gguf *g = open_exact(p, n, &e, &block);
    if (g) fail_msg("accepted a bad file of %zu bytes, expected an error with \"%s\"", n, word);
    if (!strstr(e.msg, word)) fail_msg("expected \"%s\" in: %s", word, e.msg);
    assert_null(strchr(e.msg, '\n'));
    free(block);
}

static void test_reads_what_is_there(void **state) {
    (void)state;
    err      e = {0};
    str      s = tiny(NULL);
    void    *block;
    gguf    *g = open_exact(s.p, s.len, &e, &block);
    uint32_t n;
    int64_t  x;
    float    f;
    bool     b = false;
    gguf_arr a;
    size_t   len;
    if (!g) fail_msg("%s", e.msg);
    assert_string_equal(gguf_str(g, "general.architecture", &len), "llama");
    assert_int_equal(len, 5);
    assert_true(gguf_u32(g, "n", &n) && n == 7);
    assert_true(gguf_i64(g, "n", &x) && x == 7);
    assert_false(gguf_f32(g, "n", &f));
    assert_false(gguf_u32(g, "none", &n));
    assert_null(gguf_str(g, "n", NULL));
    assert_true(gguf_bool(g, "b", &b) && b);
    assert_true(gguf_array(g, "ids", &a) && a.n == 2 && a.type == GGUF_I32);
    assert_memory_equal(a.data, ((int32_t[]){5, 6}), 8);
    assert_memory_equal(gguf_arr_str(g, "words", 1, &len), "two", 3);
    assert_null(gguf_arr_str(g, "words", 2, &len));
    assert_null(gguf_arr_str(g, "ids", 0, &len));
    const gguf_tensor *t = gguf_find(g, "a.weight");
    assert_true(t && t->nd == 2 && t->ne[0] == 2 && t->ne[1] == 4 && t->bytes == 32);
    assert_true(((const uint32_t *)t->data)[7] == 7);
    t = gguf_find(g, "q.weight");
    assert_true(t && t->nd == 1 && t->ne[0] == 32 && t->bytes == 34 && t->type == DT_Q8_0);
    touch_all(g);
    gguf_close(g);
    free(block);
    str_free(&s);
}

/* Every cut is an error, and each names where the file ended. */
static void test_truncated_at_every_byte(void **state) {
    (void)state;
    str s = tiny(NULL);
    for (size_t n = 0; n < s.len; n++) expect_bad(s.p, n, n < 24 ? "truncated" : "tiny.gguf: ");
    str_free(&s);
}

typedef struct patch {
    int         at, skip;
    uint64_t    v;
    int         bytes;
    const char *word;
} patch;

static void test_absurd_values(void **state) {
    (void)state;
    static const patch bad[] = {
        {AT_MAGIC, 0, 'X', 1, "not a GGUF file"},
        {AT_VERSION, 0, 1, 4, "version 1"},
        {AT_VERSION, 0, 0x03000000, 4, "big-endian"},
        {AT_TENSORS, 0, UINT64_MAX, 8, "do not fit"},
        {AT_TENSORS, 0, 1u << 30, 8, "do not fit"},
        {AT_TENSORS, 0, 3, 8, ""},
        {AT_KEYS, 0, UINT64_MAX / 13, 8, "do not fit"},
        {AT_KEYS, 0, 6, 8, ""},
        {AT_KEY0, 0, 0, 8, "a name of 0 bytes"},
        {AT_KEY0, 0, 1u << 20, 8, "bytes at offset"},
        {AT_KEY0, 0, UINT64_MAX - 7, 8, "a string of 18446744073709551608 bytes"},
        {AT_KEY0, 8, '\n', 1, "control character"},
        {AT_KEY0, 8, 0, 1, "control character"},
        {AT_KEY0, 8, 0xff, 1, "not UTF-8"},
        {AT_TYPE0, 0, 13, 4, "value type 13"},
        {AT_TYPE0, 0, GGUF_BOOL, 4, "a bool of 5"},
        {AT_ARR, 0, GGUF_ARR, 4, "an array of type 9"},
        {AT_ARR, 0, 99, 4, "an array of type 99"},
        {AT_ARR, 4, UINT64_MAX / 4, 8, "an array of 4611686018427387903 i32s"},
        {AT_STRS, 4, 1u << 28, 8, "an array of 268435456 strings"},
        {AT_STRS, 12, UINT64_MAX, 8, "a string of 18446744073709551615 bytes"},
        {AT_ND0, 0, 0, 4, "0 dimensions"},
        {AT_ND0, 0, 5, 4, "5 dimensions"},
        {AT_NE0, 0, 0, 8, "a dimension of 0"},
        {AT_NE0, 0, UINT64_MAX, 8, "cannot be counted"},
        {AT_NE0, 0, 1ull << 62, 8, "cannot be counted"},
        {AT_NE0, 0, 1ull << 61, 8, "too many bytes"},
        {AT_NE0, 0, 1ull << 40, 8, "truncated: tensor a.weight"},
        {AT_TYPE, 0, DT_Q8_0, 4, "expected a multiple of 32 for q8_0"},
        {AT_TYPE, 0, 4, 4, "ggml type 4"},
        {AT_TYPE, 0, DT_F8_E4M3, 4, "ggml type 100"},
        {AT_TYPE, 0, UINT32_MAX, 4, "ggml type 4294967295"},
        {AT_OFF0, 0, 31, 8, "not a multiple of the alignment 32"},
        {AT_OFF0, 0, 32, 8, "overlap"},
        {AT_OFF0, 0, UINT64_MAX - 31, 8, "truncated: tensor a.weight"},
        {AT_OFF1, 0, 0, 8, "overlap"},
        {AT_T1, 8, 'a', 1, "is there twice"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t at[N_AT];
        str    s = tiny(at);
        memcpy(s.p + at[bad[i].at] + bad[i].skip, &bad[i].v, (size_t)bad[i].bytes);
        expect_bad(s.p, s.len, bad[i].word);
        str_free(&s);
    }
    /* A key given twice: rename "b" to "n". */
    str    s = tiny(NULL);
    size_t i = 0;
    while (memcmp(s.p + i, "\1\0\0\0\0\0\0\0b", 9) != 0) i++;
    s.p[i + 8] = 'n';
    expect_bad(s.p, s.len, "key n is there twice");
    str_free(&s);
}

static void test_alignment_key(void **state) {
    (void)state;
    for (uint32_t align = 0; align <= 64; align++) {
        str s = {0};
        str_add(&s, "GGUF");
        u32(&s, 3);
        u64(&s, 1);
        u64(&s, 1);
        zstr(&s, "general.alignment");
        u32(&s, GGUF_U32);
        u32(&s, align);
        zstr(&s, "t");
        u32(&s, 1);
        u64(&s, 1);
        u32(&s, DT_F32);
        u64(&s, 0);
        while (align && s.len % align) str_addc(&s, 0);
        u32(&s, 77);
        bool good = align >= 8 && (align & (align - 1)) == 0;
        if (good) {
            err   e = {0};
            void *block;
            gguf *g = open_exact(s.p, s.len, &e, &block);
            if (!g) fail_msg("%s", e.msg);
            assert_int_equal(*(const uint32_t *)gguf_find(g, "t")->data, 77);
            gguf_close(g);
            free(block);
        } else {
            expect_bad(s.p, s.len, "general.alignment");
        }
        str_free(&s);
    }
}

/* Any change of any bytes gives a good file or one clear line, never a crash. */
static void test_flipped_bytes(void **state) {
    (void)state;
    rng   r    = rng_seed(unit_seed("test_flipped_bytes"));
    str   s    = tiny(NULL);
    int   good = 0, runs = 60000;
    char *q = mem_alloc(s.len);
    for (int i = 0; i < runs; i++) {
        err   e = {0};
        void *block;
        memcpy(q, s.p, s.len);
        for (int k = rng_range(&r, 1, 4); k > 0; k--) {
            size_t   at = (size_t)rng_below(&r, s.len);
            uint64_t x  = rng_below(&r, 2) ? rng_below(&r, 256) : (uint64_t)q[at] ^ 1u << rng_below(&r, 8);
            q[at]       = (char)x;
        }
        size_t n = rng_below(&r, 8) ? s.len : (size_t)rng_below(&r, s.len + 1);
        gguf  *g = open_exact(q, n, &e, &block);
        if (g) {
            touch_all(g);
            good++;
            gguf_close(g);
        } else {
            assert_true(strlen(e.msg) > 10 && !strchr(e.msg, '\n'));
        }
        free(block);
    }
    assert_in_range(good, runs / 100, runs - runs / 4); /* the mutations reach both sides */
    mem_free(q);
    str_free(&s);
}

/* --- writer --- */

static void write_sample(const char *path, err *e) {
    static const char *words[40];
    static size_t      lens[40];
    float              f[6] = {0, 1, -2, 3.5f, 1e-30f, 1e30f};
    block_q8_0         q[3];
    memset(q, 5, sizeof q);
    for (int i = 0; i < 40; i++) {
        words[i] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr";
        lens[i]  = (size_t)i;
    }
    gguf_writer *w = gguf_create(path, e);
    if (!w) fail_msg("%s", e->msg);
    gguf_put_str(w, "general.architecture", "deepseek2");
    gguf_put_str(w, "empty", "");
    gguf_put_u32(w, "u32", UINT32_MAX);
    gguf_put_u64(w, "u64", UINT64_MAX);
    gguf_put_f32(w, "f32", 1.5f);
    gguf_put_bool(w, "yes", true);
    gguf_put_bool(w, "no", false);
    gguf_put_strs(w, "words", words, lens, 40);
    gguf_put_i32s(w, "i32s", (int32_t[]){-1, 2, 3}, 3);
    gguf_put_f32s(w, "f32s", f, 6);
    gguf_put_i32s(w, "nothing", NULL, 0);
    gguf_declare(w, "one", DT_F32, 1, (int64_t[]){1});
    gguf_declare(w, "a", DT_F32, 2, (int64_t[]){2, 3});
    gguf_declare(w, "q", DT_Q8_0, 3, (int64_t[]){3, 1, 32});
    if (!gguf_begin(w, e) || !gguf_data(w, f + 3, 4, e) || !gguf_data(w, f, 24, e) || !gguf_data(w, q, sizeof q, e) ||
        !gguf_finish(w, e))
        fail_msg("%s", e->msg);
}

static void test_round_trip(void **state) {
    const char *dir = *state;
    char        path[512];
    err         e = {0};
    uint32_t    n;
    int64_t     x;
    float       f;
    bool        yes = false, no = true;
    gguf_arr    a;
    size_t      len;
    snprintf(path, sizeof path, "%s/sample.gguf", dir);
    write_sample(path, &e);
    gguf *g = gguf_open(path, &e);
    if (!g) fail_msg("%s", e.msg);
    assert_int_equal(gguf_key_count(g), 11);
    assert_string_equal(gguf_str(g, "empty", &len), "");
    assert_true(gguf_u32(g, "u32", &n) && n == UINT32_MAX);
    assert_false(gguf_i64(g, "u64", &x)); /* does not fit */
    assert_true(gguf_f32(g, "f32", &f) && f == 1.5f);
    assert_true(gguf_bool(g, "yes", &yes) && yes && gguf_bool(g, "no", &no) && !no);
    assert_true(gguf_array(g, "i32s", &a) && a.n == 3 && ((const int8_t *)a.data)[0] == -1);
    assert_true(gguf_array(g, "nothing", &a) && a.n == 0);
    assert_true(gguf_array(g, "words", &a) && a.n == 40 && a.type == GGUF_STR);
    for (uint64_t i = 40; i-- > 0;) { /* backwards: any order works */
        assert_memory_equal(gguf_arr_str(g, "words", i, &len), "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr", i);
        assert_int_equal(len, i);
    }
    assert_int_equal(gguf_tensor_count(g), 3);
    const gguf_tensor *t = gguf_find(g, "q");
    assert_true(t->nd == 3 && t->ne[0] == 3 && t->ne[1] == 1 && t->ne[2] == 32 && t->bytes == 102);
    assert_true(gguf_find(g, "a")->ne[0] == 2 && ((const float *)gguf_find(g, "a")->data)[3] == 3.5f);
    assert_true(((const float *)gguf_find(g, "one")->data)[0] == 3.5f);
    touch_all(g);
    gguf_close(g);
    assert_true(fs_remove(path, &e));
}

/* Whatever goes wrong while writing, the file that was there stays, and nothing is left beside it. */
static void test_writer_mistakes_lose_nothing(void **state) {
    const char *dir = *state;
    char        path[512], tmp[520];
    err         e    = {0};
    float       f[4] = {0};
    size_t      n;
    snprintf(path, sizeof path, "%s/keep.gguf", dir);
    snprintf(tmp, sizeof tmp, "%s.tmp", path);
    assert_true(fs_write(path, "old", 3, &e));
    static const char *words[] = {"",
                                  "given twice",
                                  "declared twice",
                                  "cannot hold",
                                  "cannot hold",
                                  "cannot hold",
                                  "expected 16 bytes",
                                  "0 of 1 tensors",
                                  "more tensors",
                                  "63 bytes"};
    for (int kind = 1; kind <= 9; kind++) {
        gguf_writer *w = gguf_create(path, &e);
        assert_non_null(w);
        gguf_put_u32(w, "k", 1);
        if (kind == 1) gguf_put_f32(w, "k", 1);
        gguf_declare(w, "t", DT_F32, 1, (int64_t[]){4});
        if (kind == 2) gguf_declare(w, "t", DT_F32, 1, (int64_t[]){4});
        if (kind == 3) gguf_declare(w, "u", DT_Q8_0, 1, (int64_t[]){33});
        if (kind == 4) gguf_declare(w, "u", DT_F32, 2, (int64_t[]){INT64_MAX, 4});
        if (kind == 5) gguf_declare(w, "u", DT_F8_E4M3, 1, (int64_t[]){4});
        if (kind == 9)
            gguf_declare(w, "a-name-of-sixty-four-bytes-which-is-one-more-than-ggml-can-hold--", DT_F32, 1,
                         (int64_t[]){1});
        bool ok = gguf_begin(w, &e);
        assert_int_equal(ok, kind >= 6 && kind != 9);
        if (kind == 6) assert_false(gguf_data(w, f, 15, &e));
        if (kind == 8) {
            assert_true(gguf_data(w, f, 16, &e));
            assert_false(gguf_data(w, f, 16, &e));
        }
        if (!strstr(e.msg, words[kind]) && kind != 7) fail_msg("kind %d: expected %s in %s", kind, words[kind], e.msg);
        if (kind == 7) assert_false(gguf_finish(w, &e));
        else gguf_abort(w);
        if (!strstr(e.msg, words[kind])) fail_msg("kind %d: expected %s in %s", kind, words[kind], e.msg);
        char *old = fs_read(path, 100, &n, &e);
        assert_true(old && n == 3 && memcmp(old, "old", 3) == 0);
        mem_free(old);
        assert_false(fs_exists(tmp));
    }
    assert_null(gguf_create("/nonexistent-folder/x.gguf", &e));
    assert_true(fs_remove(path, &e));
}

/* --- golden files --- */

static const char *shared(void) {
    const char *s = getenv("R1_SHARED");
    if (!s || !*s) s = "../shared";
    return fs_is_dir(s) ? s : NULL;
}

static void test_opens_golden_files(void **state) {
    (void)state;
    char   pattern[512];
    glob_t found = {0};
    if (!shared()) {
        printf("skipped: golden GGUF files, no ../shared and no R1_SHARED\n");
        skip();
    }
    snprintf(pattern, sizeof pattern, "%s/golden/gguf/*/*.gguf", shared());
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 30);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        err   e = {0};
        gguf *g = gguf_open(found.gl_pathv[i], &e);
        if (!g) fail_msg("%s", e.msg);
        assert_true(touch_all(g) > 0 && gguf_find(g, "token_embd.weight"));
        gguf_close(g);
    }
    globfree(&found);
}

/* Cut at every byte of the header, and around the end of every tensor. */
static void test_golden_truncated(void **state) {
    (void)state;
    char   path[512];
    err    e = {0};
    size_t n;
    if (!shared()) {
        printf("skipped: golden GGUF files, no ../shared and no R1_SHARED\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/golden/gguf/v3-yarn/v3-yarn.gguf", shared());
    char *p = fs_read(path, 1u << 28, &n, &e);
    assert_non_null(p);
    gguf *g = gguf_open_mem(p, n, path, &e);
    assert_non_null(g);
    size_t start = (size_t)((const char *)gguf_tensor_at(g, 0)->data - p);
    for (size_t cut = 0; cut < start; cut += cut < 4000 ? 1 : 13) expect_bad(p, cut, "tiny.gguf: ");
    for (int i = 0; i < gguf_tensor_count(g); i++) {
        const gguf_tensor *t   = gguf_tensor_at(g, i);
        size_t             end = (size_t)((const char *)t->data - p) + t->bytes;
        assert_null(gguf_open_mem(p, end - t->bytes, path, &e));
        assert_null(gguf_open_mem(p, end - 1, path, &e));
        assert_non_null(strstr(e.msg, "truncated: tensor "));
        if (end < n) assert_null(gguf_open_mem(p, end, path, &e)); /* between two tensors */
    }
    gguf_close(g);
    mem_free(p);
}

static void test_missing_and_odd_files(void **state) {
    const char *dir = *state;
    char        path[512];
    err         e = {0};
    assert_null(gguf_open("/nonexistent.gguf", &e));
    assert_non_null(strstr(e.msg, "/nonexistent.gguf"));
    assert_null(gguf_open(dir, &e));
    snprintf(path, sizeof path, "%s/empty.gguf", dir);
    assert_true(fs_write(path, "", 0, &e));
    assert_null(gguf_open(path, &e));
    assert_non_null(strstr(e.msg, "truncated"));
    assert_true(fs_remove(path, &e));
}

/* No claim in a file makes the reader ask for much memory: the whole program gets 256 MB more than it has. */
static int setup(void **state) {
    static char dir[256];
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
    long  pages = 0;
    FILE *f     = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%ld", &pages) == 1) {
        rlim_t limit = (rlim_t)pages * 4096 + (256u << 20);
        setrlimit(RLIMIT_AS, &(struct rlimit){limit, limit});
    }
    if (f) fclose(f);
#endif
    *state = unit_tmpdir(dir, sizeof dir);
    return *state ? 0 : -1;
}

static int teardown(void **state) { return fs_remove(*state, NULL) ? 0 : -1; }

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_is_there),
        cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_absurd_values),
        cmocka_unit_test(test_alignment_key),
        cmocka_unit_test(test_flipped_bytes),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_writer_mistakes_lose_nothing),
        cmocka_unit_test(test_opens_golden_files),
        cmocka_unit_test(test_golden_truncated),
        cmocka_unit_test(test_missing_and_odd_files),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
