/* cmd_tokenize.c -- r1 tokenize: stdin to token ids, or ids back to text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fs.h"
#include "cli/cli.h"
#include "cli/cmds.h"

static const char usage[] = "r1 tokenize [-m MODEL | -m tokenizer.json] [options] < TEXT";
static const char about[] = "Turn the text on stdin into token ids, one line of numbers; with --decode, ids into text.";

enum { INPUT_MAX = 1 << 28 };

/* A folder or a .json needs no weights; a GGUF file carries its tokenizer with them. *m owns it then. */
static tokenizer *open_tokenizer(const char *path, model **m, err *e) {
    if (path && (fs_is_dir(path) || str_ends(path, ".json"))) return tok_load(path, e);
    str        found = {0};
    tokenizer *t     = NULL;
    if (path || cli_default_model(&found, e)) {
        *m = model_load(path ? path : found.p, e);
        if (*m && !(t = model_tokenizer(*m))) err_set(e, "%s has no tokenizer", path ? path : found.p);
    }
    str_free(&found);
    return t;
}

static bool print_ids(const tokenizer *t, const ids *v, bool json, bool pieces, err *e) {
    if (json) {
        json_t *a = json_array();
        for (int i = 0; i < v->n; i++) json_array_append_new(a, json_integer(v->p[i]));
        json_t *o = json_pack("{s:o}", "ids", a);
        char   *s = json_dumps(o, JSON_COMPACT);
        json_decref(o);
        puts(s ? s : "");
        free(s);
        return cli_flush(e);
    }
    for (int i = 0; i < v->n; i++) {
        if (!pieces) {
            printf("%s%d", i ? " " : "", (int)v->p[i]);
            continue;
        }
        size_t      n = 0;
        const char *p = tok_piece(t, v->p[i], &n);
        str         s = {0};
        str_add_json(&s, p ? p : "", n);
        printf("%7d  \"%s\"\n", (int)v->p[i], s.p ? s.p : "");
        str_free(&s);
    }
    if (!pieces) putchar('\n');
    return cli_flush(e);
}

/* Numbers with anything between that is no digit: "1 2 3", "[1,2,3]" and {"ids":[1,2,3]} all read. */
static bool print_text(const tokenizer *t, const str *in, bool json, err *e) {
    ids  v  = {0};
    str  s  = {0};
    bool ok = true;
    for (const char *p = in->p; ok && *p;) {
        if (*p < '0' || *p > '9') {
            p++;
            continue;
        }
        char     *end;
        long long id = strtoll(p, &end, 10);
        size_t    n;
        if (id >= tok_size(t) || !tok_piece(t, (int32_t)id, &n))
            ok = err_set(e, "id %lld (number %d) is not in the vocabulary, 0..%d", id, v.n + 1, tok_size(t) - 1);
        else ids_add(&v, (int32_t)id);
        p = end;
    }
    if (ok) {
        tok_decode(t, v.p, v.n, &s);
        if (json) {
            str o = {0};
            str_add_json(&o, s.p ? s.p : "", s.len);
            printf("{\"text\":\"%s\"}\n", o.p ? o.p : "");
            str_free(&o);
        } else if (s.len > 0) {
            fwrite(s.p, 1, s.len, stdout);
        }
        ok = cli_flush(e);
    }
    ids_free(&v);
    str_free(&s);
    return ok;
}

int cmd_tokenize(int argc, char **argv) {
    const char *path = NULL;
    bool        json = false, special = false, pieces = false, decode = false, quiet = false;
    int         first, status;
    opt         table[] = {
                OPT_STR('m', "model", &path, "MODEL", "GGUF file, folder or tokenizer.json (default: the shipped model)"),
                OPT_BOOL(0, "json", &json, "{\"ids\":[...]} instead of a line of numbers"),
                OPT_BOOL(0, "special", &special, "special tokens written in the text count as such"),
                OPT_BOOL(0, "pieces", &pieces, "one token a line, with its bytes"),
                OPT_BOOL(0, "decode", &decode, "read ids, write the text"),
                OPT_BOOL('q', "quiet", &quiet, "nothing on stderr but errors (there is nothing else)"),
                OPT_END};
    err e = {0};
    if (!cli_options(table, argc, argv, usage, about, &first, &status)) return status;
    if (first < argc && !path) path = argv[first++]; /* `r1 tokenize tokenizer.json` reads well too */
    if (first < argc) err_set(&e, "'%.60s' was not expected; the text is read from stdin", argv[first]);
    if (e.msg[0]) return cli_usage("tokenize", &e);
    model     *m  = NULL;
    str        in = {0};
    ids        v  = {0};
    bool       ok = false;
    tokenizer *t  = open_tokenizer(path, &m, &e);
    if (t && cli_read_stdin(INPUT_MAX, &in, &e)) {
        if (decode) {
            ok = print_text(t, &in, json, &e);
        } else {
            tok_encode(t, in.p, in.len, special ? TOK_SPECIAL : TOK_PLAIN, &v);
            ok = print_ids(t, &v, json, pieces, &e);
        }
    }
    status = ok ? CLI_OK : cli_fail(&e);
    ids_free(&v);
    str_free(&in);
    if (t && !m) tok_free(t);
    model_free(m);
    return status;
}
