/* What an emitted file defines for its own kernel in front of the runtime: here for 3x3, stride 2,
   padding 1, so that an editor understands the other headers. No file is given this one. */
#ifndef SYMCONV_SPEC_H
#define SYMCONV_SPEC_H

#include <stddef.h>

enum {
    AXES = 2,
    GROUPS = 1,
    TAPS = 9,
    LAST_STRIDE = 2,
    PHASES = 4,
    JOINED = 2,
    GAPPED = 0,
    TAPS_AT_ONCE = 9,
    PADDED_TAPS = 9
};

static const ptrdiff_t kernel_shape[AXES] = { 3, 3 };

static void output_shape(ptrdiff_t out[AXES], const ptrdiff_t in[AXES])
{
    const ptrdiff_t m = in[0], n = in[1];
    out[0] = m + 1 > 0 ? (m + 1) / 2 : 0; /* g = (m + 1) / 2 */
    out[1] = n + 1 > 0 ? (n + 1) / 2 : 0; /* h = (n + 1) / 2 */
}

#endif
