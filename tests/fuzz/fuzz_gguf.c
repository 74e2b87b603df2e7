/* fuzz_gguf.c -- any bytes as a GGUF file: refused, or everything in it can be read, its configuration too. */
#include <stdlib.h>
#include <string.h>

#include "format/gguf.h"
#include "model/cfg.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static volatile uint64_t sink; /* what was read counts as used */

static void read_keys(const gguf *g) {
    for (int i = 0; i < gguf_key_count(g); i++) {
        gguf_type   t;
        size_t      len = 0;
        int64_t     x   = 0;
        uint32_t    u   = 0;
        float       f   = 0;
        bool        b   = false;
        gguf_arr    a   = {0};
        const char *key = gguf_key_at(g, i, &t), *s = gguf_str(g, key, &len);
        if (s && strlen(s) > len) abort();
        if (gguf_u32(g, key, &u) && (!gguf_i64(g, key, &x) || x != u)) abort();
        sink += gguf_f32(g, key, &f) + gguf_bool(g, key, &b) + (uint64_t)b;
        if (!gguf_array(g, key, &a)) continue;
        for (uint64_t k = 0; k < a.n && a.type == GGUF_STR; k++) {
            s = gguf_arr_str(g, key, k, &len);
            if (!s) abort();
            for (size_t c = 0; c < len; c++) sink += (unsigned char)s[c];
        }
        for (uint64_t k = 0; k < a.n && a.type == GGUF_I32; k++) {
            int32_t y;
            memcpy(&y, (const char *)a.data + 4 * k, 4);
            sink += (uint64_t)y;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    err   e = {0};
    cfg   c;
    gguf *g = gguf_open_mem(p, n, "fuzz.gguf", &e);
    if (!g) {
        if (!*e.msg || strchr(e.msg, '\n')) abort();
        return 0;
    }
    read_keys(g);
    for (int i = 0; i < gguf_tensor_count(g); i++) {
        const gguf_tensor *t = gguf_tensor_at(g, i);
        if (gguf_find(g, t->name) != t) abort();
        for (size_t k = 0; k < t->bytes; k++) sink += ((const uint8_t *)t->data)[k];
    }
    if (cfg_from_gguf(g, &c, &e)) sink += (uint64_t)cfg_count(&c).total;
    gguf_close(g);
    return 0;
}
