/* Lines of csv: see `leadrules/leads/csv_records.py` and `csv_writer.py`. */

#include "kernel.h"

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

/* Write lines: those of `data` that are `kept` (null: all), each with its added cells behind it and a line end. Begins
 * with `row`, and ends with the row that it gives, for which there may be no room any more; `used` takes how many of
 * the `room` bytes of `told` are written. */
int64_t write_lines(int64_t row, int64_t rows, const char *data, const int64_t *starts, const int64_t *ends,
                    const uint8_t *kept, int64_t columns, const cells_t *added, int64_t delimiter,
                    const char *line_end, int64_t line_end_length, char *told, int64_t room, int64_t *used) {
  char *to = told;
  for (; row < rows; row++) {
    if (kept && !kept[row]) continue;
    /* A delimiter, and a number or twelve bytes of text, of which the unwanted are written over. */
    int64_t needed = ends[row] - starts[row] + line_end_length + 21 * columns;
    for (int64_t column = 0; column < columns; column++)
      if (added[column].kind == TEXT && !(added[column].known && !added[column].known[row]))
        needed += ((const uint32_t *)added[column].values)[4 * row];
    if (to - told + needed > room) break;
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
  *used = to - told;
  return row;
}
