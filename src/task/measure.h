/* measure.h -- does the unit of an answer fit what is asked for?
 *
 *   bool ok = measure_fits("How long does it take?  ... 60 km at 12 km/h", "**5 km**", "5", why);     // no: a length
 *
 * A number alone fits always. A unit must be of the kind asked for (a time for "how long does", a speed for "how fast",
 * years for "how old", the unit itself for "how many minutes"), and the question must know it: no miles where there are
 * kilometres, no euros where there are dollars. Where nobody can tell what is asked for, the question must know the
 * unit, if it knows any. What is no unit ("5 apples") is not judged. "%" fits where a percentage is asked for.
 *
 * Memory:  none.   Errors: none.   Threads: any. */
#ifndef R1_MEASURE_H
#define R1_MEASURE_H
#include <stdbool.h>

/* `truth` begins with the value. Only values in bold count, if some are, else the last one equal to the truth. */
bool measure_fits(const char *question, const char *answer, const char *truth, char why[96]);
/* Does the question give any number or column a unit: "5 km", "distance (km)"? */
bool measure_known(const char *question);
/* Is the value given in percent? */
bool measure_percent(const char *answer, const char *truth);
/* No value stands under one of the names of other things: "The costs are **97**" where profit is asked, with the names
 * "cost*|costs". Answers that say one of `own` anywhere pass. Patterns as choice_find has them. */
bool measure_subject(const char *answer, const char *truth, const char *other, const char *own, char why[96]);
#endif
