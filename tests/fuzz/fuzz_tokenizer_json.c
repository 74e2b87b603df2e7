/* fuzz_tokenizer_json -- any bytes as a tokenizer.json: refused with one line, or a tokenizer that encodes and decodes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/tokenizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    static const char text[] = "Hello  w\xc3\xb6rld 123\r\n \xff<s>e\xcc\x81 \xe4\xb8\xad\xe3\x83\xbb 'll";
    err               e      = {0};
    tokenizer        *t      = tok_from_json("fuzz", (const char *)p, n, &e);
    if (!t) {
        if (!e.msg[0] || strchr(e.msg, '\n')) abort();
        return 0;
    }
    ids    v = {0};
    str    s = {0};
    size_t m;
    tok_encode(t, text, sizeof text - 1, TOK_SPECIAL, &v);
    tok_encode(t, (const char *)p, n < 4096 ? n : 4096, TOK_PLAIN, &v);
    tok_decode(t, v.p, v.n, &s);
    for (int i = 0; i < v.n; i++)
        if (v.p[i] < 0 || v.p[i] >= tok_size(t)) abort();
    char      *j = tok_to_json(t, &m); /* what was accepted can be written and is accepted again */
    tokenizer *u = tok_from_json("fuzz again", j, m, &e);
    if (!u) abort();
    tok_free(u);
    tok_tables(t);
    mem_free(j);
    str_free(&s);
    ids_free(&v);
    tok_free(t);
    return 0;
}
