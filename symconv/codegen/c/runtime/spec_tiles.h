/* What an emitted file defines for its own tiles: here 4x4 results of a 3x3 kernel, padding 1. */
#ifndef SYMCONV_SPEC_TILES_H
#define SYMCONV_SPEC_TILES_H

#include <stddef.h>

enum { TILE_H = 4, TILE_W = 4, TAPS_H = 3, TAPS_W = 3, SPAN_H = 6, SPAN_W = 6, POINTS = 36 };

#endif
