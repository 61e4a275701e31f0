/* grad_weight of groups with few channels: a sum for each tap, in lanes. */
#ifndef SYMCONV_PLANE_WEIGHTS_H
#define SYMCONV_PLANE_WEIGHTS_H

#include "plane_sums.h"
#include "spec_dots.h"

static ptrdiff_t lanes_entries_f32(const struct planes *planes)
{
    const ptrdiff_t pairs = checked_mul(planes->work.rows, planes->work.channels);
    return checked_mul(checked_mul(planes->together, pairs), PADDED_TAPS * LANES_f32);
}

/* The bytes of the workspace that one thread needs, or all; -1 if too many. */
static ptrdiff_t dots_own_f32(const struct planes *planes)
{
    const ptrdiff_t entries =
        checked_add(planes_frames_f32(&planes->work), lanes_entries_f32(planes));
    return checked_add(
        checked_mul(entries, (ptrdiff_t)sizeof(float)),
        checked_add(row_bytes(&planes->work, 1), 4 * ALIGNED));
}

static ptrdiff_t dots_bytes_f32(const struct planes *planes)
{
    return checked_add(
        checked_mul(dots_own_f32(planes), thread_count()),
        PADDED_TAPS * (ptrdiff_t)sizeof(ptrdiff_t) + ALIGNED);
}

/* Add what one box gives to the lanes of one group: lanes[row][channel][tap]. */
static void add_dots_f32(
    float (*restrict lanes)[LANES_f32], const float *restrict dy, const float *restrict frames,
    const struct work *work, const ptrdiff_t *restrict places, const struct run *restrict runs,
    ptrdiff_t rows, ptrdiff_t left)
{
    for (ptrdiff_t number = 0; number < work->rows * work->channels; number++) {
        const ptrdiff_t row = number / work->channels * work->target_cells;
        const ptrdiff_t place = number % work->channels * work->frame_cells;
        for (ptrdiff_t first = 0; first < TAPS; first += TAPS_AT_ONCE, lanes += TAPS_AT_ONCE)
            dot_f32(lanes, dy + row, frames + place, places + first, runs, rows, left - row);
    }
}

/* One task: all weights of some groups, over all boxes. */
static void sum_groups_f32(
    const struct planes *planes, const struct operands_f32 *operands, const struct strides *strides,
    const ptrdiff_t *places, ptrdiff_t number, char *rest)
{
    const struct work *const work = &planes->work;
    const ptrdiff_t first = number * planes->together, pairs = work->rows * work->channels;
    const ptrdiff_t groups = min_of(planes->together, GROUPS - first);
    const ptrdiff_t dy_cells = work->rows * work->target_cells;
    const ptrdiff_t x_cells = work->channels * work->source_cells;
    float *const frames = (float *)take(&rest, planes_frames_f32(work), sizeof(float));
    float (*const lanes)[LANES_f32] =
        (float (*)[LANES_f32])take(&rest, lanes_entries_f32(planes), sizeof(float));
    struct frame_row *const frame_rows =
        (struct frame_row *)take(&rest, frame_row_count(work), sizeof(struct frame_row));
    struct run *const runs = (struct run *)take(&rest, 0, sizeof(struct run));
    float *const dw = operands->target + first * pairs * TAPS;
    fill_f32(lanes[0], lanes_entries_f32(planes), 0);
    for (ptrdiff_t place = 0; place < box_count(work); place++) {
        const struct box box = box_at(work, place);
        const ptrdiff_t rows = rows_of_box(runs, planes, &box, strides, &forward_reading);
        const ptrdiff_t group = box.first[0] * GROUPS + first;
        find_rows(frame_rows, work, &box);
        fill_f32(frames, planes_frames_f32(work), 0);
        for (ptrdiff_t i = 0; i < groups; i++) {
            copy_group_f32(frames, operands->source + (group + i) * x_cells, work, frame_rows);
            add_dots_f32(
                lanes + i * pairs * PADDED_TAPS, operands->weight + (group + i) * dy_cells, frames,
                work, places, runs, rows, (work->images * GROUPS - group - i) * dy_cells);
        }
    }
    for (ptrdiff_t pair = 0; pair < groups * pairs; pair++)
        for (ptrdiff_t tap = 0; tap < TAPS; tap++) {
            const float *const from = lanes[pair * PADDED_TAPS + tap];
            float total = 0;
            for (ptrdiff_t lane = 0; lane < LANES_f32; lane++)
                total += from[lane];
            dw[pair * TAPS + work->how->tap[tap].number] = total;
        }
}

/* grad_weight, where both channels of a group are few; the operands are dw, x, and dy as weight. */
static void sum_few_weights_f32(
    const struct planes *planes, const struct operands_f32 *operands, char *workspace)
{
    const struct strides strides = strides_of(&planes->work);
    ptrdiff_t *const places = (ptrdiff_t *)take(&workspace, PADDED_TAPS, sizeof(ptrdiff_t));
    const ptrdiff_t own = dots_own_f32(planes);
    for (ptrdiff_t tap = TAPS; tap < PADDED_TAPS; tap++)
        places[tap] = 0;
    place_planes(places, planes, &strides);
#ifdef _OPENMP
#pragma omp parallel for num_threads(thread_count()) schedule(dynamic)
#endif
    for (ptrdiff_t number = 0; number < ceil_div(GROUPS, planes->together); number++)
        sum_groups_f32(
            planes, operands, &strides, places, number, workspace + thread_number() * own);
}

#endif
