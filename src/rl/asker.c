#include "rl/asker.h"

#include <string.h>

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
    double sum  = 0, u;
    int    last = 1;
    for (int l = 1; l <= LEVELS_MAX; l++) sum += s->level_weight[l];
    u = rng_f64(r) * sum;
    for (int l = 1; l <= LEVELS_MAX; l++) {
        if (!(s->level_weight[l] > 0)) continue;
        last = l;
        if ((u -= s->level_weight[l]) < 0) break;
    }
    return last;
}

static bool draw_question(const asker *a, uint64_t index, question *q, err *e) {
    rng    r = rng_fork(a->key, index);
    double u = rng_f64(&r) * a->weight;
    int    i = 0;
    while (i + 1 < a->n_src && (u -= a->src[i].weight) >= 0) i++;
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
