#include "unit.h"

#include "base/json.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "text/tok_impl.h"

typedef struct pieces {
    str    text; /* every piece followed by a NUL */
    size_t n, bytes;
} pieces;

static void collect(void *ctx, const char *p, size_t n) {
    pieces *v = ctx;
    if (n == 0) fail_msg("an empty piece");
    str_addn(&v->text, p, n);
    str_addc(&v->text, '\0');
    v->n++;
    v->bytes += n;
}

static presplit *from_text(const char *json, const uclass *u, int fast) {
    err       e = {0};
    json_t   *j = json_load_mem("spec", json, strlen(json), &e);
    presplit *s = j ? presplit_new(j, u, fast, &e) : NULL;
    if (!s) fail_msg("%s", e.msg);
    json_decref(j);
    return s;
}

static void run(const presplit *s, presplit_work *w, const char *p, size_t n, pieces *out) {
    str_clear(&out->text);
    out->n = out->bytes = 0;
    presplit_run(s, w, p, n, collect, out);
}

/* Cases worth meeting: the ends of runs, line ends in white space, contractions, both kinds of S, gaps. PCRE2 10.42
 * knows Unicode 14, so code points assigned later are left out. */
static const uint32_t pick[] = {
    ' ',    ' ',    ' ', '\n',   '\r',   '\t', 0x0b,   0x85,   0xa0,  0x2028,  0x3000,  0x180e, '\'',   '\'',   's',
    'S',    't',    'r', 'e',    'v',    'L',  'l',    'm',    'D',   0x17f,   'x',     '1',    '2',    0x661,  0xbd,
    0x2167, '.',    '-', '_',    '$',    '+',  0x20ac, 0xff1f, 0x301, 0x903,   0x4e2d,  0x9fa5, 0x9fa6, 0x3042, 0x30fb,
    0x3040, 0x3097, 0x1, 0x200b, 0xe000, 0xad, 0x378,  0x1c5,  0xaa,  0x1f600, 0x1d7d8, 0x2b0,  0x3007};

static void random_text(rng *r, str *s) {
    str_clear(s);
    for (int i = rng_range(r, 0, 40); i > 0; i--) {
        char     c[4];
        uint32_t cp = pick[rng_below(r, sizeof pick / sizeof *pick)];
        str_addn(s, c, (size_t)utf8_encode(cp, c));
        while (rng_below(r, 3) == 0) str_addn(s, c, (size_t)utf8_encode(cp, c));
    }
}

static void compare(const char *preset, fastsplit_kind kind) {
    const tok_preset *x = tok_preset_find(preset);
    rng               r = rng_seed(unit_seed(preset));
    uclass           *u = uclass_new();
    assert_non_null(x);
    presplit      *fast = from_text(x->pre, u, PRESPLIT_FAST), *pcre = from_text(x->pre, u, PRESPLIT_PCRE);
    presplit_work *w = presplit_work_new();
    pieces         a = {0}, b = {0};
    str            s = {0};
    assert_int_equal(presplit_kind(fast), kind);
    assert_int_equal(presplit_kind(pcre), FASTSPLIT_NONE);
    for (int round = 0; round < 30000; round++) {
        random_text(&r, &s);
        run(fast, w, s.p ? s.p : "", s.len, &a);
        run(pcre, w, s.p ? s.p : "", s.len, &b);
        assert_int_equal(a.bytes, s.len);
        if (a.n != b.n || memcmp(a.text.p, b.text.p, a.text.len) != 0) {
            for (size_t i = 0; i < s.len; i++) printf("%02x ", (unsigned char)s.p[i]);
            fail_msg("round %d: %zu pieces by hand, %zu by PCRE2", round, a.n, b.n);
        }
    }
    str_free(&s), str_free(&a.text), str_free(&b.text);
    presplit_work_free(w);
    presplit_free(fast), presplit_free(pcre);
    uclass_free(u);
}

static void test_gpt2_by_hand_and_by_pcre(void **state) { (void)state, compare("gpt-2", FASTSPLIT_GPT2); }
static void test_qwen2_by_hand_and_by_pcre(void **state) { (void)state, compare("qwen2", FASTSPLIT_QWEN2); }
static void test_llama3_by_hand_and_by_pcre(void **state) { (void)state, compare("llama-bpe", FASTSPLIT_LLAMA3); }
static void test_deepseek_by_hand_and_by_pcre(void **state) {
    (void)state, compare("deepseek-v3", FASTSPLIT_DEEPSEEK3);
}

/* What the Rust reference makes of these steps; pieces are shown with '|' behind each. */
#define BYTES "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":false}"
#define SEQ(step) "{\"type\":\"Sequence\",\"pretokenizers\":[" step "," BYTES "]}"
#define SPLIT(pat, how, inv) SEQ("{\"type\":\"Split\",\"pattern\":" pat ",\"behavior\":\"" how "\",\"invert\":" inv "}")
#define DASH "{\"Regex\":\"-\"}"

static void test_steps_as_the_reference(void **state) {
    (void)state;
    static const char dashes[] = "-the-final--countdown-";
    static const struct {
        const char *spec, *text, *want;
    } rows[] = {
        {SPLIT(DASH, "Isolated", "false"), dashes, "-|the|-|final|-|-|countdown|-|"},
        {SPLIT(DASH, "Isolated", "true"), dashes, "-|the|-|final|-|-|countdown|-|"},
        {SPLIT(DASH, "Removed", "false"), dashes, "the|final|countdown|"},
        {SPLIT(DASH, "Removed", "true"), dashes, "-|-|-|-|-|"},
        {SPLIT(DASH, "Contiguous", "false"), dashes, "-|the|-|final|--|countdown|-|"},
        {SPLIT(DASH, "Contiguous", "true"), dashes, "-|the|-|final|--|countdown|-|"},
        {SPLIT(DASH, "MergedWithPrevious", "false"), dashes, "-|the-|final-|-|countdown-|"},
        {SPLIT(DASH, "MergedWithPrevious", "true"), dashes, "-the|-final|-|-countdown|-|"},
        {SPLIT(DASH, "MergedWithNext", "false"), dashes, "-the|-final|-|-countdown|-|"},
        {SPLIT(DASH, "MergedWithNext", "true"), dashes, "-|the-|final-|-|countdown-|"},
        {SPLIT("{\"Regex\":\"x*\"}", "Isolated", "false"), "axxb\xc3\xa9", "a|xx|b|\xc3\xa9|"},
        {SPLIT("{\"String\":\"ab\"}", "Isolated", "false"), "abcababx", "ab|c|ab|ab|x|"},
        {SPLIT("{\"Regex\":\"[\\\\s,]+\"}", "Removed", "false"),
         "a, b\xe1\xa0\x8e"
         "c",
         "a|b\xe1\xa0\x8e"
         "c|"},
        {SEQ("{\"type\":\"Digits\",\"individual_digits\":true}"),
         "ab12 \xc2\xb2"
         "3c\xd9\xa3x",
         "ab|1|2| |\xc2\xb2|3|c|\xd9\xa3|x|"},
        {SEQ("{\"type\":\"Digits\",\"individual_digits\":false}"),
         "ab12 \xc2\xb2"
         "3c\xd9\xa3x",
         "ab|12| |\xc2\xb2"
         "3|c|\xd9\xa3|x|"},
        {"{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"use_regex\":true}", "Hello there's 12 x",
         " Hello| there|'s| 12| x|"},
        {"{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Digits\",\"individual_digits\":true},{\"type\":"
         "\"ByteLevel\","
         "\"add_prefix_space\":true}]}",
         "Hi 42 x", " Hi| | 4| 2| x|"},
        {BYTES, "", ""},
    };
    uclass        *u = uclass_new();
    presplit_work *w = presplit_work_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pieces    v = {0};
        presplit *s = from_text(rows[i].spec, u, PRESPLIT_FAST);
        run(s, w, rows[i].text, strlen(rows[i].text), &v);
        for (size_t k = 0; k < v.text.len; k++)
            if (!v.text.p[k]) v.text.p[k] = '|';
        assert_string_equal(v.text.p, rows[i].want);
        str_free(&v.text);
        presplit_free(s);
    }
    presplit_work_free(w);
    uclass_free(u);
}

/* PCRE2 on a megabyte that is one piece, and on one that it has to give back step by step. */
static void test_long_texts_through_pcre(void **state) {
    (void)state;
    static const char *const unit[] = {"a", " ", "ab1 ", ".", "\n "};
    uclass                  *u      = uclass_new();
    presplit                *s      = from_text(tok_preset_find("qwen2")->pre, u, PRESPLIT_PCRE);
    presplit                *f      = from_text(tok_preset_find("qwen2")->pre, u, PRESPLIT_FAST);
    presplit_work           *w      = presplit_work_new();
    for (size_t i = 0; i < sizeof unit / sizeof *unit; i++) {
        str    t = {0};
        pieces a = {0}, b = {0};
        while (t.len < 1u << 20) str_add(&t, unit[i]);
        run(s, w, t.p, t.len, &a);
        run(f, w, t.p, t.len, &b);
        assert_int_equal(a.bytes, t.len);
        assert_int_equal(a.n, b.n);
        str_free(&t), str_free(&a.text), str_free(&b.text);
    }
    presplit_work_free(w);
    presplit_free(s), presplit_free(f);
    uclass_free(u);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gpt2_by_hand_and_by_pcre),   cmocka_unit_test(test_qwen2_by_hand_and_by_pcre),
        cmocka_unit_test(test_llama3_by_hand_and_by_pcre), cmocka_unit_test(test_deepseek_by_hand_and_by_pcre),
        cmocka_unit_test(test_steps_as_the_reference),     cmocka_unit_test(test_long_texts_through_pcre),
    };
    return cmocka_run_group_tests_name("presplit", tests, NULL, NULL);
}
