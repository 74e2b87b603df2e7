/* suite.h -- how often is the model right: problems from a family's held-out split, or rows of a file.
 *
 *   suite_args a = suite_defaults();
 *   a.suite = "valid"; a.limit = 1000;                      // 1000 problems of every family, spread over its levels
 *   suite_result r = {0};
 *   if (!suite_run(m, &a, &r, &e)) ...
 *   for (int i = 0; i < r.n_cell; i++) r.cell[i].correct ...    // one cell a family and level; r.all is their sum
 *   suite_free(&r);
 *
 * The same seed gives the same problems; within a cell no problem comes twice (small families may have fewer than
 * asked for, n says how many there were). Answers are greedy unless samples > 1.
 *
 * Memory:  the result's cells are freed by suite_free.
 * Errors:  an unknown suite (the nearest name is given), a row of the file that is not understood (file:line), a model
 *          without a tokenizer; "interrupted" after Ctrl-C.
 * Threads: one caller. */
#ifndef R1_SUITE_H
#define R1_SUITE_H
#include "base/json.h"
#include "task/family.h"
#include "model/model.h"

typedef struct suite_case { /* one judged answer, borrowed during on_case */
    const char *family;     /* "" for rows of a file without one */
    int         level, tokens;
    const char *question, *truth, *response;
    verdict     v;
    bool        stopped; /* false: cut by the length limit */
    bool        hurried; /* the thinking was closed by its budget */
} suite_case;

typedef struct suite_args {
    const char *suite;       /* "valid", "test": every family; or a family's name */
    split_id    split;       /* for a family's name */
    const char *data;        /* instead of a suite: a JSONL file of {"question", "answer"} */
    int         limit;       /* problems a family, or rows in all; 0: 500, or all rows */
    int         level;       /* only this one; 0: all */
    int         samples;     /* answers a problem */
    float       temp, top_p; /* used when samples > 1 or temp > 0 */
    uint64_t    seed;
    int         parallel;     /* timelines at once; 0: chosen by memory */
    int         ctx, max_new; /* 0: the model's context, at most 4096; as far as it reaches */
    int         think;        /* CHAT_THINK or CHAT_NO_THINK */
    int         budget;       /* tokens of thinking (infer/think.h): THINK_AUTO as in ask, THINK_FREE */
    void (*on_case)(void *user, const suite_case *c, int done, int total, int correct); /* may be NULL */
    void *user;
} suite_args;
suite_args suite_defaults(void);

typedef struct suite_cell {
    char    family[32];
    int     level;
    int     problems, n;          /* n = problems * samples answers were judged */
    int     correct, format, cut; /* answers: right, well formed, cut by the length limit */
    int     hurried;              /* answers whose thinking was closed by its budget */
    int     solved;               /* problems with at least one right answer */
    int64_t tokens;               /* written, all answers */
} suite_cell;
typedef struct suite_result {
    suite_cell *cell;
    int         n_cell;
    suite_cell  all;
    int         samples, too_long; /* too_long: questions that did not fit the context, counted as wrong */
    double      seconds;
} suite_result;

bool suite_run(model *m, const suite_args *a, suite_result *out, err *e) R1_MUST_USE;
void suite_free(suite_result *r);

/* Wilson 1927: a 95% interval for a rate of k in n that stays honest near 0 and 1. n = 0 gives [0, 1]. */
void suite_wilson(double k, double n, double *lo, double *hi);
/* {"n","correct","accuracy","format_ok","mean_tokens", "ci95", ..., "cells": [...]}; new reference. */
json_t *suite_json(const suite_result *r);
#endif
