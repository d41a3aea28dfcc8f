/* What the loops share. They compute what NumPy and Polars compute where there is no kernel (each says where to read what
 * it means); `__init__.py` calls them. Plain C99, no library but C's own, no state. */

#include <stdint.h>
#include <string.h>

/* Where it can be, a loop is compiled twice, for any processor and for one that has wider registers;
 * whoever loads the library picks. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define WIDER __attribute__((target_clones("avx2", "default")))
#else
#define WIDER
#endif

/* Texts lie in memory as four words each: how many bytes; up to twelve of them are these words themselves, of
 * more there are the first four, which of `pieces` they lie in, and where they begin there. */
static inline const uint8_t *text_of(const uint32_t *words, const uint8_t *const *pieces) {
  return words[0] <= 12 ? (const uint8_t *)(words + 1) : pieces[words[2]] + words[3];
}

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
