/* The tables that an emitted file has for its own tiles: here for 3x3, padding 1. */
#ifndef SYMCONV_SPEC_FILTERS_H
#define SYMCONV_SPEC_FILTERS_H

#include "filters.h"

static const struct filter forward_filter = {
    .first = { -1, -1 },
    .taps_h = { 0, 1, 2 },
    .taps_w = { 0, 1, 2 },
};

static const struct filter grad_input_filter = {
    .first = { -1, -1 },
    .taps_h = { 2, 1, 0 },
    .taps_w = { 2, 1, 0 },
};

#endif
