/* recipe.h -- what `r1 train` is told: an INI file, checked whole before anything starts.
 *
 *   recipe *r = recipe_load("recipes/r1-tiny.ini", sets, n_sets, &e);   // sets: "pretrain.lr=1e-3" ...
 *   r->stage[STAGE_PRETRAIN].sched.lr ...
 *   recipe_free(r);
 *
 * Sections: [run] [model] [tokenizer] [pretrain] [sft] [rl] [reward] [reject] [export], and a [mix.NAME] for each mix
 * of sources. Every key of the fixed sections is a row of one table (recipe_key.c): name, type, range, default, help;
 * `r1 train --help-recipe` prints it. A mix has a line for each source:
 *
 *   [mix.base]
 *   linear     = 1                        ; a family and its weight; all its levels alike
 *   arithmetic = 1 levels 1:1 2:1 5:2     ; weights of single levels, the others are left out
 *   text       = 0.1 ../data/a.txt        ; windows of a UTF-8 file; may be repeated. Paths are relative to the
 *   text?      = 0.1 ../data/b.txt        ; recipe's folder. `text?`: left out, with a warning, if it is not there.
 *                                         ; Also a .jsonl file, or a pattern of files (data/texts.h)
 *   manifest   = 1 data/manifest.ini      ; all sources of a manifest (data/manifest.h) by their shares of this weight;
 *                                         ; those that are not there are left out. A family that has a line keeps it
 *   curriculum = loss 0.3                 ; or schedule, none (default): how the levels of families move
 *                                         ; (data/curriculum.h), within those that have a weight. The number: a
 *                                         ; document with a lower loss counts as good
 *   curriculum = reward                   ; for [rl]: by right answers
 *
 * [run] like = ../zero.ini takes everything from another recipe; what stands here overrides it key by key, in a mix
 * source by source (a text or a manifest is one more). For a key that the other has and this one must not, write what
 * stands for "none" (tokens = 0).
 *
 * The file is INI as inih reads it: `;` comments anywhere, `#` at the start of a line.
 *
 * Memory:  a recipe owns all it holds; recipe_free.
 * Errors:  FILE:LINE, the key, what was expected, what was found; an unknown key names the nearest known one.
 * Threads: read-only once loaded. */
#ifndef R1_RECIPE_H
#define R1_RECIPE_H
#include "data/loader.h"
#include "data/manifest.h"
#include "model/cfg.h"
#include "train/schedule.h"

enum { STAGE_TOKENIZER, STAGE_PRETRAIN, STAGE_SFT, STAGE_RL, STAGE_REJECT, N_STAGES };
extern const char *const stage_names[N_STAGES]; /* "tokenizer", "pretrain", "sft", "rl", "reject" */
enum { RECIPE_NAME = 64, RECIPE_PATH = 512, MIX_SOURCES = 160, MIX_MANIFESTS = 4 };

typedef struct recipe_stage {
    char     mix[RECIPE_NAME];
    int      loss;      /* loss_on */
    int64_t  tokens;    /* of the whole stage: steps = tokens / batch_tokens; or give steps */
    int64_t  steps_key; /* as written; sched.steps is what counts */
    int      batch_tokens, micro_tokens, max_len;
    int      shards; /* as in ranks.h; 0: chosen there */
    schedule sched;
    int      muon; /* optimizer: 0 adamw, 1 muon */
    float    beta1, beta2, eps, weight_decay, clip;
    float    spike; /* train/guard.h */
    float    mtp_lambda, mtp_lambda_end, mtp_switch;
    float    balance_alpha, bias_gamma;
    int      eval_every, eval_n;       /* validation loss: every N steps (0: at the end only), documents */
    int      answers_every, answers_n; /* problems answered and checked; 0: never */
    double   checkpoint_minutes;
    int      bf16;          /* GEMM operands: 0 f32, 1 bf16 */
    int      qat, qat_head; /* forward products in 8 bits, in the part of the stage from qat_from on; the head's too */
    float    qat_from;
    char     init_from[RECIPE_PATH];
    uint64_t data_seed;
} recipe_stage;

/* What [rl] has beside the keys of every stage; rl/grpo.h and rl/rollout.h say what they mean. */
typedef struct recipe_rl {
    int   algorithm; /* 0 grpo, 1 dr_grpo, 2 dapo */
    int   questions, group, parallel, max_new;
    float temperature, top_p;
    float clip_low, clip_high; /* 0: the algorithm's */
    float kl;
    int   ref_every; /* steps between refreshes of the reference; 0: it stays the start */
    int   epochs, minibatches;
    int   resample; /* rounds of new questions for groups with equal rewards; -1: 3 with dapo, else 0 */
    int   cut;      /* answers that were cut: 0 as the algorithm has it, 1 count, 2 left out */
} recipe_rl;
/* What [reject] has beside the keys that name data and model; rl/reject.h says what becomes of it. */
typedef struct recipe_reject {
    int   questions, group, keep, parallel, max_new;
    float temperature, top_p;
} recipe_reject;
typedef struct recipe_reward {
    float weight[5]; /* accuracy, format, process, length, language: rl/reward.h */
    int   process_claims, length_tokens;
} recipe_reward;

typedef struct recipe_mix {
    char   name[RECIPE_NAME];
    source src[MIX_SOURCES]; /* family and text point into the recipe */
    bool   optional[MIX_SOURCES];
    char  *written[MIX_SOURCES]; /* a text path as the recipe has it; NULL for a family */
    int    n, line;
    int    n_listed; /* of them with a line of their own; the others come from manifests */
    struct {
        manifest *m;
        char     *written;
        double    weight;
    } manifest[MIX_MANIFESTS];
    int           n_manifest;
    curriculum_by curriculum;
    double        loss_good;
} recipe_mix;

typedef struct recipe {
    char          path[RECIPE_PATH];
    char          name[RECIPE_NAME], out[RECIPE_PATH], like[RECIPE_PATH];
    uint64_t      seed;
    cfg           model; /* vocab_size 0: the tokenizer's */
    char          model_config[RECIPE_PATH];
    int           tok_vocab, tok_rows;
    char          tok_mix[RECIPE_NAME];
    recipe_stage  stage[N_STAGES]; /* [STAGE_TOKENIZER] is not used; rl and reject use a part */
    recipe_rl     rl;
    recipe_reward reward;
    recipe_reject reject;
    int           export_type; /* as the table has it: see recipe_export_type */
    recipe_mix   *mix;
    int           n_mix;
    str           text; /* every key and its value, canonical: what is hashed, and kept in OUT */
    uint64_t      hash; /* of text, without [run] out */
} recipe;

recipe *recipe_load(const char *path, const char *const *sets, int n_sets, err *e) R1_MUST_USE;
/* The same from memory, for tests. `dir`: what paths are relative to. */
recipe           *recipe_parse(const char *what, const char *text, const char *dir, const char *const *sets, int n_sets,
                               err *e) R1_MUST_USE;
void              recipe_free(recipe *r);
const recipe_mix *recipe_find_mix(const recipe *r, const char *name); /* NULL if unknown */
dtype             recipe_export_type(const recipe *r);
/* The sources of a mix that are there: optional ones without a file are dropped (said with log_warn). *hash
 * identifies them (families, weights, files with their sizes): a resumed run must find the same. Returns how many. */
int recipe_sources(const recipe_mix *mix, source out[MIX_SOURCES], uint64_t *hash);
#endif
