#include "unit.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "format/safetensors.h"

/* A file from a header text and n data bytes (0, 1, 2 ...). */
static str image(const char *header, size_t n) {
    str      s   = {0};
    uint64_t len = strlen(header);
    str_addn(&s, (const char *)&len, 8);
    str_add(&s, header);
    for (size_t i = 0; i < n; i++) str_addc(&s, (char)(i % 100));
    return s;
}

static const char good[] = "{\"__metadata__\":{\"format\":\"pt\"},"
                           "\"b\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[24,27]},"
                           "\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                           "\"scalar\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[27,29]},"
                           "\"empty\":{\"dtype\":\"F16\",\"shape\":[0,7],\"data_offsets\":[24,24]}}  ";

static st_file *open_exact(const void *p, size_t n, err *e, void **block) {
    *block = malloc(n ? n : 1);
    assert_non_null(*block);
    if (n) memcpy(*block, p, n);
    return st_open_mem(*block, n, "tiny.safetensors", e);
}

static uint64_t touch_all(const st_file *f) {
    uint64_t sum = 0;
    for (int i = 0; i < st_count(f); i++) {
        const st_tensor *t = st_at(f, i);
        assert_ptr_equal(st_find(f, t->name), t);
        const uint8_t *p = t->data;
        if (t->bytes) sum += 1u + p[0] + p[t->bytes - 1];
    }
    return sum;
}

static void expect_bad(const void *p, size_t n, const char *word) {
    err      e = {0};
    void    *block;
    st_file *f = open_exact(p, n, &e, &block);
    if (f) fail_msg("accepted a bad file of %zu bytes, expected an error with \"%s\"", n, word);
    if (!strstr(e.msg, word)) fail_msg("expected \"%s\" in: %s", word, e.msg);
    assert_null(strchr(e.msg, '\n'));
    free(block);
}

static void test_reads_what_is_there(void **state) {
    (void)state;
    err      e = {0};
    void    *block;
    str      s = image(good, 29);
    st_file *f = open_exact(s.p, s.len, &e, &block);
    if (!f) fail_msg("%s", e.msg);
    assert_int_equal(st_count(f), 4);
    assert_string_equal(st_at(f, 0)->name, "a"); /* by place in the data */
    const st_tensor *a = st_find(f, "a"), *b = st_find(f, "b"), *c = st_find(f, "scalar"), *d = st_find(f, "empty");
    assert_true(a && a->nd == 2 && a->ne[0] == 2 && a->ne[1] == 3 && a->type == DT_F32 && a->bytes == 24);
    assert_true(b && b->nd == 1 && b->bytes == 3 && b->type == DT_I8 && ((const char *)b->data)[2] == 26);
    assert_true(c && c->nd == 0 && c->bytes == 2 && c->type == DT_BF16);
    assert_true(d && d->nd == 2 && d->ne[0] == 0 && d->ne[1] == 7 && d->bytes == 0);
    assert_null(st_find(f, "A"));
    assert_string_equal(st_metadata(f, "format"), "pt");
    assert_null(st_metadata(f, "none"));
    touch_all(f);
    st_close(f);
    free(block);
    str_free(&s);
}

static void test_truncated_at_every_byte(void **state) {
    (void)state;
    str s = image(good, 29);
    for (size_t n = 0; n < s.len; n++) expect_bad(s.p, n, n < 8 + sizeof good - 1 ? "truncated" : "tiny.safetensors: ");
    str_addc(&s, 1);
    expect_bad(s.p, s.len, "the tensors end at 29, the data has 30 bytes");
    str_free(&s);
}

static void test_bad_headers(void **state) {
    (void)state;
#define T(fields) "{\"t\":{" fields "}}"
    static const struct {
        const char *header, *word;
    } bad[] = {
        {"[]", "does not begin with '{'"},
        {"{\"t\":", "not valid JSON"},
        {"{} x", "not valid JSON"},
        {"{\"t\":1}", "expected an object"},
        {"{\"t\":null}", "expected an object"},
        {"{\"__metadata__\":[]}", "__metadata__"},
        {"{\"__metadata__\":{\"k\":1}}", "__metadata__ k"},
        {"{\"\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "a tensor name of 0 bytes"},
        {T("\"shape\":[1],\"data_offsets\":[0,4]"), "dtype (none)"},
        {T("\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]"), "dtype (none)"},
        {T("\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]"), "dtype F33"},
        {T("\"dtype\":\"F32\",\"data_offsets\":[0,4]"), "\"shape\""},
        {T("\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]"), "\"shape\""},
        {T("\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]"), "size 0 of \"shape\""},
        {T("\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]"), "size 0 of \"shape\""},
        {T("\"dtype\":\"F32\",\"shape\":[1,4611686018427387904],\"data_offsets\":[0,4]"), "size 1 of \"shape\""},
        {T("\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]"), "size 1 of \"shape\""},
        {T("\"dtype\":\"F32\",\"shape\":[4294967296,4294967297],\"data_offsets\":[0,4]"), "size 1 of \"shape\""},
        {T("\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]"), "not valid JSON"},
        {T("\"dtype\":\"F32\",\"shape\":[1]"), "\"data_offsets\""},
        {T("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]"), "\"data_offsets\""},
        {T("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]"), "\"data_offsets\""},
        {T("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]"), "data from 4 to 0"},
        {T("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]"), "data from 0 to 8"},
        {T("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,9223372036854775807]"), "data from 0 to 9"},
        {T("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,3]"), "4 bytes expected from its shape, 3"},
        {T("\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[1,4]"), "a hole"},
        {T("\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,3]"), "the tensors end at 3"},
        {"{}", "the tensors end at 0"},
        {"{\"a\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,3]},"
         "\"b\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[2,4]}}",
         "an overlap"},
        {"{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]},"
         "\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
         "duplicate"},
        {"{\"a\\nb\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,4]}}", "3 bytes expected"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        str s = image(bad[i].header, 4);
        expect_bad(s.p, s.len, bad[i].word);
        str_free(&s);
    }
    static const uint64_t lengths[] = {0, 1, 100000001, 1ull << 32, UINT64_MAX, UINT64_MAX - 7, INT64_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        str s = image(good, 29);
        memcpy(s.p, &lengths[i], 8);
        expect_bad(s.p, s.len, "not a safetensors file");
        str_free(&s);
    }
    /* Nesting as deep as the file is long. */
    str deep = {0};
    str_add(&deep, "{\"t\":");
    for (int i = 0; i < 100000; i++) str_addc(&deep, '[');
    str s = image(deep.p, 4);
    expect_bad(s.p, s.len, "not valid JSON");
    str_free(&s);
    str_free(&deep);
#undef T
}

static void test_flipped_bytes(void **state) {
    (void)state;
    rng   r      = rng_seed(unit_seed("test_flipped_bytes"));
    str   s      = image(good, 29);
    int   n_good = 0, runs = 60000;
    char *q = mem_alloc(s.len);
    for (int i = 0; i < runs; i++) {
        err   e = {0};
        void *block;
        memcpy(q, s.p, s.len);
        for (int k = rng_range(&r, 1, 3); k > 0; k--) {
            size_t at = (size_t)rng_below(&r, s.len);
            q[at]     = (char)(rng_below(&r, 3) ? rng_below(&r, 256) : (uint64_t) "{}[]\"09,:\\"[rng_below(&r, 10)]);
        }
        st_file *f = open_exact(q, s.len, &e, &block);
        if (f) {
            touch_all(f);
            n_good++;
            st_close(f);
        } else {
            assert_true(strlen(e.msg) > 10 && !strchr(e.msg, '\n'));
        }
        free(block);
    }
    assert_in_range(n_good, runs / 100, runs / 2);
    mem_free(q);
    str_free(&s);
}

/* --- writer --- */

static void test_round_trip(void **state) {
    const char        *dir = *state;
    char               path[512];
    err                e       = {0};
    rng                r       = rng_seed(unit_seed("test_round_trip"));
    static const dtype types[] = {DT_F32, DT_F64, DT_F16, DT_BF16, DT_I8, DT_I16, DT_I32, DT_I64, DT_F8_E4M3};
    enum { N = 200 };
    char  *data[N], name[64];
    size_t bytes[N];
    snprintf(path, sizeof path, "%s/trip.safetensors", dir);
    st_writer *w = st_create(path, &e);
    if (!w) fail_msg("%s", e.msg);
    st_meta(w, "format", "pt");
    st_meta(w, "quoted \"key\"\n", "\xce\xbb \"x\" \\ \x01");
    for (int i = 0; i < N; i++) {
        int64_t ne[4], count = 1;
        int     nd = rng_range(&r, 0, 4);
        dtype   t  = types[rng_below(&r, 9)];
        for (int k = 0; k < nd; k++) count *= ne[k] = rng_range(&r, i % 20 == 0 ? 0 : 1, 5);
        bytes[i] = (size_t)count * (size_t)dtype_block_bytes(t);
        data[i]  = mem_alloc(bytes[i] + 1);
        for (size_t k = 0; k < bytes[i]; k++) data[i][k] = (char)rng_below(&r, 255);
        snprintf(name, sizeof name, "model.layers.%d.\"weight\"\xc3\xa9", i);
        st_declare(w, name, t, nd, ne);
    }
    if (!st_begin(w, &e)) fail_msg("%s", e.msg);
    for (int i = 0; i < N; i++)
        if (!st_put(w, data[i], bytes[i], &e)) fail_msg("%s", e.msg);
    if (!st_finish(w, &e)) fail_msg("%s", e.msg);
    st_file *f = st_open(path, &e);
    if (!f) fail_msg("%s", e.msg);
    assert_int_equal(st_count(f), N);
    assert_string_equal(st_metadata(f, "quoted \"key\"\n"), "\xce\xbb \"x\" \\ \x01");
    for (int i = 0; i < N; i++) {
        snprintf(name, sizeof name, "model.layers.%d.\"weight\"\xc3\xa9", i);
        const st_tensor *t = st_find(f, name);
        assert_true(t && t->bytes == bytes[i]);
        assert_memory_equal(t->data, data[i], bytes[i]);
        mem_free(data[i]);
    }
    st_close(f);
    assert_true(fs_remove(path, &e));
}

static void write_one(const char *path, const char *name, float v) {
    err        e = {0};
    st_writer *w = st_create(path, &e);
    assert_non_null(w);
    st_declare(w, name, DT_F32, 1, (int64_t[]){1});
    assert_true(st_begin(w, &e) && st_put(w, &v, 4, &e) && st_finish(w, &e));
}

static void test_shards(void **state) {
    const char *dir = *state;
    char        a[512], b[512], index[512];
    err         e = {0};
    snprintf(a, sizeof a, "%s/model-00001-of-00002.safetensors", dir);
    snprintf(b, sizeof b, "%s/model-00002-of-00002.safetensors", dir);
    snprintf(index, sizeof index, "%s/model.safetensors.index.json", dir);
    write_one(a, "x", 1);
    write_one(b, "y", 2);
    static const struct {
        const char *json, *word; /* word NULL: good */
    } cases[] = {
        {"{\"weight_map\":{\"x\":\"model-00001-of-00002.safetensors\",\"y\":\"model-00002-of-00002.safetensors\"}}",
         NULL},
        {"{\"weight_map\":{\"x\":\"model-00001-of-00002.safetensors\",\"z\":\"model-00002-of-00002.safetensors\"}}",
         "tensor z: expected in model-00002"},
        {"{\"weight_map\":{\"x\":\"../model.safetensors\"}}", "plain name"},
        {"{\"weight_map\":{\"x\":\"/etc/passwd\"}}", "plain name"},
        {"{\"weight_map\":{\"x\":7}}", "plain name"},
        {"{\"weight_map\":{\"x\":\"model-00003.safetensors\"}}", "model-00003.safetensors"},
        {"{\"weight_map\":[]}", "weight_map"},
        {"[]", "weight_map"},
        {"{", "not valid JSON"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(fs_write(index, cases[i].json, strlen(cases[i].json), &e));
        for (int k = 0; k < 2; k++) { /* through the folder and through the index itself */
            st_file *f = st_open(k ? index : dir, &e);
            if (cases[i].word) {
                assert_null(f);
                if (!strstr(e.msg, cases[i].word)) fail_msg("expected \"%s\" in: %s", cases[i].word, e.msg);
                continue;
            }
            if (!f) fail_msg("%s", e.msg);
            assert_int_equal(st_count(f), 2);
            assert_true(*(const float *)st_find(f, "x")->data == 1 && *(const float *)st_find(f, "y")->data == 2);
            st_close(f);
        }
    }
    write_one(b, "x", 2); /* the same tensor in two shards */
    assert_true(fs_write(index, cases[0].json, strlen(cases[0].json), &e));
    assert_null(st_open(dir, &e));
    assert_non_null(strstr(e.msg, "tensor x is in two files"));
    assert_true(fs_remove(a, &e) && fs_remove(b, &e) && fs_remove(index, &e));
    assert_null(st_open(dir, &e)); /* neither index nor model.safetensors */
    assert_non_null(strstr(e.msg, "model.safetensors"));
}

static void test_writer_mistakes_lose_nothing(void **state) {
    const char *dir = *state;
    char        path[512], tmp[520];
    err         e    = {0};
    float       v[4] = {0};
    size_t      n;
    snprintf(path, sizeof path, "%s/keep.safetensors", dir);
    snprintf(tmp, sizeof tmp, "%s.tmp", path);
    assert_true(fs_write(path, "old", 3, &e));
    static const char *words[] = {"given twice", "declared twice",    "cannot hold",  "cannot hold",
                                  "not a name",  "expected 16 bytes", "more tensors", "0 of 1 tensors"};
    for (int kind = 0; kind < 8; kind++) {
        st_writer *w = st_create(path, &e);
        assert_non_null(w);
        st_meta(w, "k", "1");
        if (kind == 0) st_meta(w, "k", "2");
        st_declare(w, "t", DT_F32, 1, (int64_t[]){4});
        if (kind == 1) st_declare(w, "t", DT_F32, 1, (int64_t[]){4});
        if (kind == 2) st_declare(w, "q", DT_Q8_0, 1, (int64_t[]){32});
        if (kind == 3) st_declare(w, "big", DT_F32, 2, (int64_t[]){INT64_MAX, 2});
        if (kind == 4) st_declare(w, "__metadata__", DT_F32, 1, (int64_t[]){1});
        assert_int_equal(st_begin(w, &e), kind > 4);
        if (kind == 5) assert_false(st_put(w, v, 15, &e));
        if (kind == 6) assert_true(st_put(w, v, 16, &e) && !st_put(w, v, 16, &e));
        if (kind == 7) assert_false(st_finish(w, &e));
        else st_abort(w);
        if (!strstr(e.msg, words[kind])) fail_msg("kind %d: expected %s in %s", kind, words[kind], e.msg);
        char *old = fs_read(path, 100, &n, &e);
        assert_true(old && n == 3 && memcmp(old, "old", 3) == 0);
        mem_free(old);
        assert_false(fs_exists(tmp));
    }
    assert_true(fs_remove(path, &e));
}

/* --- golden files --- */

static void test_opens_golden_files(void **state) {
    const char *dir = *state, *shared = getenv("R1_SHARED");
    if (!shared || !*shared) shared = "../shared";
    static const char *names[]  = {"v3-yarn", "v3-plain"};
    static const int   counts[] = {135, 109};
    if (!fs_is_dir(shared)) {
        printf("skipped: golden safetensors, no ../shared and no R1_SHARED\n");
        skip();
    }
    for (int i = 0; i < 2; i++) {
        char path[512], copy[512];
        err  e = {0};
        snprintf(path, sizeof path, "%s/golden/deepseek-v3/%s", shared, names[i]);
        st_file *f = st_open(path, &e);
        if (!f) fail_msg("%s", e.msg);
        assert_int_equal(st_count(f), counts[i]);
        assert_string_equal(st_metadata(f, "format"), "pt");
        const st_tensor *t = st_find(f, "model.layers.3.eh_proj.weight");
        assert_true(t && t->nd == 2 && t->ne[0] == 96 && t->ne[1] == 192);
        touch_all(f);
        /* Written again it holds the same tensors and the same data, byte for byte. */
        snprintf(copy, sizeof copy, "%s/copy.safetensors", dir);
        st_writer *w = st_create(copy, &e);
        assert_non_null(w);
        for (int k = 0; k < st_count(f); k++)
            st_declare(w, st_at(f, k)->name, st_at(f, k)->type, st_at(f, k)->nd, st_at(f, k)->ne);
        assert_true(st_begin(w, &e));
        for (int k = 0; k < st_count(f); k++) assert_true(st_put(w, st_at(f, k)->data, st_at(f, k)->bytes, &e));
        assert_true(st_finish(w, &e));
        st_file *g = st_open(copy, &e);
        if (!g) fail_msg("%s", e.msg);
        for (int k = 0; k < st_count(f); k++) {
            assert_string_equal(st_at(g, k)->name, st_at(f, k)->name);
            assert_memory_equal(st_at(g, k)->data, st_at(f, k)->data, st_at(f, k)->bytes);
        }
        st_close(g);
        st_close(f);
        assert_true(fs_remove(copy, &e));
    }
}

static int setup(void **state) {
    static char dir[256];
    *state = unit_tmpdir(dir, sizeof dir);
    return *state ? 0 : -1;
}

static int teardown(void **state) { return fs_remove(*state, NULL) ? 0 : -1; }

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_is_there),
        cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_bad_headers),
        cmocka_unit_test(test_flipped_bytes),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_shards),
        cmocka_unit_test(test_writer_mistakes_lose_nothing),
        cmocka_unit_test(test_opens_golden_files),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
