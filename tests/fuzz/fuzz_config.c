/* fuzz_config.c -- any bytes as config.json: refused, or a configuration that counts and survives being written. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "model/cfg.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    err     e = {0};
    cfg     a, b;
    json_t *j = json_load_mem("config.json", (const char *)p, n, &e);
    if (j && cfg_from_json(j, &a, &e)) {
        cfg_params c = cfg_count(&a);
        if (c.total <= 0 || c.active <= 0 || c.active > c.total || c.mtp < 0) abort();
        json_t *k = cfg_to_json(&a);
        if (!cfg_from_json(k, &b, &e)) abort();
        cfg_params d = cfg_count(&b);
        if (memcmp(&c, &d, sizeof c) != 0 || a.head_dim != b.head_dim || a.yarn != b.yarn) abort();
        if (memcmp(&a.rms_norm_eps, &b.rms_norm_eps, sizeof(float)) != 0) abort();
        json_decref(k);
    } else if (!*e.msg || strchr(e.msg, '\n')) {
        abort();
    }
    json_decref(j);
    return 0;
}
