/* Bins into points and into the largest ranks: see `leadrules/engine/points.py` and `ranks.py`. */

#include "kernel.h"

/* Leads whose points are added up together: their places and sums stay in the first cache. */
#define STRIP 4096

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
