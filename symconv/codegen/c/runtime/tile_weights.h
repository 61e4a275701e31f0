/* Tiles: dw, products of panels at each point. */
#ifndef SYMCONV_TILE_WEIGHTS_H
#define SYMCONV_TILE_WEIGHTS_H

#include "micro_kernel.h"
#include "spec_transforms.h"
#include "tiling.h"

/* grad_weight: at each point, panels of dy times panels of x, summed over all tiles, as many at
   a time as fit. */
static ptrdiff_t weight_strip_f32(const struct tiling *tiling)
{
    const ptrdiff_t channels = checked_add(tiling->rows, tiling->channels);
    const ptrdiff_t kept = SYMCONV_LONG / (POINTS * max_of(channels, 1));
    const ptrdiff_t fitting = SYMCONV_STRIP / (POINTS * max_of(channels, 1));
    const ptrdiff_t strip = tiling->total > kept ? max_of(fitting, 4 * SYMCONV_FEWEST) : kept;
    return min_of(strip, max_of(tiling->total, 1));
}

/* Entries of the panels of x, of those of dy, of the sums, and of what is one thread's. */
static ptrdiff_t read_entries_f32(const struct tiling *tiling)
{
    const ptrdiff_t channels = checked_add(tiling->channels, COLUMNS_f32);
    return checked_mul(checked_mul(POINTS, weight_strip_f32(tiling)), channels);
}

static ptrdiff_t given_entries_f32(const struct tiling *tiling)
{
    const ptrdiff_t rows = checked_add(tiling->rows, ROWS);
    return checked_mul(checked_mul(POINTS, weight_strip_f32(tiling)), rows);
}

/* Sums of more than one strip are kept from one to the next. */
static ptrdiff_t kept_entries_f32(const struct tiling *tiling)
{
    const ptrdiff_t rows = checked_add(tiling->rows, ROWS);
    if (weight_strip_f32(tiling) >= tiling->total)
        return 0;
    return checked_mul(checked_mul(POINTS, rows), checked_add(tiling->channels, COLUMNS_f32));
}

/* How many blocks of rows and of columns are summed by one task, each. */
static ptrdiff_t at_once_f32(const struct tiling *tiling)
{
    const ptrdiff_t blocks = ceil_div(tiling->channels, COLUMNS_f32),
                    rows = ceil_div(tiling->rows, ROWS);
    return rows * blocks / 64 < thread_count() ? 1 : 4;
}

static ptrdiff_t task_entries_f32(const struct tiling *tiling)
{
    const ptrdiff_t across = min_of(weight_strip_f32(tiling), tiling->across);
    const ptrdiff_t lines = 2 * SPAN_H * (across * TILE_W + SPAN_W) * max_of(ROWS, COLUMNS_f32);
    const ptrdiff_t at_once = at_once_f32(tiling);
    return max_of(lines, at_once * at_once * POINTS * ROWS * COLUMNS_f32);
}

static ptrdiff_t correlate_bytes_f32(const struct tiling *tiling)
{
    const ptrdiff_t shared = checked_add(
        checked_add(read_entries_f32(tiling), given_entries_f32(tiling)), kept_entries_f32(tiling));
    const ptrdiff_t entries =
        checked_add(shared, checked_mul(task_entries_f32(tiling), thread_count()));
    const ptrdiff_t bytes = checked_mul(entries, (ptrdiff_t)sizeof(float));
    return checked_add(bytes, (4 + thread_count()) * ALIGNED);
}

/* Cells of several channels side by side, zero where there is none: frame[row][column][lane]. Of
   `period` columns at a time the first lie together, then the second, each for `tiles` periods. */
static inline void interleaved_frame_f32(
    float *restrict frame, ptrdiff_t height, ptrdiff_t width, ptrdiff_t lanes, ptrdiff_t period,
    ptrdiff_t tiles, ptrdiff_t row, ptrdiff_t column, const float *restrict source,
    const ptrdiff_t *sizes, ptrdiff_t channels)
{
    const ptrdiff_t cells = sizes[0] * sizes[1], there = min_of(channels, lanes);
    const ptrdiff_t left = min_of(max_of(-column, 0), width);
    const ptrdiff_t right = max_of(min_of(sizes[1] - column, width), left);
    for (ptrdiff_t h = 0; h < height; h++, frame += width * lanes) {
        const ptrdiff_t u = row + h;
        const int whole = u >= 0 && u < sizes[0] && there == lanes && left == 0 && right == width;
        const float *const from = source + u * sizes[1] + column;
        if (!whole)
            memset(frame, 0, (size_t)(width * lanes) * sizeof(float));
        if (u < 0 || u >= sizes[0])
            continue;
        for (ptrdiff_t w = left; w < right; w++) {
            float *const at = frame + (w % period * tiles + w / period) * lanes;
            if (there == lanes)
                for (ptrdiff_t lane = 0; lane < lanes; lane++)
                    at[lane] = from[lane * cells + w];
            else
                for (ptrdiff_t lane = 0; lane < there; lane++)
                    at[lane] = from[lane * cells + w];
        }
    }
}

/* B^T x of the tiles of a strip, for COLUMNS_f32 channels from `source` on, into the panels of all
   points. */
static void read_tiles_f32(
    float *restrict panels, ptrdiff_t step, float *restrict lines, const float *restrict source,
    const struct tiling *tiling, ptrdiff_t first, ptrdiff_t count, ptrdiff_t channels)
{
    const ptrdiff_t image = GROUPS * tiling->channels * tiling->source[0] * tiling->source[1];
    ptrdiff_t done = 0;
    while (done < count) {
        const struct tile_run run = tiles_at(tiling, first + done, count - done);
        const ptrdiff_t width = run.count * TILE_W + SPAN_W - TILE_W, line = width * COLUMNS_f32;
        float *const frame = lines + SPAN_H * line;
        interleaved_frame_f32(
            frame, SPAN_H, width, COLUMNS_f32, 1, 1, run.row * TILE_H + tiling->first[0],
            run.column * TILE_W + tiling->first[1], source + run.image * image, tiling->source,
            channels);
        input_h_f32(lines, line, frame, line, line);
        for (ptrdiff_t i = 0; i < run.count; i++)
            for (ptrdiff_t h = 0; h < SPAN_H; h++)
                input_w_f32(
                    panels + h * SPAN_W * step + (done + i) * COLUMNS_f32, step,
                    lines + h * line + i * TILE_W * COLUMNS_f32, COLUMNS_f32, COLUMNS_f32);
        done += run.count;
    }
}

/* A dy of the same tiles, for ROWS channels of dy. */
static void given_tiles_f32(
    float *restrict panels, ptrdiff_t step, float *restrict lines, const float *restrict target,
    const struct tiling *tiling, ptrdiff_t first, ptrdiff_t count, ptrdiff_t rows)
{
    const ptrdiff_t image = GROUPS * tiling->rows * tiling->target[0] * tiling->target[1];
    ptrdiff_t done = 0;
    while (done < count) {
        const struct tile_run run = tiles_at(tiling, first + done, count - done);
        const ptrdiff_t width = run.count * TILE_W, line = width * ROWS;
        float *const frame = lines + SPAN_H * line;
        interleaved_frame_f32(
            frame, TILE_H, width, ROWS, TILE_W, run.count, run.row * TILE_H, run.column * TILE_W,
            target + run.image * image, tiling->target, rows);
        gradient_h_f32(lines, line, frame, line, line);
        for (ptrdiff_t h = 0; h < SPAN_H; h++)
            gradient_w_f32(
                panels + h * SPAN_W * step + done * ROWS, step, lines + h * line, run.count * ROWS,
                run.count * ROWS);
        done += run.count;
    }
}

/* G^T of the sums of ROWS channels of dy and COLUMNS_f32 of x. */
static void write_taps_f32(
    float *restrict weight, const float *restrict sums, const struct tiling *tiling, ptrdiff_t rows,
    ptrdiff_t columns)
{
    float lines[SPAN_H * TAPS_W * ROWS * COLUMNS_f32], taps[TAPS_H * TAPS_W * ROWS * COLUMNS_f32];
    const ptrdiff_t tile = ROWS * COLUMNS_f32;
    for (ptrdiff_t h = 0; h < SPAN_H; h++)
        taps_w_f32(
            lines + h * TAPS_W * tile, tile, sums + h * SPAN_W * tile, tile, rows * COLUMNS_f32);
    taps_h_f32(taps, TAPS_W * tile, lines, TAPS_W * tile, TAPS_W * tile);
    for (ptrdiff_t row = 0; row < rows; row++)
        for (ptrdiff_t column = 0; column < columns; column++)
            for (ptrdiff_t h = 0; h < TAPS_H; h++)
                for (ptrdiff_t w = 0; w < TAPS_W; w++)
                    weight
                        [(row * tiling->channels + column) * TAPS + tiling->taps_h[h] * TAPS_W
                         + tiling->taps_w[w]] =
                            taps[(h * TAPS_W + w) * tile + row * COLUMNS_f32 + column];
}

static struct tile_task task_number_f32(const struct tiling *tiling, ptrdiff_t number)
{
    const ptrdiff_t at_once = at_once_f32(tiling), rows = ceil_div(tiling->rows, ROWS);
    const ptrdiff_t blocks = ceil_div(tiling->channels, COLUMNS_f32),
                    parts = ceil_div(blocks, at_once);
    const struct tile_task task = {
        .row = number / parts * at_once,
        .rows = min_of(at_once, rows - number / parts * at_once),
        .block = number % parts * at_once,
        .blocks = min_of(at_once, blocks - number % parts * at_once),
    };
    return task;
}

/* sums = or += the products of `count` tiles at all points: sums[row][block][point], whose rows
   have `width` blocks. */
static void add_products_f32(
    float *restrict sums, ptrdiff_t width, const float *restrict given, const float *restrict read,
    const struct tiling *tiling, const struct tile_task *task, ptrdiff_t count, int adds)
{
    const ptrdiff_t rows = ceil_div(tiling->rows, ROWS),
                    blocks = ceil_div(tiling->channels, COLUMNS_f32);
    for (ptrdiff_t point = 0; point < POINTS; point++)
        for (ptrdiff_t row = 0; row < task->rows; row++)
            for (ptrdiff_t block = 0; block < task->blocks; block++)
                multiply_panels_f32(
                    sums + ((row * width + block) * POINTS + point) * ROWS * COLUMNS_f32,
                    min_of(ROWS, tiling->rows - (task->row + row) * ROWS),
                    given + (point * rows + task->row + row) * count * ROWS,
                    read + (point * blocks + task->block + block) * count * COLUMNS_f32, count,
                    adds);
}

/* The weights of a task. */
static void write_task_f32(
    float *restrict weight, const float *restrict sums, ptrdiff_t width,
    const struct tiling *tiling, const struct tile_task *task)
{
    for (ptrdiff_t i = 0; i < task->rows; i++)
        for (ptrdiff_t j = 0; j < task->blocks; j++) {
            const ptrdiff_t row = (task->row + i) * ROWS, column = (task->block + j) * COLUMNS_f32;
            write_taps_f32(
                weight + (row * tiling->channels + column) * TAPS,
                sums + (i * width + j) * POINTS * ROWS * COLUMNS_f32, tiling,
                min_of(ROWS, tiling->rows - row), min_of(COLUMNS_f32, tiling->channels - column));
        }
}

/* All tiles of one group. */
static void correlate_f32(
    const struct tiling *tiling, float *restrict weight, const float *restrict target,
    const float *restrict source, char *workspace)
{
    const ptrdiff_t strip = weight_strip_f32(tiling), entries = task_entries_f32(tiling);
    const ptrdiff_t blocks = ceil_div(tiling->channels, COLUMNS_f32),
                    rows = ceil_div(tiling->rows, ROWS);
    const ptrdiff_t of_source = tiling->source[0] * tiling->source[1];
    const ptrdiff_t of_target = tiling->target[0] * tiling->target[1];
    const ptrdiff_t at_once = at_once_f32(tiling), tile = POINTS * ROWS * COLUMNS_f32;
    const ptrdiff_t tasks = ceil_div(rows, at_once) * ceil_div(blocks, at_once);
    const int kept = kept_entries_f32(tiling) > 0;
    float *const read = (float *)take(&workspace, read_entries_f32(tiling), sizeof(float));
    float *const given = (float *)take(&workspace, given_entries_f32(tiling), sizeof(float));
    float *const sums = (float *)take(&workspace, kept_entries_f32(tiling), sizeof(float));
    float *const own = (float *)take(&workspace, 0, sizeof(float));
    ptrdiff_t first = 0;
    do {
        const ptrdiff_t count = min_of(strip, tiling->total - first);
#ifdef _OPENMP
#pragma omp parallel for num_threads(thread_count()) schedule(dynamic)
#endif
        for (ptrdiff_t block = 0; block < blocks + rows; block++) {
            const ptrdiff_t row = block - blocks;
            if (row < 0)
                read_tiles_f32(
                    read + block * count * COLUMNS_f32, blocks * count * COLUMNS_f32,
                    own + thread_number() * entries, source + block * COLUMNS_f32 * of_source,
                    tiling, first, count, tiling->channels - block * COLUMNS_f32);
            else
                given_tiles_f32(
                    given + row * count * ROWS, rows * count * ROWS,
                    own + thread_number() * entries, target + row * ROWS * of_target, tiling, first,
                    count, tiling->rows - row * ROWS);
        }
#ifdef _OPENMP
#pragma omp parallel for num_threads(thread_count()) schedule(dynamic)
#endif
        for (ptrdiff_t number = 0; number < tasks; number++) {
            const struct tile_task task = task_number_f32(tiling, number);
            const ptrdiff_t width = kept ? blocks : task.blocks;
            float *const at = kept ? sums + (task.row * blocks + task.block) * tile
                                   : own + thread_number() * entries;
            add_products_f32(at, width, given, read, tiling, &task, count, first > 0);
            if (first + count == tiling->total)
                write_task_f32(weight, at, width, tiling, &task);
        }
        first += count;
    } while (first < tiling->total);
}

#endif
