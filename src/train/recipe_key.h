/* recipe_key.h -- the one table of all recipe keys, and what is made from it: parsing, help, canonical text.
 *
 *   const recipe_key *k = recipe_key_find("pretrain", "lr");
 *   recipe_key_set(k, STAGE_PRETRAIN, r, "2e-3", &e);    // e: "lr: expected a number in 0..10, found "fast""
 *   recipe_key_help(&s);                                 // for --help-recipe
 *
 * A key of [pretrain], [sft] and [rl] is one row: its field is an offset into the stage's struct.
 * Memory: static table.   Errors: false and a message without the place (recipe.c adds it).   Threads: any. */
#ifndef R1_RECIPE_KEY_H
#define R1_RECIPE_KEY_H
#include "base/str.h"
#include "train/recipe.h"

typedef enum { RK_STR, RK_INT, RK_I64, RK_U64, RK_F32, RK_F64, RK_BOOL, RK_ENUM } recipe_key_type;
typedef struct recipe_key {
    const char *section; /* "any" stands for every stage but tokenizer, "stage" for those that train, "text" for
                            pretrain and sft */
    const char     *name;
    recipe_key_type type;
    size_t          off;
    double          lo, hi;  /* numbers: range; strings: hi is the buffer's size */
    const char     *def;     /* NULL: what the field holds already (cfg_default) */
    const char     *choices; /* RK_ENUM and RK_BOOL: "cosine|wsd", by value */
    const char     *help;
} recipe_key;

int               recipe_key_count(void);
const recipe_key *recipe_key_at(int i);
const recipe_key *recipe_key_find(const char *section, const char *name);
const char       *recipe_key_nearest(const char *section, const char *name); /* NULL: none is near */
bool              recipe_key_section(const char *section);
bool recipe_key_set(const recipe_key *k, const char *section, recipe *r, const char *value, err *e) R1_MUST_USE;
void recipe_key_defaults(recipe *r);
void recipe_key_dump(const recipe *r, str *out); /* "section.key = value" lines */
void recipe_key_help(str *out);
#endif
