/* curriculum.h -- at which level to work, family by family: up when it goes well, down when nothing goes.
 *
 *   curriculum c; curriculum_init(&c);
 *   int f = curriculum_add(&c, "linear", 1, 10);              // levels 1 to 10, begins at the lowest
 *   int level = curriculum_draw(&c, f, &r);
 *   curriculum_note(&c, f, level, solved);                    // RL: the verifier's word (or a reward above a bar)
 *   curriculum_note_loss(&c, f, level, loss);                 // pre-training and SFT: nats a learnt token of a
 * document curriculum_schedule(&c, step / (double)steps);            // or: by the clock alone curriculum_save(&c,
 * &text); curriculum_load(&c, text, n, &e);
 *
 * Of the last 32 outcomes at a family's level or above, more than 0.7 good ones promote it by one level, fewer than 0.1
 * demote it; after either the outcomes begin anew. A document counts as good when its loss is below loss_good. Draws
 * are mixed, so that what was learnt is kept and what comes is looked at: 70% at the level, 20% below (the one below
 * half of the time, the next a quarter, ...), 10% one above; what does not exist falls to the level itself.
 *
 * The schedule moves all families alike: the lowest level at the start, the highest from 0.8 of the run on, in equal
 * steps between.
 *
 * The state is plain data without pointers. It moves in whole outcomes, so it is the same on every machine for the same
 * outcomes, and a run continued from a checkpoint that holds it draws what it would have drawn.
 *
 * Memory:  8 kB, by value.   Errors: loading: what is not a state of these families.   Threads: one. */
#ifndef R1_CURRICULUM_H
#define R1_CURRICULUM_H
#include "base/rng.h"
#include "base/str.h"

enum { CURRICULUM_FAMILIES = 128, CURRICULUM_NAME = 32, CURRICULUM_WINDOW = 32 };
/* As a recipe names them. */
typedef enum { CURRICULUM_NONE, CURRICULUM_LOSS, CURRICULUM_SCHEDULE, CURRICULUM_REWARD } curriculum_by;
typedef struct curriculum_family {
    char     name[CURRICULUM_NAME];
    int      lo, hi, level;
    int      n;        /* outcomes in `recent`, at most CURRICULUM_WINDOW */
    uint32_t recent;   /* the last outcomes, the newest in bit 0 */
    int64_t  seen;     /* outcomes ever */
    int      up, down; /* how often promoted and demoted */
} curriculum_family;
typedef struct curriculum {
    double            promote, demote, below, above, loss_good; /* 0.7, 0.1, 0.2, 0.1, 0.3 */
    int               n;
    curriculum_family f[CURRICULUM_FAMILIES];
} curriculum;

void   curriculum_init(curriculum *c);
int    curriculum_add(curriculum *c, const char *name, int lo, int hi); /* its number; -1: too many */
int    curriculum_find(const curriculum *c, const char *name);          /* -1: unknown */
int    curriculum_draw(const curriculum *c, int f, rng *r);
bool   curriculum_note(curriculum *c, int f, int level, bool success); /* true: the level moved */
bool   curriculum_note_loss(curriculum *c, int f, int level, double loss);
bool   curriculum_schedule(curriculum *c, double progress); /* 0..1; true: a level moved */
double curriculum_mean(const curriculum *c);                /* of the levels */
/* One line of JSON. Loading wants the same families with the same levels, in any order. */
void curriculum_save(const curriculum *c, str *out);
bool curriculum_load(curriculum *c, const char *text, size_t n, err *e) R1_MUST_USE;
#endif
