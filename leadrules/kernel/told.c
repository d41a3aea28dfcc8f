/* All reasons of every lead as text: see `leadrules/engine/patterns.py`. */

#include "kernel.h"

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
