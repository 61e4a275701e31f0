/* The form of the tables that say which cells the cells of a result read. */
#ifndef SYMCONV_TABLES_H
#define SYMCONV_TABLES_H

#include "spec.h"
#include <stddef.h>

/* A tap: its number in the weight, the frame it reads, and at which offset. */
struct tap {
    ptrdiff_t number, frame, at[AXES];
};

/* Taps side by side along the last axis: the number of the first in their table, and how many. */
struct line {
    ptrdiff_t first, count;
};

/* Which cells of a source the cells of a result read: through a tap, cell number i reads source
   cell step * (start + i + at) + residue. What has the same residue is copied into one frame, so
   that neighbours read neighbours. */
struct reading {
    ptrdiff_t step[AXES];              /* how far apart neighbours read */
    ptrdiff_t start[AXES];             /* where cell number 0 begins to read */
    ptrdiff_t span[AXES];              /* the largest offset of a tap */
    ptrdiff_t to[AXES], to_step[AXES]; /* cell number i lies at to + to_step * i in the result */
    ptrdiff_t frames, taps, lines;     /* how long the tables are */
    const ptrdiff_t (*residues)[AXES]; /* of the frames */
    const struct tap *tap;
    const struct line *line;
};

#endif
