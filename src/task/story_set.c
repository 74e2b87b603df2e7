/* story_set.c -- one number that goes up and down in other settings: a bus, a tank, a shop's stock, a purse, a book. */
#include <stdio.h>
#include <string.h>
#include "task/story.h"

enum { WAYS = 8 };
typedef struct way {
    const char *name, *say;
} way;
typedef struct setting {
    const char *one, *many;
    bool        money, loss_only;
    const char *open;
    way         gain[WAYS], loss[WAYS];
    const char *ask, *tell;
    const char *known; /* for the way back */
    const char *ask_back, *tell_back;
} setting;

static const setting settings[] = {
    {"passenger",
     "passengers",
     false,
     false,
     "{A bus|A train|A tram|A ferry} ~set/sets~ off with <x> {passengers|people} on board",
     {{"after the market", "{At|By} the market, <x> {people|passengers} ~got/get~ on"},
      {"after the station", "<x> more ~got/get~ on at the station"},
      {"after the bridge", "{At the stop by the bridge|By the bridge} <x> people ~joined/join~"},
      {"after the school", "<x> pupils ~got/get~ on at the school"},
      {"after the park", "Another <x> people ~got/get~ on at the park"}},
     {{"after the town hall", "{At|By} the town hall, <x> {people|passengers} ~got/get~ off"},
      {"after the hospital", "<x> people ~got/get~ off at the hospital"},
      {"after the museum", "At the museum <x> of them ~left/leave~"},
      {"after the harbour", "<x> passengers ~got/get~ off at the harbour"},
      {"after the last stop", "At the next stop, <x> ~got/get~ off"}},
     "{How many {people|passengers} ~were/are~ {still |}on board {now|then|after that}|How many {people|passengers} "
     "~did/does~ that leave on board}",
     "{**<v>** <things> ~were/are~ on board|There ~were/are~ **<v>** <things> on board}",
     "Now there ~were/are~ <x> people on board",
     "How many {people|passengers} ~were/are~ on board {at first|at the start|when it set off}",
     "There ~were/are~ **<v>** <things> at the start"},
    {"litre",
     "litres",
     false,
     false,
     "{A tank|A barrel|A water tank|A pool} ~held/holds~ <x> litres of water",
     {{"after the rain", "{It ~rained/rains~, and|The rain ~brought/brings~ more:} <x> litres ~ran/run~ in"},
      {"after filling", "{Then |}<A> ~filled/fills~ in <x> litres"},
      {"after the pump", "A pump ~added/adds~ another <x> litres"},
      {"after the hose", "<A> ~let/lets~ <x> more litres in with a hose"}},
     {{"after watering", "{Then |}<A> ~used/uses~ <x> litres for the {garden|flowers|plants}"},
      {"after the leak", "<x> litres ~ran/run~ out through a leak"},
      {"after washing", "<x> litres ~were/are~ needed to wash the {car|floor|yard}"},
      {"after the animals", "The {horses|cows|sheep|goats} ~drank/drink~ <x> litres"},
      {"after the heat", "In the heat <x> litres ~dried/dry~ up"}},
     "{How much water ~was/is~ in it {now|then|in the end}|How many litres of water ~were/are~ in it {now|then}|How "
     "many litres ~were/are~ left in it}",
     "{There ~were/are~ **<v>** litres in it|It ~held/holds~ **<v>** litres then}",
     "In the end it ~held/holds~ <x> litres",
     "How many litres ~were/are~ in it at first",
     "At first it ~held/holds~ **<v>** litres"},
    {"dollar",
     "dollars",
     true,
     false,
     "<A> ~had/has~ {$<x>|<x> dollars}[ in <his> {purse|wallet|piggy bank|savings}]",
     {{"after the birthday", "<A> ~got/gets~ {$<x>|<x> dollars} for <his> birthday"},
      {"after the job", "{Then |Later |}<he> ~earned/earns~ {$<x>|<x> dollars} by {washing cars|mowing lawns|walking "
                        "dogs|babysitting|cleaning windows}"},
      {"after the gift", "<his> {grandmother|grandfather|uncle|aunt} ~gave/gives~ <him> {$<x>|<x> dollars}"},
      {"after the sale", "{Then |}<he> ~sold/sells~ an old {bike|game|lamp|guitar} for {$<x>|<x> dollars}"},
      {"after finding", "<he> ~found/finds~ {$<x>|<x> dollars} in an old coat"},
      {"after payday", "On Friday <he> ~was/is~ paid {$<x>|<x> dollars}"}},
     {{"after shopping",
       "{Then |Later |}<he> ~spent/spends~ {$<x>|<x> dollars} on {books|food|a shirt|a game|tickets|shoes}"},
      {"after the gift for a friend", "<he> ~bought/buys~ <B> a present for {$<x>|<x> dollars}"},
      {"after the bill", "<he> ~paid/pays~ a bill of {$<x>|<x> dollars}"},
      {"after lending", "{Then |}<he> ~lent/lends~ <C> {$<x>|<x> dollars}"},
      {"after the repair", "Having the {bike|phone|roof|oven} mended ~cost/costs~ <him> {$<x>|<x> dollars}"},
      {"after losing", "<he> ~lost/loses~ {$<x>|<x> dollars} on the way"}},
     "{How much money ~did <A> have/does <A> have~ {left|now|in the end}|How many dollars ~did <A> have/does <A> have~ "
     "{left|now}}",
     "{<A> ~had/has~ **$<v>**[ left]|<A> ~had/has~ **<v>** dollars}",
     "{Now|In the end} <he> ~had/has~ {$<x>|<x> dollars}",
     "How much money did <A> have {at first|at the start|in the beginning}",
     "{<A> had **$<v>** at first|At the start <A> had **<v>** dollars}"},
    {"page",
     "pages",
     false,
     true,
     "<A> ~was/is~ reading a book of <x> pages",
     {{0}},
     {{"after Monday", "On Monday <he> ~read/reads~ <x> pages"},
      {"after Tuesday", "On Tuesday <he> ~read/reads~ <x>{| pages}"},
      {"after Wednesday", "On Wednesday it ~was/is~ <x> pages"},
      {"after the train ride", "On the train <he> ~read/reads~ <x> more"},
      {"after the weekend", "At the weekend <he> ~got/gets~ through <x> pages"}},
     "{How many pages ~were/are~ left|How many pages ~did <A> still have/does <A> still have~ to read}",
     "{<A> ~had/has~ **<v>** pages left|**<v>** pages ~were/are~ left}",
     "Then <x> pages ~were/are~ left",
     "How many pages ~did/does~ the book have",
     "The book ~had/has~ **<v>** pages"},
    {"animal",
     "animals",
     false,
     false,
     "{A farmer ~had/has~ <x> {sheep|cows|goats|hens}|A farm ~had/has~ <x> animals|There ~were/are~ <x> animals {on a "
     "farm|in a shelter|in a reserve}}",
     {{"after spring", "In spring <x> ~were/are~ born"},
      {"after the market", "<x> more ~were/are~ bought at the market"},
      {"after the gift", "A neighbour ~gave/gives~ <x> more"},
      {"after the rescue", "<x> ~came/come~ from another {farm|place|valley}"}},
     {{"after the sale", "{Then |}<x> ~were/are~ sold"},
      {"after the storm", "In a storm <x> ~ran/run~ away"},
      {"after the move", "<x> of them ~were/are~ moved {to another place|to the hills}"},
      {"after the fair", "<x> ~found/find~ a new home at the fair"}},
     "{How many ~were/are~ there {now|then|in the end}|How many animals ~were/are~ there {now|after that}}",
     "{There ~were/are~ **<v>** {then|in the end}|There ~were/are~ **<v>** <things>}",
     "In the end there ~were/are~ <x>",
     "How many ~were/are~ there at first",
     "At first there ~were/are~ **<v>**"},
    {"visitor",
     "visitors",
     false,
     false,
     "{At nine o'clock|In the morning|When it ~opened/opens~,} <x> visitors ~were/are~ in {a museum|a zoo|a park|a "
     "castle|a gallery}",
     {{"after the coach", "{Then |}a coach ~brought/brings~ <x> more"},
      {"after noon", "At noon <x> more ~came/come~ in"},
      {"after the school class", "School classes with <x> pupils ~came/come~"},
      {"after the tour", "Another <x> ~arrived/arrive~ for the tour"}},
     {{"after lunch", "<x> ~left/leave~ before lunch"},
      {"after the show", "After the show <x> ~went/go~ home"},
      {"after the rain", "It ~began/begins~ to rain, and <x> ~left/leave~"},
      {"after closing bell", "When the bell ~rang/rings~, <x> ~left/leave~"}},
     "How many visitors ~were/are~ {still |}there {then|now|after that}",
     "{**<v>** visitors ~were/are~ there|There ~were/are~ **<v>** visitors}",
     "Then there ~were/are~ <x> visitors",
     "How many visitors ~were/are~ there at first",
     "There ~were/are~ **<v>** visitors at first"},
    {NULL,
     NULL,
     false,
     false,
     "{A shop|A warehouse|A stall|A store} ~had/has~ <x> <things> in stock",
     {{"after the delivery", "{Then |}a delivery of <x> more ~came/come~"},
      {"after restocking", "On Tuesday <x> <things> ~were/are~ added"},
      {"after the order", "The owner ~ordered/orders~ <x> more, and they ~arrived/arrive~"},
      {"after returns", "Customers ~returned/return~ <x> of the <things> sold earlier"}},
     {{"after Monday", "On Monday <x> <things> ~were/are~ sold"},
      {"after Wednesday", "On Wednesday customers ~bought/buy~ <x>"},
      {"after the sale", "During the sale <x> ~were/are~ sold"},
      {"after a big customer", "One customer ~took/takes~ <x>"},
      {"after sorting", "<x> ~were/are~ thrown out as damaged"},
      {"after the school order", "A school ~bought/buys~ <x>"}},
     "{How many <things> ~were/are~ {left|in stock} {then|now|after that}|How many <things> ~did/does~ that leave in "
     "stock}",
     "{**<v>** <things> ~were/are~ left|There ~were/are~ **<v>** <things> in stock}",
     "Then <x> <things> ~were/are~ in stock",
     "How many <things> ~were/are~ in stock at first",
     "At first **<v>** <things> ~were/are~ in stock"},
};

static bool move(story *s, const setting *z, bool gain) {
    const way *w = gain ? z->gain : z->loss, *e;
    int        n = 0;
    while (n < WAYS && w[n].name) n++;
    long v = quant_value(&s->q, s->subject);
    for (int tries = 0; tries < 20; tries++) {
        e         = &w[rng_below(s->r, (uint64_t)n)];
        bool seen = false;
        for (int i = 0; i < s->q.n; i++) seen |= !strcmp(s->q.q[i].name, e->name);
        if (seen) continue;
        quant_term x = story_change(s, gain ? 0 : v);
        if (z->money) x.word = NULL;
        story_say(s, e->say, x, STORY_NONE);
        s->subject = quant_op(&s->q, e->name, quant_ref(s->subject), gain ? '+' : '-', x);
        return true;
    }
    return false;
}

void story_setting(story *s, int steps) {
    const setting *z = &settings[rng_below(s->r, sizeof settings / sizeof *settings)];
    if (z->one) s->thing = (noun){z->one, z->many};
    s->money = z->money;
    if (s->money) { /* these sentences are about dollars */
        s->cur_before = "$";
        s->cur_after  = "";
    }
    s->final        = true;
    bool       back = s->level >= 2 && story_chance(s, 22);
    quant_term x    = quant_num(story_start(s).v.v + (z->loss_only ? 40 * s->level : 0));
    if (back) {
        s->subject = quant_unknown(&s->q, "start", x.v.v);
        story_say(s,
                  z->many && !strcmp(z->many, "pages")     ? "<A> ~was/is~ reading a book"
                  : z->money                               ? "<A> ~had/has~ some money"
                  : z->one && !strcmp(z->one, "passenger") ? "A bus ~set/sets~ off with some people on board"
                  : z->one && !strcmp(z->one, "litre")     ? "There ~was/is~ some water in a tank"
                  : z->one && !strcmp(z->one, "animal")
                      ? "{A farm ~had/has~ some animals|There ~were/are~ some animals on a farm}"
                  : z->one ? "Some visitors ~were/are~ in {a museum|a zoo|a park|a castle}"
                           : "{A shop|A warehouse|A stall} ~had/has~ some <things> in stock",
                  STORY_NONE, STORY_NONE);
    } else {
        s->subject = quant_given(&s->q, "start", x);
        story_say(s, z->open, x, STORY_NONE);
    }
    for (int i = 0; i < steps && !s->q.bad; i++) {
        bool gain = !z->loss_only && (quant_value(&s->q, s->subject) < 6 || story_chance(s, 45));
        if (!move(s, z, gain) && (z->loss_only || !move(s, z, !gain))) break;
    }
    if (s->q.bad) return;
    s->q.asked = s->subject;
    if (back && s->subject == s->q.unknown) s->q.bad = true;
    if (s->q.bad) return;
    if (back) {
        quant_known(&s->q, s->subject);
        story_say(s, z->known, quant_num(quant_value(&s->q, s->subject)), STORY_NONE);
        s->q.asked = s->q.unknown;
    }
    story_ask(s, back ? z->ask_back : z->ask, back ? z->tell_back : z->tell, s->thing.many);
}
