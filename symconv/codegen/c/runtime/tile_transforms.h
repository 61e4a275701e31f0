/* Tiles: weights, cells and results transformed. */
#ifndef SYMCONV_TILE_TRANSFORMS_H
#define SYMCONV_TILE_TRANSFORMS_H

#include "spec_transforms.h"
#include "tiling.h"

/* G w of ROWS rows and some channels, at most COLUMNS_f32, into the panels of each point. */
static void weigh_panel_f32(
    float *restrict panels, ptrdiff_t step, const float *restrict weight, ptrdiff_t row_stride,
    ptrdiff_t rows, ptrdiff_t channel_stride, ptrdiff_t channels, const struct tiling *tiling)
{
    float taps[TAPS * ROWS * COLUMNS_f32] = { 0 }, lines[SPAN_H * TAPS_W * ROWS * COLUMNS_f32];
    ptrdiff_t place[TAPS];
    const ptrdiff_t count = channels * ROWS;
    for (ptrdiff_t tap = 0; tap < TAPS; tap++)
        place[tap] = tiling->taps_h[tap / TAPS_W] * TAPS_W + tiling->taps_w[tap % TAPS_W];
    for (ptrdiff_t channel = 0; channel < channels; channel++)
        for (ptrdiff_t row = 0; row < ROWS; row++) {
            const ptrdiff_t there = min_of(row, rows - 1);
            const float *const from = weight + channel * channel_stride + there * row_stride;
            prefetch(from + COLUMNS_f32 * channel_stride);
            for (ptrdiff_t tap = 0; tap < TAPS; tap++)
                taps[tap * count + channel * ROWS + row] = from[place[tap]];
        }
    weight_h_f32(lines, TAPS_W * count, taps, TAPS_W * count, TAPS_W * count);
    for (ptrdiff_t h = 0; h < SPAN_H; h++)
        weight_w_f32(panels + h * SPAN_W * step, step, lines + h * TAPS_W * count, count, count);
}

/* G w of some rows of one group, all channels: for each point, `step` apart, the panels
   (rows / ROWS, channel, ROWS). Rows that are not there repeat the last one. */
static void weigh_rows_f32(
    float *restrict points, ptrdiff_t step, const float *restrict weight, ptrdiff_t row_stride,
    ptrdiff_t rows, ptrdiff_t channel_stride, const struct tiling *tiling)
{
    for (ptrdiff_t row = 0; row < rows; row += ROWS)
        for (ptrdiff_t channel = 0; channel < tiling->channels; channel += COLUMNS_f32)
            weigh_panel_f32(
                points + row * tiling->channels + channel * ROWS, step,
                weight + row * row_stride + channel * channel_stride, row_stride,
                min_of(ROWS, rows - row), channel_stride,
                min_of(COLUMNS_f32, tiling->channels - channel), tiling);
}

/* The same for all rows of all groups. */
static void weigh_points_f32(
    float *restrict points, const float *restrict weight, ptrdiff_t group_stride,
    ptrdiff_t row_stride, ptrdiff_t channel_stride, const struct tiling *tiling)
{
    const ptrdiff_t blocks = ceil_div(tiling->rows, ROWS);
    const ptrdiff_t step = blocks * tiling->channels * ROWS + COLUMNS_f32;
#ifdef _OPENMP
#pragma omp parallel for num_threads(thread_count())
#endif
    for (ptrdiff_t block = 0; block < GROUPS * blocks; block++) {
        const ptrdiff_t group = block / blocks, row = block % blocks * ROWS;
        weigh_rows_f32(
            points + group * POINTS * step + row * tiling->channels, step,
            weight + group * group_stride + row * row_stride, row_stride,
            min_of(ROWS, tiling->rows - row), channel_stride, tiling);
    }
}

/* The cells that the tiles of a run read of one channel, zero outside. */
static void frame_of_f32(
    float *restrict frame, ptrdiff_t width, const float *restrict source,
    const struct tiling *tiling, const struct tile_run *run)
{
    const ptrdiff_t first = run->column * TILE_W + tiling->first[1];
    const ptrdiff_t left = min_of(max_of(-first, 0), width);
    const ptrdiff_t right = max_of(min_of(tiling->source[1] - first, width), left);
    for (ptrdiff_t h = 0; h < SPAN_H; h++, frame += width) {
        const ptrdiff_t row = run->row * TILE_H + tiling->first[0] + h;
        if (row < 0 || row >= tiling->source[0]) {
            memset(frame, 0, (size_t)width * sizeof(float));
            continue;
        }
        memset(frame, 0, (size_t)left * sizeof(float));
        if (right > left)
            memcpy(
                frame + left, source + row * tiling->source[1] + first + left,
                (size_t)(right - left) * sizeof(float));
        memset(frame + right, 0, (size_t)(width - right) * sizeof(float));
    }
}

/* Every TILE_W-th entry of a line: `count` of them from each of the SPAN_W places of a tile. */
static inline void deal_f32(
    float *restrict hands, ptrdiff_t step, const float *restrict line, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i++)
        for (ptrdiff_t w = 0; w < TILE_W; w++)
            hands[w * step + i] = line[i * TILE_W + w];
    for (ptrdiff_t w = TILE_W; w < SPAN_W; w++)
        for (ptrdiff_t i = 0; i < count; i++)
            hands[w * step + i] = line[i * TILE_W + w];
}

/* B^T x of one channel of the tiles of a strip, into the panels of each point. */
static void read_channel_f32(
    float *restrict panels, ptrdiff_t step, float *restrict hands, float *restrict lines,
    const float *restrict source, const struct tiling *tiling, ptrdiff_t first, ptrdiff_t count,
    ptrdiff_t strip)
{
    const ptrdiff_t image = GROUPS * tiling->channels * tiling->source[0] * tiling->source[1];
    ptrdiff_t done = 0;
    while (done < count) {
        const struct tile_run run = tiles_at(tiling, first + done, count - done);
        const ptrdiff_t width = run.count * TILE_W + SPAN_W - TILE_W;
        float *const frame = lines + SPAN_H * width;
        frame_of_f32(frame, width, source + run.image * image, tiling, &run);
        input_h_f32(lines, width, frame, width, width);
        for (ptrdiff_t h = 0; h < SPAN_H; h++)
            deal_f32(hands + h * SPAN_W * strip + done, strip, lines + h * width, run.count);
        done += run.count;
    }
    for (ptrdiff_t block = 0; block < strip / COLUMNS_f32; block++)
        for (ptrdiff_t h = 0; h < SPAN_H; h++)
            input_w_f32(
                panels + h * SPAN_W * step + block * tiling->channels * COLUMNS_f32, step,
                hands + h * SPAN_W * strip + block * COLUMNS_f32, strip, COLUMNS_f32);
}

/* Write some of the results of a block of tiles, of one channel: those that the target has. */
static void write_block_f32(
    float *restrict target, float *restrict line, const float *restrict results,
    const struct tiling *tiling, ptrdiff_t first, ptrdiff_t count, float bias)
{
    const ptrdiff_t height = tiling->target[0], width = tiling->target[1];
    const ptrdiff_t image = GROUPS * tiling->rows * height * width;
    for (ptrdiff_t h = 0; h < TILE_H; h++) {
        ptrdiff_t done = 0;
        for (ptrdiff_t i = 0; i < COLUMNS_f32; i++)
            for (ptrdiff_t w = 0; w < TILE_W; w++)
                line[i * TILE_W + w] = results[(h * TILE_W + w) * COLUMNS_f32 + i] + bias;
        while (done < count) {
            const struct tile_run run = tiles_at(tiling, first + done, count - done);
            const ptrdiff_t row = run.row * TILE_H + h, column = run.column * TILE_W;
            if (row < height)
                memcpy(
                    target + run.image * image + row * width + column, line + done * TILE_W,
                    (size_t)min_of(run.count * TILE_W, width - column) * sizeof(float));
            done += run.count;
        }
    }
}

/* A^T of the products of ROWS rows and one block of tiles. */
static void write_panel_f32(
    float *restrict target, const float *restrict products, const struct tiling *tiling,
    ptrdiff_t first, ptrdiff_t count, const float *restrict bias, ptrdiff_t rows)
{
    const ptrdiff_t cells = tiling->target[0] * tiling->target[1];
    float columns[SPAN_H * TILE_W * COLUMNS_f32], results[TILE_H * TILE_W * COLUMNS_f32];
    float line[TILE_W * COLUMNS_f32];
    for (ptrdiff_t row = 0; row < rows; row++) {
        for (ptrdiff_t h = 0; h < SPAN_H; h++)
            output_w_f32(
                columns + h * TILE_W * COLUMNS_f32, COLUMNS_f32,
                products + h * SPAN_W * ROWS * COLUMNS_f32 + row * COLUMNS_f32, ROWS * COLUMNS_f32,
                COLUMNS_f32);
        output_h_f32(
            results, TILE_W * COLUMNS_f32, columns, TILE_W * COLUMNS_f32, TILE_W * COLUMNS_f32);
        write_block_f32(
            target + row * cells, line, results, tiling, first, count, bias ? bias[row] : 0);
    }
}

#endif
