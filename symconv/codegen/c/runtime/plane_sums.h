/* Sums for groups whose results have few channels: without panels, along whole frames. */
#ifndef SYMCONV_PLANE_SUMS_H
#define SYMCONV_PLANE_SUMS_H

#include "frames.h"
#include "planes.h"

/* tile[i] = the sum over channels and taps of weight * source[channel, place + i], 8 vectors of i;
   with `adds` that is added to what the tile holds. */
static inline void scale8_f32(
    float *restrict tile, const float *restrict weights, const float *restrict source,
    const ptrdiff_t *restrict places, ptrdiff_t taps, ptrdiff_t channel_stride, ptrdiff_t channels,
    int adds)
{
    const vector_f32 zero = { 0 };
    vector_f32 sum0 = zero;
    vector_f32 sum1 = zero;
    vector_f32 sum2 = zero;
    vector_f32 sum3 = zero;
    vector_f32 sum4 = zero;
    vector_f32 sum5 = zero;
    vector_f32 sum6 = zero;
    vector_f32 sum7 = zero;
    for (ptrdiff_t channel = 0; channel < channels; channel++, source += channel_stride)
        for (ptrdiff_t tap = 0; tap < taps; tap++) {
            const float *const place = source + places[tap];
            const float weight = *weights++;
            sum0 += weight * load_f32(place + 0 * LANES_f32);
            sum1 += weight * load_f32(place + 1 * LANES_f32);
            sum2 += weight * load_f32(place + 2 * LANES_f32);
            sum3 += weight * load_f32(place + 3 * LANES_f32);
            sum4 += weight * load_f32(place + 4 * LANES_f32);
            sum5 += weight * load_f32(place + 5 * LANES_f32);
            sum6 += weight * load_f32(place + 6 * LANES_f32);
            sum7 += weight * load_f32(place + 7 * LANES_f32);
        }
    if (adds) {
        sum0 += load_f32(tile + 0 * LANES_f32);
        sum1 += load_f32(tile + 1 * LANES_f32);
        sum2 += load_f32(tile + 2 * LANES_f32);
        sum3 += load_f32(tile + 3 * LANES_f32);
        sum4 += load_f32(tile + 4 * LANES_f32);
        sum5 += load_f32(tile + 5 * LANES_f32);
        sum6 += load_f32(tile + 6 * LANES_f32);
        sum7 += load_f32(tile + 7 * LANES_f32);
    }
    store_f32(tile + 0 * LANES_f32, sum0);
    store_f32(tile + 1 * LANES_f32, sum1);
    store_f32(tile + 2 * LANES_f32, sum2);
    store_f32(tile + 3 * LANES_f32, sum3);
    store_f32(tile + 4 * LANES_f32, sum4);
    store_f32(tile + 5 * LANES_f32, sum5);
    store_f32(tile + 6 * LANES_f32, sum6);
    store_f32(tile + 7 * LANES_f32, sum7);
}

/* tile[i] = the sum over channels and taps of weight * source[channel, place + i], 4 vectors of i;
   with `adds` that is added to what the tile holds. */
static inline void scale4_f32(
    float *restrict tile, const float *restrict weights, const float *restrict source,
    const ptrdiff_t *restrict places, ptrdiff_t taps, ptrdiff_t channel_stride, ptrdiff_t channels,
    int adds)
{
    const vector_f32 zero = { 0 };
    vector_f32 sum0 = zero;
    vector_f32 sum1 = zero;
    vector_f32 sum2 = zero;
    vector_f32 sum3 = zero;
    for (ptrdiff_t channel = 0; channel < channels; channel++, source += channel_stride)
        for (ptrdiff_t tap = 0; tap < taps; tap++) {
            const float *const place = source + places[tap];
            const float weight = *weights++;
            sum0 += weight * load_f32(place + 0 * LANES_f32);
            sum1 += weight * load_f32(place + 1 * LANES_f32);
            sum2 += weight * load_f32(place + 2 * LANES_f32);
            sum3 += weight * load_f32(place + 3 * LANES_f32);
        }
    if (adds) {
        sum0 += load_f32(tile + 0 * LANES_f32);
        sum1 += load_f32(tile + 1 * LANES_f32);
        sum2 += load_f32(tile + 2 * LANES_f32);
        sum3 += load_f32(tile + 3 * LANES_f32);
    }
    store_f32(tile + 0 * LANES_f32, sum0);
    store_f32(tile + 1 * LANES_f32, sum1);
    store_f32(tile + 2 * LANES_f32, sum2);
    store_f32(tile + 3 * LANES_f32, sum3);
}

/* The arrays of a problem; the weights of two rows are `row` apart, of two channels `channel`. */
struct operands_f32 {
    float *target;
    const float *source, *weight, *bias;
    ptrdiff_t row, channel;
};

/* What one thread uses of the workspace; the rows that the readings number first, first + joined,
   ... make begin at runs[first / joined * box_rows] and are counts[first / joined]. */
struct planes_space_f32 {
    float *frames, *tiles, *weights;
    struct frame_row *frame_rows;
    struct run *runs;
    ptrdiff_t box_rows, counts[PHASES];
};

/* Copy the channels of a group into frames that hold 0 already where they read nothing. */
static void copy_group_f32(
    float *restrict frames, const float *restrict source, const struct work *work,
    const struct frame_row *restrict frame_rows)
{
    const ptrdiff_t length = work->frame[AXES - 1], rows = work->frame_cells / length;
    const ptrdiff_t step = work->how->step[AXES - 1];
    for (ptrdiff_t channel = 0; channel < work->channels; channel++, source += work->source_cells)
        for (ptrdiff_t number = 0; number < rows; number++, frames += length) {
            const struct frame_row row = frame_rows[number];
            if (row.left < row.right)
                copy_f32(frames + row.left, source + row.from, row.right - row.left, step);
        }
}

/* Make a row of sums, of one channel of the result. */
static void sum_row_f32(
    float *restrict tile, const float *restrict weights, const float *restrict frames,
    const ptrdiff_t *restrict places, const struct planes *planes, ptrdiff_t stride, ptrdiff_t taps)
{
    const struct work *const work = &planes->work;
    ptrdiff_t begin = 0;
    do {
        const ptrdiff_t depth = min_of(work->depth, work->channels - begin),
                        length = planes->length;
        ptrdiff_t i = 0;
        for (; length - i > 4 * LANES_f32; i += 8 * LANES_f32)
            scale8_f32(tile + i, weights, frames + i, places, taps, stride, depth, begin > 0);
        for (; i < length; i += 4 * LANES_f32)
            scale4_f32(tile + i, weights, frames + i, places, taps, stride, depth, begin > 0);
        weights += depth * taps;
        frames += depth * stride;
        begin += work->depth;
    } while (begin < work->channels);
}

static ptrdiff_t row_of_sums_f32(const struct planes *planes)
{
    return ceil_div(planes->length, 4 * LANES_f32) * 4 * LANES_f32 + LANES_f32;
}

/* target[i * JOINED + number] = tile number `number` [i], for `size` entries. */
static void join_f32(
    float *restrict target, const float *restrict tile, ptrdiff_t row, ptrdiff_t size)
{
    const ptrdiff_t whole = size / JOINED;
    for (ptrdiff_t i = 0; i < whole; i++)
        for (ptrdiff_t number = 0; number < JOINED; number++)
            target[i * JOINED + number] = tile[number * row + i];
    for (ptrdiff_t rest = 0; rest < size % JOINED; rest++)
        target[whole * JOINED + rest] = tile[rest * row + whole];
}

/* target[i] = begin + tile[i], for `size` entries. */
static void deliver_row_f32(
    float *restrict target, const float *restrict tile, ptrdiff_t size, float begin)
{
    if (size < LANES_f32) {
        float lanes[LANES_f32];
        store_f32(lanes, begin + load_f32(tile));
        copy_f32(target, lanes, size, 1);
        return;
    }
    for (ptrdiff_t i = 0; i < size - LANES_f32; i += LANES_f32)
        store_f32(target + i, begin + load_f32(tile + i));
    store_f32(target + size - LANES_f32, begin + load_f32(tile + size - LANES_f32));
}

/* Write the rows of a box where they belong. */
static void deliver_rows_f32(
    float *restrict target, const float *restrict tiles, ptrdiff_t row_of_sums, ptrdiff_t step,
    const float *restrict bias, const struct run *runs, ptrdiff_t count)
{
    const float begin = bias ? *bias : 0;
    for (ptrdiff_t row = 0; row < count; row++) {
        const float *const from = tiles + runs[row].from;
        float *const to = target + runs[row].to;
        if (step == 1)
            deliver_row_f32(to, from, runs[row].count, begin);
        else if (JOINED > 1)
            join_f32(to, from, row_of_sums, runs[row].count);
        else
            for (ptrdiff_t i = 0; i < runs[row].count; i++)
                to[i * step] = from[i];
    }
}

static ptrdiff_t planes_frames_f32(const struct work *work)
{
    return checked_add(checked_mul(work->channels, work->frame_cells), 4 * LANES_f32);
}

/* The bytes of the workspace that one thread needs, or all; -1 if too many. */
static ptrdiff_t planes_own_f32(const struct planes *planes)
{
    const struct work *const work = &planes->work;
    const ptrdiff_t sums = checked_mul(planes->joined, row_of_sums_f32(planes));
    const ptrdiff_t entries =
        checked_add(checked_add(planes_frames_f32(work), sums), checked_mul(work->channels, TAPS));
    const ptrdiff_t rows = row_bytes(work, planes->readings / planes->joined);
    return checked_add(
        checked_mul(entries, (ptrdiff_t)sizeof(float)), checked_add(rows, 5 * ALIGNED));
}

static ptrdiff_t planes_bytes_f32(const struct planes *planes)
{
    return checked_add(
        checked_mul(planes_own_f32(planes), thread_count()),
        TAPS * (ptrdiff_t)sizeof(ptrdiff_t) + ALIGNED);
}

/* Make one channel of the result in one box, by the readings that are delivered together from
   number `first` on; `weight` is its first weight. */
static void make_channel_f32(
    const struct planes *planes, const struct planes_space_f32 *room, float *restrict target,
    const float *restrict weight, ptrdiff_t channel_stride, const float *restrict bias,
    const ptrdiff_t *restrict places, int first)
{
    const struct work *const work = &planes->work;
    const ptrdiff_t length = row_of_sums_f32(planes), lead = first / planes->joined;
    const struct reading *how = planes->how[first];
    for (int number = first; number < first + planes->joined; number++, places += how->taps) {
        how = planes->how[number];
        for (ptrdiff_t channel = 0; channel < work->channels; channel++)
            for (ptrdiff_t tap = 0; tap < how->taps; tap++)
                room->weights[channel * how->taps + tap] =
                    weight[channel * channel_stride + how->tap[tap].number];
        sum_row_f32(
            room->tiles + (planes->joined > 1 ? how->to[AXES - 1] * length : 0), room->weights,
            room->frames, places, planes, work->frame_cells, how->taps);
    }
    deliver_rows_f32(
        target, room->tiles, length, how->to_step[AXES - 1], bias,
        room->runs + lead * room->box_rows, room->counts[lead]);
}

/* The parts of the workspace of one thread. */
static struct planes_space_f32 room_of_f32(const struct planes *planes, char *rest)
{
    const struct work *const work = &planes->work;
    struct planes_space_f32 room;
    room.frames = (float *)take(&rest, planes_frames_f32(work), sizeof(float));
    room.tiles = (float *)take(&rest, planes->joined * row_of_sums_f32(planes), sizeof(float));
    room.weights = (float *)take(&rest, work->channels * TAPS, sizeof(float));
    room.frame_rows =
        (struct frame_row *)take(&rest, frame_row_count(work), sizeof(struct frame_row));
    room.runs = (struct run *)take(&rest, 0, sizeof(struct run));
    room.box_rows = box_row_count(work);
    return room;
}

/* One task: one box of some groups. */
static void make_box_f32(
    const struct planes *planes, const struct operands_f32 *operands, const struct strides *strides,
    const ptrdiff_t *places, ptrdiff_t number, char *rest)
{
    const struct work *const work = &planes->work;
    const ptrdiff_t parts = ceil_div(GROUPS, planes->together), rows = GROUPS * work->rows;
    const ptrdiff_t first = number % parts * planes->together;
    const struct box box = box_at(work, number / parts);
    const float *const source =
        operands->source + box.first[0] * GROUPS * work->channels * work->source_cells;
    struct planes_space_f32 room = room_of_f32(planes, rest);
    find_rows(room.frame_rows, work, &box);
    fill_f32(room.frames, planes_frames_f32(work), 0);
    for (int reading = 0; reading < planes->readings; reading += planes->joined)
        room.counts[reading / planes->joined] = rows_of_box(
            room.runs + reading / planes->joined * room.box_rows, planes, &box, strides,
            planes->how[reading]);
    for (ptrdiff_t group = first; group < min_of(first + planes->together, GROUPS); group++) {
        const ptrdiff_t *taps = places;
        copy_group_f32(
            room.frames, source + group * work->channels * work->source_cells, work,
            room.frame_rows);
        for (int reading = 0; reading < planes->readings; reading++) {
            for (ptrdiff_t row = 0; row < work->rows && reading % planes->joined == 0; row++) {
                const ptrdiff_t channel = group * work->rows + row;
                make_channel_f32(
                    planes, &room,
                    operands->target + (box.first[0] * rows + channel) * work->target_cells,
                    operands->weight + group * work->rows * work->channels * TAPS
                        + row * operands->row,
                    operands->channel, operands->bias ? operands->bias + channel : NULL, taps,
                    reading);
            }
            taps += planes->how[reading]->taps;
        }
    }
}

static void make_planes_f32(
    const struct planes *planes, const struct operands_f32 *operands, char *workspace)
{
    const struct strides strides = strides_of(&planes->work);
    const ptrdiff_t tasks = box_count(&planes->work) * ceil_div(GROUPS, planes->together);
    ptrdiff_t *const places = (ptrdiff_t *)take(&workspace, TAPS, sizeof(ptrdiff_t));
    const ptrdiff_t own = planes_own_f32(planes);
    place_planes(places, planes, &strides);
#ifdef _OPENMP
#pragma omp parallel for num_threads(thread_count()) schedule(dynamic)
#endif
    for (ptrdiff_t number = 0; number < tasks; number++)
        make_box_f32(planes, operands, &strides, places, number, workspace + thread_number() * own);
}

#endif
