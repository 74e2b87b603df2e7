/* Any bytes as a recipe: refused with one line, or a recipe whose canonical text reads back as the same one. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "train/recipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    err   e    = {0};
    char *text = mem_alloc(n + 1);
    if (n) memcpy(text, p, n);
    text[n] = '\0';
    log_set_level(LOG_QUIET);
    recipe *r = recipe_parse("fuzz", text, "", NULL, 0, &e);
    if (!r) {
        if (!e.msg[0] || strchr(e.msg, '\n')) abort();
    } else {
        recipe *again = recipe_parse("again", r->text.p, "", NULL, 0, &e);
        if (!again || again->hash != r->hash) abort();
        recipe_free(again);
        recipe_free(r);
    }
    mem_free(text);
    return 0;
}
