/* fam_geometry.c -- lengths, areas, volumes and angles of figures.
 *
 * Levels: 1 rectangles, squares, triangles; 2 larger ones, missing sides, angles of a triangle; 3 boxes,
 * parallelograms, trapezoids, angles on a line; 4 units converted, polygons, a rectangle cut out of another; 5 circles
 * with 3.14; 6 Pythagoras, circles in terms of pi; 7 the other leg, surfaces; 8 coordinates, rings, cylinders; 9 cones,
 * paths around gardens, heights of isosceles triangles; 10 rhombuses, pyramids, a square less a circle.
 *
 * The Understand line has the figure, its unit and its measures; shape.c knows the formulas a second time. */
#include <stdio.h>
#include <string.h>
#include "task/shape.h"
#include "task/tale.h"
#include "task/verify.h"

static int size(const tale *t) {
    static const int hi[] = {0, 40, 90, 60, 60, 60, 60, 60, 60, 70, 80};
    return hi[t->level];
}

static void add(tale *t, const char *text) {
    size_t n = strlen(t->q.said);
    if (snprintf(t->q.said + n, sizeof t->q.said - n, "%s", text) >= (int)(sizeof t->q.said - n)) t->q.bad = true;
}

/* With a unit of the table from `from` on. */
static void begin_in(tale *t, const char *shape, int from, int n) {
    static const char *const u[][2] = {{"cm", "centimetres"}, {"cm", "cm"}, {"mm", "mm"},   {"in", "inches"},
                                       {"m", "metres"},       {"m", "m"},   {"ft", "feet"}, {"km", "km"}};
    char                     s[64];
    int                      k      = from + tale_pick(t, n);
    static const char *const what[] = {"What is",  "What is", "Find",   "Calculate",
                                       "Work out", "Give me", "I need", "Tell me"};
    int                      w      = tale_pick(t, 8);
    tale_text(t, "what", what[w]);
    tale_text(t, "end", w < 2 ? "?" : ".");
    add(t, shape);
    if (u[k][0]) snprintf(s, sizeof s, ", %s", u[k][0]);
    add(t, s);
    tale_text(t, "u", u[k][1]);
    static const char *const two[] = {"square %s", "%s^2", "%s\xc2\xb2", "square %s"}, *const three[] = {
                                                                                           "cubic %s", "%s^3",
                                                                                           "%s\xc2\xb3", "cubic %s"};
    int         f    = tale_pick(t, 4);
    const char *word = f == 0 || f == 3 ? u[k][1] : u[k][0];
    char        buf[TALE_TEXT];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(buf, sizeof buf, two[f], word);
    tale_text(t, "u2", buf);
    snprintf(buf, sizeof buf, three[f], word);
    tale_text(t, "u3", buf);
#pragma GCC diagnostic pop
    snprintf(t->unit, sizeof t->unit, "%s", u[k][0]);
}

static void begin(tale *t, const char *shape) { begin_in(t, shape, 0, 8); }

enum { HOUSE = 4, HOUSES = 3 }; /* metres and feet */

static quant_term measure(tale *t, const char *slot, const char *name, long v) {
    char s[64];
    snprintf(s, sizeof s, "; %s = %ld", name, v);
    add(t, s);
    return tale_num(t, slot, v);
}

/* dim: 0 a number, 1 length, 2 area, 3 volume, 4 degrees */
static void asked(tale *t, const char *what, int dim) {
    char u[24], kind[TALE_TEXT];
    snprintf(u, sizeof u, "%s", t->unit);
    snprintf(kind, sizeof kind, "%.*s %s", (int)strcspn(t->q.said, ";"), t->q.said, what);
    tale_text(t, "kind", kind);
    t->kind = t->text[t->n - 1];
    add(t, "; asked: ");
    add(t, what);
    if (dim == 0) t->unit[0] = 0;
    else if (dim == 4) snprintf(t->unit, sizeof t->unit, " degrees");
    else if (dim == 1) snprintf(t->unit, sizeof t->unit, " %.16s", u);
    else snprintf(t->unit, sizeof t->unit, " %.16s^%d", u, dim);
}

#define WHAT "<what> "
#define ASK_FOR "{What is|Can you find|Can you work out|Could you tell me|Do you know} "
#define ANSWER1 "{It is|That is|The answer is} **<answer> <u>**."
#define ANSWER2 "{It is|That is|The area is} **<answer> <u2>**."

/* ---- rectangles and squares */
static const char *const rect[] = {
    "{a rectangle|a sheet of paper|a picture|a card|a stamp}",
    "{a rectangle|a garden|a field|a room|a park|a playground|a pool|a wall|a hall|a yard}"};

static void rect_slot(tale *t) {
    str  s   = {0};
    bool big = !strcmp(t->unit, "m") || !strcmp(t->unit, "ft") || !strcmp(t->unit, "km");
    if (!strcmp(t->unit, "km")) str_add(&s, "a rectangle");
    else wording_put(&s, t->r, rect[big], NULL);
    tale_text(t, "rect", s.p);
    str_free(&s);
}

static void rectangle(tale *t) {
    bool area = tale_chance(t, 50);
    begin(t, "rectangle");
    rect_slot(t);
    quant_term a = measure(t, "a", "length", tale_range(t, 3, size(t))),
               b = measure(t, "b", "width", tale_range(t, 2, (int)a.v.v));
    asked(t, area ? "area" : "perimeter", area ? 2 : 1);
    if (area) {
        t->q.asked = quant_op(&t->q, "area", a, '*', b);
        tale_plan(t, "area = length * width");
        t->ask  = WHAT "the area of <rect> {that is <a> <u> long and <b> <u> wide|with sides of <a> <u> and <b> <u>|of "
                       "<a> <u> by <b> <u>|with {a |}length <a> <u> and {a |}width <b> <u>}<end>";
        t->tell = "The area is **<answer> <u2>**.";
        return;
    }
    int half   = quant_op(&t->q, "half the way round", a, '+', b);
    t->q.asked = quant_op(&t->q, "perimeter", quant_ref(half), '*', quant_num(2));
    tale_plan(t, "perimeter = (length + width) * 2");
    t->ask = "{" ASK_FOR "the perimeter of <rect> {that is <a> <u> long and <b> <u> wide|with sides of <a> <u> and <b> "
             "<u>|of <a> <u> by <b> <u>}|How {long a fence|much fence|many <u> of fence} goes around "
             "<rect> {of <a> <u> by <b> <u>|that is <a> <u> long and <b> <u> wide}}?";
    t->tell = "{The perimeter|It} is **<answer> <u>**.";
}

static void square(tale *t) {
    bool area = tale_chance(t, 50);
    begin(t, "square");
    quant_term a = measure(t, "a", "side", tale_range(t, 2, size(t) * 3));
    asked(t, area ? "area" : "perimeter", area ? 2 : 1);
    t->q.asked = area ? quant_op(&t->q, "area", a, '*', a) : quant_op(&t->q, "perimeter", a, '*', quant_num(4));
    tale_plan(t, area ? "area = side * side" : "perimeter = side * 4");
    t->ask  = area ? WHAT "the area of a square {with sides of <a> <u>|whose side is <a> <u>|of side <a> <u>}<end>"
                   : WHAT "the perimeter of a square {with sides of <a> <u>|whose side is <a> <u>|of side <a> <u>}<end>";
    t->tell = area ? "The area is **<answer> <u2>**." : "The perimeter is **<answer> <u>**.";
}

static void triangle_sides(tale *t) {
    int a = tale_range(t, 3, size(t)), b = tale_range(t, 3, size(t)),
        c = tale_range(t, a > b ? a - b + 1 : b - a + 1, a + b - 1);
    begin(t, "triangle with sides");
    quant_term x = measure(t, "a", "a", a), y = measure(t, "b", "b", b), z = measure(t, "c", "c", c);
    asked(t, "perimeter", 1);
    int two    = quant_op(&t->q, "two sides", x, '+', y);
    t->q.asked = quant_op(&t->q, "perimeter", quant_ref(two), '+', z);
    tale_plan(t, "perimeter = a + b + c");
    t->ask  = "{" ASK_FOR "the perimeter of a triangle with sides of <a>, <b> and <c> <u>|The sides of a triangle are "
              "<a> <u>, <b> <u> and <c> <u>[ long]. What is {its|the} perimeter}?";
    t->tell = "The perimeter is **<answer> <u>**.";
}

static void missing(tale *t) {
    bool area = tale_chance(t, 50);
    long a = tale_range(t, 2, area ? 12 : 60), b = tale_range(t, 2, size(t));
    begin(t, area ? "rectangle with area" : "rectangle with perimeter");
    rect_slot(t);
    if (area) {
        char z2[TALE_TEXT]; /* without the 2 of cm^2: that would be one more number */
        snprintf(z2, sizeof z2, "square %.40s", t->text[t->n - 4]);
        tale_text(t, "z2", z2);
        quant_term z = measure(t, "z", "area", a * b), x = measure(t, "a", "length", a);
        asked(t, "width", 1);
        t->q.asked = quant_op(&t->q, "width", z, '/', x);
        tale_plan(t, "width = area / length");
        t->ask = "The area of <rect> is <z> <z2>. One side is <a> <u>[ long]. {How long is the other[ side]|What is "
                 "the length of the other[ side]}?";
    } else {
        quant_term z = measure(t, "z", "perimeter", 2 * (a + b)), x = measure(t, "a", "length", a);
        asked(t, "width", 1);
        int half   = quant_op(&t->q, "half the way round", z, '/', quant_num(2));
        t->q.asked = quant_op(&t->q, "width", quant_ref(half), '-', x);
        tale_plan(t, "width = perimeter / 2 - length");
        t->ask = "The perimeter of <rect> is <z> <u>. {One side|Its length} is <a> <u>[ long]. {How long is the other "
                 "side|What is the other side|How wide is it}?";
    }
    t->tell = "{The other side|It} is **<answer> <u>**[ long].";
}

/* ---- angles */
static void third_angle(tale *t) {
    long a = tale_range(t, 15, 110), b = tale_range(t, 10, 170 - (int)a);
    add(t, "triangle with angles, degrees");
    quant_term x = measure(t, "a", "first", a), y = measure(t, "b", "second", b);
    asked(t, "third angle", 4);
    int two    = quant_op(&t->q, "two angles", x, '+', y);
    t->q.asked = quant_op(&t->q, "third angle", quant_num(180), '-', quant_ref(two));
    tale_plan(t, "the three angles make 180");
    t->ask  = "{Two angles of a triangle are|A triangle has angles of|In a triangle two angles measure} <a>{\xc2\xb0| "
              "degrees} and <b>{\xc2\xb0| degrees}. {What is the third[ angle]|How {big|large} is the third[ "
              "angle]|Find the third angle}?";
    t->tell = "{The third angle is|It is} **<answer>{\xc2\xb0| degrees}**.";
}

static void angles(tale *t) {
    switch (tale_pick(t, 3)) {
    case 0: {
        long a = tale_range(t, 40, 130), b = tale_range(t, 40, 120),
             c = tale_range(t, 20, 350 - (int)(a + b) > 150 ? 150 : 350 - (int)(a + b));
        add(t, "quadrilateral with angles, degrees");
        quant_term x = measure(t, "a", "first", a), y = measure(t, "b", "second", b), z = measure(t, "c", "third", c);
        asked(t, "fourth angle", 4);
        int two    = quant_op(&t->q, "two angles", x, '+', y),
            three  = quant_op(&t->q, "three angles", quant_ref(two), '+', z);
        t->q.asked = quant_op(&t->q, "fourth angle", quant_num(360), '-', quant_ref(three));
        tale_plan(t, "the four angles make 360");
        t->ask = "Three angles of a {quadrilateral|four-sided figure} are <a>\xc2\xb0, <b>\xc2\xb0 and <c>\xc2\xb0. "
                 "{What is the fourth[ angle]|How {big|large} is the fourth[ angle]}?";
        break;
    }
    case 1: {
        bool top = tale_chance(t, 50);
        add(t, top ? "isosceles triangle with top angle, degrees" : "isosceles triangle with base angle, degrees");
        quant_term x = measure(t, "a", top ? "top" : "base", top ? 2 * tale_range(t, 5, 80) : tale_range(t, 10, 85));
        asked(t, top ? "base angle" : "top angle", 4);
        if (top) {
            int both   = quant_op(&t->q, "both base angles", quant_num(180), '-', x);
            t->q.asked = quant_op(&t->q, "base angle", quant_ref(both), '/', quant_num(2));
            tale_plan(t, "the angles make 180, both base angles are equal");
            t->ask = "The angle at the top of an isosceles triangle is <a>\xc2\xb0. {How {big|large} is each base "
                     "angle|What is a base angle}?";
        } else {
            int both   = quant_op(&t->q, "both base angles", x, '*', quant_num(2));
            t->q.asked = quant_op(&t->q, "top angle", quant_num(180), '-', quant_ref(both));
            tale_plan(t, "the angles make 180, both base angles are equal");
            t->ask = "The base angles of an isosceles triangle are <a>\xc2\xb0 each. {How {big|large} is the angle at "
                     "the top|What is the angle at the top}?";
        }
        break;
    }
    default: third_angle(t); return;
    }
    t->tell = "{The angle is|It is} **<answer>{\xc2\xb0| degrees}**.";
}

static void polygon(tale *t) {
    bool sum = tale_chance(t, 30);
    long n   = tale_range(t, 3, 12);
    if (sum) {
        n = tale_range(t, 5, 99);
        add(t, "polygon, degrees");
        quant_term x = measure(t, "n", "sides", n);
        asked(t, "sum of angles", 4);
        int less   = quant_op(&t->q, "triangles", x, '-', quant_num(2));
        t->q.asked = quant_op(&t->q, "sum of angles", quant_ref(less), '*', quant_num(180));
        tale_plan(t, "sum of angles = (sides - 2) * 180");
        t->ask  = "{What is the sum of the {interior |inner |}angles of a polygon with <n> sides|How many degrees are "
                  "the angles of a polygon with <n> sides together}?";
        t->tell = "The angles make **<answer>{\xc2\xb0| degrees}**.";
        return;
    }
    begin(t, "regular polygon");
    quant_term x = measure(t, "n", "sides", n), a = measure(t, "a", "side", tale_range(t, 2, 200));
    asked(t, "perimeter", 1);
    t->q.asked = quant_op(&t->q, "perimeter", x, '*', a);
    tale_plan(t, "perimeter = sides * side");
    t->ask = "{A regular polygon has <n> sides of <a> <u> each. What is {its|the} perimeter|What is the perimeter of a "
             "regular polygon with <n> sides of <a> <u>}?";
    t->tell = "The perimeter is **<answer> <u>**.";
}

/* ---- areas */
static void area_of(tale *t) {
    int  k = tale_pick(t, 3);
    long b = tale_range(t, 3, size(t)), h = tale_range(t, 2, size(t));
    begin(t, k == 0 ? "triangle" : k == 1 ? "parallelogram" : "trapezoid");
    if (k == 2) {
        long       c = tale_range(t, 2, (int)b);
        quant_term x = measure(t, "a", "a", b), y = measure(t, "b", "c", c), z = measure(t, "h", "height", h);
        asked(t, "area", 2);
        int both   = quant_op(&t->q, "both sides", x, '+', y),
            twice  = quant_op(&t->q, "twice the area", quant_ref(both), '*', z);
        t->q.asked = quant_op(&t->q, "area", quant_ref(twice), '/', quant_num(2));
        tale_plan(t, "area = (a + c) * height / 2");
        t->ask  = WHAT "the area of a {trapezoid|trapezium} with parallel sides of <a> <u> and <b> <u> and a height of "
                       "<h> <u><end>";
        t->tell = "The area is **<answer> <u2>**.";
        return;
    }
    quant_term x = measure(t, "b", "base", b), y = measure(t, "h", "height", h);
    asked(t, "area", 2);
    if (k == 0) {
        int twice  = quant_op(&t->q, "twice the area", x, '*', y);
        t->q.asked = quant_op(&t->q, "area", quant_ref(twice), '/', quant_num(2));
        tale_plan(t, "area = base * height / 2");
        t->ask = WHAT "the area of a triangle with {a |}base <b> <u> and {a |}height <h> <u><end>";
    } else {
        t->q.asked = quant_op(&t->q, "area", x, '*', y);
        tale_plan(t, "area = base * height");
        t->ask = WHAT "the area of a parallelogram with {a |}base <b> <u> and {a |}height <h> <u><end>";
    }
    t->tell = "The area is **<answer> <u2>**.";
}

static void cut_out(tale *t) {
    bool minus = tale_chance(t, 60);
    long a = tale_range(t, 8, size(t)), b = tale_range(t, 6, size(t)), c = tale_range(t, 2, (int)a - 2),
         d = tale_range(t, 2, (int)b - 2);
    begin_in(t, minus ? "rectangle with a rectangle cut out" : "two rectangles side by side", HOUSE, HOUSES);
    quant_term x = measure(t, "a", "length", a), y = measure(t, "b", "width", b), z = measure(t, "c", "a", c),
               w = measure(t, "d", "c", d);
    asked(t, "area", 2);
    int whole  = quant_op(&t->q, minus ? "whole" : "first", x, '*', y),
        part   = quant_op(&t->q, minus ? "hole" : "second", z, '*', w);
    t->q.asked = quant_op(&t->q, "area", quant_ref(whole), minus ? '-' : '+', quant_ref(part));
    tale_plan(t, minus ? "area = whole - hole" : "area = first + second");
    t->ask  = minus ? "{From a sheet of <a> by <b> <u>, a piece of <c> by <d> <u> is cut out. What area is left|In a "
                      "{garden|yard|lawn} of <a> <u> by <b> <u> there is a {pond|pool|terrace} of <c> <u> by <d> <u>. "
                      "How large is the area {around it|that is left}|A wall of <a> <u> by <b> <u> has a window of <c> "
                      "<u> by <d> <u>. How large is the wall without the window}?"
                    : "{An L-shaped {room|garden|terrace} is made of two rectangles|A figure is made of two rectangles "
                      "side by side}, one of <a> <u> by <b> <u>, the other of <c> <u> by <d> <u>. {What is {its|the} "
                      "[whole ]area|How large is it in all}?";
    t->tell = ANSWER2;
}

static void path(tale *t) {
    long a = tale_range(t, 6, size(t)), b = tale_range(t, 5, size(t)), w = tale_range(t, 1, 4);
    begin_in(t, "rectangle with a path around it", HOUSE, HOUSES);
    quant_term x = measure(t, "a", "length", a), y = measure(t, "b", "width", b), z = measure(t, "w", "path", w);
    asked(t, "path", 2);
    int both   = quant_op(&t->q, "both borders", z, '*', quant_num(2)),
        l      = quant_op(&t->q, "outer length", x, '+', quant_ref(both)),
        k      = quant_op(&t->q, "outer width", y, '+', quant_ref(both)),
        outer  = quant_op(&t->q, "outer area", quant_ref(l), '*', quant_ref(k)),
        inner  = quant_op(&t->q, "inner area", x, '*', y);
    t->q.asked = quant_op(&t->q, "path", quant_ref(outer), '-', quant_ref(inner));
    tale_plan(t, "outer area - inner area, the path is on both sides");
    t->ask  = "{Around a {garden|pool|lawn|field} of <a> <u> by <b> <u> {runs|goes|there is} a path <w> <u> wide|A "
              "{garden|pool|lawn|field} is <a> <u> long and <b> <u> wide. A path <w> <u> wide runs all around it[ on "
              "the outside]}. What is the area of the path?";
    t->tell = "The path has **<answer> <u2>**.";
}

/* ---- solids */
static void box(tale *t) {
    int  hi     = t->level < 4 ? 20 : 30;
    bool volume = t->level < 5 || tale_chance(t, 40);
    begin(t, "box");
    quant_term x = measure(t, "a", "length", tale_range(t, 2, hi)),
               y = measure(t, "b", "width", tale_range(t, 2, t->level < 4 ? 12 : 20)),
               z = measure(t, "c", "height", tale_range(t, 2, t->level < 4 ? 12 : 20));
    asked(t, volume ? "volume" : "surface", volume ? 3 : 2);
    if (volume) {
        int floor  = quant_op(&t->q, "floor", x, '*', y);
        t->q.asked = quant_op(&t->q, "volume", quant_ref(floor), '*', z);
        tale_plan(t, "volume = length * width * height");
        t->ask  = WHAT "the volume of {a box|a block|a tank|a crate|a cuboid} {that is <a> <u> long, <b> <u> wide and "
                       "<c> <u> high|of <a> by <b> by <c> <u>|with edges of <a> <u>, <b> <u> and <c> <u>}<end>";
        t->tell = "The volume is **<answer> <u3>**.";
        return;
    }
    int f = quant_op(&t->q, "floor", x, '*', y), s = quant_op(&t->q, "side", x, '*', z),
        e = quant_op(&t->q, "end", y, '*', z), sum = quant_sum(&t->q, "three faces", (int[]){f, s, e}, 3);
    t->q.asked = quant_op(&t->q, "surface", quant_ref(sum), '*', quant_num(2));
    tale_plan(t, "surface = (floor + side + end) * 2");
    t->ask  = WHAT "the surface[ area] of {a box|a block|a crate|a cuboid} {that is <a> <u> long, <b> <u> wide and <c> "
                   "<u> high|of <a> by <b> by <c> <u>|with edges of <a> <u>, <b> <u> and <c> <u>}<end>";
    t->tell = "The surface is **<answer> <u2>**.";
}

static void pyramid(tale *t) {
    begin(t, "pyramid");
    quant_term a = measure(t, "a", "side", tale_range(t, 2, 40)),
               h = measure(t, "h", "height", 3 * tale_range(t, 1, 25));
    asked(t, "volume", 3);
    int base   = quant_op(&t->q, "base", a, '*', a),
        all    = quant_op(&t->q, "three times the volume", quant_ref(base), '*', h);
    t->q.asked = quant_op(&t->q, "volume", quant_ref(all), '/', quant_num(3));
    tale_plan(t, "volume = base * height / 3");
    t->ask = WHAT "the volume of a pyramid {with a square base of side <a> <u> and a height of <h> <u>|that is <h> <u> "
                  "high and stands on a square of side <a> <u>}<end>";
    t->tell = "The volume is **<answer> <u3>**.";
}

/* ---- round */
static void pi_is(tale *t, bool terms) {
    if (terms) {
        add(t, "; in terms of pi");
        t->pi = "\xcf\x80";
        tale_text(t, "pi", "");
        return;
    }
    add(t, "; pi = 3.14");
    t->q.parts = true;
}

#define TERMS "[ {Leave \xcf\x80 in the answer|Give it in terms of \xcf\x80|Answer as a multiple of \xcf\x80}]"

static void circle(tale *t) {
    bool terms = t->level > 5, area = tale_chance(t, 50), d = tale_chance(t, 45);
    long r = tale_range(t, 2, terms ? 99 : 40);
    begin(t, d ? "circle with diameter" : "circle");
    quant_term x  = d ? measure(t, "r", "diameter", area || terms ? 2 * r : r) : measure(t, "r", "radius", r),
               pi = quant_dec((decimal){314, 2});
    pi_is(t, terms);
    asked(t, area ? "area" : "circumference", area ? 2 : 1);
    int R = -1, v = -1;
    if (area && d) R = quant_op(&t->q, "radius", x, '/', quant_num(2));
    else if (area) R = quant_given(&t->q, "radius", x);
    if (area) v = quant_op(&t->q, terms ? "area" : "radius squared", quant_ref(R), '*', quant_ref(R));
    else
        v = d ? quant_given(&t->q, "diameter", x)
              : quant_op(&t->q, terms ? "circumference" : "diameter", x, '*', quant_num(2));
    if (terms && !area && d) {
        t->q.bad = true; /* nothing to work out */
        return;
    }
    t->q.asked = terms ? v : quant_op(&t->q, area ? "area" : "circumference", quant_ref(v), '*', pi);
    tale_plan(t, "%s",
              area ? (terms ? "area = radius * radius, times pi" : "area = pi * radius * radius")
                   : (terms ? "circumference = 2 * radius, times pi" : "circumference = pi * diameter"));
    tale_text(t, "with", d ? "diameter" : "radius");
    if (terms) {
        t->ask =
            area ? "{" ASK_FOR
                   "the area of a circle with {a |}<with> {of |}<r> <u>, {in terms of \xcf\x80|as a multiple of "
                   "\xcf\x80}|A circle has a <with> of <r> <u>. What is its area in terms of \xcf\x80}?"
                 : "{" ASK_FOR
                   "the circumference of a circle with {a |}<with> {of |}<r> <u>, {in terms of \xcf\x80|as a multiple "
                   "of \xcf\x80}|A circle has a <with> of <r> <u>. What is its circumference in terms of \xcf\x80}?";
        t->tell = area ? "The area is **<answer>\xcf\x80 <u2>**." : "The circumference is **<answer>\xcf\x80 <u>**.";
        return;
    }
    t->ask =
        area ? "{" ASK_FOR "the area of a circle with {a |}<with> {of |}<r> <u>, {with|using|taking} \xcf\x80 = 3.14|A "
               "{round table|pond|round pool|plate|wheel} has a <with> of <r> <u>. What is its area? Use "
               "3.14 for \xcf\x80|The <with> of a circle is <r> <u>. What is its area (\xcf\x80 = 3.14)}?"
             : "{" ASK_FOR
               "the circumference of a circle with {a |}<with> {of |}<r> <u>, {with|using|taking} \xcf\x80 = 3.14|A "
               "{round table|pond|round pool|plate|wheel} has a <with> of <r> <u>. How far is it around? Use 3.14 for "
               "\xcf\x80|The <with> of a circle is <r> <u>. What is its circumference (\xcf\x80 = 3.14)}?";
    t->tell    = area ? "The area is **<answer> <u2>**." : "The circumference is **<answer> <u>**.";
    t->q.limit = 20000;
}

static void ring(tale *t) {
    long a = tale_range(t, 3, 60), b = tale_range(t, 2, (int)a - 1);
    begin(t, "ring");
    quant_term x = measure(t, "a", "outer", a), y = measure(t, "b", "inner", b);
    pi_is(t, true);
    asked(t, "area", 2);
    int o = quant_op(&t->q, "outer squared", x, '*', x), i = quant_op(&t->q, "inner squared", y, '*', y);
    t->q.asked = quant_op(&t->q, "area", quant_ref(o), '-', quant_ref(i));
    tale_plan(t, "area = outer squared - inner squared, times pi");
    t->ask = "{What is the area of a ring with|A ring has} an outer radius of <a> <u> and an inner radius of <b> <u>{, "
             "in terms of \xcf\x80|, as a multiple of \xcf\x80|. Give its area in terms of \xcf\x80}?";
    t->tell = "The area is **<answer>\xcf\x80 <u2>**.";
}

static void cylinder(tale *t) {
    bool cone = t->level > 8 && tale_chance(t, 70);
    begin(t, cone ? "cone" : "cylinder");
    quant_term r = measure(t, "r", "radius", tale_range(t, 2, 30)),
               h = measure(t, "h", "height", cone ? 3 * tale_range(t, 1, 25) : tale_range(t, 2, 60));
    pi_is(t, true);
    asked(t, "volume", 3);
    int sq = quant_op(&t->q, "radius squared", r, '*', r);
    if (cone) {
        int all    = quant_op(&t->q, "three times the volume", quant_ref(sq), '*', h);
        t->q.asked = quant_op(&t->q, "volume", quant_ref(all), '/', quant_num(3));
        tale_plan(t, "volume = radius squared * height / 3, times pi");
        tale_text(t, "solid", "cone");
    } else {
        t->q.asked = quant_op(&t->q, "volume", quant_ref(sq), '*', h);
        tale_plan(t, "volume = radius squared * height, times pi");
        tale_text(t, "solid", "cylinder");
    }
    t->ask  = "{" ASK_FOR "the volume of a <solid> with {a |}radius {of |}<r> <u> and {a |}height {of |}<h> <u>, {in "
              "terms of|as a multiple of} \xcf\x80|A <solid> has a radius of <r> <u> and a height of <h> "
              "<u>. What is its volume in terms of \xcf\x80}?";
    t->tell = "The volume is **<answer>\xcf\x80 <u3>**.";
}

static void corner(tale *t) { /* a square less a circle */
    long r = tale_range(t, 2, 40);
    begin(t, "square with a circle cut out");
    quant_term a = measure(t, "a", "side", 2 * r), pi = quant_dec((decimal){314, 2});
    pi_is(t, false);
    asked(t, "area", 2);
    int whole = quant_op(&t->q, "square", a, '*', a), R = quant_op(&t->q, "radius", a, '/', quant_num(2)),
        sq     = quant_op(&t->q, "radius squared", quant_ref(R), '*', quant_ref(R)),
        c      = quant_op(&t->q, "circle", quant_ref(sq), '*', pi);
    t->q.asked = quant_op(&t->q, "area", quant_ref(whole), '-', quant_ref(c));
    tale_plan(t, "area = square - circle, the radius is half the side");
    t->ask  = "{From a square of side <a> <u>, the largest possible circle is cut out|A square of side <a> <u> has a "
              "circle inside that touches all four sides}. {What area is left[ of the square]|How large is the part "
              "outside the circle}? {Use|Take} \xcf\x80 = 3.14.";
    t->tell = ANSWER2;
}

/* ---- Pythagoras */
static void triple(tale *t, long *a, long *b, long *c) {
    static const int base[][3] = {{3, 4, 5},    {5, 12, 13},  {8, 15, 17},  {7, 24, 25},  {20, 21, 29},
                                  {12, 35, 37}, {9, 40, 41},  {28, 45, 53}, {11, 60, 61}, {33, 56, 65},
                                  {16, 63, 65}, {48, 55, 73}, {36, 77, 85}, {39, 80, 89}, {65, 72, 97}};
    int              k = tale_pick(t, 15), m = tale_range(t, 1, 99 / base[k][2]);
    if (tale_chance(t, 40)) k = tale_pick(t, 3), m = tale_range(t, 1, 99 / base[k][2]);
    bool flip = tale_chance(t, 50);
    *a        = base[k][flip] * m;
    *b        = base[k][1 - flip] * m;
    *c        = base[k][2] * m;
}

static int squares(tale *t, quant_term x, char op, quant_term y) {
    int a = quant_op(&t->q, "first square", x, '*', x), b = quant_op(&t->q, "second square", y, '*', y);
    return quant_op(&t->q, op == '+' ? "sum" : "difference", quant_ref(a), op, quant_ref(b));
}

static void hypotenuse(tale *t) {
    long a, b, c;
    int  k = tale_pick(t, 3);
    triple(t, &a, &b, &c);
    begin(t, k == 0 ? "right triangle with legs" : k == 1 ? "rectangle" : "right triangle with legs");
    quant_term x = measure(t, "a", k == 1 ? "length" : "a", a), y = measure(t, "b", k == 1 ? "width" : "c", b);
    asked(t, k == 1 ? "diagonal" : k == 2 && t->level > 7 ? "perimeter" : "hypotenuse", 1);
    int h      = quant_root(&t->q, k == 1 ? "diagonal" : "hypotenuse", squares(t, x, '+', y));
    t->q.asked = h;
    tale_plan(t, "add the squares, then the root");
    if (k == 2 && t->level > 7) {
        int legs   = quant_op(&t->q, "both legs", x, '+', y);
        t->q.asked = quant_op(&t->q, "perimeter", quant_ref(legs), '+', quant_ref(h));
        tale_plan(t, "hypotenuse: root of the sum of the squares; then the three sides together");
        t->ask  = "{The legs of a right triangle are <a> <u> and <b> <u>[ long]|A right triangle has legs of <a> and "
                  "<b> <u>}. What is {its|the} perimeter?";
        t->tell = "The perimeter is **<answer> <u>**.";
        return;
    }
    t->ask  = k == 1 ? "{How long is the diagonal of|What is the length of the diagonal of} a "
                       "{rectangle|screen|field|door} of <a> <u> by <b> <u>?"
                     : "{The legs of a right triangle are <a> <u> and <b> <u>[ long]|A right triangle has legs of <a> "
                       "and <b> <u>|In a right triangle, the two shorter sides are <a> <u> and <b> <u>}. {How long is "
                       "the hypotenuse|What is the hypotenuse|Find the longest side}?";
    t->tell = k == 1 ? "The diagonal is **<answer> <u>**[ long]." : "{The hypotenuse|It} is **<answer> <u>**[ long].";
}

static void leg(tale *t) {
    long a, b, c;
    bool ladder = tale_chance(t, 40);
    triple(t, &a, &b, &c);
    begin_in(t, ladder ? "ladder" : "right triangle with hypotenuse", ladder ? HOUSE : 0, ladder ? HOUSES : 8);
    quant_term x = measure(t, "c", ladder ? "ladder" : "hypotenuse", c),
               y = measure(t, "a", ladder ? "foot" : "leg", a);
    asked(t, ladder ? "height" : "leg", 1);
    t->q.asked = quant_root(&t->q, ladder ? "height" : "other leg", squares(t, x, '-', y));
    tale_plan(t, "the square of the longest side less the other square, then the root");
    t->ask  = ladder
                  ? "A {ladder|plank|pole} of <c> <u> leans against a wall. Its foot is <a> <u> from the wall. How high "
                    "does it reach?"
                  : "{The hypotenuse of a right triangle is <c> <u>[ long], one leg is <a> <u>|In a right triangle the "
                    "longest side is <c> <u> and another is <a> <u>|A right triangle has a hypotenuse of <c> <u> and a "
                    "leg of <a> <u>}. {How long is the {other leg|third side}|What is the {other leg|third side}}?";
    t->tell = ladder ? "It reaches **<answer> <u>**[ high]." : "{The other side|It} is **<answer> <u>**[ long].";
}

static void isosceles(tale *t) {
    long a, b, c;
    bool area = tale_chance(t, 50);
    triple(t, &a, &b, &c);
    begin(t, "isosceles triangle with leg and base");
    quant_term x = measure(t, "c", "leg", c), y = measure(t, "b", "base", 2 * a);
    asked(t, area ? "area" : "height", area ? 2 : 1);
    int half = quant_op(&t->q, "half the base", y, '/', quant_num(2)), q1 = quant_op(&t->q, "first square", x, '*', x),
        q2 = quant_op(&t->q, "second square", quant_ref(half), '*', quant_ref(half)),
        d = quant_op(&t->q, "difference", quant_ref(q1), '-', quant_ref(q2)), h = quant_root(&t->q, "height", d);
    t->q.asked = h;
    tale_plan(t, "half the base and the height make a right triangle with the leg%s",
              area ? "; area = half the base * height" : "");
    if (area) t->q.asked = quant_op(&t->q, "area", quant_ref(half), '*', quant_ref(h));
    t->ask  = area ? "An isosceles triangle has two sides of <c> <u> and a base of <b> <u>. What is its area?"
                   : "An isosceles triangle has two sides of <c> <u> and a base of <b> <u>. {How high is it|What is its "
                     "height above the base}?";
    t->tell = area ? ANSWER2 : ANSWER1;
}

static void rhombus(tale *t) {
    long a, b, c;
    int  k = tale_pick(t, 3);
    triple(t, &a, &b, &c);
    begin(t, "rhombus");
    quant_term x = measure(t, "d", "d", 2 * a), y = measure(t, "e", "e", 2 * b);
    asked(t, k == 0 ? "area" : k == 1 ? "side" : "perimeter", k == 0 ? 2 : 1);
    if (k == 0) {
        int both   = quant_op(&t->q, "twice the area", x, '*', y);
        t->q.asked = quant_op(&t->q, "area", quant_ref(both), '/', quant_num(2));
        tale_plan(t, "area = d * e / 2");
    } else {
        int h1     = quant_op(&t->q, "half of d", x, '/', quant_num(2)),
            h2     = quant_op(&t->q, "half of e", y, '/', quant_num(2)),
            q1     = quant_op(&t->q, "first square", quant_ref(h1), '*', quant_ref(h1)),
            q2     = quant_op(&t->q, "second square", quant_ref(h2), '*', quant_ref(h2)),
            s      = quant_op(&t->q, "sum", quant_ref(q1), '+', quant_ref(q2));
        t->q.asked = quant_root(&t->q, "side", s);
        tale_plan(t, "half the diagonals and a side make a right triangle%s", k == 2 ? "; perimeter = side * 4" : "");
        if (k == 2) t->q.asked = quant_op(&t->q, "perimeter", quant_ref(t->q.asked), '*', quant_num(4));
    }
    t->ask  = k == 0   ? "The diagonals of a rhombus are <d> <u> and <e> <u>[ long]. What is {its|the} area?"
              : k == 1 ? "The diagonals of a rhombus are <d> <u> and <e> <u>[ long]. How long is {one|each} side?"
                       : "The diagonals of a rhombus are <d> <u> and <e> <u>[ long]. What is {its|the} perimeter?";
    t->tell = k == 0 ? ANSWER2 : ANSWER1;
}

static void points(tale *t) {
    long a, b, c, x1, y1;
    triple(t, &a, &b, &c);
    x1 = tale_range(t, 1, 20), y1 = tale_range(t, 1, 20);
    if (tale_chance(t, 30)) { /* midpoint, one coordinate */
        bool x = tale_chance(t, 50);
        a = 2 * tale_range(t, 1, 40), b = 2 * tale_range(t, 1, 40);
        add(t, "points");
        quant_term p = measure(t, "a", "xa", x1), q = measure(t, "b", "ya", y1), u = measure(t, "c", "xb", x1 + a),
                   v = measure(t, "d", "yb", y1 + b);
        asked(t, x ? "x of the midpoint" : "y of the midpoint", 0);
        int s      = x ? quant_op(&t->q, "sum", p, '+', u) : quant_op(&t->q, "sum", q, '+', v);
        t->q.asked = quant_op(&t->q, x ? "x of the midpoint" : "y of the midpoint", quant_ref(s), '/', quant_num(2));
        tale_plan(t, "add both, then half");
        tale_text(t, "xy", x ? "x" : "y");
        t->ask  = "What is the <xy>-coordinate of the midpoint {of|between} (<a>, <b>) and (<c>, <d>)?";
        t->tell = "{It is|The <xy>-coordinate is} **<answer>**.";
        return;
    }
    add(t, "points");
    quant_term p = measure(t, "a", "xa", x1), q = measure(t, "b", "ya", y1), u = measure(t, "c", "xb", x1 + a),
               v = measure(t, "d", "yb", y1 + b);
    asked(t, "distance", 0);
    int dx = quant_op(&t->q, "dx", u, '-', p), dy = quant_op(&t->q, "dy", v, '-', q),
        q1     = quant_op(&t->q, "first square", quant_ref(dx), '*', quant_ref(dx)),
        q2     = quant_op(&t->q, "second square", quant_ref(dy), '*', quant_ref(dy)),
        s      = quant_op(&t->q, "sum", quant_ref(q1), '+', quant_ref(q2));
    t->q.asked = quant_root(&t->q, "distance", s);
    tale_plan(t, "differences, add their squares, then the root");
    t->ask =
        "{What is the distance between (<a>, <b>) and (<c>, <d>)|How far is it from (<a>, <b>) to (<c>, <d>)|How far "
        "apart are the points (<a>, <b>) and (<c>, <d>)|Find the distance between A(<a>, <b>) and B(<c>, <d>)}?";
    t->tell = "{The distance is|It is} **<answer>**.";
}

/* ---- units */
static void convert(tale *t) {
    static const struct {
        const char *big, *small, *full_big, *full_small;
        long        k;
    } u[]  = {{"m", "cm", "metres", "centimetres", 100},      {"km", "m", "kilometres", "metres", 1000},
              {"cm", "mm", "centimetres", "millimetres", 10}, {"kg", "g", "kilograms", "grams", 1000},
              {"l", "ml", "litres", "millilitres", 1000},     {"h", "min", "hours", "minutes", 60},
              {"min", "s", "minutes", "seconds", 60},         {"ft", "in", "feet", "inches", 12}};
    int  k = tale_pick(t, 8), full = tale_chance(t, 60);
    bool down = u[k].k > 12 || tale_chance(t, 50);
    long v    = tale_range(t, 2, u[k].k >= 1000 ? 99 : 300);
    char s[TALE_TEXT];
    if (!down) v *= u[k].k;
    snprintf(s, sizeof s, "conversion, %s to %s", down ? u[k].big : u[k].small, down ? u[k].small : u[k].big);
    add(t, s);
    quant_term x = measure(t, "v", "value", v);
    snprintf(s, sizeof s, "; asked: %s units", down ? "small" : "large");
    t->q.asked = quant_op(&t->q, down ? "small units" : "large units", x, down ? '*' : '/', quant_num(u[k].k));
    add(t, s);
    tale_plan(t, "1 %s is %ld %s, so %s", u[k].big, u[k].k, u[k].small, down ? "times that" : "divide by that");
    snprintf(t->unit, sizeof t->unit, " %s", down ? u[k].small : u[k].big);
    snprintf(s, sizeof s, "%s", down ? (full ? u[k].full_big : u[k].big) : (full ? u[k].full_small : u[k].small));
    tale_text(t, "from", s);
    snprintf(s, sizeof s, "%s", down ? (full ? u[k].full_small : u[k].small) : (full ? u[k].full_big : u[k].big));
    tale_text(t, "to", s);
    snprintf(s, sizeof s, "conversion %s %s", u[k].big, down ? "down" : "up");
    tale_text(t, "kind", s);
    t->kind = t->text[t->n - 1];
    t->ask  = "{How many <to> are <v> <from>|How many <to> {are there in|make} <v> <from>|Convert <v> <from> {to|into} "
              "<to>|What is <v> <from> in <to>|<v> <from> in <to>}?";
    t->tell = "{<v> <from> are|That is|It is} **<answer> <to>**.";
}

static void make(rng *r, int level, problem *p) {
    static const struct {
        tale_kind k[6];
        int       n;
    } of[] = {{{NULL}, 0},
              {{rectangle, rectangle, square, triangle_sides}, 4},
              {{rectangle, missing, third_angle, triangle_sides, square}, 5},
              {{box, area_of, area_of, angles, missing}, 5},
              {{convert, polygon, cut_out, angles, area_of}, 5},
              {{circle, circle, box, cut_out}, 4},
              {{hypotenuse, circle, hypotenuse, box}, 4},
              {{leg, hypotenuse, box, leg}, 4},
              {{points, ring, cylinder, hypotenuse}, 4},
              {{cylinder, path, isosceles, points}, 4},
              {{rhombus, pyramid, corner, isosceles, path, cylinder}, 6}};
    tale_make(r, level, p, "geometry", of[level].k, of[level].n);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return !verify_echo(p->question.p, text, why) && shape_right(p->truth.p, text, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s;
    size_t      n;
    return fam_understood(p, &s, &n, why) && shape_solve(s, n, truth, why);
}

const family fam_geometry = {.name   = "geometry",
                             .field  = "education",
                             .about  = "lengths, areas, volumes and angles, with units",
                             .levels = 10,
                             .make   = make,
                             .right  = right,
                             .solve  = solve};
