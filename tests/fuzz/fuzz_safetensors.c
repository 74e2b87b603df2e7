/* fuzz_safetensors.c -- any bytes as a safetensors file: refused, or its tensors tile the data exactly. */
#include <stdlib.h>
#include <string.h>

#include "format/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static volatile uint64_t sink;

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    err      e = {0};
    st_file *f = st_open_mem(p, n, "fuzz.safetensors", &e);
    if (!f) {
        if (!*e.msg || strchr(e.msg, '\n')) abort();
        return 0;
    }
    const uint8_t *end = NULL;
    for (int i = 0; i < st_count(f); i++) {
        const st_tensor *t = st_at(f, i);
        if (st_find(f, t->name) != t || (end && t->data != end)) abort();
        for (size_t k = 0; k < t->bytes; k++) sink += ((const uint8_t *)t->data)[k];
        end = (const uint8_t *)t->data + t->bytes;
    }
    if (end && end != p + n) abort();
    const char *m = st_metadata(f, "format");
    if (m) sink += strlen(m);
    st_close(f);
    return 0;
}
