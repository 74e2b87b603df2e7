#include "data/curate.h"
#include <stdio.h>
#include <string.h>
#include "base/mem.h"
#include "data/words.h"

enum { SETS_COUNTED = 4096 };
const char *const curate_names[CURATE_N] = {"kept", "wrong", "eval", "held", "twice", "near"};

struct curate {
    const contam *contam;
    bloom        *twice, *held;
    near_index   *near;
    double        at_least;
    int           near_bits;
    long          n[CURATE_N], n_held;
    long          by_set[SETS_COUNTED];
};

curate *curate_new(const curate_options *o) {
    curate *c    = mem_calloc(1, sizeof *c);
    c->contam    = o->contam;
    c->at_least  = o->near > 0 ? o->near : 0.8;
    c->near_bits = o->near_bits ? o->near_bits : 20;
    c->twice     = bloom_new(o->bloom_bits ? o->bloom_bits : 29);
    if (c->at_least <= 1) c->near = near_new(c->near_bits);
    return c;
}

void curate_free(curate *c) {
    if (!c) return;
    bloom_free(c->twice);
    bloom_free(c->held);
    near_free(c->near);
    mem_free(c);
}

static uint64_t text_hash(const str *s) { return hash_bytes(s->p ? s->p : "", s->len); }

uint64_t curate_question(const problem *p) {
    const char *f = p->family ? p->family : "";
    return hash_u64(words_hash(p->question.p ? p->question.p : "", p->question.len) ^ hash_bytes(f, strlen(f)));
}

void curate_hold(curate *c, const problem *p) {
    if (!c->held) c->held = bloom_new(28);
    bloom_add(c->held, curate_question(p));
    c->n_held++;
}

static bool has_run(const curate *c, const str *s, curate_row *r) {
    contam_hit h;
    if (!s->len || !contam_find(c->contam, s->p, s->len, &h)) return false;
    r->eval     = true;
    r->eval_set = h.set;
    snprintf(r->why, sizeof r->why, "\"%.*s\" is in %s", h.len > 120 ? 120 : (int)h.len, s->p + h.from,
             contam_name(c->contam, h.set));
    return true;
}

void curate_look(const curate *c, problem *p, int verify, curate_row *r) {
    r->wrong = r->eval = false;
    r->why[0]          = '\0';
    r->question        = curate_question(p);
    if (verify == CURATE_VERIFY && p->family && !rows_verify(p, r->why)) {
        r->wrong = true;
        return;
    }
    if (c->contam && (has_run(c, &p->question, r) || has_run(c, &p->reasoning, r) || has_run(c, &p->answer, r))) return;
    r->salt = text_hash(&p->truth) ^ (p->family ? hash_bytes(p->family, strlen(p->family)) : 0);
    if (c->near) minhash_of(&r->m, p->question.p ? p->question.p : "", p->question.len);
}

static curate_end judge(curate *c, const curate_row *r) {
    if (r->wrong) return CURATE_WRONG;
    if (r->eval) {
        if (r->eval_set >= 0 && r->eval_set < SETS_COUNTED) c->by_set[r->eval_set]++;
        return CURATE_EVAL;
    }
    if (c->held && bloom_has(c->held, r->question)) return CURATE_HELD;
    if (bloom_add(c->twice, r->question)) return CURATE_TWICE;
    if (c->near && near_seen(c->near, &r->m, r->salt, c->at_least)) return CURATE_NEAR;
    return CURATE_KEEP;
}

curate_end curate_take(curate *c, const curate_row *r) {
    curate_end how = judge(c, r);
    c->n[how]++;
    return how;
}

long   curate_count(const curate *c, curate_end how) { return c->n[how]; }
long   curate_eval_by(const curate *c, int set) { return set >= 0 && set < SETS_COUNTED ? c->by_set[set] : 0; }
double curate_false_twice(const curate *c) { return bloom_rate(c->twice); }

void curate_report(const curate *c, str *out) {
    static const char *const what[CURATE_N] = {"rows kept",
                                               "dropped: the verifier does not agree",
                                               "dropped: ten words in a row of an evaluation set",
                                               "dropped: the question of a held-out problem",
                                               "dropped: a question that was there before",
                                               "dropped: nearly one that was there before"};
    long                     all            = 0;
    for (int i = 0; i < CURATE_N; i++) all += c->n[i];
    for (int i = 0; i < CURATE_N; i++) {
        if (i == CURATE_HELD && !c->held) continue;
        str_addf(out, "%10ld %6.2f%%  %s\n", c->n[i], all ? 100.0 * (double)c->n[i] / (double)all : 0, what[i]);
    }
    if (c->contam) {
        for (int i = 0; i < contam_sets(c->contam); i++)
            if (curate_eval_by(c, i)) str_addf(out, "%18s  %8ld of %s\n", "", c->by_set[i], contam_name(c->contam, i));
        const char *missing[16];
        int         n = contam_missing(c->contam, missing, 16);
        str_addf(out, "compared with %ld ten-word runs of %d evaluation files", contam_runs(c->contam),
                 contam_sets(c->contam));
        for (int i = 0; i < n; i++) str_addf(out, "%s%s", i ? ", " : "\nnot among them: ", missing[i]);
        str_addc(out, '\n');
    } else {
        str_add(out, "compared with no evaluation set (--against names them)\n");
    }
    if (c->held)
        str_addf(out, "compared with the questions of %ld held-out problems: %ld in common, dropped\n", c->n_held,
                 c->n[CURATE_HELD]);
    str_addf(out, "a new row is taken for an old one with probability %.1e\n", curate_false_twice(c));
    if (c->near)
        str_addf(out, "near copies: the same numbers and truth, %.2f of the five-word runs, last %d rows\n",
                 c->at_least, 1 << c->near_bits);
}
