/* Tiles: y and dx, products of panels at each point. */
#ifndef SYMCONV_TILE_SUMS_H
#define SYMCONV_TILE_SUMS_H

#include "micro_kernel.h"
#include "tile_space.h"
#include "tile_transforms.h"

/* The products of all points for one strip and some rows, and their results. The panels of the
   tiles lie `step` apart, those of the weights `weight_step`. */
static void sum_points_f32(
    float *restrict target, float *restrict products, const float *restrict panels, ptrdiff_t step,
    const float *restrict weights, ptrdiff_t weight_step, const float *restrict bias,
    const struct tiling *tiling, ptrdiff_t first, ptrdiff_t count, ptrdiff_t rows)
{
    const ptrdiff_t blocks = ceil_div(rows, ROWS), used = ceil_div(count, COLUMNS_f32),
                    tile = ROWS * COLUMNS_f32;
    const ptrdiff_t channels = tiling->channels, cells = tiling->target[0] * tiling->target[1];
    for (ptrdiff_t point = 0; point < POINTS; point++)
        for (ptrdiff_t row = 0; row < blocks; row++)
            for (ptrdiff_t block = 0; block < used; block++)
                multiply_panels_f32(
                    products + ((row * used + block) * POINTS + point) * tile,
                    min_of(ROWS, rows - row * ROWS),
                    weights + point * weight_step + row * channels * ROWS,
                    panels + point * step + block * channels * COLUMNS_f32, channels, 0);
    for (ptrdiff_t row = 0; row < blocks; row++)
        for (ptrdiff_t block = 0; block < used; block++)
            write_panel_f32(
                target + row * ROWS * cells, products + (row * used + block) * POINTS * tile,
                tiling, first + block * COLUMNS_f32,
                min_of(COLUMNS_f32, count - block * COLUMNS_f32), bias ? bias + row * ROWS : NULL,
                min_of(ROWS, rows - row * ROWS));
}

/* One strip of tiles of one group. */
static void filter_strip_f32(
    float *restrict target, const float *restrict source, const float *restrict points,
    const float *restrict bias, float *restrict space, const struct tiling *tiling, ptrdiff_t first,
    ptrdiff_t strip)
{
    const ptrdiff_t count = min_of(strip, tiling->total - first),
                    used = ceil_div(count, COLUMNS_f32);
    const ptrdiff_t rows = ceil_div(tiling->rows, ROWS) * ROWS, channels = tiling->channels;
    const ptrdiff_t step = used * channels * COLUMNS_f32 + COLUMNS_f32;
    float *const products = space + POINTS * step;
    float *const hands = products + POINTS * rows * used * COLUMNS_f32;
    memset(hands, 0, (size_t)(POINTS * used * COLUMNS_f32) * sizeof(float));
    for (ptrdiff_t channel = 0; channel < channels; channel++)
        read_channel_f32(
            space + channel * COLUMNS_f32, step, hands, hands + POINTS * used * COLUMNS_f32,
            source + channel * tiling->source[0] * tiling->source[1], tiling, first, count,
            used * COLUMNS_f32);
    sum_points_f32(
        target, products, space, step, points, rows * channels + COLUMNS_f32, bias, tiling, first,
        count, tiling->rows);
}

/* All strips of all groups, with weights transformed before. */
static void filter_by_strips_f32(
    const struct tiling *tiling, float *restrict target, const float *restrict source,
    const float *restrict weight, ptrdiff_t group_stride, ptrdiff_t row_stride,
    ptrdiff_t channel_stride, const float *restrict bias, char *workspace)
{
    const ptrdiff_t strip = strip_of_f32(tiling), strips = ceil_div(tiling->total, strip);
    const ptrdiff_t entries = own_entries_f32(tiling);
    const ptrdiff_t of_source = tiling->channels * tiling->source[0] * tiling->source[1];
    const ptrdiff_t of_target = tiling->rows * tiling->target[0] * tiling->target[1];
    const ptrdiff_t of_weight = point_entries_f32(tiling) / GROUPS;
    float *const points = (float *)take(&workspace, GROUPS * of_weight, sizeof(float));
    weigh_points_f32(points, weight, group_stride, row_stride, channel_stride, tiling);
#ifdef _OPENMP
#pragma omp parallel for num_threads(thread_count()) schedule(dynamic)
#endif
    for (ptrdiff_t number = 0; number < GROUPS * strips; number++) {
        const ptrdiff_t group = number / strips;
        char *rest =
            workspace + (size_t)thread_number() * ((size_t)entries * sizeof(float) + 2 * ALIGNED);
        filter_strip_f32(
            target + group * of_target, source + group * of_source, points + group * of_weight,
            bias ? bias + group * tiling->rows : NULL, (float *)take(&rest, entries, sizeof(float)),
            tiling, number % strips * strip, strip);
    }
}

/* A long strip of tiles of one group: its cells are transformed first, then some rows of the
   weights at a time. */
static void filter_long_strip_f32(
    const struct tiling *tiling, float *restrict target, const float *restrict source,
    const float *restrict weight, ptrdiff_t row_stride, ptrdiff_t channel_stride,
    const float *restrict bias, char *workspace, ptrdiff_t first, ptrdiff_t count)
{
    const ptrdiff_t entries = own_entries_f32(tiling), rows = rows_at_once_f32(tiling);
    const ptrdiff_t channels = tiling->channels, strip = ceil_div(count, COLUMNS_f32) * COLUMNS_f32;
    const ptrdiff_t step = strip * channels + COLUMNS_f32,
                    weight_step = rows * channels + COLUMNS_f32;
    const size_t own = (size_t)entries * sizeof(float) + 2 * ALIGNED;
    float *const panels = (float *)take(&workspace, shared_entries_f32(tiling), sizeof(float));
#ifdef _OPENMP
#pragma omp parallel num_threads(thread_count())
#endif
    {
        char *rest = workspace + (size_t)thread_number() * own;
        float *const space = (float *)take(&rest, entries, sizeof(float));
        memset(space, 0, (size_t)(POINTS * strip) * sizeof(float));
#ifdef _OPENMP
#pragma omp for
#endif
        for (ptrdiff_t channel = 0; channel < channels; channel++)
            read_channel_f32(
                panels + channel * COLUMNS_f32, step, space, space + POINTS * strip,
                source + channel * tiling->source[0] * tiling->source[1], tiling, first, count,
                strip);
#ifdef _OPENMP
#pragma omp for schedule(dynamic)
#endif
        for (ptrdiff_t row = 0; row < tiling->rows; row += rows) {
            const ptrdiff_t some = min_of(rows, tiling->rows - row);
            weigh_rows_f32(
                space, weight_step, weight + row * row_stride, row_stride, some, channel_stride,
                tiling);
            sum_points_f32(
                target + row * tiling->target[0] * tiling->target[1], space + POINTS * weight_step,
                panels, step, space, weight_step, bias ? bias + row : NULL, tiling, first, count,
                some);
        }
    }
}

/* target[i] = the sum over channels and k of weight[k] * source[i + first + k], tile by tile. */
static void filter_f32(
    const struct tiling *tiling, float *restrict target, const float *restrict source,
    const float *restrict weight, ptrdiff_t group_stride, ptrdiff_t row_stride,
    ptrdiff_t channel_stride, const float *restrict bias, char *workspace)
{
    const ptrdiff_t of_source = tiling->channels * tiling->source[0] * tiling->source[1];
    const ptrdiff_t of_target = tiling->rows * tiling->target[0] * tiling->target[1];
    const ptrdiff_t strip = long_strip_f32(tiling);
    if (!by_rows_f32(tiling)) {
        filter_by_strips_f32(
            tiling, target, source, weight, group_stride, row_stride, channel_stride, bias,
            workspace);
        return;
    }
    for (ptrdiff_t group = 0; group < GROUPS; group++)
        for (ptrdiff_t first = 0; first < tiling->total; first += strip)
            filter_long_strip_f32(
                tiling, target + group * of_target, source + group * of_source,
                weight + group * group_stride, row_stride, channel_stride,
                bias ? bias + group * tiling->rows : NULL, workspace, first,
                min_of(strip, tiling->total - first));
}

#endif
