/* Which sums are made of which cells: sizes, boxes of cells, frames around what they read. */
#ifndef SYMCONV_WORK_H
#define SYMCONV_WORK_H

#include "memory.h"
#include "sizes.h"
#include "spec.h"
#include "spec_tables.h"
#include "threads.h"
#include "tuning.h"
#include "vector_size.h"

/* The sizes of a problem: images, channels of x and of y, cells of x and of y. */
struct sizes {
    ptrdiff_t images, inputs, outputs, in[AXES], out[AXES];
};

/* A sum, cut into boxes of cells and blocks of channels. Channels and rows are those of one group;
   rows are the channels of the result, channels those that it sums over. */
struct work {
    const struct reading *how;
    ptrdiff_t images, rows, channels;
    ptrdiff_t source[AXES], target[AXES]; /* the sizes of the arrays */
    ptrdiff_t source_cells, target_cells; /* their cells in one channel */
    ptrdiff_t cells[AXES];                /* those of the target that are made */
    ptrdiff_t box[AXES + 1];              /* images and cells of a box */
    ptrdiff_t boxes[AXES + 1];            /* how many boxes there are along each axis */
    ptrdiff_t frame[AXES], frame_cells;   /* cells of a frame, and of all frames of a channel */
    ptrdiff_t depth, height;              /* channels and rows that are summed in one go */
    int in_place;                         /* whether the source is read without frames */
};

/* One box of it: its first image and cells, and how many there are. */
struct box {
    ptrdiff_t first[AXES + 1], count[AXES + 1];
};

/* How far apart channels, images, frames and cells are. */
struct strides {
    ptrdiff_t channel, image, frame, axis[AXES];
};

/* The next cell of a box, and how many are left. */
struct cursor {
    ptrdiff_t at[AXES + 1], left;
};

/* A row of a frame: which source cells it reads. */
struct frame_row {
    ptrdiff_t from;        /* the cell that entry `left` reads */
    ptrdiff_t left, right; /* entries left ... right - 1 read cells, the others are 0 */
};

static ptrdiff_t cell_count(const ptrdiff_t *sizes)
{
    ptrdiff_t total = 1;
    for (int axis = 0; axis < AXES; axis++)
        total = checked_mul(total, sizes[axis]);
    return total;
}

/* Whether an array of that many images, channels and cells can be; sizes of 0 count as 1. */
static int can_exist(ptrdiff_t images, ptrdiff_t channels, const ptrdiff_t *cells, ptrdiff_t bytes)
{
    ptrdiff_t total = checked_mul(bytes, checked_mul(images + !images, channels + !channels));
    for (int axis = 0; axis < AXES; axis++)
        total = cells[axis] < 0 ? -1 : checked_mul(total, cells[axis] + !cells[axis]);
    return images >= 0 && channels >= 0 && total >= 0;
}

/* The sizes of a problem; 0 if one of its arrays cannot be. */
static int set_sizes(
    struct sizes *sizes, ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs, const ptrdiff_t *in,
    ptrdiff_t bytes)
{
    memcpy(sizes->in, in, sizeof(sizes->in));
    if (!can_exist(images, inputs, in, bytes) || !can_exist(inputs, outputs, kernel_shape, bytes)
        || inputs % GROUPS != 0 || outputs % GROUPS != 0)
        return 0;
    output_shape(sizes->out, in);
    sizes->images = images;
    sizes->inputs = inputs;
    sizes->outputs = outputs;
    return can_exist(images, outputs, sizes->out, bytes);
}

/* Cut the cells into boxes whose frames have `room` cells, or a few more. */
static void cut_into_boxes(struct work *work, ptrdiff_t room)
{
    for (int axis = AXES; axis >= 0; axis--) {
        const int number = axis ? axis - 1 : 0;
        const ptrdiff_t size = axis ? work->cells[number] : work->images;
        const ptrdiff_t span = axis ? work->how->span[number] : 0;
        const ptrdiff_t least = axis == AXES ? SYMCONV_SHORTEST : 1;
        const ptrdiff_t most = min_of(max_of(room - span, least), max_of(size, 1));
        work->boxes[axis] = ceil_div(size, most);
        work->box[axis] = work->boxes[axis] ? ceil_div(size, work->boxes[axis]) : 1;
        if (axis)
            work->frame[number] = work->box[axis] + span;
        room /= work->box[axis] + span;
    }
    work->frame_cells = checked_mul(cell_count(work->frame), work->how->frames);
}

static ptrdiff_t box_count(const struct work *work)
{
    ptrdiff_t total = 1;
    for (int axis = 0; axis <= AXES; axis++)
        total *= work->boxes[axis];
    return total;
}

static struct box box_at(const struct work *work, ptrdiff_t number)
{
    struct box box;
    for (int axis = AXES; axis >= 0; axis--) {
        const ptrdiff_t size = axis ? work->cells[axis ? axis - 1 : 0] : work->images;
        box.first[axis] = number % work->boxes[axis] * work->box[axis];
        box.count[axis] = min_of(work->box[axis], size - box.first[axis]);
        number /= work->boxes[axis];
    }
    return box;
}

static struct cursor first_cell(const struct box *box)
{
    struct cursor cursor = { .left = 1 };
    for (int axis = 0; axis <= AXES; axis++)
        cursor.left *= box->count[axis];
    return cursor;
}

/* How far apart the cells of the frames are, or of the source where it is read in place. */
static struct strides strides_of(const struct work *work)
{
    struct strides strides;
    const ptrdiff_t *const sizes = work->in_place ? work->source : work->frame;
    ptrdiff_t stride = 1;
    for (int axis = AXES - 1; axis >= 0; axis--) {
        strides.axis[axis] = stride;
        stride *= sizes[axis];
    }
    strides.frame = stride;
    strides.image = work->in_place ? GROUPS * work->channels * stride : work->frame_cells;
    strides.channel = work->in_place ? stride : work->box[0] * work->frame_cells;
    return strides;
}

/* Where each tap reads. */
static void place_taps(ptrdiff_t *places, const struct work *work, const struct strides *strides)
{
    for (ptrdiff_t number = 0; number < work->how->taps; number++) {
        const struct tap *const tap = work->how->tap + number;
        places[number] = tap->frame * strides->frame;
        for (int axis = 0; axis < AXES; axis++)
            places[number] += tap->at[axis] * strides->axis[axis];
    }
}

/* Row number `number` of the frames of a box, in the order in which they lie there. */
static struct frame_row row_of_frames(
    const struct work *work, const struct box *box, ptrdiff_t number)
{
    const struct reading *const how = work->how;
    ptrdiff_t at[AXES], stride = 1;
    struct frame_row row = { 0, 0, 0 };
    at[AXES - 1] = 0;
    for (int axis = AXES - 2; axis >= 0; axis--) {
        at[axis] = number % work->frame[axis];
        number /= work->frame[axis];
    }
    for (int axis = AXES - 1; axis >= 0; axis--) {
        const ptrdiff_t step = how->step[axis], size = work->source[axis];
        const ptrdiff_t first = how->start[axis] + box->first[axis + 1] + at[axis];
        const ptrdiff_t cell = step * first + how->residues[number][axis];
        if (axis == AXES - 1) {
            row.left = cell < 0 ? min_of(ceil_div(-cell, step), work->frame[axis]) : 0;
            row.right = min_of(cell < size ? ceil_div(size - cell, step) : 0, work->frame[axis]);
            row.right = max_of(row.right, row.left);
            row.from = cell + row.left * step;
        } else if (cell < 0 || cell >= size) {
            row.left = row.right = work->frame[AXES - 1];
            return row;
        } else
            row.from += cell * stride;
        stride *= size;
    }
    return row;
}

/* Find the next cells of a box from `cursor` on, at most `lanes`; return in how many runs. */
static int next_runs(
    struct run *runs, const struct work *work, const struct box *box, const struct strides *strides,
    struct cursor *cursor, ptrdiff_t lanes)
{
    ptrdiff_t *const at = cursor->at, lane = 0;
    int count = 0;
    while (lane < lanes && cursor->left > 0) {
        struct run *const run = runs + count++;
        ptrdiff_t stride = 1;
        run->lane = lane;
        run->count = min_of(lanes - lane, box->count[AXES] - at[AXES]);
        run->from = at[0] * strides->image;
        run->to = 0;
        for (int axis = AXES - 1; axis >= 0; axis--) {
            const ptrdiff_t cell = box->first[axis + 1] + at[axis + 1];
            run->from += at[axis + 1] * strides->axis[axis];
            run->to += (work->how->to[axis] + cell * work->how->to_step[axis]) * stride;
            stride *= work->target[axis];
        }
        run->to += (box->first[0] + at[0]) * GROUPS * work->rows * stride;
        lane += run->count;
        cursor->left -= run->count;
        at[AXES] += run->count;
        for (int axis = AXES; axis > 0 && at[axis] == box->count[axis]; axis--) {
            at[axis] = 0;
            at[axis - 1]++;
        }
    }
    return count;
}

/* How a sum is cut; `source` and `target` are the sizes of the arrays. */
static struct work gather_work(
    const struct reading *how, ptrdiff_t images, ptrdiff_t rows, ptrdiff_t channels,
    const ptrdiff_t *source, const ptrdiff_t *target)
{
    struct work work;
    ptrdiff_t blocks, room;
    work.how = how;
    work.images = images;
    work.rows = rows / GROUPS;
    work.channels = channels / GROUPS;
    work.in_place = work.channels > 0;
    work.source_cells = work.target_cells = 1;
    for (int axis = 0; axis < AXES; axis++) {
        const ptrdiff_t room = target[axis] - how->to[axis];
        const ptrdiff_t start = how->start[axis];
        work.source[axis] = source[axis];
        work.target[axis] = target[axis];
        work.source_cells *= source[axis];
        work.target_cells *= target[axis];
        work.cells[axis] = room > 0 ? ceil_div(room, how->to_step[axis]) : 0;
        work.in_place &= how->step[axis] == 1 && start >= 0
                         && start + work.cells[axis] + how->span[axis] <= source[axis];
    }
    work.depth = max_of(1, SYMCONV_DEPTH / how->taps);
    blocks = ceil_div(work.channels, work.depth);
    work.depth = blocks ? ceil_div(work.channels, blocks) : 1;
    work.height = max_of(SYMCONV_HEIGHT / (work.depth * how->taps) / ROWS, 1) * ROWS;
    room = SYMCONV_FRAME / work.depth / how->frames;
    if (blocks > 1)
        room = min_of(room, SYMCONV_TILES / max_of(min_of(work.height, work.rows), 1));
    cut_into_boxes(&work, room);
    blocks = GROUPS * box_count(&work);
    if (blocks > 0 && blocks < thread_count())
        work.height = min_of(work.height, work.rows / ceil_div(thread_count(), blocks));
    work.height = max_of(ceil_div(work.height, ROWS), 1) * ROWS;
    return work;
}

/* The sums of the forward pass, and of one phase of grad_input. */
static struct work forward_work(const struct sizes *sizes)
{
    return gather_work(
        &forward_reading, sizes->images, sizes->outputs, sizes->inputs, sizes->in, sizes->out);
}

static struct work phase_work(const struct sizes *sizes, const struct reading *phase)
{
    return gather_work(phase, sizes->images, sizes->inputs, sizes->outputs, sizes->out, sizes->in);
}

#endif
