/* Texts that are alike, and texts that are not plainly what they say: see `leadrules/engine/spellings.py` and `texts.py`. */

#include "kernel.h"

#define MIX UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t mixed(uint64_t hash, uint64_t eight) {
  hash = (hash ^ eight) * MIX;
  return hash ^ hash >> 29;
}

/* A number for each distinct text, from 1 in the order they come; 0 for those that are not known (`known` may be null).
 *
 * `slots` has `1 << bits` zeros, `held` room for twice `most` and `firsts` for `most`: the row where each distinct text
 * came first. Gives how many distinct texts there are; -1 as soon as there are more than `most`. */
int64_t tell_apart(int64_t rows, const uint32_t *texts, const uint8_t *known, const uint8_t *const *pieces,
                   int64_t most, int64_t bits, uint16_t *slots, uint64_t *held, int64_t *firsts, uint16_t *numbers) {
  const uint64_t last = (UINT64_C(1) << bits) - 1;
  int64_t count = 0;
  for (int64_t row = 0; row < rows; row++) {
    numbers[row] = 0;
    if (known && !known[row]) continue;
    const uint32_t *words = texts + 4 * row;
    const int64_t length = words[0];
    uint64_t low, high, eight = 0;
    memcpy(&low, words, 8); /* the length, and the first four bytes */
    memcpy(&high, words + 2, 8);
    uint64_t hash = mixed(0, low);
    const uint8_t *text = text_of(words, pieces);
    if (length <= 12)
      hash = mixed(hash, high);
    else {
      for (int64_t at = 4; at + 8 <= length; at += 8) {
        memcpy(&eight, text + at, 8);
        hash = mixed(hash, eight);
      }
      memcpy(&eight, text + length - 8, 8);
      hash = mixed(hash, eight);
    }
    for (uint64_t slot = hash >> (64 - bits);; slot = (slot + 1) & last) {
      if (!slots[slot]) {
        if (count == most) return -1;
        held[2 * count] = low;
        held[2 * count + 1] = high;
        firsts[count++] = row;
        numbers[row] = slots[slot] = (uint16_t)count;
        break;
      }
      const int64_t other = slots[slot] - 1;
      if (low == held[2 * other] &&
          (high == held[2 * other + 1] ||
           (length > 12 && !memcmp(text, text_of(texts + 4 * firsts[other], pieces), (size_t)length)))) {
        numbers[row] = slots[slot];
        break;
      }
    }
  }
  return count;
}

/* Mark the texts that may not be their own value: any but ASCII, one that begins or ends with what `no_end` marks,
 * and what may be missing by its length, up to `longest`, and its first byte. Gives how many these are. */
int64_t odd_texts(int64_t rows, const uint32_t *texts, const uint8_t *known, const uint8_t *const *pieces,
                  const uint8_t *no_end, const uint8_t *may_be_missing, int64_t longest, uint8_t *odd) {
  int64_t count = 0;
  for (int64_t row = 0; row < rows; row++) {
    odd[row] = 0;
    if (known && !known[row]) continue;
    const uint32_t *words = texts + 4 * row;
    const uint8_t *text = text_of(words, pieces);
    const int64_t length = words[0];
    odd[row] = length == 0 || no_end[text[0]] || no_end[text[length - 1]] || !is_ascii(text, length) ||
               (length <= longest && may_be_missing[256 * length + text[0]]);
    count += odd[row];
  }
  return count;
}
