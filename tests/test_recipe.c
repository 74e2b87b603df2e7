/* test_recipe.c -- recipes that are like another, and that every recipe of this tree is one. What a single file may say
 * is held to in test_train.c. */
#include "unit.h"

#include <glob.h>
#include <unistd.h>

#include "base/fs.h"
#include "train/recipe.h"

static char Dir[100];

static const char BASE[] =
    "[run]\nname = base\nseed = 3\n[model]\nhidden_size = 32\nnum_hidden_layers = 2\n"
    "first_k_dense_replace = 1\nnum_attention_heads = 2\nq_lora_rank = 16\nkv_lora_rank = 16\n"
    "qk_nope_head_dim = 8\nqk_rope_head_dim = 8\nv_head_dim = 8\nintermediate_size = 64\n"
    "n_routed_experts = 4\nn_shared_experts = 1\nnum_experts_per_tok = 2\n"
    "moe_intermediate_size = 32\nmax_position_embeddings = 256\n[tokenizer]\nvocab_size = 300\n"
    "[mix.base]\nlinear = 1\nmanifest = 2 data/m.ini\ncurriculum = loss 0.2\n"
    "[pretrain]\ntokens = 5120\nbatch_tokens = 512\nmicro_tokens = 256\nmax_len = 256\nlr = 2e-3\n";

static void put(const char *name, const char *text) {
    char path[160];
    err  e = {0};
    snprintf(path, sizeof path, "%s/%s", Dir, name);
    if (!fs_write(path, text, strlen(text), &e)) fail_msg("%s", e.msg);
}

static recipe *take(const char *name, const char *const *sets, int n, err *e) {
    char path[160];
    snprintf(path, sizeof path, "%s/%s", Dir, name);
    return recipe_load(path, sets, n, e);
}

static recipe *good(const char *name, const char *const *sets, int n) {
    err     e = {0};
    recipe *r = take(name, sets, n, &e);
    if (!r) fail_msg("%s", e.msg);
    return r;
}

static void bad(const char *name, const char *const *sets, int n, const char *want) {
    err     e = {0};
    recipe *r = take(name, sets, n, &e);
    assert_null(r);
    if (!strstr(e.msg, want)) fail_msg("\"%s\" is not in: %s", want, e.msg);
}

/* What stands in the file wins, what does not is the other's; paths are from the folder of the file they stand in. */
static void test_like(void **s) {
    (void)s;
    put("sub/child.ini", "[run]\nlike = ../base.ini\nname = child\n[pretrain]\nlr = 1e-3\ntokens = 0\nsteps = 4\n"
                         "[mix.base]\ncurriculum = none\n");
    recipe           *r = good("sub/child.ini", NULL, 0), *b = good("base.ini", NULL, 0);
    const recipe_mix *m = recipe_find_mix(r, "base");
    assert_string_equal(r->name, "child");
    assert_true(r->seed == 3 && r->model.hidden_size == 32 && r->tok_vocab == 300);
    assert_true(r->stage[STAGE_PRETRAIN].sched.lr == 1e-3f && r->stage[STAGE_PRETRAIN].sched.steps == 4);
    assert_true(b->stage[STAGE_PRETRAIN].sched.lr == 2e-3f && b->stage[STAGE_PRETRAIN].sched.steps == 10);
    assert_true(m->curriculum == CURRICULUM_NONE && m->n == recipe_find_mix(b, "base")->n && m->n == 2);
    recipe_free(r);
    const char *set = "pretrain.lr=5e-4";
    r               = good("sub/child.ini", &set, 1);
    assert_true(r->stage[STAGE_PRETRAIN].sched.lr == 5e-4f);
    recipe_free(r);
    recipe_free(b);
}

/* It is the recipe that says the same in one file. */
static void test_same_hash(void **s) {
    (void)s;
    put("again.ini", "[run]\nlike = base.ini\n");
    put("third.ini", "[run]\nlike = again.ini\n[pretrain]\nlr = 2e-3\n");
    recipe *b = good("base.ini", NULL, 0), *a = good("again.ini", NULL, 0), *t = good("third.ini", NULL, 0);
    assert_true(a->hash == b->hash && t->hash == b->hash);
    assert_string_equal(a->text.p, b->text.p);
    assert_null(strstr(a->text.p, "like"));
    recipe_free(a), recipe_free(b), recipe_free(t);
}

static void test_bad(void **s) {
    (void)s;
    const char *set = "run.like=base.ini";
    put("self.ini", "[run]\nlike = self.ini\n");
    put("none.ini", "[run]\n\nlike = gone.ini\n");
    put("wrong.ini", "[pretrain]\n; here\nlr = much\n");
    put("of-wrong.ini", "[run]\nlike = wrong.ini\n");
    put("twice.ini", "[run]\nlike = base.ini\n[pretrain]\nlr = 1\nlr = 1\n");
    put("both.ini", "[run]\nlike = base.ini\n[pretrain]\nsteps = 3\n");
    bad("self.ini", NULL, 0, "self.ini:2: like: more than 4 files deep");
    bad("none.ini", NULL, 0, "none.ini:3: like: ");
    bad("of-wrong.ini", NULL, 0, "wrong.ini:3: lr: ");
    bad("twice.ini", NULL, 0, "twice.ini:5: [pretrain] lr stands here a second time");
    bad("both.ini", NULL, 0, "give tokens or steps, not both");
    bad("base.ini", &set, 1, "only a file can be like another");
}

static void test_all_of_the_tree(void **s) {
    (void)s;
    glob_t g = {0};
    assert_int_equal(glob("recipes/*.ini", 0, NULL, &g), 0);
    glob("recipes/ablations/*.ini", GLOB_APPEND, NULL, &g);
    for (size_t i = 0; i < g.gl_pathc; i++) {
        err     e = {0};
        recipe *r = recipe_load(g.gl_pathv[i], NULL, 0, &e);
        if (!r) fail_msg("%s", e.msg);
        recipe_free(r);
    }
    globfree(&g);
}

static int setup(void **s) {
    (void)s;
    char path[160];
    err  e = {0};
    if (!unit_tmpdir(Dir, sizeof Dir)) return 1;
    static const char *const sub[] = {"sub", "data"};
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", Dir, sub[i]);
        if (!fs_mkdirs(path, &e)) return 1;
    }
    put("base.ini", BASE);
    put("data/m.ini", "[one]\nkind = families\nfamilies = arithmetic\nshare = 1\n");
    return 0;
}

static int teardown(void **s) {
    (void)s;
    char cmd[160];
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", Dir);
    return system(cmd);
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(test_like), cmocka_unit_test(test_same_hash),
                                   cmocka_unit_test(test_bad), cmocka_unit_test(test_all_of_the_tree)};
    return cmocka_run_group_tests_name("recipe", t, setup, teardown);
}
