/* The inner loops of scoring: values into bins, and bins into points and ranks.
 *
 * What they compute is said in leadrules/engine/search.py and leadrules/engine/points.py, where NumPy
 * computes the same; leadrules/engine/kernel.py calls them. Plain C99, no library, no state.
 */

#include <stdint.h>
#include <string.h>

/* A checksum of this very text, so that a library made from another one is never used. */
#ifndef SOURCE
#define SOURCE 0
#endif
uint32_t source(void) { return SOURCE; }

/* Where it can be, a loop is compiled twice, for any processor and for one that has wider registers;
 * whoever loads the library picks. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define WIDER __attribute__((target_clones("avx2", "default")))
#else
#define WIDER
#endif

/* Leads whose points are added up together: their places and sums stay in the first cache. */
#define STRIP 4096

/* Bins of doubles, by the grid: `below` counts the cuts below a cell, of which no cell has more than `deep`.
 * After the last of `cuts` stands one that nothing reaches. Bin 0 is what `missing` marks (it may be null). */
#define BY_CELL(name, code_t)                                                                          \
  void name(int64_t rows, const double *values, const uint8_t *missing, double origin, double scale,   \
            int64_t cells, const code_t *below, const double *cuts, int64_t deep, code_t *bins) {      \
    const double last = (double)(cells - 1);                                                           \
    for (int64_t row = 0; row < rows; row++) {                                                         \
      double value = values[row], scaled = (value - origin) * scale;                                   \
      scaled = scaled > 0.5 ? scaled : 0.5; /* NaN too; with 0.0, gcc would guess, and branch */        \
      scaled = scaled < last ? scaled : last;                                                          \
      int64_t reached = below[(int32_t)scaled];                                                        \
      reached += value >= cuts[reached];                                                               \
      if (deep > 1) reached += value >= cuts[reached];                                                 \
      bins[row] = (code_t)(reached + 1);                                                               \
    }                                                                                                  \
    if (missing)                                                                                       \
      for (int64_t row = 0; row < rows; row++) bins[row] &= (code_t)(missing[row] - 1);                \
  }
BY_CELL(by_cell_8, uint8_t)
BY_CELL(by_cell_16, uint16_t)

/* Bins of whole numbers, by a table of counts: its first entry is that of `first`, and of all below. */
#define BY_VALUE(name, code_t)                                                                         \
  void name(int64_t rows, const int64_t *values, const uint8_t *missing, int64_t first, int64_t last,  \
            const code_t *counts, code_t *bins) {                                                      \
    for (int64_t row = 0; row < rows; row++) {                                                         \
      int64_t value = values[row];                                                                     \
      value = value > first ? value : first;                                                           \
      value = value < last ? value : last;                                                             \
      bins[row] = (code_t)(1 + counts[value - first]);                                                 \
    }                                                                                                  \
    if (missing)                                                                                       \
      for (int64_t row = 0; row < rows; row++) bins[row] &= (code_t)(missing[row] - 1);                \
  }
BY_VALUE(by_value_8, uint8_t)
BY_VALUE(by_value_16, uint16_t)

/* Texts lie in memory as four words each: how many bytes; up to twelve of them are these words themselves, of
 * more there are the first four, which of `pieces` they lie in, and where they begin there. */
static inline const uint8_t *text_of(const uint32_t *words, const uint8_t *const *pieces) {
  return words[0] <= 12 ? (const uint8_t *)(words + 1) : pieces[words[2]] + words[3];
}

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

/* Each lead's place in a table over joint bins; `at` stands at the table's axes (see `add_up`) and moves past them. */
#define PLACE(code_t, row)                                                                             \
  for (int64_t i = 0; i < count; i++)                                                                  \
    places[i] = (uint16_t)(places[i] * size + ((const code_t *)bins[axis])[start + (row)])
#define PLACES(row)                                                                                    \
  uint16_t places[STRIP] = {0};                                                                        \
  for (int64_t axes = *at++; axes > 0; axes--) {                                                       \
    const int64_t axis = *at++;                                                                        \
    const uint16_t size = (uint16_t)*at++;                                                             \
    if (widths[axis] == 1)                                                                             \
      PLACE(uint8_t, row);                                                                             \
    else                                                                                               \
      PLACE(uint16_t, row);                                                                            \
  }

#define ADD(points_t)                                                                                  \
  for (int64_t i = 0; i < count; i++) into[i] += ((const points_t *)points)[places[i]]

/* Add up what tables over joint bins give each lead.
 *
 * `bins` and `widths` (in bytes) are those of every axis, `sums` has an array of points for every bucket.
 * `layout` is, for each table: how many axes; for each of these its position and its number of bins; how
 * many buckets; for each of these its position, the address of its points and their width in bytes. */
WIDER void add_up(int64_t rows, int64_t tables, const int64_t *layout, const void *const *bins,
                  const int64_t *widths, int64_t *const *sums) {
  for (int64_t start = 0; start < rows; start += STRIP) {
    const int64_t count = rows - start < STRIP ? rows - start : STRIP;
    const int64_t *at = layout;
    for (int64_t table = 0; table < tables; table++) {
      PLACES(i)
      for (int64_t buckets = *at++; buckets > 0; buckets--) {
        int64_t *into = sums[*at++] + start;
        const void *points = (const void *)(intptr_t)*at++;
        const int64_t width = *at++;
        if (width == 2)
          ADD(int16_t);
        else if (width == 4)
          ADD(int32_t);
        else
          ADD(int64_t);
      }
    }
  }
}

/* Take the ranks that tables over joint bins have into the `most` largest of every lead, the largest first.
 *
 * `held` has a row of `rows` ranks for each of the `most`. `layout` is, for each table: how many axes; for each its
 * position and its number of bins; how many columns of ranks; for each of these its address. The first can be
 * among all that a lead holds, the second not the largest, and so on. Leads that hold no rank below `largest`
 * are settled: where most of a strip are, only the others are looked at. */
#define KEEP(name, rank_t)                                                                             \
  WIDER void name(int64_t rows, int64_t tables, const int64_t *layout, const void *const *bins,        \
                  const int64_t *widths, int64_t most, int64_t largest, rank_t *held) {                \
    for (int64_t start = 0; start < rows; start += STRIP) {                                            \
      const int64_t strip = rows - start < STRIP ? rows - start : STRIP;                               \
      const rank_t *smallest = held + (most - 1) * rows + start;                                       \
      uint16_t open[STRIP];                                                                            \
      int64_t count = 0;                                                                               \
      for (int64_t row = 0; row < strip; row++) {                                                      \
        open[count] = (uint16_t)row;                                                                   \
        count += smallest[row] < largest;                                                              \
      }                                                                                                \
      if (!count) continue;                                                                            \
      const int64_t all = count > strip / 4;                                                           \
      if (all) count = strip;                                                                          \
      const int64_t *at = layout;                                                                      \
      for (int64_t table = 0; table < tables; table++) {                                               \
        rank_t given[STRIP];                                                                           \
        if (all) {                                                                                     \
          PLACES(i)                                                                                    \
          for (int64_t place = 0, columns = *at++; place < columns; place++) {                         \
            const rank_t *ranks = (const rank_t *)(intptr_t)*at++;                                     \
            for (int64_t i = 0; i < count; i++) given[i] = ranks[places[i]];                           \
            for (int64_t rank = place; rank < most; rank++) {                                          \
              rank_t *own = held + rank * rows + start;                                                \
              for (int64_t i = 0; i < count; i++) {                                                    \
                const rank_t one = own[i], other = given[i];                                           \
                own[i] = one > other ? one : other;                                                    \
                given[i] = one > other ? other : one;                                                  \
              }                                                                                        \
            }                                                                                          \
          }                                                                                            \
        } else {                                                                                       \
          PLACES(open[i])                                                                              \
          for (int64_t place = 0, columns = *at++; place < columns; place++) {                         \
            const rank_t *ranks = (const rank_t *)(intptr_t)*at++;                                     \
            for (int64_t i = 0; i < count; i++) {                                                      \
              rank_t other = ranks[places[i]];                                                         \
              for (int64_t rank = place; rank < most; rank++) {                                        \
                rank_t *own = held + rank * rows + start + open[i];                                    \
                const rank_t one = *own;                                                               \
                *own = one > other ? one : other;                                                      \
                other = one > other ? other : one;                                                     \
              }                                                                                        \
            }                                                                                          \
          }                                                                                            \
        }                                                                                              \
      }                                                                                                \
    }                                                                                                  \
  }
KEEP(keep_8, uint8_t)
KEEP(keep_16, uint16_t)

static inline int is_ascii(const uint8_t *text, int64_t length) {
  uint64_t every = 0, eight;
  int64_t at = 0;
  for (; at + 8 <= length; at += 8) {
    memcpy(&eight, text + at, 8);
    every |= eight;
  }
  for (; at < length; at++) every |= text[at];
  return !(every & UINT64_C(0x8080808080808080));
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

/* What leads are told: for each lead and each of `pieces` the text of its code; each text but the empty one ends
 * with a separator of two bytes, and that of the last one is left out.
 *
 * `codes` has for every piece where the first lead's code stands, a byte; the next one's is `strides` bytes on.
 * `said` holds all texts; those of piece p start at `starts[257 * p + code]` and end where the next one starts. */

/* `ends[0]` is 0, and after it come the places where the leads' texts end, were they one after the other. */
void measure(int64_t rows, int64_t pieces, const uint8_t *const *codes, const int64_t *strides,
             const int64_t *starts, int64_t *ends) {
  ends[0] = 0;
  for (int64_t row = 0; row < rows; row++) {
    int64_t length = 0;
    for (int64_t piece = 0; piece < pieces; piece++) {
      const int64_t *at = starts + 257 * piece + codes[piece][row * strides[piece]];
      length += at[1] - at[0];
    }
    ends[row + 1] = ends[row] + (length ? length - 2 : 0);
  }
}

/* So many bytes are copied at once, which is quicker than to ask how many there are: what is too much is written
 * over by what comes next. `said` and `told` have as many to spare. */
#define SPARE 128

/* `told` has room for as much as `ends` says, and SPARE. */
void tell(int64_t rows, int64_t pieces, const uint8_t *const *codes, const int64_t *strides,
          const int64_t *starts, const char *said, const int64_t *ends, char *told) {
  for (int64_t row = 0; row < rows; row++) {
    char *to = told + ends[row];
    for (int64_t piece = 0; piece < pieces; piece++) {
      const int64_t *at = starts + 257 * piece + codes[piece][row * strides[piece]];
      const int64_t length = at[1] - at[0];
      if (length <= SPARE)
        memcpy(to, said + at[0], SPARE);
      else
        memcpy(to, said + at[0], (size_t)length);
      to += length;
    }
  }
}

/* Cut bytes without a quote into lines of `width` cells, each with its line end; `ends` takes where each ends, and has
 * room for as many as there could be. Gives how many there are; -1 if one has more cells, or fewer. */
WIDER int64_t even_lines(const char *data, int64_t size, int64_t delimiter, int64_t line_end, int64_t width,
                         int64_t *ends) {
  int64_t count = 0;
  for (const char *start = data, *end; (end = memchr(start, (int)line_end, (size_t)(data + size - start)));) {
    int64_t cells = 1;
    for (const char *at = start; at < end; at += 128) {
      const int64_t length = end - at < 128 ? end - at : 128;
      uint8_t here = 0; /* as narrow as the bytes, for the widest registers */
      for (int64_t i = 0; i < length; i++) here += at[i] == (char)delimiter;
      cells += here;
    }
    if (cells != width) return -1;
    start = end + 1;
    ends[count++] = start - data;
  }
  return count;
}

/* How a cell that is added to a line is written: a text as it is, a whole number, or `true` and `false`. */
enum { TEXT, WHOLE, FLAG };
typedef struct {
  int64_t kind;
  const void *values;
  const uint8_t *known;
  const uint8_t *const *pieces;
} cells_t;

static inline char *put_whole(char *to, int64_t value) {
  char digits[20];
  int count = 0;
  uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  if (value < 0) *to++ = '-';
  do digits[count++] = (char)('0' + size % 10);
  while (size /= 10);
  while (count) *to++ = digits[--count];
  return to;
}

/* Write lines: those of `data` that are `kept` (null: all), each with its added cells behind it and a line end.
 * Gives how many bytes are written; `told` has twelve more to spare. */
int64_t write_lines(int64_t rows, const char *data, const int64_t *starts, const int64_t *ends, const uint8_t *kept,
                    int64_t columns, const cells_t *added, int64_t delimiter, const char *line_end,
                    int64_t line_end_length, char *told) {
  char *to = told;
  for (int64_t row = 0; row < rows; row++) {
    if (kept && !kept[row]) continue;
    memcpy(to, data + starts[row], (size_t)(ends[row] - starts[row]));
    to += ends[row] - starts[row];
    for (int64_t column = 0; column < columns; column++) {
      const cells_t *cells = added + column;
      *to++ = (char)delimiter;
      if (cells->known && !cells->known[row]) continue;
      if (cells->kind == TEXT) {
        const uint32_t *words = (const uint32_t *)cells->values + 4 * row;
        if (words[0] <= 12)
          memcpy(to, words + 1, 12);
        else
          memcpy(to, text_of(words, cells->pieces), words[0]);
        to += words[0];
      } else if (cells->kind == WHOLE)
        to = put_whole(to, ((const int64_t *)cells->values)[row]);
      else {
        const int yes = ((const uint8_t *)cells->values)[row];
        memcpy(to, yes ? "true" : "false", 5);
        to += yes ? 4 : 5;
      }
    }
    memcpy(to, line_end, (size_t)line_end_length);
    to += line_end_length;
  }
  return to - told;
}
