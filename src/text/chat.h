/* chat.h -- from messages to tokens and back: the chat template and the <think> splitter.
 *
 * Our own models use R1's template (recognised by its special tokens):
 *   <bos>{system}<|User|>{question}<|Assistant|><think>\n{reasoning}</think>\n{answer}<eos>
 * The prompt ends after "<think>\n" (or "<think>\n\n</think>\n" with thinking off).
 *
 *   chat_msg m[] = {{"user", "Solve for x: 2x + 5 = 15"}};
 *   chat_prompt(t, m, 1, CHAT_THINK, &ids, &e);
 *   splitter s; split_init(&s, true);                      // starts inside <think>
 *   split_feed(&s, bytes, n, on_part, ctx); split_end(&s, on_part, ctx);   // on_part(ctx,
 * SPLIT_REASONING|SPLIT_ANSWER, p, n)
 *
 * The splitter holds back bytes that may be the start of a tag, or a cut UTF-8 sequence, until they are decided.
 * Memory: the splitter is plain data (bounded buffer).  Errors: a role that the template lacks.  Threads: one. */
#ifndef R1_CHAT_H
#define R1_CHAT_H
#include "text/tokenizer.h"

typedef struct chat_msg {
    const char *role, *content; /* "system", "user", "assistant" */
} chat_msg;
enum { CHAT_NO_THINK = 0, CHAT_THINK = 1 };
/* Special tokens of our own models, in this order at the end of the vocabulary. */
#define CHAT_BOS "<|begin_of_sentence|>"
#define CHAT_EOS "<|end_of_sentence|>"
#define CHAT_USER "<|User|>"
#define CHAT_ASSISTANT "<|Assistant|>"
#define CHAT_THINK_OPEN "<think>"
#define CHAT_THINK_CLOSE "</think>"
extern const char *const chat_special[]; /* the above, and <|pad|> */
extern const int         chat_n_special;
extern const char *const chat_jinja; /* the same template in Jinja, stored in our GGUF files for other engines */

bool chat_prompt(tokenizer *t, const chat_msg *m, int n, int think, ids *out, err *e) R1_MUST_USE;

typedef enum { SPLIT_REASONING, SPLIT_ANSWER } split_part;
typedef void (*split_fn)(void *ctx, split_part part, const char *p, size_t n);
typedef struct splitter {
    int  part;         /* where the next byte goes */
    bool skip_newline; /* swallow newlines right after a tag */
    bool at_start;     /* nothing but newlines so far: <think> is still a tag */
    char hold[24];
    int  n_hold;
} splitter;
void split_init(splitter *s, bool in_think);
void split_feed(splitter *s, const char *p, size_t n, split_fn fn, void *ctx);
void split_end(splitter *s, split_fn fn, void *ctx);
#endif
