/* Tests of text: see `leadrules/engine/phrases.py` and `text_columns.py`. */

#include "kernel.h"

/* How a phrase is to stand in a text. */
enum { WORD_BEFORE = 1, WORD_AFTER = 2, AT_START = 4, AT_END = 8, ANY_BLANKS = 16, AFTER_AT_SIGN = 32 };
/* What a character of ASCII is. */
enum { IN_A_WORD = 1, BLANK = 2 };

typedef struct {
  int64_t start, length, how, test;
} phrase_t;

static int stands_at(const phrase_t *phrase, const uint8_t *letters, const uint8_t *lower, const uint8_t *kinds,
                     const uint8_t *text, int64_t length, int64_t at) {
  const int64_t how = phrase->how;
  const uint8_t *wanted = letters + phrase->start;
  int64_t here = at;
  if (how & AT_START && at) return 0;
  if (how & WORD_BEFORE && at && kinds[text[at - 1]] & IN_A_WORD) return 0;
  for (int64_t i = 0; i < phrase->length; i++, here++) {
    if (here >= length) return 0;
    if (how & ANY_BLANKS && wanted[i] == ' ') {
      if (!(kinds[text[here]] & BLANK)) return 0;
      while (here + 1 < length && kinds[text[here + 1]] & BLANK) here++;
    } else if (lower[text[here]] != wanted[i])
      return 0;
  }
  if (how & AT_END && here < length) return 0;
  if (how & WORD_AFTER && here < length && kinds[text[here]] & IN_A_WORD) return 0;
  if (!(how & AFTER_AT_SIGN)) return 1;
  for (int64_t i = 0; i <= at; i++)
    if (text[i] == '@') return 1;
  return 0;
}

/* The tests of some phrases, listed to the first -1, that are true since one stands here. */
static uint64_t stand_at(const int32_t *next, const phrase_t *phrases, const uint8_t *letters, const uint8_t *lower,
                         const uint8_t *kinds, const uint8_t *text, int64_t length, int64_t at) {
  uint64_t found = 0;
  for (; *next >= 0; next++)
    if (stands_at(phrases + *next, letters, lower, kinds, text, length, at))
      found |= UINT64_C(1) << phrases[*next].test;
  return found;
}

/* Ask up to 64 tests of texts of ASCII: a bit of `answers` for each that one of its phrases makes true. Other texts
 * are marked in `odd`; gives how many these are.
 *
 * A phrase is looked for where its first two characters stand (the last one of a text is followed by 0): `begins`
 * marks such pairs, of any bytes, `begin` has for each of ASCII where in `chain` its phrases are listed, to the
 * first -1; `begin_at_start` those that stand at the start of a text alone. A pair is its first character and 256
 * times its second, of either case. `lower` and `kinds` are by byte. */
int64_t ask_texts(int64_t rows, const uint32_t *texts, const uint8_t *known, const uint8_t *const *pieces,
                  const uint8_t *begins, const int32_t *begin, const int32_t *begin_at_start,
                  const int32_t *chain, const phrase_t *phrases, const uint8_t *letters, const uint8_t *lower,
                  const uint8_t *kinds, uint64_t *answers, uint8_t *odd) {
  int64_t count = 0;
  for (int64_t row = 0; row < rows; row++) {
    answers[row] = odd[row] = 0;
    if (known && !known[row]) continue;
    const uint32_t *words = texts + 4 * row;
    const uint8_t *text = text_of(words, pieces);
    const int64_t length = words[0];
    if (!length) continue;
    uint64_t found = 0;
    uint8_t every = text[length - 1];
#define PAIR(at) (text[at] | text[(at) + 1] << 8)
#define LOOK(begin, pair, at) \
  found |= stand_at(chain + (begin)[pair], phrases, letters, lower, kinds, text, length, at)
    const int first = length > 1 ? PAIR(0) : text[0];
    if (!(first & 0x8080)) LOOK(begin_at_start, first, 0);
    int64_t at = 0;
    for (; at + 4 < length; at += 4) {
      const int pairs[4] = {PAIR(at), PAIR(at + 1), PAIR(at + 2), PAIR(at + 3)};
      every |= text[at] | text[at + 1] | text[at + 2] | text[at + 3];
      if (begins[pairs[0]] | begins[pairs[1]] | begins[pairs[2]] | begins[pairs[3]])
        for (int64_t i = 0; i < 4; i++)
          if (begins[pairs[i]]) LOOK(begin, pairs[i], at + i);
    }
    for (; at + 1 < length; at++) {
      every |= text[at];
      if (begins[PAIR(at)]) LOOK(begin, PAIR(at), at);
    }
    if (begins[text[at]]) LOOK(begin, text[at], at);
    odd[row] = every >= 0x80;
    count += odd[row];
    answers[row] = found;
  }
  return count;
}
