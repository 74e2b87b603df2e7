/* grpo.h -- the policy gradient of a batch of answers: GRPO and its two repairs, by their papers' names.
 *
 *   bool flat = grpo_advantages(GRPO_DR, answers + q * group, group);     // flat: all rewards alike, nothing to learn
 *   grpo_batch *b = grpo_new(m, micro_tokens, max_len, &e);
 *   grpo_score(b, answers, n, temp, logp);                                // log p of each answer's tokens, by the
 * trainer grpo_sums s = {0}; grpo_gradient(b, answers, n, &args, &s);                              // parameter
 * gradients are added; optim_step next
 *
 * Each answer's advantage is that of all its tokens (Shao et al. 2024, "DeepSeekMath", section 4.1.2). The loss is
 * sum_i sum_t weight_i * L_it, L the clipped surrogate with an optional KL term (tensor/op_loss.h), with
 *
 *   algorithm  advantage                weight of a token            clip        answers that were cut
 *   grpo       (r - mean) / (std + 1e-4)  1 / (answers * its length)   0.2, 0.2    count
 *   dr_grpo    r - mean                 1 / (answers * max_new)      0.2, 0.2    count       (Liu et al. 2025, section
 * 3) dapo       (r - mean) / (std + 1e-4)  1 / (tokens of all answers)  0.2, 0.28   left out    (Yu et al. 2025,
 * section 3)
 *
 * A sum over micro-batches: how answers fall into them changes nothing but the order of a sum. The importance ratio is
 * against the log-probabilities that the rollout wrote down, also in the first update.
 *
 * Memory:  grpo_new allocates, grpo_free frees.   Errors: none after grpo_new; every answer fits max_len.
 * Threads: one caller. */
#ifndef R1_GRPO_H
#define R1_GRPO_H
#include "model/model.h"

typedef enum { GRPO_GRPO, GRPO_DR, GRPO_DAPO } grpo_algorithm;
typedef struct grpo_answer {
    const int32_t *prompt, *tok;
    int            n_prompt, n;
    const float   *old; /* [n] log p when drawn */
    const float   *ref; /* [n] of the reference, or NULL */
    bool           stopped;
    float          reward, advantage;
} grpo_answer;
typedef struct grpo_args {
    grpo_algorithm algorithm;
    float          clip_low, clip_high, kl, temp;
    bool           mask_cut; /* answers that were cut teach nothing */
    int            max_new;
    float          balance_alpha;
} grpo_args;
typedef struct grpo_sums {
    double      loss;
    policy_sums pol;     /* over the tokens that were learnt from */
    double      balance; /* summed over micro-batches */
    int         micro;
    int64_t     tokens;
} grpo_sums;
grpo_args grpo_defaults(grpo_algorithm a);

/* Sets the advantages of one group; true if all rewards are equal (then they are 0). */
bool grpo_advantages(grpo_algorithm a, grpo_answer *group, int n);

typedef struct grpo_batch grpo_batch;
grpo_batch *grpo_new(model *m, int micro_tokens, int max_len, err *e) R1_MUST_USE; /* after model_train_begin */
void        grpo_free(grpo_batch *b);
void grpo_score(grpo_batch *b, const grpo_answer *a, int n, float temp, float *const *logp /* [n] -> [a[i].n] */);
void grpo_gradient(grpo_batch *b, const grpo_answer *a, int n, const grpo_args *args, grpo_sums *s);
/* The same sum without gradients, for tests. */
void grpo_loss(grpo_batch *b, const grpo_answer *a, int n, const grpo_args *args, grpo_sums *s);
#endif
