/* Sums over many channels: products of panels. */
#ifndef SYMCONV_PANEL_SUMS_H
#define SYMCONV_PANEL_SUMS_H

#include "frames.h"
#include "micro_kernel.h"
#include "work.h"

/* Pack the weights of all groups: blocks of channels, then of ROWS rows, and in each
   packed[channel][tap][row], with zeros for rows that are not there. */
static void pack_weights_f32(
    float *restrict packed, const float *restrict weight, const struct work *work,
    ptrdiff_t row_stride, ptrdiff_t channel_stride)
{
    const ptrdiff_t taps = work->how->taps, blocks = ceil_div(work->rows, ROWS);
#ifdef _OPENMP
#pragma omp parallel for num_threads(thread_count()) schedule(dynamic)
#endif
    for (ptrdiff_t number = 0; number < GROUPS * blocks; number++) {
        const ptrdiff_t group = number / blocks, first = number % blocks * ROWS;
        const ptrdiff_t rows = min_of(ROWS, work->rows - first);
        const float *const from =
            weight + group * work->rows * work->channels * TAPS + first * row_stride;
        float *const to = packed + group * blocks * ROWS * work->channels * taps;
        for (ptrdiff_t begin = 0; begin < work->channels; begin += work->depth) {
            const ptrdiff_t depth = min_of(work->depth, work->channels - begin);
            float *at = to + (blocks * ROWS * begin + first * depth) * taps;
            for (ptrdiff_t channel = begin; channel < begin + depth; channel++)
                for (ptrdiff_t tap = 0; tap < taps; tap++, at += ROWS) {
                    const float *const place =
                        from + channel * channel_stride + work->how->tap[tap].number;
                    if (rows == ROWS)
                        for (ptrdiff_t row = 0; row < ROWS; row++)
                            at[row] = place[row * row_stride];
                    else
                        for (ptrdiff_t row = 0; row < ROWS; row++)
                            at[row] = row < rows ? place[row * row_stride] : 0;
                }
        }
    }
}

/* What the sum over one block of channels adds to one box. */
struct block_f32 {
    const struct work *work;
    const struct box *box;
    const struct strides *strides;
    const ptrdiff_t *places;
    const float *source,
        *end;             /* of the first channel in the first image and cell; of the whole array */
    const float *weights; /* of the first row */
    const float *bias;
    float *target, *packed;
    float *tiles; /* the sums so far: tiles[panel][rows / ROWS][row][column] */
    ptrdiff_t tile_step;
    ptrdiff_t depth, rows;
    int adds, last;
};

/* Sum panels up: the source is packed, and every block of rows multiplies it. */
static void sum_panels_f32(const struct block_f32 *block)
{
    const struct work *const work = block->work;
    const ptrdiff_t products = block->depth * work->how->taps;
    const ptrdiff_t furthest =
        (block->depth - 1) * block->strides->channel + block->places[work->how->taps - 1];
    struct run runs[COLUMNS_f32];
    float *tile = block->tiles;
    struct cursor cursor = first_cell(block->box);
    while (cursor.left > 0) {
        const int count = next_runs(runs, work, block->box, block->strides, &cursor, COLUMNS_f32);
        const struct run *const last = runs + count - 1;
        const ptrdiff_t stop = last->from + ceil_div(last->count, LANES_f32) * LANES_f32;
        if (work->in_place && block->end - block->source < furthest + stop)
            pack_exactly_f32(
                block->packed, block->source, block->places, work, block->strides->channel,
                block->depth, runs, count);
        else
            pack_f32(
                block->packed, block->source, block->places, work, block->strides->channel,
                block->depth, runs, count);
        for (ptrdiff_t row = 0; row < block->rows; row += ROWS, tile += block->tile_step) {
            const ptrdiff_t rows = min_of(ROWS, block->rows - row);
            multiply_panels_f32(
                tile, rows, block->weights + row * products, block->packed, products, block->adds);
            if (block->last)
                deliver_f32(
                    block->target + row * work->target_cells, tile, work, rows,
                    block->bias ? block->bias + row : NULL, runs, count);
        }
    }
}

/* The entries of the packed weights, and those that one thread needs; -1 if too many. */
static ptrdiff_t weight_entries_f32(const struct work *work)
{
    const ptrdiff_t rows = checked_mul(ceil_div(work->rows, ROWS), ROWS * GROUPS);
    return checked_mul(checked_mul(rows, work->channels), work->how->taps);
}

static ptrdiff_t frame_entries_f32(const struct work *work)
{
    const ptrdiff_t cells = checked_mul(work->frame_cells, work->box[0]);
    return checked_add(work->in_place ? 0 : checked_mul(cells, work->depth), 4 * LANES_f32);
}

static ptrdiff_t packed_entries_f32(const struct work *work)
{
    return (work->depth * work->how->taps + 1) * COLUMNS_f32;
}

/* The sums of one box, or of one tile where one block of channels is all. */
static ptrdiff_t tile_step_f32(const struct work *work)
{
    return work->channels <= work->depth ? 0 : ROWS * COLUMNS_f32;
}

static ptrdiff_t tile_entries_f32(const struct work *work)
{
    ptrdiff_t tiles = ceil_div(work->height, ROWS), cells = 1;
    for (int axis = 0; axis < AXES; axis++)
        cells *= work->box[axis];
    tiles *= ceil_div(cells * work->box[AXES], COLUMNS_f32);
    return max_of(tiles * tile_step_f32(work), ROWS * COLUMNS_f32);
}

/* The bytes of the workspace of a sum; -1 if too many. */
static ptrdiff_t gather_bytes_f32(const struct work *work)
{
    const ptrdiff_t own = checked_add(
        checked_add(frame_entries_f32(work), packed_entries_f32(work)),
        tile_entries_f32(work) + 3 * ALIGNED / (ptrdiff_t)sizeof(float));
    const ptrdiff_t entries =
        checked_add(weight_entries_f32(work), checked_mul(own, thread_count()));
    const ptrdiff_t places = work->how->taps * (ptrdiff_t)sizeof(ptrdiff_t) + 2 * ALIGNED;
    return checked_add(checked_mul(entries, (ptrdiff_t)sizeof(float)), places);
}

/* One box of one group, some rows of it. */
static void gather_box_f32(
    const struct work *work, const struct strides *strides, const ptrdiff_t *places,
    ptrdiff_t number, float *restrict target, const float *restrict source,
    const float *restrict packed_weights, const float *restrict bias, float *restrict frames,
    float *restrict packed, float *restrict tiles)
{
    const ptrdiff_t parts = ceil_div(work->rows, work->height), boxes = box_count(work);
    const ptrdiff_t first = number % parts * work->height, group = number / parts / boxes;
    const struct box box = box_at(work, number / parts % boxes);
    const ptrdiff_t taps = work->how->taps, all_rows = ceil_div(work->rows, ROWS) * ROWS;
    const ptrdiff_t images = box.first[0] * GROUPS * work->channels * work->source_cells;
    const float *const weights = packed_weights + group * all_rows * work->channels * taps;
    ptrdiff_t begin = 0, start = 0;
    for (int axis = 0; axis < AXES; axis++)
        start += (work->how->start[axis] + box.first[axis + 1]) * strides->axis[axis];
    do {
        const ptrdiff_t depth = min_of(work->depth, work->channels - begin);
        const float *const channels =
            source + (group * work->channels + begin) * work->source_cells;
        const struct block_f32 block = {
            .work = work,
            .box = &box,
            .strides = strides,
            .places = places,
            .source = work->in_place ? channels + images + start : frames,
            .end = source + work->images * GROUPS * work->channels * work->source_cells,
            .weights = weights + (all_rows * begin + first * depth) * taps,
            .bias = bias ? bias + group * work->rows + first : NULL,
            .target = target + (group * work->rows + first) * work->target_cells,
            .packed = packed,
            .tiles = tiles,
            .tile_step = tile_step_f32(work),
            .depth = depth,
            .rows = min_of(work->height, work->rows - first),
            .adds = begin > 0,
            .last = begin + depth == work->channels,
        };
        if (!work->in_place)
            fill_frames_f32(frames, channels, work, &box, strides, depth);
        sum_panels_f32(&block);
        begin += depth;
    } while (begin < work->channels);
}

/* Sum everything up; `row_stride` and `channel_stride` are those of the weight. */
static void gather_f32(
    const struct work *work, float *restrict target, const float *restrict source,
    const float *restrict weight, ptrdiff_t row_stride, ptrdiff_t channel_stride,
    const float *restrict bias, char *workspace)
{
    const struct strides strides = strides_of(work);
    const ptrdiff_t tasks = GROUPS * box_count(work) * ceil_div(work->rows, work->height);
    const ptrdiff_t frame_size = frame_entries_f32(work), packed_size = packed_entries_f32(work);
    ptrdiff_t *const places = (ptrdiff_t *)take(&workspace, work->how->taps, sizeof(ptrdiff_t));
    float *const weights = (float *)take(&workspace, weight_entries_f32(work), sizeof(float));
    const ptrdiff_t tile_size = tile_entries_f32(work);
    const size_t own = (size_t)(frame_size + packed_size + tile_size) * sizeof(float) + 3 * ALIGNED;
    if (tasks == 0)
        return;
    place_taps(places, work, &strides);
    pack_weights_f32(weights, weight, work, row_stride, channel_stride);
#ifdef _OPENMP
#pragma omp parallel for num_threads(thread_count()) schedule(dynamic)
#endif
    for (ptrdiff_t number = 0; number < tasks; number++) {
        char *rest = workspace + (size_t)thread_number() * own;
        float *const frames = (float *)take(&rest, frame_size, sizeof(float));
        float *const packed = (float *)take(&rest, packed_size, sizeof(float));
        float *const tiles = (float *)take(&rest, tile_size, sizeof(float));
        gather_box_f32(
            work, &strides, places, number, target, source, weights, bias, frames, packed, tiles);
    }
}

#endif
