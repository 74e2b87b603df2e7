/* model.h -- a whole transformer: weights, and the one forward that everything uses.
 *
 *   model *m = model_load("models/r1-tiny.gguf", &e);        // GGUF file, or a folder with config.json + safetensors
 *   model_work *w = work_new(m, 512, WORK_INFER);            // buffers for up to 512 rows a call
 *   kv_cache *kv = kv_new(m, 2048);
 *   int32_t tok[] = {...}; kv_cache *kvs[] = {kv}; int32_t start[] = {0, n};
 *   model_rows r = {.T = n, .tok = tok, .n_seq = 1, .start = start, .kv = kvs};
 *   const float *h = model_forward(m, w, &r, ATTN_AUTO);     // [T, hidden], after the final norm
 *   model_logits(m, w, h + (n - 1) * D, 1, logits);          // [1, vocab]
 *
 * Rows, not rectangles: a call is a flat list of T tokens; sequence s owns rows start[s]..start[s+1], in order.
 * With kv[s] the rows continue that timeline (positions kv_len(kv[s])...), and are appended to it; with kv = NULL
 * every sequence starts at position 0 and leaves nothing behind (training, scoring).
 *
 * Training (see train/): model_train_begin adds gradients and moments, model_loss runs forward and backward.
 *
 * Memory:  a model owns its weights (one block, or the mapped file); work and kv are sized once, nothing is
 *          allocated in a call.   Errors: constructors return NULL and fill e; calls on good arguments cannot fail.
 * Threads: a model is shared read-only; one work and its kv caches belong to one thread at a time. */
#ifndef R1_MODEL_H
#define R1_MODEL_H
#include "base/err.h"
#include "model/cfg.h"
#include "tensor/op_loss.h"
#include "tensor/param.h"
#include "text/tokenizer.h"

typedef struct model      model;
typedef struct model_work model_work;
typedef struct kv_cache   kv_cache;

/* ---- life ---- */
model     *model_new(const cfg *c, uint64_t seed,
                     err *e) R1_MUST_USE; /* float32, random: normal(0, 0.02), residual outputs scaled */
model     *model_load(const char *path, err *e) R1_MUST_USE;
void       model_free(model *m);
const cfg *model_cfg(const model *m);
/* What the files that this model is saved to will say of its context: no more than it has, 1 <= n. */
bool        model_declare_context(model *m, int n, err *e) R1_MUST_USE;
tokenizer  *model_tokenizer(model *m);                   /* from the file; NULL if it had none. Owned by the model. */
void        model_set_tokenizer(model *m, tokenizer *t); /* takes ownership */
const char *model_name(const model *m);                  /* general.name, or the file's stem */
int64_t     model_bytes(const model *m);                 /* of the weights */
bool        model_check_finite(const model *m, err *e) R1_MUST_USE; /* names the first tensor with a NaN or infinity */
int         model_param_count(const model *m);
param      *model_param(model *m, int i); /* in file order; for optimizers, writers and tests */
param      *model_param_find(model *m, const char *hf_name);

/* ---- files ---- */
bool model_save_hf(model *m, const char *dir, err *e) R1_MUST_USE; /* config.json, model.safetensors, tokenizer files */
bool model_save_gguf(model *m, const char *path, dtype type, const char *name,
                     err *e) R1_MUST_USE; /* f32 f16 bf16 q8_0 */

/* ---- timelines ---- */
kv_cache *kv_new(const model *m, int ctx, err *e) R1_MUST_USE;
void      kv_free(kv_cache *kv);
int       kv_len(const kv_cache *kv);
int       kv_ctx(const kv_cache *kv);
void      kv_trim(kv_cache *kv, int len);              /* forget positions >= len */
/* dst becomes the first len positions of src (same model, len <= both contexts): share a prefix by copying it */
void kv_copy(kv_cache *dst, const kv_cache *src, int len);

/* ---- forward ---- */
typedef struct model_rows {
    int              T;
    const int32_t   *tok; /* [T] */
    int              n_seq;
    const int32_t   *start; /* [n_seq + 1] */
    kv_cache *const *kv;    /* [n_seq] or NULL */
} model_rows;
typedef enum { ATTN_AUTO, ATTN_PLAIN, ATTN_ABSORBED } attn_mode;
typedef enum { WORK_INFER, WORK_TRAIN } work_kind;
model_work *work_new(model *m, int max_rows, work_kind kind, err *e) R1_MUST_USE;
void        work_free(model_work *w);
int         work_max_rows(const model_work *w);
/* Returns [T, hidden] after the final norm, borrowed until the next call on w. r->T <= work_max_rows. */
const float *model_forward(model *m, model_work *w, const model_rows *r, attn_mode mode);
void model_logits(model *m, model_work *w, const float *h /* [n, hidden] */, int n, float *logits /* [n, vocab] */);
/* MTP module `depth` (0 = first): row i uses the hidden state h[i] of the main model (after its final norm) and
 * the token that follows, next[i]; returns [T, hidden] after shared_head.norm: model_logits of row i predicts the
 * token after next[i]. Sequences and kv as in model_forward (its own kv, of kv_new_mtp). */
const float *model_mtp(model *m, model_work *w, int depth, const model_rows *r, const float *h, const int32_t *next,
                       attn_mode mode);
kv_cache    *kv_new_mtp(const model *m, int ctx, err *e) R1_MUST_USE;

/* ---- training ---- */
bool model_train_begin(model *m, dtype compute /* DT_F32 or DT_BF16: type of GEMM operands */, err *e) R1_MUST_USE;
typedef struct train_rows { /* what loader_fill makes */
    model_rows     r;       /* kv = NULL */
    const int32_t *tgt;     /* [T] */
    const float   *w;       /* [T] */
} train_rows;
typedef struct model_losses {
    double nll, n; /* sum of w * -log p(tgt), sum of w */
    double mtp_nll, mtp_n;
    double hit, mtp_hit; /* sums of w where the argmax was right: accuracy, and MTP's acceptance when greedy */
    double balance;      /* sequence-wise balance loss, alpha included, mean over MoE layers */
    policy_sums pol;     /* with loss_args.policy */
} model_losses;
typedef struct loss_args {
    float  scale;         /* gradients are of scale * (nll + mtp_lambda * mtp_nll) [+ balance * balance_scale] */
    float  mtp_lambda;    /* DeepSeek-V3 eq. 25; 0 skips the module */
    float  balance_alpha; /* DeepSeek-V3 eq. 17 */
    bool   backward;      /* false: evaluate only */
    float *row_nll;       /* [T], out: w * -log p(tgt) of each row, at the policy's temperature; NULL: not wanted */
    int   *row_top;       /* [T], out: the likeliest next token of each row with a weight, else -1; NULL: not wanted */
    int   *row_draft;     /* [T], out: the same of the MTP module, for the token after next */
    /* NULL: cross-entropy. Else the main head's loss is the policy's (op_loss.h; its arrays are [T], its tmp is filled
     * in here), and nll above is that of its temperature. With adv = NULL it only sets the temperature: scoring. */
    const loss_policy *policy;
} loss_args;
/* Forward and (if asked) backward; parameter gradients are accumulated. w must be WORK_TRAIN. */
void model_loss(model *m, model_work *w, const train_rows *b, const loss_args *a, model_losses *out);
/* Tokens routed to each expert since the last call of model_bias_update, [n_moe_layers][n_routed_experts];
 * the MTP blocks come last. */
int            model_moe_layers(const model *m);
int64_t       *model_expert_load(model *m, int moe_layer); /* to be written by who sums them over processes */
/* How undecided the gate is, 0..1: the entropy of a token's scores divided by their sum, over ln E, mean of the rows that
 * model_loss evaluated (backward = false) since the last model_bias_update. */
double model_gate_entropy(const model *m, int moe_layer);
/* What it is made of, to be summed over processes: v = {rows, sum of their entropies}. */
void model_gate_sums(const model *m, int moe_layer, double v[2]);
void model_gate_set(model *m, int moe_layer, const double v[2]);
/* Auxiliary-loss-free balancing: b_i += gamma * sign(mean load - load_i); loads are then set to 0 (V3 section 2.1.2).
 */
void model_bias_update(model *m, float gamma);
void model_refresh(
    model *m); /* after weights were changed (checkpoint, in an 8-bit model each optimizer step): twins */

/* ---- 8 bits ----
 * The products of an 8-bit model run on 8-bit integers: weights with one scale a row, rows of activations with one
 * scale each, exact sums. That are all matrices of attention and experts, and eh_proj; embedding and output head hold
 * 8-bit values, too, but are multiplied with floats (`head`: the head also runs on integers); norms, router and the
 * products inside attention stay as they are. Training keeps float32 masters and sends gradients straight through the
 * rounding. Training and use compute the same: activations are bf16 in both. A file says which it is (cfg.h, qat_bits),
 * as a Q8_0 file in which the blocks of each row agree does by itself. */
bool model_set_8bit(model *m, bool on, bool head, err *e) R1_MUST_USE;
#endif
