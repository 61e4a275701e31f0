/* grad_weight over many channels: products of panels. */
#ifndef SYMCONV_PANEL_WEIGHTS_H
#define SYMCONV_PANEL_WEIGHTS_H

#include "frames.h"
#include "micro_kernel.h"
#include "weight_work.h"

static struct weights weights_work_f32(const struct sizes *sizes)
{
    struct weights weights;
    struct work *const work = &weights.work;
    const ptrdiff_t tasks = ceil_div(thread_count(), GROUPS);
    *work = forward_work(sizes);
    work->in_place = 0;
    cut_into_boxes(
        work,
        min_of(SYMCONV_CELLS, max_of(SYMCONV_HEIGHT / max_of(work->rows, 1), SYMCONV_SHORTEST)));
    weights.chunks = ceil_div(work->channels, COLUMNS_f32);
    weights.width = weights.chunks ? ceil_div(work->channels, weights.chunks) : 1;
    weights.chunk_parts = max_of(1, min_of(weights.chunks, tasks));
    weights.chunks_at_once = ceil_div(weights.chunks, weights.chunk_parts);
    weights.row_parts = ceil_div(tasks, weights.chunk_parts);
    work->height = ceil_div(ceil_div(work->rows, weights.row_parts), ROWS) * ROWS;
    weights.panels = 0;
    for (ptrdiff_t line = 0; line < work->how->lines; line++)
        weights.panels += ceil_div(work->how->line[line].count * weights.width, COLUMNS_f32);
    return weights;
}

/* The entries of what a thread needs: the frames, the rows of dy, and the sums; -1 if too many. */
static ptrdiff_t interleaved_entries_f32(const struct weights *weights)
{
    const ptrdiff_t cells = checked_mul(weights->work.frame_cells, weights->work.box[0]);
    const ptrdiff_t channels = weights->chunks_at_once * weights->width;
    return checked_add(checked_mul(cells, channels), COLUMNS_f32);
}

static ptrdiff_t sum_entries_f32(const struct weights *weights)
{
    const ptrdiff_t columns = checked_mul(weights->chunks_at_once * COLUMNS_f32, weights->panels);
    return checked_mul(columns, weights->work.height);
}

/* The bytes of the workspace that one thread needs; -1 if too many. */
static ptrdiff_t weights_bytes_f32(const struct weights *weights)
{
    const struct work *const work = &weights->work;
    const ptrdiff_t starts = box_cell_count(work) / work->box[AXES];
    const ptrdiff_t entries = checked_add(
        checked_add(interleaved_entries_f32(weights), row_entries(weights)),
        sum_entries_f32(weights));
    return checked_add(
        checked_mul(entries, sizeof(float)),
        checked_add(checked_mul(starts, sizeof(ptrdiff_t)), 4 * ALIGNED));
}

/* Fill the frames of some chunks: frames[chunk][image][cell][channel of the chunk]. */
static void interleave_f32(
    float *restrict frames, const float *restrict source, const struct weights *weights,
    const struct box *box, ptrdiff_t first_chunk, ptrdiff_t chunks)
{
    const struct work *const work = &weights->work;
    const ptrdiff_t length = work->frame[AXES - 1], rows = work->frame_cells / length;
    const ptrdiff_t width = weights->width, cells = work->source_cells;
    const ptrdiff_t step = work->how->step[AXES - 1];
    for (ptrdiff_t number = 0; number < rows; number++) {
        const struct frame_row row = row_of_frames(work, box, number);
        for (ptrdiff_t place = 0; place < chunks * box->count[0]; place++) {
            const ptrdiff_t chunk = place / box->count[0], image = place % box->count[0];
            const ptrdiff_t channel = (first_chunk + chunk) * width;
            const ptrdiff_t count = min_of(width, work->channels - channel);
            const float *from =
                source + row.from
                + ((box->first[0] + image) * GROUPS * work->channels + channel) * cells;
            float *to =
                frames
                + ((chunk * work->box[0] + image) * work->frame_cells + number * length) * width;
            fill_f32(to, row.left * width, 0);
            to += row.left * width;
            for (ptrdiff_t i = row.left; i < row.right; i++, to += width, from += step) {
                if (count == COLUMNS_f32)
                    for (ptrdiff_t lane = 0; lane < COLUMNS_f32; lane++)
                        to[lane] = from[lane * cells];
                else
                    for (ptrdiff_t lane = 0; lane < width; lane++)
                        to[lane] = lane < count ? from[lane * cells] : 0;
            }
            fill_f32(to, (length - row.right) * width, 0);
        }
    }
    fill_f32(frames + chunks * work->box[0] * work->frame_cells * width, COLUMNS_f32, 0);
}

/* Pack some channels of dy: packed[rows / ROWS][cell of the box][row], and find where the first
   cell of each row of the box reads. Return how many rows there are. */
static ptrdiff_t pack_rows_f32(
    float *restrict packed, ptrdiff_t *restrict starts, const float *restrict dy,
    const struct weights *weights, const struct strides *strides, const struct box *box,
    ptrdiff_t rows)
{
    const struct work *const work = &weights->work;
    const ptrdiff_t length = box->count[AXES], cells = work->target_cells;
    struct cursor cursor = first_cell(box);
    const ptrdiff_t total = cursor.left / length;
    for (ptrdiff_t number = 0; number < total; number++) {
        struct run run = { 0 };
        next_runs(&run, work, box, strides, &cursor, length);
        starts[number] = run.from * weights->width;
        for (ptrdiff_t row = 0; row < rows; row += ROWS) {
            const float *from = dy + row * cells + run.to;
            const ptrdiff_t count = min_of(ROWS, rows - row);
            float *to = packed + (row * total + number * ROWS) * length;
            for (ptrdiff_t i = 0; i < length; i++, from++, to += ROWS)
                if (count == ROWS)
                    for (ptrdiff_t lane = 0; lane < ROWS; lane++)
                        to[lane] = from[lane * cells];
                else
                    for (ptrdiff_t lane = 0; lane < ROWS; lane++)
                        to[lane] = lane < count ? from[lane * cells] : 0;
        }
    }
    return total;
}

/* Add the products of one box to the sums: sums[chunk][panel][rows / ROWS][row][column]. */
static void add_box_f32(
    float *restrict sums, const float *restrict packed, const float *restrict frames,
    const ptrdiff_t *restrict starts, const struct weights *weights, const struct strides *strides,
    const struct box *box, ptrdiff_t chunks, ptrdiff_t rows, ptrdiff_t runs)
{
    const struct work *const work = &weights->work;
    const ptrdiff_t length = box->count[AXES], width = weights->width;
    for (ptrdiff_t chunk = 0; chunk < chunks; chunk++)
        for (ptrdiff_t number = 0; number < work->how->lines; number++) {
            const struct line *const line = work->how->line + number;
            const struct tap *const tap = work->how->tap + line->first;
            ptrdiff_t place =
                chunk * work->box[0] * work->frame_cells + tap->frame * strides->frame;
            for (int axis = 0; axis < AXES; axis++)
                place += tap->at[axis] * strides->axis[axis];
            for (ptrdiff_t column = 0; column < line->count * width; column += COLUMNS_f32)
                for (ptrdiff_t row = 0; row < rows; row += ROWS, sums += ROWS * COLUMNS_f32)
                    multiply_runs_f32(
                        sums, min_of(ROWS, rows - row), packed + row * runs * length,
                        frames + place * width + column, width, length, starts, runs, 1);
        }
}

/* Write the sums where they belong; `dw` is the first row of the first channel. */
static void deliver_weights_f32(
    float *restrict dw, const float *restrict sums, const struct weights *weights,
    ptrdiff_t first_chunk, ptrdiff_t chunks, ptrdiff_t rows)
{
    const struct work *const work = &weights->work;
    const ptrdiff_t width = weights->width, panel = ceil_div(rows, ROWS) * ROWS * COLUMNS_f32;
    for (ptrdiff_t row = 0; row < rows; row++, dw += work->channels * TAPS) {
        const float *begin = sums + row * COLUMNS_f32;
        for (ptrdiff_t chunk = 0; chunk < chunks; chunk++) {
            const ptrdiff_t channel = (first_chunk + chunk) * width;
            const ptrdiff_t count = min_of(width, work->channels - channel);
            for (ptrdiff_t number = 0; number < work->how->lines; number++) {
                const struct line *const line = work->how->line + number;
                for (ptrdiff_t tap = 0; tap < line->count; tap++) {
                    float *const to =
                        dw + channel * TAPS + work->how->tap[line->first + tap].number;
                    for (ptrdiff_t lane = 0; lane < count; lane++) {
                        const ptrdiff_t column = tap * width + lane;
                        to[lane * TAPS] =
                            begin[column / COLUMNS_f32 * panel + column % COLUMNS_f32];
                    }
                }
                begin += ceil_div(line->count * width, COLUMNS_f32) * panel;
            }
        }
    }
}

/* One task: some chunks and some rows of one group, over all boxes. */
static void sum_weights_f32(
    float *restrict dw, const float *restrict dy, const float *restrict x,
    const struct weights *weights, const struct strides *strides, ptrdiff_t number, char *rest)
{
    const struct work *const work = &weights->work;
    const ptrdiff_t first_row = number % weights->row_parts * work->height;
    const ptrdiff_t rows = min_of(work->height, work->rows - first_row);
    const ptrdiff_t part = number / weights->row_parts % weights->chunk_parts;
    const ptrdiff_t group = number / weights->row_parts / weights->chunk_parts;
    const ptrdiff_t first_chunk = part * weights->chunks_at_once;
    const ptrdiff_t chunks = min_of(weights->chunks_at_once, weights->chunks - first_chunk);
    const ptrdiff_t first = group * work->rows + first_row, boxes = box_count(work);
    float *const frames = (float *)take(&rest, interleaved_entries_f32(weights), sizeof(float));
    float *const packed = (float *)take(&rest, row_entries(weights), sizeof(float));
    float *const sums = (float *)take(&rest, sum_entries_f32(weights), sizeof(float));
    ptrdiff_t *const starts = (ptrdiff_t *)take(&rest, 0, sizeof(ptrdiff_t));
    if (rows <= 0 || chunks <= 0)
        return;
    fill_f32(sums, sum_entries_f32(weights), 0);
    for (ptrdiff_t place = 0; place < boxes; place++) {
        const struct box box = box_at(work, place);
        const float *const channels = x + group * work->channels * work->source_cells;
        ptrdiff_t runs;
        interleave_f32(frames, channels, weights, &box, first_chunk, chunks);
        runs = pack_rows_f32(
            packed, starts, dy + first * work->target_cells, weights, strides, &box, rows);
        add_box_f32(sums, packed, frames, starts, weights, strides, &box, chunks, rows, runs);
    }
    deliver_weights_f32(
        dw + first * work->channels * TAPS, sums, weights, first_chunk, chunks, rows);
}

#endif
