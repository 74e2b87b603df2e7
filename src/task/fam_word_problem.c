/* fam_word_problem.c -- a little world told as a story, and one of its numbers asked.
 *
 * Levels: the number of steps (1 to 8) and the size of the numbers grow; from 2 on some stories ask for what was there
 * at first; from 4 on there are numbers that nothing needs; from 5 on sentences stand in any order. What a story can be
 * made of is in story.h, what its quantities are and how they are worked out in quant.h. */
#include <stdio.h>
#include <string.h>
#include "task/measure.h"
#include "task/story.h"
#include "task/verify.h"

static const int least[] = {0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 6}, most[] = {0, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8};

static void tell(story *s, int steps) {
    uint64_t k = rng_below(s->r, 100);
    if (k < 36) story_owned(s, steps);
    else if (k < 60) story_compare(s, steps, false);
    else if (k < 76) story_setting(s, steps);
    else if (k < 86 && s->level >= 2 && steps <= 5) story_backward(s, steps);
    else if (steps <= 6) story_scene(s, steps);
    else story_owned(s, steps);
    if (s->q.bad) return;
    if (s->q.asked < 0) s->q.asked = s->subject;
    int needed = s->q.asked < 0 ? 0 : quant_steps(&s->q);
    if (s->q.asked >= 0 && quant_value(&s->q, s->q.asked) < 2) s->q.bad = true; /* "1 apples" */
    if (needed < least[s->level] - (s->level > 7) || needed > most[s->level] + 1) s->q.bad = true;
    int extra = s->level < 4 ? 0 : s->level < 7 ? (story_chance(s, 45) ? 1 : 0) : story_range(s, 0, 2);
    while (extra-- > 0) story_distract(s);
}

static void make(rng *r, int level, problem *p) {
    for (;;) {
        story s = story_new(r, level);
        tell(&s, rng_range(r, least[level], most[level]));
        if (!s.q.bad && s.q.asked >= 0 && s.ask.len) {
            p->level = level;
            story_put(&p->question, &s);
            fam_value f = quant_phases(p, r, &s.q, "word_problem");
            story_answer(&p->answer, &s, f.v);
            story_free(&s);
            return;
        }
        story_free(&s);
    }
}

static bool right(const problem *p, const char *text, char why[96]) {
    return !verify_echo(p->question.p, text, why) && answer_matches(text, p->truth.p, why) &&
           measure_fits(p->question.p, text, p->truth.p, why);
}

static bool solve(const problem *p, str *truth, char why[96]) { return quant_truth(p, truth, why); }

const family fam_word_problem = {.name   = "word_problem",
                                 .field  = "education",
                                 .about  = "stories about quantities, one to eight steps",
                                 .levels = 10,
                                 .make   = make,
                                 .right  = right,
                                 .solve  = solve};
