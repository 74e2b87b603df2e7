#include "rl/asker.h"

#include <string.h>

#include "base/mem.h"
#include "text/chat.h"

enum { DRAWS_MAX = 1000 };

void question_free(question *q) {
    problem_free(&q->p);
    ids_free(&q->prompt);
}

bool asker_init(asker *a, const trainer_args *args, model *m, const curriculum *cur, uint64_t *mix_hash, err *e) {
    source all[MIX_SOURCES];
    int    n = recipe_sources(args->mix, all, mix_hash);
    *a       = (asker){.o = args->opt, .m = m, .cur = cur};
    a->seed  = args->opt->data_seed ? args->opt->data_seed : args->seed;
    a->key   = hash_u64(a->seed ^ hash_bytes(args->stage, strlen(args->stage)));
    for (int i = 0; i < n; i++) {
        if (!all[i].family) continue;
        a->src[a->n_src++] = all[i];
        a->weight += all[i].weight;
    }
    return a->n_src > 0 ||
           err_set(e, "[%s] mix: [mix.%s] has no family, nothing asks a question", args->stage, args->mix->name);
}

static int draw_level(const source *s, rng *r) {
    double sum = 0;
    for (int l = 1; l <= LEVELS_MAX; l++) sum += s->level_weight[l];
    return 1 + rng_weighted(r, sum, LEVELS_MAX, &s->level_weight[1], sizeof s->level_weight[1]);
}

static bool draw_question(const asker *a, uint64_t index, question *q, err *e) {
    rng r     = rng_fork(a->key, index);
    int i     = rng_weighted(&r, a->weight, a->n_src, &a->src->weight, sizeof *a->src);
    q->f      = family_find(a->src[i].family);
    q->cur    = a->cur ? curriculum_find(a->cur, q->f->name) : -1;
    int level = q->cur >= 0 ? curriculum_draw(a->cur, q->cur, &r) : draw_level(&a->src[i], &r);
    family_make(q->f, SPLIT_TRAIN, a->seed, index, level, &q->p);
    chat_msg msg = {"user", q->p.question.p};
    q->prompt.n  = 0;
    return chat_prompt(model_tokenizer(a->m), &msg, 1, CHAT_THINK, &q->prompt, e);
}

bool asker_next(const asker *a, uint64_t *next, question *q, err *e) {
    for (int i = 0; i < DRAWS_MAX; i++) {
        if (!draw_question(a, (*next)++, q, e)) return false;
        if (q->prompt.n + 2 <= a->o->max_len) return true;
    }
    return err_set(e, "no question of mix %s fits max_len = %d", a->o->mix, a->o->max_len);
}

bool asker_answers(const asker *a, const rollout_args *args, uint64_t *next, question *q, int n, rollout *out, err *e) {
    ids *prompt = mem_calloc((size_t)n, sizeof *prompt);
    bool ok     = true;
    for (int i = 0; ok && i < n; i++) {
        ok        = asker_next(a, next, &q[i], e);
        prompt[i] = q[i].prompt;
    }
    ok = ok && rollout_run(a->m, args, prompt, n, out, e);
    mem_free(prompt);
    return ok;
}

void question_judge(const question *q, const tokenizer *t, const recipe_reward *w, const rollout_answer *a, str *text,
                    reward_parts *out) {
    str_clear(text);
    tok_decode(t, a->tok.p, a->tok.n - a->stopped, text);
    reward_score(w, q->f, &q->p, text->p ? text->p : "", text->len, a->tok.n, a->stopped, out);
}
