#include "train/recipe_key.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/opt.h"

const char *const stage_names[N_STAGES] = {"tokenizer", "pretrain", "sft", "rl", "reject"};

#define R(f) offsetof(recipe, f)
#define M(f) offsetof(recipe, model.f)
#define S(f) offsetof(recipe_stage, f)
#define L(f) offsetof(recipe, rl.f)
#define J(f) offsetof(recipe, reject.f)
#define W(i) (offsetof(recipe, reward.weight) + (i) * sizeof(float))
#define STR(sec, n, off, size, def, help)                                                                              \
    { sec, n, RK_STR, off, 0, size, def, NULL, help }
#define INT(sec, n, off, lo, hi, def, help)                                                                            \
    { sec, n, RK_INT, off, lo, hi, def, NULL, help }
#define F32(sec, n, off, lo, hi, def, help)                                                                            \
    { sec, n, RK_F32, off, lo, hi, def, NULL, help }
#define ENUM(sec, n, off, choices, def, help)                                                                          \
    { sec, n, RK_ENUM, off, 0, 0, def, choices, help }
#define BOOL(sec, n, off, choices, def, help)                                                                          \
    { sec, n, RK_BOOL, off, 0, 0, def, choices, help }

static const recipe_key table[] = {
    STR("run", "name", R(name), RECIPE_NAME, "r1", "the model's name: OUT/NAME.gguf, general.name"),
    {"run", "seed", RK_U64, R(seed), 0, 0, "1", NULL, "of weights and data; same seed, same bits"},
    STR("run", "like", R(like), RECIPE_PATH, "", "a recipe, from this one's folder, for what is left out here"),
    STR("run", "out", R(out), RECIPE_PATH, "", "folder of the run (--out wins); empty: runs/NAME"),

    STR("model", "config", R(model_config), RECIPE_PATH, "", "a config.json to start from; the keys below override it"),
    ENUM("model", "model_type", M(arch), "deepseek_v3|qwen2|llama", NULL, "architecture"),
    INT("model", "vocab_size", M(vocab_size), 0, 1 << 20, "0", "rows of the embedding; 0: as the tokenizer has"),
    INT("model", "hidden_size", M(hidden_size), 1, 1 << 16, NULL, "width"),
    INT("model", "num_hidden_layers", M(num_hidden_layers), 1, 1024, NULL, "layers, without MTP's"),
    INT("model", "num_attention_heads", M(num_attention_heads), 1, 1024, NULL, "query heads"),
    INT("model", "num_key_value_heads", M(num_key_value_heads), 0, 1024, NULL, "key heads (qwen2, llama); 0: as query"),
    INT("model", "head_dim", M(head_dim), 0, 4096, NULL, "(qwen2, llama); 0: hidden_size / heads"),
    INT("model", "intermediate_size", M(intermediate_size), 1, 1 << 20, NULL, "width of a dense layer's SwiGLU"),
    F32("model", "rms_norm_eps", M(rms_norm_eps), 1e-12, 1e-2, NULL, ""),
    BOOL("model", "tie_word_embeddings", M(tie_word_embeddings), "false|true", NULL, "head = embedding"),
    BOOL("model", "attention_bias", M(attention_bias), "false|true", NULL, "qwen2: bias on q, k, v"),
    INT("model", "max_position_embeddings", M(max_position_embeddings), 1, 1 << 24, NULL, "longest context"),
    INT("model", "q_lora_rank", M(q_lora_rank), 0, 1 << 16, NULL, "MLA: rank of the query's compression, 0: none"),
    INT("model", "kv_lora_rank", M(kv_lora_rank), 0, 1 << 16, NULL, "MLA: what the cache holds for a token"),
    INT("model", "qk_nope_head_dim", M(qk_nope_head_dim), 0, 4096, NULL, "MLA: dimensions of a head without position"),
    INT("model", "qk_rope_head_dim", M(qk_rope_head_dim), 0, 4096, NULL, "MLA: dimensions with RoPE"),
    INT("model", "v_head_dim", M(v_head_dim), 0, 4096, NULL, "MLA: dimensions of a value"),
    INT("model", "n_routed_experts", M(n_routed_experts), 0, 4096, NULL, "MoE; 0: dense"),
    INT("model", "n_shared_experts", M(n_shared_experts), 0, 64, NULL, "experts that every token uses"),
    INT("model", "num_experts_per_tok", M(num_experts_per_tok), 0, 256, NULL, "routed experts of a token"),
    INT("model", "moe_intermediate_size", M(moe_intermediate_size), 0, 1 << 20, NULL, "width of an expert"),
    INT("model", "first_k_dense_replace", M(first_k_dense_replace), 0, 1024, NULL, "dense layers before the first MoE"),
    INT("model", "n_group", M(n_group), 0, 4096, NULL, "groups of experts"),
    INT("model", "topk_group", M(topk_group), 0, 4096, NULL, "groups that a token may use"),
    F32("model", "routed_scaling_factor", M(routed_scaling_factor), 0, 1000, NULL, "times the routed output"),
    BOOL("model", "norm_topk_prob", M(norm_topk_prob), "false|true", NULL, "weights of the chosen sum to 1"),
    ENUM("model", "scoring_func", M(scoring_func), "sigmoid|softmax", NULL, "of the gate"),
    BOOL("model", "topk_method", M(has_gate_bias), "greedy|noaux_tc", NULL, "noaux_tc: selection bias (V3)"),
    INT("model", "num_nextn_predict_layers", M(num_nextn_predict_layers), 0, 8, NULL, "MTP modules"),
    F32("model", "rope_theta", M(rope_theta), 1, 1e9, NULL, "RoPE's base"),
    BOOL("model", "yarn", M(yarn), "false|true", NULL, "YaRN (rope_scaling.type)"),
    F32("model", "rope_scaling.factor", M(yarn_factor), 0, 1e4, NULL, "YaRN"),
    F32("model", "rope_scaling.beta_fast", M(yarn_beta_fast), 0, 1e4, NULL, "YaRN"),
    F32("model", "rope_scaling.beta_slow", M(yarn_beta_slow), 0, 1e4, NULL, "YaRN"),
    F32("model", "rope_scaling.mscale", M(yarn_mscale), 0, 100, NULL, "YaRN"),
    F32("model", "rope_scaling.mscale_all_dim", M(yarn_mscale_all_dim), 0, 100, NULL, "YaRN"),
    INT("model", "rope_scaling.original_max_position_embeddings", M(yarn_original_max), 0, 1 << 24, NULL, "YaRN"),

    INT("tokenizer", "vocab_size", R(tok_vocab), 270, 1 << 20, "2048", "tokens, the special ones included"),
    INT("tokenizer", "rows", R(tok_rows), 1, 100000000, "20000", "documents of the mix that it is trained on"),
    STR("tokenizer", "mix", R(tok_mix), RECIPE_NAME, "base", "NAME of a [mix.NAME]"),

    STR("any", "mix", S(mix), RECIPE_NAME, "base", "NAME of a [mix.NAME]"),
    ENUM("text", "loss", S(loss), "all|answer", NULL, "answer: nothing is learnt from the prompt"),
    {"text", "tokens", RK_I64, S(tokens), 0, 1e15, "0", NULL, "length of the stage: steps = tokens / batch_tokens"},
    {"any", "steps", RK_I64, S(steps_key), 0, 1e12, "0", NULL,
     "so many steps (not both). No steps and no tokens: the stage is left out"},
    INT("text", "batch_tokens", S(batch_tokens), 16, 1 << 26, "16384", "tokens of a step"),
    INT("stage", "micro_tokens", S(micro_tokens), 16, 1 << 22, "2048", "tokens of a forward and backward"),
    INT("text", "shards", S(shards), 0, 64, "0", "partial sums of a step's gradient (ranks.h); 0: two, or the ranks"),
    INT("any", "max_len", S(max_len), 8, 1 << 22, "512", "longest document; longer problems are skipped"),
    {"any", "data_seed", RK_U64, S(data_seed), 0, 0, "0", NULL, "of the data alone; 0: made from [run] seed"},
    F32("stage", "lr", S(sched.lr), 0, 10, NULL, "peak learning rate"),
    F32("stage", "min_lr", S(sched.min_lr), 0, 10, "0", "at the end"),
    {"stage", "warmup", RK_I64, S(sched.warmup), 0, 1e12, "0", NULL, "steps of linear warm-up"},
    ENUM("stage", "schedule", S(sched.kind), "cosine|wsd", "wsd", "wsd: plateau, then a fall"),
    F32("stage", "decay", S(sched.decay), 0, 1, "0.2", "wsd: share of the steps in which lr falls"),
    ENUM("stage", "optimizer", S(muon), "adamw|muon", "adamw", "muon: for the matrices inside the blocks"),
    F32("stage", "beta1", S(beta1), 0, 0.9999, "0.9", "AdamW"),
    F32("stage", "beta2", S(beta2), 0, 0.99999, "0.95", "AdamW"),
    F32("stage", "eps", S(eps), 1e-20, 1, "1e-8", "AdamW"),
    F32("stage", "weight_decay", S(weight_decay), 0, 10, "0.1", "decoupled, matrices only"),
    F32("stage", "clip", S(clip), 0, 1e6, "1", "global norm of the gradient; 0: no clipping"),
    F32("text", "spike", S(spike), 0, 1e6, "1.5", "a loss above this times its median + 0.5 is gone back for; 0: off"),
    F32("text", "mtp_lambda", S(mtp_lambda), 0, 10, "0.3", "weight of the MTP loss (DeepSeek-V3 eq. 25)"),
    F32("text", "mtp_lambda_end", S(mtp_lambda_end), 0, 10, "0.1", "... after mtp_switch"),
    F32("text", "mtp_switch", S(mtp_switch), 0, 1, "0.67", "share of the steps with mtp_lambda"),
    F32("stage", "balance_alpha", S(balance_alpha), 0, 1, "1e-4", "sequence-wise balance loss (DeepSeek-V3 eq. 17)"),
    F32("stage", "bias_gamma", S(bias_gamma), 0, 1, "1e-3", "step of the gate's selection bias"),
    INT("text", "eval_every", S(eval_every), 0, 1000000000, "100", "steps between validation losses; 0: at the end"),
    INT("text", "eval_n", S(eval_n), 1, 10000000, "200", "validation documents"),
    INT("stage", "answers_every", S(answers_every), 0, 1000000000, "0", "steps between answered problems; 0: never"),
    INT("stage", "answers_n", S(answers_n), 1, 1000000, "50", "validation problems answered for each family"),
    {"stage", "checkpoint_minutes", RK_F64, S(checkpoint_minutes), 0, 1e5, "5", NULL, "0: after every step"},
    ENUM("any", "dtype", S(bf16), "f32|bf16", "bf16", "operands of matrix products; weights stay f32"),
    INT("stage", "qat", S(qat), 0, 1, "0", "1: forward products in 8-bit integers, so that a q8_0 file loses nothing"),
    F32("stage", "qat_from", S(qat_from), 0, 1, "0", "share of the steps before that starts"),
    INT("stage", "qat_head", S(qat_head), 0, 1, "0", "1: the output head's product, too"),
    STR("any", "init_from", S(init_from), RECIPE_PATH, "", "a model to start from (folder or GGUF)"),

    ENUM("rl", "algorithm", L(algorithm), "grpo|dr_grpo|dapo", "dr_grpo", "docs/RL.md has the formulas"),
    INT("rl", "questions", L(questions), 1, 1 << 16, "32", "of a step"),
    INT("rl", "group", L(group), 2, 1024, "8", "answers to each question"),
    INT("rl", "parallel", L(parallel), 1, 4096, "64", "answers written at once"),
    INT("rl", "max_new", L(max_new), 1, 1 << 20, "512", "tokens of an answer, its thinking included"),
    F32("rl", "temperature", L(temperature), 0.01, 10, "1", "of the answers that are learnt from"),
    F32("rl", "top_p", L(top_p), 0.01, 1, "1", "below 1 the gradient is biased: leave it"),
    F32("rl", "clip_low", L(clip_low), 0, 1, "0", "of the ratio, downwards; 0: the algorithm's"),
    F32("rl", "clip_high", L(clip_high), 0, 100, "0", "... upwards; 0: the algorithm's"),
    F32("rl", "kl", L(kl), 0, 100, "0", "weight of the KL term to the reference; 0: there is none"),
    INT("rl", "ref_every", L(ref_every), 0, 1000000000, "0",
        "steps between refreshes of the reference; 0: the start stays it"),
    INT("rl", "epochs", L(epochs), 1, 64, "1", "passes over the answers of a step"),
    INT("rl", "minibatches", L(minibatches), 1, 1024, "1", "updates in a pass"),
    INT("rl", "resample", L(resample), -1, 100, "-1",
        "rounds of new questions for groups with equal rewards; -1: 3 with dapo, else 0"),
    ENUM("rl", "cut", L(cut), "auto|count|mask", "auto", "answers that reached max_new; auto: dapo leaves them out"),

    F32("reward", "accuracy", W(0), -1e3, 1e3, "1", "weight of a right answer"),
    F32("reward", "format", W(1), -1e3, 1e3, "0.1", "... of tags once, four phases, an answer"),
    F32("reward", "process", W(2), -1e3, 1e3, "0", "... of true claims, with a right answer"),
    F32("reward", "length", W(3), -1e3, 1e3, "0", "... of shortness, with a right answer"),
    F32("reward", "language", W(4), -1e3, 1e3, "0", "... of Latin letters"),
    INT("reward", "process_claims", R(reward.process_claims), 1, 10000, "8", "true claims beyond these pay no more"),
    INT("reward", "length_tokens", R(reward.length_tokens), 1, 1 << 20, "512",
        "an answer as long pays nothing for shortness"),

    INT("reject", "questions", J(questions), 1, 1 << 16, "32", "of a step"),
    INT("reject", "group", J(group), 1, 1024, "8", "answers to each question"),
    INT("reject", "keep", J(keep), 1, 1024, "2", "verified answers to a question that become rows, the shortest first"),
    INT("reject", "parallel", J(parallel), 1, 4096, "64", "answers written at once"),
    INT("reject", "max_new", J(max_new), 1, 1 << 20, "512", "tokens of an answer, its thinking included"),
    F32("reject", "temperature", J(temperature), 0.01, 10, "1", "of the answers"),
    F32("reject", "top_p", J(top_p), 0.01, 1, "1", "draws come from the most probable tokens with this share"),

    ENUM("export", "type", R(export_type), "q8_0|f32|bf16|f16", "q8_0", "of OUT/NAME.gguf"),
};
enum { N_KEYS = sizeof table / sizeof *table };

int               recipe_key_count(void) { return N_KEYS; }
const recipe_key *recipe_key_at(int i) { return &table[i]; }

static int stage_of(const char *section) {
    for (int i = STAGE_PRETRAIN; i < N_STAGES; i++)
        if (!strcmp(section, stage_names[i])) return i;
    return -1;
}

/* Its field is in the stage's struct: "any" in that of every stage, "stage" in those that train, "text" in those that
 * learn from documents. */
static bool of_stage(const recipe_key *k) {
    return !strcmp(k->section, "any") || !strcmp(k->section, "stage") || !strcmp(k->section, "text");
}

static bool in_section(const recipe_key *k, const char *section) {
    int stage = stage_of(section);
    if (!of_stage(k)) return !strcmp(k->section, section);
    if (stage < 0) return false;
    if (stage == STAGE_REJECT) return !strcmp(k->section, "any");
    return stage != STAGE_RL || strcmp(k->section, "text") != 0;
}

const recipe_key *recipe_key_find(const char *section, const char *name) {
    for (int i = 0; i < N_KEYS; i++)
        if (in_section(&table[i], section) && !strcmp(table[i].name, name)) return &table[i];
    return NULL;
}

bool recipe_key_section(const char *section) {
    for (int i = 0; i < N_KEYS; i++)
        if (in_section(&table[i], section)) return true;
    return false;
}

const char *recipe_key_nearest(const char *section, const char *name) {
    const char *names[N_KEYS];
    int         n = 0;
    for (int i = 0; i < N_KEYS; i++)
        if (in_section(&table[i], section)) names[n++] = table[i].name;
    return opt_nearest(name, names, n);
}

static void *field(const recipe_key *k, const char *section, recipe *r) {
    char *base = of_stage(k) ? (char *)&r->stage[stage_of(section)] : (char *)r;
    return base + k->off;
}

/* Which of "a|b|c" the value is; -1: none. */
static int choice_of(const char *choices, const char *value) {
    size_t n = strlen(value);
    for (int i = 0; *choices; i++) {
        size_t k = strcspn(choices, "|");
        if (k == n && !memcmp(choices, value, n)) return i;
        choices += k + (choices[k] == '|');
    }
    return -1;
}

static void choice_name(const char *choices, int i, str *out) {
    for (; i > 0 && strchr(choices, '|'); i--) choices = strchr(choices, '|') + 1;
    str_addn(out, choices, strcspn(choices, "|"));
}

static bool set_u64(const recipe_key *k, void *f, const char *value, err *e) {
    char              *end;
    unsigned long long v = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end || strlen(value) > 20 ||
        (v == UINT64_MAX && strcmp(value, "18446744073709551615") != 0))
        return err_set(e, "%s: expected a whole number in 0..2^64-1, found \"%.60s\"", k->name, value);
    *(uint64_t *)f = v;
    return true;
}

static bool set_number(const recipe_key *k, void *f, const char *value, err *e) {
    bool      whole = k->type == RK_INT || k->type == RK_I64;
    double    v     = 0;
    long long i     = 0;
    bool      read  = whole ? str_to_i64(value, &i) : str_to_f64(value, &v);
    if (whole && !read && str_to_f64(value, &v) && v == floor(v) && fabs(v) < 9e15) { /* 40e6 tokens */
        i    = (long long)v;
        read = true;
    }
    if (whole) v = (double)i;
    if (!read || !(v >= k->lo && v <= k->hi))
        return err_set(e, "%s: expected a %snumber in %.10g..%.10g, found \"%.60s\"", k->name, whole ? "whole " : "",
                       k->lo, k->hi, value);
    if (k->type == RK_INT) *(int *)f = (int)i;
    else if (k->type == RK_I64) *(int64_t *)f = i;
    else if (k->type == RK_F32) *(float *)f = (float)v;
    else *(double *)f = v;
    return true;
}

bool recipe_key_set(const recipe_key *k, const char *section, recipe *r, const char *value, err *e) {
    void *f = field(k, section, r);
    int   c;
    switch (k->type) {
    case RK_STR:
        if ((double)strlen(value) >= k->hi) return err_set(e, "%s: longer than %d bytes", k->name, (int)k->hi - 1);
        strcpy(f, value);
        return true;
    case RK_U64: return set_u64(k, f, value, e);
    case RK_BOOL:
    case RK_ENUM:
        c = choice_of(k->choices, value);
        if (c < 0) return err_set(e, "%s: expected one of %s, found \"%.60s\"", k->name, k->choices, value);
        if (k->type == RK_BOOL) *(bool *)f = c != 0;
        else *(int *)f = c;
        return true;
    default: return set_number(k, f, value, e);
    }
}

void recipe_key_defaults(recipe *r) {
    r->model = cfg_default();
    for (int i = 0; i < N_KEYS; i++) {
        const recipe_key *k = &table[i];
        if (!k->def) continue;
        err  e;
        bool ok = true;
        if (of_stage(k))
            for (int s = STAGE_PRETRAIN; s < N_STAGES; s++) ok = recipe_key_set(k, stage_names[s], r, k->def, &e) && ok;
        else ok = recipe_key_set(k, k->section, r, k->def, &e);
        if (!ok) log_warn("recipe table: %s", e.msg); /* a defect of the table; test_train.c looks at every row */
    }
    r->stage[STAGE_PRETRAIN].loss     = LOSS_ALL;
    r->stage[STAGE_SFT].loss          = LOSS_ANSWER;
    r->stage[STAGE_PRETRAIN].sched.lr = 1e-3f;
    r->stage[STAGE_SFT].sched.lr      = 5e-4f;
    r->stage[STAGE_RL].sched.lr       = 5e-5f;
    r->stage[STAGE_RL].mtp_lambda = r->stage[STAGE_RL].mtp_lambda_end = 0;
}

static void add_value(const recipe_key *k, const char *section, const recipe *r, str *out) {
    recipe     *rw = (recipe *)(uintptr_t)r; /* field() hands out a place; nothing is written here */
    const void *f  = field(k, section, rw);
    switch (k->type) {
    case RK_STR: str_add(out, f); break;
    case RK_INT: str_addf(out, "%d", *(const int *)f); break;
    case RK_I64: str_addf(out, "%" PRId64, *(const int64_t *)f); break;
    case RK_U64: str_addf(out, "%" PRIu64, *(const uint64_t *)f); break;
    case RK_F32: str_addf(out, "%.9g", (double)*(const float *)f); break;
    case RK_F64: str_addf(out, "%.17g", *(const double *)f); break;
    case RK_BOOL: choice_name(k->choices, *(const bool *)f, out); break;
    case RK_ENUM: choice_name(k->choices, *(const int *)f, out); break;
    }
}

/* A number that its range would refuse: nobody has set it. */
static bool is_unset(const recipe_key *k, const char *section, const recipe *r) {
    const void *f = field(k, section, (recipe *)(uintptr_t)r);
    if (k->type == RK_INT) return *(const int *)f < k->lo;
    return k->type == RK_F32 && (double)*(const float *)f < k->lo;
}

static void dump_section(const recipe *r, const char *section, str *out) {
    str_addf(out, "[%s]\n", section);
    for (int i = 0; i < N_KEYS; i++) {
        const recipe_key *k = &table[i];
        if (!in_section(k, section)) continue;
        if (k->off == R(model_config) && !strcmp(section, "model")) continue; /* its content is in the keys */
        if (k->off == R(like) && !strcmp(section, "run")) continue;           /* likewise */
        if (is_unset(k, section, r)) continue; /* a recipe without [model] has no sizes to write down */
        str_addf(out, "%s = ", k->name);
        add_value(k, section, r, out);
        str_addc(out, '\n');
    }
}

void recipe_key_dump(const recipe *r, str *out) {
    static const char *const order[] = {"run", "model",  "tokenizer", "pretrain", "sft",
                                        "rl",  "reward", "reject",    "export"};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        bool rl     = !strcmp(order[i], "rl") || !strcmp(order[i], "reward");
        bool reject = !strcmp(order[i], "reject");
        if ((rl && r->stage[STAGE_RL].steps_key <= 0) || (reject && r->stage[STAGE_REJECT].steps_key <= 0)) continue;
        dump_section(r, order[i], out);
    }
}

static void help_row(const recipe_key *k, const recipe *defaults, const char *section, str *out) {
    str v = {0};
    if (k->choices) str_add(&v, k->choices);
    else if (k->type == RK_STR) str_add(&v, "TEXT");
    else if (k->type == RK_U64) str_add(&v, "0..2^64-1");
    else if (k->type == RK_INT || k->type == RK_I64) str_addf(&v, "%.0f..%.0f", k->lo, k->hi);
    else str_addf(&v, "%.6g..%.6g", k->lo, k->hi);
    str_add(&v, " [");
    if (k->def && !of_stage(k)) str_add(&v, k->def);
    else if (k->type == RK_F32) { /* as a person would write it: not every digit of the float */
        str_addf(&v, "%g", (double)*(const float *)field(k, section, (recipe *)(uintptr_t)defaults));
    } else add_value(k, section, defaults, &v);
    str_add(&v, "]");
    str_addf(out, "  %-24s %s\n", k->name, v.p);
    if (k->help[0]) str_addf(out, "  %-24s   %s\n", "", k->help);
    str_free(&v);
}

void recipe_key_help(str *out) {
    static const struct {
        const char *show, *section, *about;
    } sec[] = {
        {"[run]", "run", ""},
        {"[model]", "model", "names are those of config.json"},
        {"[tokenizer]", "tokenizer", "byte-level BPE"},
        {"[pretrain] and [sft]", "pretrain", "defaults of pretrain; sft: loss answer, lr 5e-4"},
        {"[rl]", "rl", "reinforcement learning"},
        {"[reward]", "reward", "of an answer in [rl]: the sum of the parts times these"},
        {"[reject]", "reject", "verified answers of the model become rows: OUT/reject.jsonl"},
        {"[export]", "export", ""},
    };
    recipe *d = mem_calloc(1, sizeof *d);
    recipe_key_defaults(d);
    str_add(out, "A recipe is an INI file. key, values [default]:\n");
    for (size_t i = 0; i < sizeof sec / sizeof *sec; i++) {
        str_addf(out, "\n%s%s%s\n", sec[i].show, sec[i].about[0] ? "  " : "", sec[i].about);
        for (int k = 0; k < N_KEYS; k++)
            if (in_section(&table[k], sec[i].section)) help_row(&table[k], d, sec[i].section, out);
    }
    str_add(out, "\n[mix.NAME]  a source a line\n"
                 "  FAMILY = WEIGHT                  all levels alike\n"
                 "  FAMILY = WEIGHT levels 1:1 3:2   these levels, with their weights\n"
                 "  text   = WEIGHT PATH             a UTF-8 file, relative to the recipe; repeatable\n"
                 "  text?  = WEIGHT PATH             the same, left out if the file is not there\n"
                 "\nAny key can be set on the command line: --set pretrain.lr=1e-3\n");
    mem_free(d);
}
