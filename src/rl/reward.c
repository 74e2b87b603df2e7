#include "rl/reward.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "task/steps.h"
#include "text/chat.h"

const char *const reward_names[REWARD_PARTS] = {"accuracy", "format", "process", "length", "language"};

float reward_process(const char *reasoning, size_t n, int claims) {
    steps_report r = steps_check(reasoning, n, NULL);
    if (r.claims <= 0) return 0;
    float right = (float)(r.claims - r.wrong), full = right / (float)(claims > 0 ? claims : 1);
    return right / (float)r.claims * fminf(1, full);
}

/* Letters outside ASCII count against; signs, digits, arrows and mathematics do not count. Bytes that are no UTF-8 are
 * nobody's language. */
float reward_language(const char *text, size_t n) {
    size_t latin = 0, other = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp  = 0;
        int      len = utf8_decode(text + i, n - i, &cp);
        i += len > 0 ? (size_t)len : 1;
        if (len <= 0) other++;
        else if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z')) latin++;
        else if (cp >= 0xc0 && cp < 0x250 && cp != 0xd7 && cp != 0xf7)
            latin++; /* accented Latin; not the signs * and : */
        else if (cp >= 0x370 && !(cp >= 0x2000 && cp < 0x2c00)) other++;
    }
    return latin + other ? (float)latin / (float)(latin + other) : 1;
}

void reward_score(const recipe_reward *w, const family *f, const problem *p, const char *response, size_t n, int tokens,
                  bool stopped, reward_parts *out) {
    str s = {0};
    memset(out, 0, sizeof *out);
    str_addn(&s, response, n);
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] == '\0') s.p[i] = ' '; /* would hide what follows from the checker */
    const char *text  = s.p ? s.p : "";
    float      *part  = out->part;
    verdict     v     = family_check(f, p, text);
    const char *close = strstr(text, CHAT_THINK_CLOSE);
    memcpy(out->why, v.why, sizeof out->why);
    part[REWARD_LANGUAGE] = reward_language(text, s.len);
    if (stopped) {
        part[REWARD_ACCURACY] = v.right;
        part[REWARD_FORMAT]   = v.format;
    }
    if (stopped && v.right) {
        part[REWARD_PROCESS] = close ? reward_process(text, (size_t)(close - text), w->process_claims) : 0;
        part[REWARD_LENGTH]  = fmaxf(0, 1 - (float)tokens / (float)w->length_tokens);
    }
    for (int i = 0; i < REWARD_PARTS; i++) out->total += w->weight[i] * part[i];
    str_free(&s);
}
