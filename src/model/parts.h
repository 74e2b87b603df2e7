/* parts.h -- inside a model: weights by role, the buffers of a pass, and the parts that compute.
 * Only src/model includes this; everyone else sees model.h.
 *
 * A part is a pair of functions, x_fwd and x_bwd, over the same `acts`: what the forward leaves there is what the
 * backward reads. In inference all blocks share one acts; in training each block has its own.
 *
 * Rule of the house: activations are assigned, gradients of the residual stream and of parameters are accumulated. */
#ifndef R1_PARTS_H
#define R1_PARTS_H
#include "base/mem.h"
#include "model/model.h"
#include "tensor/op_attn.h"
#include "tensor/op_linear.h"
#include "tensor/op_moe.h"
#include "tensor/op_rope.h"

/* ---- weights ---- */
typedef struct mla_w {
    param *q_a, *q_a_norm, *q_b; /* q_b alone (from hidden) when there is no q_lora */
    param *kv_a, *kv_a_norm, *kv_b, *o;
    /* kv_b's keys as an 8-bit file has them, [H, kv_lora_rank, nope], when kv_b is in Q8_0 itself; else NULL */
    const block_q8_0 *k_b;
} mla_w;
typedef struct ffn_w {
    param *gate, *up, *down;
} ffn_w;
typedef struct block_w {
    param *attn_norm, *ffn_norm;
    mla_w  attn;
    int    moe;           /* index among MoE blocks, or -1: dense */
    ffn_w  ffn;           /* dense, or the shared experts (NULLs if none) */
    ffn_w  experts;       /* stacked [E, F, D], [E, F, D], [E, D, F] */
    param *router, *bias; /* [E, D], [E] (NULL: no selection bias) */
} block_w;
typedef struct mtp_w {
    param  *enorm, *hnorm, *eh_proj, *norm;
    block_w block;
} mtp_w;

typedef struct gate_sums {
    double rows, entropy; /* entropy: sum over the rows, each 0..1 */
} gate_sums;

struct model {
    cfg        c;
    char       name[96];
    param     *param; /* [n_params] in file order */
    int        n_params;
    param     *embed, *norm, *head;
    block_w   *block;   /* [num_hidden_layers] */
    mtp_w     *mtp;     /* [num_nextn_predict_layers] */
    int        n_moe;   /* MoE blocks, MTP included */
    int64_t   *load;    /* [n_moe, n_routed_experts] */
    gate_sums *gate;    /* [n_moe] of rows that were evaluated, not trained on */
    void      *owned;   /* block of weights we own */
    gguf      *file;    /* or the mapped file they point into */
    void      *train;   /* gradients, moments, bf16 twins */
    void      *twins;   /* of an 8-bit model */
    dtype      compute; /* DT_F32 unless training in bf16 */
    float     *rope_mem;
    rope_table rope;
    float      attn_scale;
    tokenizer *tok;
};

/* ---- a pass ---- */
typedef struct acts { /* ct: the compute type */
    float *x;         /* [T, D] block input */
    void  *n1;        /* [T, D] ct */
    float *r1;        /* [T] */
    float *cq, *rq;   /* [T, Q], [T] */
    void  *nq;        /* [T, Q] ct */
    void  *q;         /* [T, H*(P+R)] ct */
    float *ckv, *rkv; /* [T, K+R], [T] */
    void  *nc;        /* [T, K] ct */
    void  *kv;        /* [T, H*(P+V)] ct */
    float *lse;       /* [T, H] */
    void  *o;         /* [T, H*V] ct */
    float *x2;        /* [T, D] */
    void  *n2;        /* [T, D] ct */
    float *r2;        /* [T] */
    int    F;         /* width of the dense or shared hidden layer */
    void  *h1, *h3;   /* [T, F] ct */
    void  *a;         /* [T, F] ct */
    route  rt;
    plan   pl;
    void  *xs;      /* [n, D] ct */
    void  *e1, *e3; /* [n, M] ct */
    void  *ea;      /* [n, M] ct */
    void  *ys;      /* [n, D] ct */
} acts;

typedef struct pass {
    model           *m;
    int              T, Tp; /* rows; rows in the buffers (rounded up in training, so that few GEMM shapes exist) */
    const int32_t   *tok, *start;
    int              n_seq;
    kv_cache *const *kv; /* or NULL */
    attn_mode        mode;
    dtype            ct;
    int32_t         *pos; /* [Tp] */
    attn_seg        *seg; /* [n_seq] */
    arena           *s;   /* scratch */
    bool             train;
    const loss_args *loss;
    double           balance; /* summed over MoE blocks */
} pass;

struct kv_cache {
    int     ctx, len, layers, c_dim, r_dim;
    float **c, **r; /* [layers] -> [ctx, kv_lora_rank] normed latent, [ctx, rope] rotated key */
};

struct model_work {
    model    *m;
    work_kind kind;
    dtype     ct; /* compute type of its passes */
    int       max_rows, plain_ctx;
    arena     fixed, s;
    acts     *act;    /* [1] or [layers + mtp] */
    float    *out;    /* [T, D] residual stream after the last block */
    float    *hid;    /* [T, D] after the final norm */
    void     *hid_ct; /* [T, D] ct (hid itself in float32) */
    float    *rf;     /* [T] */
    /* MTP: its input's parts, its output */
    void     *cat;              /* [T, 2D] ct: normed embedding, normed hidden */
    float    *emb, *re, *rh;    /* [T, D], [T], [T] */
    float    *mout, *mhid, *rm; /* [T, D], [T, D], [T] */
    void     *mhid_ct;
    int32_t  *tok, *next, *tgt; /* [T] padded copies */
    float    *w, *w2;           /* [T] */
    int32_t  *tgt2;             /* [T] the MTP module's targets */
    int32_t  *pos;
    attn_seg *seg;
    int32_t  *start;
};

/* The compute type of this pass's GEMM operands, and how many bytes one takes. */
static inline size_t ct_bytes(dtype ct) { return ct == DT_BF16 ? 2 : 4; }

/* ---- parts ---- */
/* What works row by row goes through in bands of BAND rows, so that what one product leaves the next one finds in the
 * second-level cache; only attention and the experts see all rows at once. A band is a pass and acts of its own. */
enum { BAND = 512 };
pass band_of(const pass *p, int r0); /* rows r0..r0 + BAND, or what there is */
acts acts_at(const acts *a, const model *m, dtype ct, int r0);

void mla_in(pass *p, const mla_w *w, acts *a); /* of a band: a->n1 -> queries, latents, keys and values */
void mla_attend(pass *p, const mla_w *w, acts *a, int layer);
void mla_out(pass *p, const mla_w *w, acts *a, float *y /* [T, D] */); /* of a band */
/* Gradients on their way between the bands before attention and those after it. */
typedef struct mla_grads {
    void  *dout, *dq, *dkv; /* [T, H*V], [T, H*(P+R)], [T, H*(P+V)] ct */
    float *dckv;            /* [T, K+R] */
} mla_grads;
mla_grads mla_grads_new(pass *p, const mla_w *w); /* from scratch */
void      mla_out_bwd(pass *p, const mla_w *w, acts *a, const mla_grads *g, int r0, const float *dy /* [T, D] */);
void      mla_attend_bwd(pass *p, acts *a, const mla_grads *g);
void      mla_in_bwd(pass *p, const mla_w *w, acts *a, const mla_grads *g, int r0, float *dn1 /* [T, D] assigned */);
void      ffn_fwd(pass *p, const ffn_w *w, acts *a, float *y /* [T, D] */); /* of a band, as its backward */
void      ffn_bwd(pass *p, const ffn_w *w, acts *a, float *dn2 /* [T, D] assigned */, const float *dy);
/* The router's logits of a band; the experts of all rows: y [T, D] += theirs. */
void moe_router_fwd(pass *p, const block_w *b, acts *a, float *logits /* [T, E] */);
void moe_experts_fwd(pass *p, const block_w *b, acts *a, const float *logits, float *y);
/* dxs [slots, D] and dlogits [T, E] assigned; then, band by band, dn2 [T, D] += both */
void moe_experts_bwd(pass *p, const block_w *b, acts *a, float *dxs, float *dlogits, const float *dy);
void moe_rows_bwd(pass *p, const block_w *b, acts *whole, acts *a, int r0, const float *dxs, const float *dlogits,
                  float *dn2);
/* a->x is the input; y [T, D] the output */
void block_fwd(pass *p, const block_w *b, acts *a, int layer, float *y);
/* d [T, D]: gradient at the output on entry, at the input on return */
void   block_bwd(pass *p, const block_w *b, acts *a, float *d);
size_t block_scratch(const model *m, int T, int plain_ctx, bool train);
/* Buffers of one block from `mem`; dense and MoE alike get what b needs (b = NULL: what any block needs). */
void acts_alloc(acts *a, arena *mem, const model *m, const block_w *b, int T, dtype ct, bool train);
enum { ROW_PAD = 32 }; /* GEMM rows are rounded up to this in training */

/* ---- weights.c ---- */
/* Fill m->param with names, shapes and roles from m->c; no data yet. */
void weights_layout(model *m);
/* Give every parameter its own float32 memory, zeroed. */
void weights_own(model *m);
void model_finish(model *m); /* rope table, loads; after c and weights are there */

/* ---- q8.c ---- */
void q8_layout(model *m); /* which matrices are on which grid */
bool q8_load(model *m,
             err   *e) R1_MUST_USE; /* after reading: the twins of an 8-bit model, which it may turn out to be */
void q8_forget(const model *m);   /* file pages that the twins stand for */
/* Row r of p as this model uses it: what is on a grid, rounded to it. */
void q8_row(const model *m, const param *p, int64_t r, float *out);

/* ---- files: model_hf.c, model_gguf.c ---- */
bool hf_read(model *m, const char *dir, err *e) R1_MUST_USE;
bool gguf_read(model *m, const char *path, err *e) R1_MUST_USE;
#endif
