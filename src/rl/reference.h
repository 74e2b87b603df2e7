/* reference.h -- the weights that a policy is held to: a copy that takes the model's place while it scores.
 *
 *   reference *ref = reference_new(m);          // the weights of now
 *   reference_swap(ref);                        // m computes with the copy ...
 *   grpo_score(...);
 *   reference_swap(ref);                        // ... and with its own again
 *   reference_take(ref);                        // a later state becomes the reference
 *
 * One model, one set of buffers, one forward: the reference costs its weights and nothing else.
 *
 * Memory:  float32, as large as the weights; reference_free.   Errors: none.   Threads: one caller. */
#ifndef R1_REFERENCE_H
#define R1_REFERENCE_H
#include "model/model.h"

typedef struct reference reference;
reference               *reference_new(model *m);      /* m's weights are float32: model_train_begin has been called */
void                     reference_free(reference *r); /* NULL is fine; not while swapped */
void                     reference_take(reference *r);
void                     reference_swap(reference *r);
#endif
