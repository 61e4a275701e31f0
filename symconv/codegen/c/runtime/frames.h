/* Cells copied into frames, packed for the micro-kernel, and results written. */
#ifndef SYMCONV_FRAMES_H
#define SYMCONV_FRAMES_H

#include "vectors.h"
#include "work.h"

/* target[i] = source[i * step]. */
static void copy_f32(
    float *restrict target, const float *restrict source, ptrdiff_t size, ptrdiff_t step)
{
    const size_t half = (size_t)(LANES_f32 / 2) * sizeof(float);
    if (step > 1)
        for (ptrdiff_t i = 0; i < size; i++)
            target[i] = source[i * LAST_STRIDE];
    else if (size < LANES_f32 / 2)
        for (ptrdiff_t i = 0; i < size; i++)
            target[i] = source[i];
    else if (size < LANES_f32) {
        memcpy(target, source, half);
        memcpy(target + size - LANES_f32 / 2, source + size - LANES_f32 / 2, half);
    } else {
        for (ptrdiff_t i = 0; i < size - LANES_f32; i += LANES_f32)
            store_f32(target + i, load_f32(source + i));
        store_f32(target + size - LANES_f32, load_f32(source + size - LANES_f32));
    }
}

/* Fill the frames of `count` channels; `source` is the first of them in image 0. */
static void fill_frames_f32(
    float *restrict frames, const float *restrict source, const struct work *work,
    const struct box *box, const struct strides *strides, ptrdiff_t count)
{
    const ptrdiff_t length = work->frame[AXES - 1], rows = work->frame_cells / length;
    for (ptrdiff_t number = 0; number < rows; number++) {
        const struct frame_row row = row_of_frames(work, box, number);
        for (ptrdiff_t image = 0; image < box->count[0]; image++) {
            const float *from =
                source + row.from
                + (box->first[0] + image) * GROUPS * work->channels * work->source_cells;
            float *to = frames + image * strides->image + number * length;
            for (ptrdiff_t channel = 0; channel < count; channel++) {
                fill_f32(to, row.left, 0);
                if (row.left < row.right)
                    copy_f32(to + row.left, from, row.right - row.left, work->how->step[AXES - 1]);
                fill_f32(to + row.right, length - row.right, 0);
                to += strides->channel;
                from += work->source_cells;
            }
        }
    }
    fill_f32(frames + count * strides->channel, 4 * LANES_f32, 0);
}

/* Write what the columns of a panel read, for `channels` channels: packed[channel][tap][column],
   where a row of columns is copied in 2 vectors. */
static void pack2_f32(
    float *restrict packed, const float *restrict source, const ptrdiff_t *restrict places,
    ptrdiff_t taps, ptrdiff_t channel_stride, ptrdiff_t channels, const ptrdiff_t *restrict lane,
    const ptrdiff_t *restrict from)
{
    const ptrdiff_t lane0 = lane[0], from0 = from[0];
    const ptrdiff_t lane1 = lane[1], from1 = from[1];
    for (ptrdiff_t channel = 0; channel < channels; channel++, source += channel_stride)
        for (ptrdiff_t tap = 0; tap < taps; tap++, packed += COLUMNS_f32) {
            const float *const place = source + places[tap];
            store_f32(packed + lane0, load_f32(place + from0));
            store_f32(packed + lane1, load_f32(place + from1));
            prefetch(place + from0 + COLUMNS_f32);
        }
}

/* Write what the columns of a panel read, for `channels` channels: packed[channel][tap][column],
   where a row of columns is copied in 3 vectors. */
static void pack3_f32(
    float *restrict packed, const float *restrict source, const ptrdiff_t *restrict places,
    ptrdiff_t taps, ptrdiff_t channel_stride, ptrdiff_t channels, const ptrdiff_t *restrict lane,
    const ptrdiff_t *restrict from)
{
    const ptrdiff_t lane0 = lane[0], from0 = from[0];
    const ptrdiff_t lane1 = lane[1], from1 = from[1];
    const ptrdiff_t lane2 = lane[2], from2 = from[2];
    for (ptrdiff_t channel = 0; channel < channels; channel++, source += channel_stride)
        for (ptrdiff_t tap = 0; tap < taps; tap++, packed += COLUMNS_f32) {
            const float *const place = source + places[tap];
            store_f32(packed + lane0, load_f32(place + from0));
            store_f32(packed + lane1, load_f32(place + from1));
            store_f32(packed + lane2, load_f32(place + from2));
            prefetch(place + from0 + COLUMNS_f32);
        }
}

/* Write what the columns of a panel read, for `channels` channels: packed[channel][tap][column],
   where a row of columns is copied in 4 vectors. */
static void pack4_f32(
    float *restrict packed, const float *restrict source, const ptrdiff_t *restrict places,
    ptrdiff_t taps, ptrdiff_t channel_stride, ptrdiff_t channels, const ptrdiff_t *restrict lane,
    const ptrdiff_t *restrict from)
{
    const ptrdiff_t lane0 = lane[0], from0 = from[0];
    const ptrdiff_t lane1 = lane[1], from1 = from[1];
    const ptrdiff_t lane2 = lane[2], from2 = from[2];
    const ptrdiff_t lane3 = lane[3], from3 = from[3];
    for (ptrdiff_t channel = 0; channel < channels; channel++, source += channel_stride)
        for (ptrdiff_t tap = 0; tap < taps; tap++, packed += COLUMNS_f32) {
            const float *const place = source + places[tap];
            store_f32(packed + lane0, load_f32(place + from0));
            store_f32(packed + lane1, load_f32(place + from1));
            store_f32(packed + lane2, load_f32(place + from2));
            store_f32(packed + lane3, load_f32(place + from3));
            prefetch(place + from0 + COLUMNS_f32);
        }
}

/* The same in any number of vectors. They may be longer than what is left of a run; what follows is
   written later. */
static void pack_f32(
    float *restrict packed, const float *restrict source, const ptrdiff_t *restrict places,
    const struct work *work, ptrdiff_t channel_stride, ptrdiff_t channels, const struct run *runs,
    int count)
{
    ptrdiff_t lane[COLUMNS_f32], from[COLUMNS_f32];
    const ptrdiff_t taps = work->how->taps;
    int pieces = 0;
    for (int run = 0; run < count; run++)
        for (ptrdiff_t i = 0; i < runs[run].count; i += LANES_f32) {
            lane[pieces] = runs[run].lane + i;
            from[pieces++] = runs[run].from + i;
        }
    if (pieces == 2) {
        pack2_f32(packed, source, places, taps, channel_stride, channels, lane, from);
        return;
    }
    if (pieces == 3) {
        pack3_f32(packed, source, places, taps, channel_stride, channels, lane, from);
        return;
    }
    if (pieces == 4) {
        pack4_f32(packed, source, places, taps, channel_stride, channels, lane, from);
        return;
    }
    for (ptrdiff_t channel = 0; channel < channels; channel++, source += channel_stride)
        for (ptrdiff_t tap = 0; tap < taps; tap++, packed += COLUMNS_f32)
            for (int piece = 0; piece < pieces; piece++)
                store_f32(packed + lane[piece], load_f32(source + places[tap] + from[piece]));
}

/* The same where a vector could end outside of the source. */
static void pack_exactly_f32(
    float *restrict packed, const float *restrict source, const ptrdiff_t *restrict places,
    const struct work *work, ptrdiff_t channel_stride, ptrdiff_t channels, const struct run *runs,
    int count)
{
    fill_f32(packed, channels * work->how->taps * COLUMNS_f32, 0);
    for (ptrdiff_t channel = 0; channel < channels; channel++, source += channel_stride)
        for (ptrdiff_t tap = 0; tap < work->how->taps; tap++, packed += COLUMNS_f32)
            for (int run = 0; run < count; run++)
                for (ptrdiff_t i = 0; i < runs[run].count; i++)
                    packed[runs[run].lane + i] = source[places[tap] + runs[run].from + i];
}

/* Write the first of `rows` rows of a tile where they belong; `target` is the channel of row 0. */
static void deliver_f32(
    float *restrict target, const float *restrict tile, const struct work *work, ptrdiff_t rows,
    const float *restrict bias, const struct run *runs, int count)
{
    const ptrdiff_t step = work->how->to_step[AXES - 1], cells = work->target_cells;
    for (int run = 0; run < count; run++) {
        const float *from = tile + runs[run].lane;
        float *to = target + runs[run].to;
        const ptrdiff_t size = runs[run].count;
        for (ptrdiff_t row = 0; row < rows; row++, from += COLUMNS_f32, to += cells) {
            const float begin = bias ? bias[row] : 0;
            if (step > 1 || size < LANES_f32)
                for (ptrdiff_t i = 0; i < size; i++)
                    to[i * step] = begin + from[i];
            else {
                for (ptrdiff_t i = 0; i < size - LANES_f32; i += LANES_f32)
                    store_f32(to + i, begin + load_f32(from + i));
                store_f32(to + size - LANES_f32, begin + load_f32(from + size - LANES_f32));
            }
        }
    }
}

#endif
