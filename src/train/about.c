#include "train/about.h"

#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/par.h"
#include "data/texts.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"

/* "model name : ..." of the first processor. */
static void cpu_name(char *out, size_t cap) {
    char  line[256];
    FILE *f = fopen("/proc/cpuinfo", "r");
    snprintf(out, cap, "unknown");
    while (f && fgets(line, sizeof line, f)) {
        char *colon = strchr(line, ':');
        if (!colon || strncmp(line, "model name", 10) != 0) continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(out, cap, "%s", colon + 1 + (colon[1] == ' '));
        break;
    }
    if (f) fclose(f);
}

static json_t *machine_json(void) {
    char           cpu[200], system[200] = "unknown";
    struct utsname u;
    cpu_name(cpu, sizeof cpu);
    if (uname(&u) == 0) snprintf(system, sizeof system, "%.60s %.60s %.60s", u.sysname, u.release, u.machine);
    double memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    return json_pack("{s:s,s:i,s:i,s:s,s:s,s:f,s:s}", "cpu", cpu, "cores", (int)sysconf(_SC_NPROCESSORS_ONLN),
                     "threads", par_threads(), "kernels", K->name, "instructions", kern_cpu(), "memory", memory,
                     "system", system);
}

static json_t *versions_json(void) {
    char blas[32];
    gemm_version(blas);
    return json_pack("{s:s,s:s,s:s,s:s}", "compiler", __VERSION__, "oneDNN", blas, "jansson", jansson_version_str(),
                     "glibc", gnu_get_libc_version());
}

static bool is_there(const source *s) { return s->weight > 0 && (s->family || texts_size(s->text) >= 0); }

/* [{"name", "share", "kind"}]: what the loader draws, a family or a file each. */
static json_t *mix_json(const recipe_mix *mix) {
    json_t *out = json_array();
    double  sum = 0;
    for (int i = 0; i < mix->n; i++)
        if (is_there(&mix->src[i])) sum += mix->src[i].weight;
    for (int i = 0; i < mix->n; i++) {
        const source *x    = &mix->src[i];
        const family *f    = x->family ? family_find(x->family) : NULL;
        const char   *base = x->text ? strrchr(x->text, '/') : NULL;
        if (!is_there(x)) continue;
        json_array_append_new(out, json_pack("{s:s,s:f,s:s}", "name",
                                             f      ? f->name
                                             : base ? base + 1
                                                    : x->text,
                                             "share", x->weight / sum, "kind", f ? f->field : "real text"));
    }
    return out;
}

static json_t *stage_json(const about_stage *a) {
    const recipe_stage *o = a->o;
    cfg_params          n = cfg_count(model_cfg(a->m));
    json_t             *j = json_object();
    json_object_set_new(j, "parameters", json_integer(n.total));
    json_object_set_new(j, "active", json_integer(n.active));
    json_object_set_new(j, "steps", json_integer(o->sched.steps));
    json_object_set_new(j, "batch_tokens", json_integer(o->batch_tokens));
    json_object_set_new(j, "optimizer", json_string(o->muon ? "muon" : "adamw"));
    json_object_set_new(j, "dtype", json_string(o->bf16 ? "bf16" : "f32"));
    if (o->qat) json_object_set_new(j, "qat_from", json_real((double)o->qat_from));
    json_object_set_new(j, "peak", json_real(a->peak));
    json_object_set_new(j, "mix_name", json_string(a->mix->name));
    json_object_set_new(j, "mix", mix_json(a->mix));
    return j;
}

bool about_put(const char *path, const about_stage *a, err *e) {
    err     none;
    json_t *o = fs_exists(path) ? json_load_path(path, 16 << 20, &none) : NULL, *stages;
    if (!json_is_object(o)) {
        json_decref(o);
        o = json_object();
    }
    json_object_set_new(o, "machine", machine_json());
    json_object_set_new(o, "versions", versions_json());
    stages = json_object_get(o, "stages");
    if (!json_is_object(stages)) {
        json_object_set_new(o, "stages", json_object());
        stages = json_object_get(o, "stages");
    }
    json_object_set_new(stages, a->stage, stage_json(a));
    char *text = json_dumps(o, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    bool  ok   = text && fs_write(path, text, strlen(text), e);
    free(text); /* jansson's, from malloc */
    json_decref(o);
    return ok;
}
