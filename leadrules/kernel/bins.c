/* Values into bins: see `leadrules/engine/search.py`. */

#include "kernel.h"

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
