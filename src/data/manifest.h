/* manifest.h -- which sources make up a corpus, where they are, and under which licence.
 *
 *   manifest *m = manifest_load("recipes/data/manifest.ini", &e);
 *   for (int i = 0; i < m->n; i++) m->src[i].name, .share ...
 *   manifest_free(m);
 *
 * INI, a section a source; shares are weights of rows and are divided by their sum:
 *
 *   [problems]
 *   kind     = families
 *   families = all                     ; names of families and of fields; `all`
 *   levels   = 1 2 3:2                 ; default: all alike
 *   share    = 80
 *   [gsm8k]
 *   kind     = gsm8k                   ; text | jsonl | gsm8k, see reader.h
 *   path     = ../data/train.jsonl     ; a file or a pattern (glob), relative to the manifest; may be repeated
 *   share    = 5
 *   licence  = MIT
 *   url      = https://github.com/openai/grade-school-math
 *   language = english                 ; text, jsonl: english | code | any: which filter (textfilter.h)
 *   bytes    = 1200                    ; text: about how long a row is
 *   [against]
 *   path     = ../data/test.jsonl      ; evaluation sets, files or folders (contam.h); may be repeated
 *
 * Every source but families needs a licence. Whether its files are there is found out by who opens it.
 *
 * Memory:  manifest_free.   Errors: FILE:LINE, what was expected, what was found.   Threads: read-only once loaded. */
#ifndef R1_MANIFEST_H
#define R1_MANIFEST_H
#include "data/textfilter.h"
#include "task/family.h"

enum { MANIFEST_SOURCES = 64, MANIFEST_LEVELS = 10 };
typedef enum { SOURCE_FAMILIES, SOURCE_TEXT, SOURCE_JSONL, SOURCE_GSM8K } source_kind;
typedef struct manifest_source {
    char           name[40], licence[80], url[160];
    int            line;
    source_kind    kind;
    double         share;
    text_lang      language;
    int            bytes;
    char         **path;
    int            n_path;
    const family **fam;   /* [n_fam], each once */
    int            n_fam; /* 0: fields that have no family yet */
    bool           named; /* families were given */
    double         level[MANIFEST_LEVELS + 1];
} manifest_source;
typedef struct manifest {
    manifest_source *src;
    int              n;
    char           **against;
    int              n_against;
} manifest;
manifest *manifest_load(const char *path, err *e) R1_MUST_USE;
manifest *manifest_parse(const char *what, const char *text, const char *dir, err *e) R1_MUST_USE;
void      manifest_free(manifest *m);
#endif
