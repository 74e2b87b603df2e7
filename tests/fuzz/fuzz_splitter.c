/* fuzz_splitter -- any bytes through the <think> splitter: no byte appears that was not there, and where the chunks end
 * does not matter. The first byte chooses the chunk size and the starting part. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "text/chat.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void on_part(void *ctx, split_part part, const char *p, size_t n) { str_addn(&((str *)ctx)[part], p, n); }

static void split(const char *p, size_t n, bool in_think, size_t step, str out[2]) {
    splitter s;
    split_init(&s, in_think);
    for (size_t at = 0; at < n; at += step) split_feed(&s, p + at, n - at < step ? n - at : step, on_part, out);
    split_end(&s, on_part, out);
    if (s.n_hold != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    if (n < 1) return 0;
    bool   in   = p[0] & 1;
    size_t step = 1 + (p[0] >> 1) % 11;
    str    a[2] = {{0}, {0}}, b[2] = {{0}, {0}};
    split((const char *)p + 1, n - 1, in, n, a);
    split((const char *)p + 1, n - 1, in, step, b);
    if (a[0].len + a[1].len > n - 1) abort();
    for (int k = 0; k < 2; k++) {
        if (a[k].len != b[k].len || (a[k].len && memcmp(a[k].p, b[k].p, a[k].len) != 0)) abort();
        str_free(&a[k]);
        str_free(&b[k]);
    }
    return 0;
}
