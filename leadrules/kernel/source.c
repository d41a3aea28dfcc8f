#include "kernel.h"

/* A checksum of all these files, so that a library made from others is never used. */
#ifndef SOURCE
#define SOURCE 0
#endif
uint32_t source(void) { return SOURCE; }
