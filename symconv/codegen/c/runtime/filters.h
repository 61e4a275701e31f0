/* The form of the tables that say how tiles read: result number i reads entry i + first + k. */
#ifndef SYMCONV_FILTERS_H
#define SYMCONV_FILTERS_H

#include "spec_tiles.h"
#include <stddef.h>

/* Along each of two axes the first entry, and k is read through tap taps[k]. */
struct filter {
    ptrdiff_t first[2], taps_h[TAPS_H], taps_w[TAPS_W];
};

#endif
