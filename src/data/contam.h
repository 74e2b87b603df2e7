/* contam.h -- does a training text share a run of ten words with an evaluation set?
 *
 *   contam *c = contam_new();
 *   if (!contam_add(c, "../shared/data/gsm8k/test.jsonl", &e)) ...       // or a folder, all its files
 *   contam_hit h;
 *   if (contam_find(c, text, n, &h)) printf("%s has \"%.*s\"", contam_name(c, h.set), (int)h.len, text + h.from);
 *
 * Words and numbers as words.h has them (symbols left out), so that case, spacing, punctuation and mark-up do not hide
 * a copy. Of .jsonl and .json every string value is a text, of .txt and .csv the whole file; .gz of each is unpacked.
 * In a folder (searched to the bottom) files with "train" in their name, licences and other kinds are left out.
 *
 * The hash of a run has 48 bits: a clean text of 500 words is called a copy by chance with a probability of
 * 500 x runs / 2^48, 2e-6 for a million runs.
 *
 * Memory:  16 bytes a run, by the size of the evaluation sets; what is checked costs none.
 * Errors:  a path that cannot be read or a file that is not what its name says.
 * Threads: filling one; finding any. */
#ifndef R1_CONTAM_H
#define R1_CONTAM_H
#include <stddef.h>
#include "base/err.h"

enum { CONTAM_RUN = 10 };
typedef struct contam contam;
typedef struct contam_hit {
    int    set;       /* which file: contam_name */
    size_t from, len; /* the first shared run in the text */
} contam_hit;
contam     *contam_new(void);
void        contam_free(contam *c);
bool        contam_add(contam *c, const char *path, err *e) R1_MUST_USE;
void        contam_add_text(contam *c, const char *name, const char *p, size_t n);
bool        contam_find(const contam *c, const char *p, size_t n, contam_hit *hit);
int         contam_sets(const contam *c);
const char *contam_name(const contam *c, int set);
long        contam_runs(const contam *c);
/* The evaluation sets that are never trained on (docs/DATA.md), by the names of the files read: writes the names of
 * those that are missing to out[0..cap). Returns how many. */
int contam_missing(const contam *c, const char *out[], int cap);
#endif
