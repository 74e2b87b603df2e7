/* texts.h -- the documents of text files by number: mapped, cut into chunks once, decoded when asked for.
 *
 *   texts_spec s = {.path = "books/[a-m]*.txt", .split = SPLIT_TRAIN, .want = 1024};
 *   texts *x = texts_open(&s, &e);
 *   row_kind k = texts_get(x, i, &p);          // ROW_TEXT: p.question is the text; else a problem with its answer
 *
 * A file is plain text, cut at line ends into windows of about `want` bytes; or, by its ending .jsonl, one document a
 * line in the forms that reader.h knows (long texts in windows, too). With `gsm8k` the lines are recast (gsm8k.h).
 * A document's own bytes decide its split, as a problem's key does, so that a passage that occurs twice is in one
 * split.
 *
 * Memory:  16 bytes a document; the files stay mapped, so text that is not read takes no memory.
 * Errors:  no such file; plain text that is not UTF-8; no document of this split.
 * Threads: any may get at once. */
#ifndef R1_TEXTS_H
#define R1_TEXTS_H
#include "data/rows.h"
#include "data/textfilter.h"

typedef struct texts texts;
typedef struct texts_spec {
    const char *path; /* a file or a pattern */
    split_id    split;
    size_t      want; /* bytes of a window */
    bool        gsm8k;
    int         filter; /* 0: none; else 1 + text_lang: windows that textfilter.h refuses are left out */
} texts_spec;
texts   *texts_open(const texts_spec *s, err *e) R1_MUST_USE;
void     texts_close(texts *x);
int      texts_count(const texts *x);
row_kind texts_get(const texts *x, int i, problem *p);
/* The total size of the files that a pattern names; -1: none. */
long long texts_size(const char *path);
#endif
