/* How grad_weight over many channels is cut. */
#ifndef SYMCONV_WEIGHT_WORK_H
#define SYMCONV_WEIGHT_WORK_H

#include "work.h"

/* grad_weight cut into tasks: chunks of `width` input channels, and rows, the output channels. */
struct weights {
    struct work work;
    ptrdiff_t width, chunks, chunk_parts, row_parts, chunks_at_once, panels;
};

static ptrdiff_t box_cell_count(const struct work *work)
{
    ptrdiff_t cells = 1;
    for (int axis = 0; axis <= AXES; axis++)
        cells *= work->box[axis];
    return cells;
}

static ptrdiff_t row_entries(const struct weights *weights)
{
    return checked_mul(weights->work.height, box_cell_count(&weights->work));
}

#endif
