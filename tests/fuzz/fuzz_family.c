/* fuzz_family.c -- rows of every family and level, and rows gone bad: made, written, read and checked. The bytes of the
 * input decide which row; what is made must pass, and one changed byte of it must be judged, with a reason if refused.
 *   R1_FUZZ_RUNS=128000 build/asan/fuzz/fuzz_family tests/fuzz/corpus/family      200 rows of each, some minutes */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void spoil(str *s, rng *r) {
    static const char with[] = "0123456789+-*/=.,:;()\n x\x80";
    if (s->len) s->p[rng_below(r, s->len)] = with[rng_below(r, sizeof with - 1)];
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n) {
    rng           r     = rng_seed(hash_bytes(in, n));
    const family *f     = family_at((int)rng_below(&r, (uint64_t)family_count()));
    int           level = rng_range(&r, 1, f->levels);
    problem       p = {0}, q = {0};
    str           line          = {0};
    char          why[ROWS_WHY] = "";
    family_make(f, SPLIT_TRAIN, rng_u64(&r), rng_u64(&r), level, &p);
    rows_write(&line, &p);
    bool runs = !strcmp(f->field, "programming"); /* checked by an executor, which no sanitizer likes */
    if (!rows_read(line.p, line.len, &q, why) || (!runs && !rows_verify(&q, why))) {
        fprintf(stderr, "%s level %d: %s\n%s", f->name, level, why, line.p);
        abort();
    }
    if (!runs) {
        str *const part[] = {&p.question, &p.reasoning, &p.answer, &p.truth};
        spoil(part[rng_below(&r, 4)], &r);
        why[0] = 0;
        if (!rows_verify(&p, why) && !why[0]) abort();
    }
    str_free(&line);
    problem_free(&p);
    problem_free(&q);
    return 0;
}
