/* The file is read to a list of (section, key, value, place) first, after the entries of the one that it is `like`;
 * --set pairs are appended to it; then the list is applied in order, so that one piece of code judges all. `config` of
 * [model] goes before the rest, wherever it stands. Mix sections are kept apart: their keys are names of families, not
 * rows of the table. */
#include "train/recipe.h"

#include <ini.h>
#include <inttypes.h>
#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/utf8.h"
#include "data/texts.h"
#include "train/recipe_key.h"

typedef struct entry {
    char *section, *key, *value;
    char *dir;                     /* what a path in it is relative to */
    char  place[RECIPE_PATH + 16]; /* "file:12" or "--set" */
    bool  from_set;
} entry;

enum { LIKE_DEPTH = 4 };

typedef struct reading {
    const char *what, *p, *dir;
    size_t      n, at;
    int         line;
    bool        too_long;
    entry      *e;
    int         n_e, cap;
    err        *error;
    bool        failed;
} reading;

static void add_entry(reading *rd, const char *section, size_t n_section, const char *key, const char *value,
                      bool from_set) {
    if (rd->n_e == rd->cap) {
        rd->cap = rd->cap ? rd->cap * 2 : 64;
        rd->e   = mem_realloc(rd->e, (size_t)rd->cap * sizeof *rd->e);
    }
    entry *x = &rd->e[rd->n_e++];
    str    s = {0};
    str_addn(&s, section, n_section);
    x->section  = str_take(&s);
    x->key      = mem_strdup(key);
    x->value    = mem_strdup(value);
    x->dir      = mem_strdup(rd->dir);
    x->from_set = from_set;
    if (from_set) snprintf(x->place, sizeof x->place, "--set %s.%s", x->section, key);
    else snprintf(x->place, sizeof x->place, "%s:%d", rd->what, rd->line);
}

static void free_entries(reading *rd) {
    for (int i = 0; i < rd->n_e; i++) {
        mem_free(rd->e[i].section);
        mem_free(rd->e[i].key);
        mem_free(rd->e[i].value);
        mem_free(rd->e[i].dir);
    }
    mem_free(rd->e);
}

/* One line for inih. Leading blanks go away: to inih they would mean "the value of the line before goes on". */
static char *next_line(char *buf, int cap, void *stream) {
    reading *rd = stream;
    if (rd->at >= rd->n || rd->too_long) return NULL;
    const char *p   = rd->p + rd->at;
    const char *nl  = memchr(p, '\n', rd->n - rd->at);
    size_t      len = nl ? (size_t)(nl - p) + 1 : rd->n - rd->at;
    rd->at += len;
    rd->line++;
    while (len && (*p == ' ' || *p == '\t')) p++, len--;
    if (len >= (size_t)cap) {
        rd->too_long = true;
        return NULL;
    }
    memcpy(buf, p, len);
    buf[len] = '\0';
    return buf;
}

static int on_pair(void *user, const char *section, const char *name, const char *value) {
    reading *rd = user;
    for (int i = 0; i < rd->n_e && !rd->failed; i++) {
        bool text = !strcmp(name, "text") || !strcmp(name, "text?") || !strcmp(name, "manifest"); /* may be several */
        if (!text && !strcmp(rd->e[i].section, section) && !strcmp(rd->e[i].key, name)) {
            err_set(rd->error, "%s:%d: [%s] %s stands here a second time (first at %s)", rd->what, rd->line, section,
                    name, rd->e[i].place);
            rd->failed = true;
        }
    }
    if (!rd->failed) add_entry(rd, section, strlen(section), name, value, false);
    return !rd->failed;
}

static bool read_pairs(reading *rd, err *e) {
    size_t bad = 0;
    rd->error  = e;
    if (memchr(rd->p, '\0', rd->n) || !utf8_valid(rd->p, rd->n, &bad))
        return err_set(e, "%s: not a text file (byte %zu)", rd->what, bad);
    int rc = ini_parse_stream(next_line, rd, on_pair, rd);
    if (rd->failed) return false;
    if (rd->too_long) return err_set(e, "%s:%d: line too long", rd->what, rd->line);
    if (rc > 0) return err_set(e, "%s:%d: expected [section], key = value or a comment", rd->what, rc);
    if (rc < 0) return err_set(e, "%s: cannot be read", rd->what);
    return true;
}

/* "pretrain.lr=1e-3", "mix.base.linear=2 levels 1", "model.rope_scaling.factor=4" */
static bool read_set(reading *rd, const char *set, err *e) {
    const char *eq  = strchr(set, '=');
    const char *dot = strchr(set, '.');
    if (eq && dot && dot < eq && str_starts(set, "mix.")) dot = strchr(dot + 1, '.');
    if (!eq || !dot || dot > eq || dot + 1 == eq || dot == set)
        return err_set(e, "--set %.80s: expected section.key=value", set);
    str key = {0}, value = {0};
    str_addn(&key, dot + 1, (size_t)(eq - dot - 1));
    str_add(&value, eq + 1);
    add_entry(rd, set, (size_t)(dot - set), key.p, value.p, true);
    str_free(&key);
    str_free(&value);
    return true;
}

/* ---- mixes ---- */
const recipe_mix *recipe_find_mix(const recipe *r, const char *name) {
    for (int i = 0; i < r->n_mix; i++)
        if (!strcmp(r->mix[i].name, name)) return &r->mix[i];
    return NULL;
}

static recipe_mix *mix_of(recipe *r, const char *name) {
    for (int i = 0; i < r->n_mix; i++)
        if (!strcmp(r->mix[i].name, name)) return &r->mix[i];
    r->mix        = mem_realloc(r->mix, (size_t)(r->n_mix + 1) * sizeof *r->mix);
    recipe_mix *m = &r->mix[r->n_mix++];
    memset(m, 0, sizeof *m);
    snprintf(m->name, sizeof m->name, "%s", name);
    return m;
}

/* The next blank-separated word of *p into buf; false at the end. */
static bool word(const char **p, char *buf, size_t cap) {
    while (**p == ' ' || **p == '\t') (*p)++;
    size_t n = strcspn(*p, " \t");
    if (!n) return false;
    snprintf(buf, cap, "%.*s", (int)(n < cap ? n : cap - 1), *p);
    *p += n;
    return true;
}

static bool parse_levels(const family *f, const char *p, source *s, err *e) {
    char w[64];
    for (int i = 1; i <= f->levels; i++) s->level_weight[i] = 1;
    if (!word(&p, w, sizeof w)) return true;
    if (strcmp(w, "levels") != 0)
        return err_set(e, "%s: expected \"levels\" after the weight, found \"%s\"", f->name, w);
    for (int i = 1; i <= f->levels; i++) s->level_weight[i] = 0;
    int n = 0;
    while (word(&p, w, sizeof w)) {
        char     *colon  = strchr(w, ':');
        double    weight = 1;
        long long level  = 0;
        if (colon) *colon = '\0';
        if (!str_to_i64(w, &level) || level < 1 || level > f->levels)
            return err_set(e, "%s: expected a level in 1..%d, found \"%s\"", f->name, f->levels, w);
        if (colon && (!str_to_f64(colon + 1, &weight) || !(weight > 0 && weight <= 1e6)))
            return err_set(e, "%s: expected a weight in (0, 1e6] after level %lld, found \"%s\"", f->name, level,
                           colon + 1);
        s->level_weight[level] = weight;
        n++;
    }
    return n ? true : err_set(e, "%s: \"levels\" without a level", f->name);
}

static bool find_family(const char *name, const family **f, err *e) {
    const char *names[256], *near;
    if ((*f = family_find(name))) return true;
    int n = 0;
    for (; n < family_count() && n < 250; n++) names[n] = family_at(n)->name;
    names[n++] = "text";
    names[n++] = "manifest";
    names[n++] = "curriculum";
    near       = opt_nearest(name, names, n);
    return err_set(e, "unknown source \"%.40s\"%s%s%s", name, near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
}

static char *path_from(const char *dir, const char *p) {
    str path = {0};
    if (*p != '/' && *dir) str_addf(&path, "%s/", dir);
    str_add(&path, p);
    return str_take(&path);
}

/* "none", "schedule", "reward", "loss" or "loss 0.3" */
static bool set_curriculum(recipe_mix *m, const char *value, err *e) {
    static const char *const by[] = {"none", "loss", "schedule", "reward"};
    char                     w[32], bar[32];
    const char              *p = value;
    m->loss_good               = 0.3;
    if (!word(&p, w, sizeof w)) w[0] = '\0';
    bool more = word(&p, bar, sizeof bar);
    for (int i = 0; i < 4; i++)
        if (!strcmp(w, by[i]) && (!more || i == CURRICULUM_LOSS)) {
            m->curriculum = (curriculum_by)i;
            if (!more || (str_to_f64(bar, &m->loss_good) && m->loss_good > 0 && m->loss_good < 1e6)) return true;
        }
    return err_set(e, "curriculum: expected none, schedule, loss, loss NUMBER or reward, found \"%.60s\"", value);
}

static bool set_manifest(recipe_mix *m, const char *dir, const char *value, err *e) {
    char        w[64];
    double      weight;
    const char *p = value;
    if (m->n_manifest == MIX_MANIFESTS) return err_set(e, "more than %d manifests", MIX_MANIFESTS);
    if (!word(&p, w, sizeof w) || !str_to_f64(w, &weight) || !(weight >= 0 && weight <= 1e6))
        return err_set(e, "manifest: expected a weight in 0..1e6, found \"%.60s\"", value);
    while (*p == ' ' || *p == '\t') p++;
    if (!*p) return err_set(e, "manifest: expected WEIGHT PATH, found \"%.60s\"", value);
    char     *path = path_from(dir, p);
    manifest *x    = manifest_load(path, e);
    mem_free(path);
    if (!x) return false;
    m->manifest[m->n_manifest].m        = x;
    m->manifest[m->n_manifest].written  = mem_strdup(p);
    m->manifest[m->n_manifest++].weight = weight;
    return true;
}

static bool add_listed(recipe_mix *m, const source *s, const char *written, err *e) {
    for (int i = 0; s->family && i < m->n; i++)
        if (m->src[i].family && !strcmp(m->src[i].family, s->family)) return true;
    if (m->n == MIX_SOURCES) return err_set(e, "[mix.%s]: more than %d sources", m->name, MIX_SOURCES);
    m->optional[m->n] = written != NULL;
    m->written[m->n]  = written ? mem_strdup(written) : NULL;
    m->src[m->n]      = *s;
    if (s->text) m->src[m->n].text = mem_strdup(s->text);
    m->n++;
    return true;
}

/* A manifest's sources after those that have lines: each by its share of the manifest's weight. */
static bool add_manifest(recipe_mix *m, const manifest *x, double weight, err *e) {
    double sum = 0;
    bool   ok  = true;
    for (int i = 0; i < x->n; i++) sum += x->src[i].share;
    for (int i = 0; ok && i < x->n; i++) {
        const manifest_source *s = &x->src[i];
        double                 w = weight * s->share / sum;
        for (int k = 0; ok && k < s->n_fam; k++) {
            source one = {.family = s->fam[k]->name, .weight = w / s->n_fam};
            for (int l = 1; l <= s->fam[k]->levels && l <= LEVELS_MAX; l++) one.level_weight[l] = s->level[l];
            ok = add_listed(m, &one, NULL, e);
        }
        for (int k = 0; ok && k < s->n_path; k++) {
            source one = {.text   = s->path[k],
                          .weight = w / s->n_path,
                          .gsm8k  = s->kind == SOURCE_GSM8K,
                          .filter = 1 + (int)s->language};
            ok         = add_listed(m, &one, s->name, e);
        }
    }
    return ok;
}

static bool set_source(recipe *r, const entry *x, err *e) {
    const char *name = x->section + 4, *p = x->value;
    char        w[64];
    if (!*name || strlen(name) >= RECIPE_NAME) return err_set(e, "[%s]: expected [mix.NAME]", x->section);
    recipe_mix   *m   = mix_of(r, name);
    bool          may = !strcmp(x->key, "text?"), text = may || !strcmp(x->key, "text");
    const family *f = NULL;
    if (!strcmp(x->key, "curriculum")) return set_curriculum(m, x->value, e);
    if (!strcmp(x->key, "manifest")) return set_manifest(m, x->dir, x->value, e);
    if (!text && !find_family(x->key, &f, e)) return false;
    int i = 0; /* --set replaces a family's line; a text is added */
    while (i < m->n && (text || m->src[i].text || strcmp(m->src[i].family, f->name) != 0)) i++;
    if (i == MIX_SOURCES) return err_set(e, "[%s]: more than %d sources", x->section, MIX_SOURCES);
    source s = {0};
    if (!word(&p, w, sizeof w) || !str_to_f64(w, &s.weight) || !(s.weight >= 0 && s.weight <= 1e6))
        return err_set(e, "%s: expected a weight in 0..1e6, found \"%.60s\"", x->key, x->value);
    if (text) {
        while (*p == ' ' || *p == '\t') p++;
        if (!*p) return err_set(e, "text: expected WEIGHT PATH, found \"%.60s\"", x->value);
        s.text         = path_from(x->dir, p);
        m->written[i]  = mem_strdup(p);
        m->optional[i] = may;
    } else {
        s.family = f->name;
        if (!parse_levels(f, p, &s, e)) return false;
    }
    m->src[i] = s;
    if (i == m->n) m->n++;
    return true;
}

int recipe_sources(const recipe_mix *mix, source out[MIX_SOURCES], uint64_t *hash) {
    int n = 0;
    str s = {0};
    for (int i = 0; i < mix->n; i++) {
        const source *x = &mix->src[i];
        if (!(x->weight > 0)) continue;
        if (x->text) {
            long long size = texts_size(x->text);
            if (size < 0 && mix->optional[i]) {
                log_warn("mix %s: %s is not there, trained without it", mix->name, x->text);
                continue;
            }
            str_addf(&s, "text %.17g %s %lld\n", x->weight, mix->written[i], size < 0 ? 0 : size);
        } else {
            str_addf(&s, "%s %.17g", x->family, x->weight);
            for (int l = 1; l <= LEVELS_MAX; l++) str_addf(&s, " %.17g", x->level_weight[l]);
            str_addc(&s, '\n');
        }
        out[n++] = *x;
    }
    if (hash) *hash = hash_bytes(s.p ? s.p : "", s.len);
    str_free(&s);
    return n;
}

static void dump_mixes(const recipe *r, str *out) {
    for (int i = 0; i < r->n_mix; i++) {
        const recipe_mix *m = &r->mix[i];
        str_addf(out, "[mix.%s]\n", m->name);
        if (m->curriculum == CURRICULUM_LOSS) str_addf(out, "curriculum = loss %.17g\n", m->loss_good);
        if (m->curriculum == CURRICULUM_SCHEDULE) str_add(out, "curriculum = schedule\n");
        if (m->curriculum == CURRICULUM_REWARD) str_add(out, "curriculum = reward\n");
        for (int k = 0; k < m->n_manifest; k++)
            str_addf(out, "manifest = %.17g %s\n", m->manifest[k].weight, m->manifest[k].written);
        for (int k = 0; k < m->n_listed; k++) {
            const source *s = &m->src[k];
            if (s->text) {
                str_addf(out, "text%s = %.17g %s\n", m->optional[k] ? "?" : "", s->weight, m->written[k]);
                continue;
            }
            str_addf(out, "%s = %.17g levels", s->family, s->weight);
            for (int l = 1; l <= LEVELS_MAX; l++)
                if (s->level_weight[l] > 0) str_addf(out, " %d:%.17g", l, s->level_weight[l]);
            str_addc(out, '\n');
        }
    }
}

/* ---- applying and checking ---- */
static bool apply_key(recipe *r, const entry *x, err *e) {
    if (x->from_set && !strcmp(x->section, "run") && !strcmp(x->key, "like"))
        return err_set(e, "like: only a file can be like another");
    const recipe_key *k = recipe_key_find(x->section, x->key);
    if (!recipe_key_section(x->section)) {
        static const char *const known[] = {"run", "model",  "tokenizer", "pretrain", "sft",
                                            "rl",  "reward", "reject",    "export",   "mix.NAME"};
        const char              *near    = opt_nearest(x->section, known, 10);
        if (!*x->section) return err_set(e, "%s: stands before the first [section]", x->key);
        return err_set(e, "unknown section [%.40s]%s%s%s", x->section, near ? "; did you mean [" : "", near ? near : "",
                       near ? "]?" : "");
    }
    if (!k) {
        const char *near = recipe_key_nearest(x->section, x->key);
        return err_set(e, "unknown key \"%.40s\" in [%s]%s%s%s", x->key, x->section, near ? "; did you mean \"" : "",
                       near ? near : "", near ? "\"?" : "");
    }
    return recipe_key_set(k, x->section, r, x->value, e);
}

static bool apply_all(recipe *r, const reading *rd, err *e) {
    const char *config_dir = "";
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < rd->n_e; i++) {
            const entry *x      = &rd->e[i];
            bool         config = !strcmp(x->section, "model") && !strcmp(x->key, "config");
            if (config != (pass == 0)) continue;
            if (config) config_dir = x->dir;
            bool ok = str_starts(x->section, "mix.") ? set_source(r, x, e) : apply_key(r, x, e);
            if (!ok) return err_in(e, "%s", x->place);
        }
        if (pass == 0 && r->model_config[0]) {
            char *path = path_from(config_dir, r->model_config);
            bool  ok   = cfg_from_hf(path, &r->model, e);
            mem_free(path);
            r->model.vocab_size = 0; /* the tokenizer of the run decides, unless the recipe says a number */
            if (!ok) return false;
        }
    }
    return true;
}

static bool check_stage(const recipe *r, int which, err *e) {
    recipe_stage s    = r->stage[which];
    const char  *name = stage_names[which];
    if (!recipe_find_mix(r, s.mix)) return err_set(e, "[%s] mix: there is no [mix.%s]", name, s.mix);
    if (s.batch_tokens % s.micro_tokens)
        return err_set(e, "[%s] batch_tokens: expected a multiple of micro_tokens (%d), found %d", name, s.micro_tokens,
                       s.batch_tokens);
    if (which < STAGE_RL && recipe_find_mix(r, s.mix)->curriculum == CURRICULUM_REWARD)
        return err_set(e, "[%s] mix: the curriculum of [mix.%s] goes by rewards, which only [rl] has", name, s.mix);
    if (which == STAGE_RL && recipe_find_mix(r, s.mix)->curriculum == CURRICULUM_LOSS)
        return err_set(e, "[rl] mix: the curriculum of [mix.%s] goes by losses, which [rl] has not", s.mix);
    if (which == STAGE_REJECT && recipe_find_mix(r, s.mix)->curriculum != CURRICULUM_NONE)
        return err_set(e, "[reject] mix: [mix.%s] has a curriculum, and nothing is learnt here that could move it",
                       s.mix);
    if (which == STAGE_RL && r->rl.questions % r->rl.minibatches)
        return err_set(e, "[rl] questions: expected a multiple of minibatches (%d), found %d", r->rl.minibatches,
                       r->rl.questions);
    if (which != STAGE_REJECT && s.max_len > s.micro_tokens)
        return err_set(e, "[%s] max_len: expected at most micro_tokens (%d), found %d", name, s.micro_tokens,
                       s.max_len);
    if (!s.init_from[0] && s.max_len > r->model.max_position_embeddings)
        return err_set(e, "[%s] max_len: expected at most max_position_embeddings (%d), found %d", name,
                       r->model.max_position_embeddings, s.max_len);
    if (s.sched.min_lr > s.sched.lr)
        return err_set(e, "[%s] min_lr: expected at most lr (%g), found %g", name, (double)s.sched.lr,
                       (double)s.sched.min_lr);
    if (s.sched.warmup > s.sched.steps)
        return err_set(e, "[%s] warmup: expected at most the stage's %" PRId64 " steps, found %" PRId64, name,
                       s.sched.steps, s.sched.warmup);
    if (s.qat && !s.bf16) return err_set(e, "[%s] qat: 1 needs dtype = bf16 for the backward products", name);
    return true;
}

static bool finish_stage(recipe *r, int which, err *e) {
    recipe_stage *s = &r->stage[which];
    if (s->tokens && s->steps_key) return err_set(e, "[%s]: give tokens or steps, not both", stage_names[which]);
    s->sched.steps = s->steps_key || !s->tokens ? s->steps_key : (s->tokens + s->batch_tokens - 1) / s->batch_tokens;
    return s->sched.steps == 0 || check_stage(r, which, e);
}

static bool finish_model(recipe *r, err *e) {
    cfg *c = &r->model;
    if (c->arch == ARCH_DEEPSEEK_V3) { /* MLA has no choice here, see cfg_check */
        c->num_key_value_heads = c->num_attention_heads;
        c->head_dim            = c->qk_nope_head_dim + c->qk_rope_head_dim;
    }
    if (!c->num_key_value_heads) c->num_key_value_heads = c->num_attention_heads;
    if (!c->head_dim && c->num_attention_heads) c->head_dim = c->hidden_size / c->num_attention_heads;
    if (c->vocab_size && c->vocab_size < r->tok_vocab)
        return err_set(e, "[model] vocab_size: expected at least the tokenizer's %d, found %d", r->tok_vocab,
                       c->vocab_size);
    cfg full = *c;
    if (!full.vocab_size) full.vocab_size = r->tok_vocab;
    return cfg_check(&full, e) || err_in(e, "[model]");
}

static bool finish(recipe *r, err *e) {
    if (r->name[0] == '\0' || strchr(r->name, '/'))
        return err_set(e, "[run] name: expected a file name, found \"%s\"", r->name);
    bool own = r->stage[STAGE_PRETRAIN].steps_key || r->stage[STAGE_PRETRAIN].tokens;
    bool sft = r->stage[STAGE_SFT].steps_key || r->stage[STAGE_SFT].tokens;
    bool rl = r->stage[STAGE_RL].steps_key, reject = r->stage[STAGE_REJECT].steps_key;
    if (!own && !sft && !rl && !reject)
        return err_set(e, "nothing to train: [pretrain] and [sft] have neither tokens nor steps, [rl] no steps");
    if (!own && sft && !r->stage[STAGE_SFT].init_from[0])
        return err_set(e, "[sft] init_from: needed, because [pretrain] has neither tokens nor steps");
    if (!own && !sft && rl && !r->stage[STAGE_RL].init_from[0])
        return err_set(e, "[rl] init_from: needed, because [pretrain] and [sft] have neither tokens nor steps");
    if (!own && !sft && !rl && !r->stage[STAGE_REJECT].init_from[0])
        return err_set(e, "[reject] init_from: needed, because no stage before it has tokens or steps");
    if (own && !r->stage[STAGE_PRETRAIN].init_from[0]) {
        if (!recipe_find_mix(r, r->tok_mix)) return err_set(e, "[tokenizer] mix: there is no [mix.%s]", r->tok_mix);
        if (!finish_model(r, e)) return false;
    }
    for (int i = 0; i < r->n_mix; i++) {
        double      sum = 0;
        recipe_mix *m   = &r->mix[i];
        m->n_listed     = m->n;
        for (int k = 0; k < m->n_manifest; k++)
            if (!add_manifest(m, m->manifest[k].m, m->manifest[k].weight, e)) return false;
        for (int k = 0; k < r->mix[i].n; k++) sum += r->mix[i].src[k].weight;
        if (!(sum > 0)) return err_set(e, "[mix.%s]: all weights are 0", r->mix[i].name);
    }
    for (int s = STAGE_PRETRAIN; s < N_STAGES; s++)
        if (!finish_stage(r, s, e)) return false;
    str  plain = {0};
    char out[RECIPE_PATH];
    recipe_key_dump(r, &r->text);
    dump_mixes(r, &r->text);
    memcpy(out, r->out, sizeof out); /* where the run lies does not make it another run */
    r->out[0] = '\0';
    recipe_key_dump(r, &plain);
    dump_mixes(r, &plain);
    memcpy(r->out, out, sizeof out);
    r->hash = hash_bytes(plain.p, plain.len);
    str_free(&plain);
    return true;
}

/* The folder of a path: what a file's own paths are relative to. */
static char *dir_of(const char *path) {
    const char *slash = strrchr(path, '/');
    str         dir   = {0};
    str_addn(&dir, path, slash == path ? 1 : slash ? (size_t)(slash - path) : 0);
    return str_take(&dir);
}

static char *read_text(const char *path, err *e) {
    size_t n    = 0;
    char  *text = fs_read(path, 1 << 20, &n, e);
    if (!text) return NULL;
    bool nul = strlen(text) != n, too_long = strlen(path) >= RECIPE_PATH;
    if (!nul && !too_long) return text;
    if (nul) err_set(e, "%s: not a text file (byte %zu is NUL)", path, strlen(text));
    else err_set(e, "%.60s...: path longer than %d bytes", path, RECIPE_PATH - 1);
    mem_free(text);
    return NULL;
}

/* The entries of a file behind those of the one that it is like. */
static bool gather(reading *rd, const char *what, const char *text, const char *dir, int depth, err *e) {
    reading own  = {.what = what, .p = text, .n = strlen(text), .dir = dir};
    bool    ok   = read_pairs(&own, e);
    char   *base = NULL, *base_text = NULL, *base_dir = NULL;
    for (int i = 0; ok && i < own.n_e; i++) {
        const entry *x = &own.e[i];
        if (strcmp(x->section, "run") != 0 || strcmp(x->key, "like") != 0) continue;
        base = path_from(dir, x->value);
        if (depth == LIKE_DEPTH) ok = err_set(e, "%s: like: more than %d files deep", x->place, LIKE_DEPTH);
        else if (!(base_text = read_text(base, e))) ok = err_in(e, "%s: like", x->place);
    }
    if (ok && base) {
        base_dir = dir_of(base);
        ok       = gather(rd, base, base_text, base_dir, depth + 1, e);
    }
    if (ok && own.n_e) {
        if (rd->cap < rd->n_e + own.n_e) {
            rd->cap = rd->n_e + own.n_e;
            rd->e   = mem_realloc(rd->e, (size_t)rd->cap * sizeof *rd->e);
        }
        memcpy(rd->e + rd->n_e, own.e, (size_t)own.n_e * sizeof *own.e);
        rd->n_e += own.n_e;
        own.n_e = 0;
    }
    free_entries(&own);
    mem_free(base);
    mem_free(base_text);
    mem_free(base_dir);
    return ok;
}

recipe *recipe_parse(const char *what, const char *text, const char *dir, const char *const *sets, int n_sets, err *e) {
    recipe *r  = mem_calloc(1, sizeof *r);
    reading rd = {.dir = dir};
    bool    ok = gather(&rd, what, text, dir, 0, e);
    snprintf(r->path, sizeof r->path, "%s", what);
    recipe_key_defaults(r);
    for (int i = 0; ok && i < n_sets; i++) ok = read_set(&rd, sets[i], e);
    ok = ok && apply_all(r, &rd, e);
    if (ok && !finish(r, e)) ok = err_in(e, "%s", what);
    free_entries(&rd);
    if (ok) return r;
    recipe_free(r);
    return NULL;
}

recipe *recipe_load(const char *path, const char *const *sets, int n_sets, err *e) {
    char *text = read_text(path, e);
    if (!text) return NULL;
    char   *dir = dir_of(path);
    recipe *r   = recipe_parse(path, text, dir, sets, n_sets, e);
    mem_free(dir);
    mem_free(text);
    return r;
}

void recipe_free(recipe *r) {
    if (!r) return;
    for (int i = 0; i < r->n_mix; i++) {
        for (int k = 0; k < r->mix[i].n; k++) {
            mem_free((char *)(uintptr_t)r->mix[i].src[k].text);
            mem_free(r->mix[i].written[k]);
        }
        for (int k = 0; k < r->mix[i].n_manifest; k++) {
            manifest_free(r->mix[i].manifest[k].m);
            mem_free(r->mix[i].manifest[k].written);
        }
    }
    mem_free(r->mix);
    str_free(&r->text);
    mem_free(r);
}

dtype recipe_export_type(const recipe *r) {
    static const dtype types[] = {DT_Q8_0, DT_F32, DT_BF16, DT_F16};
    return types[r->export_type];
}
