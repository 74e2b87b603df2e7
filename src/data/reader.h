/* reader.h -- the documents of a source, one after the other, whatever the format of its files.
 *
 *   reader *r = reader_open(&m->src[i], &e);             // NULL: none of its files is there
 *   problem p = {0}; row_kind kind;
 *   while ((kind = reader_next(r, &p, &e)) != ROW_BAD) ...   // what rows.h calls a family's, a taught row, or text
 *   if (reader_failed(r)) ...                            // it ended early: *e
 *   reader_report(r, &out); reader_close(r);             // how many, and what was dropped why
 *
 * text   passages of about `bytes` bytes (manifest.h), up to half as much more, ended at an empty line, else before a
 *        line that is not indented, else at a line's end; each judged by textfilter.h
 * jsonl  a document a line (also the elements of a .json list): {"text"}; {"question","answer"} with or without
 *        "reasoning"; {"instruction","input","output"}; {"messages":[{"role","content"}]} (the last answer, to all that
 *        came before it); rows of a family. Long texts are cut into passages. What is none of these is dropped.
 * gsm8k  {"question","answer"} with calculator marks, recast into four phases (gsm8k.h)
 *
 * Files come in the order of their names; .gz and .dz are unpacked as they are read.
 *
 * Memory:  a line or a passage, at most 4 MB (a .json list: the whole file, at most 256 MB).
 * Errors:  reader_open: no file matches. A file that cannot be read to its end stops the reader.
 * Threads: one reader, one thread. */
#ifndef R1_READER_H
#define R1_READER_H
#include "data/manifest.h"
#include "data/rows.h"

typedef struct reader reader;
reader               *reader_open(const manifest_source *s, err *e) R1_MUST_USE;
row_kind              reader_next(reader *r, problem *p, err *e);
bool                  reader_failed(const reader *r);
void                  reader_report(const reader *r, str *out); /* one line, without a newline */
void                  reader_close(reader *r);
/* One line of a jsonl source as a document; for the training loader too. A text lies in p->question, whole. */
row_kind reader_json(const char *line, size_t n, problem *p, char why[ROWS_WHY]);
/* Where a passage that starts at `from` ends: see `text` above. */
size_t reader_passage(const char *p, size_t n, size_t from, size_t want);
#endif
