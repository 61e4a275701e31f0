/* What an emitted file spells for its own taps, a line for each: here for one tap at a time. */
#ifndef SYMCONV_SPEC_DOTS_H
#define SYMCONV_SPEC_DOTS_H

#include "spec.h"
#include "vectors.h"

static void dot_f32(
    float (*restrict lanes)[LANES_f32], const float *restrict dy, const float *restrict source,
    const ptrdiff_t *restrict places, const struct run *restrict runs, ptrdiff_t rows,
    ptrdiff_t left)
{
    (void)left;
    for (ptrdiff_t tap = 0; tap < TAPS_AT_ONCE; tap++)
        for (ptrdiff_t row = 0; row < rows; row++)
            for (ptrdiff_t i = 0; i < runs[row].count; i++)
                lanes[tap][i % LANES_f32] +=
                    dy[runs[row].to + i] * source[places[tap] + runs[row].from + i];
}

#endif
