/* Sums cut into tiles, and when tiles are faster than direct sums. */
#ifndef SYMCONV_TILING_H
#define SYMCONV_TILING_H

#include "spec_filters.h"
#include "work.h"

#ifndef SYMCONV_FEWEST
#define SYMCONV_FEWEST 32 /* tiles of a strip, of grad_weight four times as many */
#endif
#ifndef SYMCONV_STRIP
#define SYMCONV_STRIP 262144 /* entries of transformed tiles and products */
#endif
#ifndef SYMCONV_LONG
#define SYMCONV_LONG 4194304 /* entries of a long strip, which all threads share */
#endif
#ifndef SYMCONV_WEIGHTS
#define SYMCONV_WEIGHTS 524288 /* transformed weights that are kept for all tiles */
#endif

enum {
    MOST_CHANNELS = 1024 * 1024, /* more are summed directly */
    FILLED = 16 /* columns of a panel of floats in 32 bytes; others choose the same */
};

/* A sum cut into tiles; rows are the channels of the result, channels those that it sums over, of
   one group. Tiles are counted image by image, row by row. */
struct tiling {
    ptrdiff_t rows, channels, source[2], target[2], first[2], down, across, total;
    const ptrdiff_t *taps_h, *taps_w;
};

/* Tiles side by side in one image. */
struct tile_run {
    ptrdiff_t image, row, column, count;
};

/* Which blocks of rows and of columns a task sums. */
struct tile_task {
    ptrdiff_t row, rows, block, blocks;
};

static struct tiling tiling_of(
    ptrdiff_t images, ptrdiff_t rows, ptrdiff_t channels, const ptrdiff_t *source,
    const ptrdiff_t *target, const struct filter *filter)
{
    struct tiling tiling = {
        .rows = rows / GROUPS,
        .channels = channels / GROUPS,
        .source = { AXES > 1 ? source[0] : 1, source[AXES - 1] },
        .target = { AXES > 1 ? target[0] : 1, target[AXES - 1] },
        .first = { filter->first[0], filter->first[1] },
        .taps_h = filter->taps_h,
        .taps_w = filter->taps_w,
    };
    tiling.down = ceil_div(tiling.target[0], TILE_H);
    tiling.across = ceil_div(tiling.target[1], TILE_W);
    tiling.total = images * tiling.down * tiling.across;
    return tiling;
}

/* The tiles from number `first` on that lie in its row, at most `most`. */
static struct tile_run tiles_at(const struct tiling *tiling, ptrdiff_t first, ptrdiff_t most)
{
    struct tile_run run;
    run.column = first % tiling->across;
    run.row = first / tiling->across % tiling->down;
    run.image = first / tiling->across / tiling->down;
    run.count = min_of(most, tiling->across - run.column);
    return run;
}

/* What an operation by tiles costs: panels multiply so many rows, channels and tiles, with those
   that only fill them; a transformed entry costs as much as some products, as measured: of a
   pair of channels, of a channel that is summed over, and of one of the result. */
struct tile_cost {
    ptrdiff_t rows, channels, tiles;
    int weight, channel, row;
};

/* Whether that is less than direct sums cost, of which three cost as much as four, as measured.
   The number of threads does not count, so that it changes no bit. -DSYMCONV_BY_TILES=1 says
   yes, =0 no. */
static int tiles_pay(const struct tiling *tiling, ptrdiff_t images, const struct tile_cost *cost)
{
#ifdef SYMCONV_BY_TILES
    (void)tiling;
    (void)images;
    (void)cost;
    return SYMCONV_BY_TILES;
#else
    const double rows = (double)cost->rows, channels = (double)cost->channels;
    const double tiles = (double)tiling->total, filled = (double)cost->tiles;
    const double cells = (double)images * (double)(tiling->target[0] * tiling->target[1]);
    const double direct = (double)(tiling->rows * tiling->channels) * cells * TAPS;
    const double products = rows * channels * (filled + cost->weight);
    const double transforms = tiles * (cost->channel * channels + cost->row * rows);
    return 3 * POINTS * (products + transforms) < 4 * direct;
#endif
}

/* The sizes of a problem that tiles may make: its arrays can be, and there is a result. */
static int set_tiled_sizes(
    struct sizes *sizes, ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs, const ptrdiff_t *in,
    ptrdiff_t bytes)
{
    return set_sizes(sizes, images, inputs, outputs, in, bytes)
           && max_of(inputs, outputs) <= MOST_CHANNELS && cell_count(sizes->out) > 0;
}

/* `number`, or the next multiple of `size`. */
static ptrdiff_t filled(ptrdiff_t number, ptrdiff_t size)
{
    return ceil_div(number, size) * size;
}

/* Whether tiles make an operation, and how it is cut into them. */
static int forward_by_tiles(
    struct tiling *tiling, ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs,
    const ptrdiff_t *in, ptrdiff_t bytes)
{
    struct sizes sizes;
    if (!set_tiled_sizes(&sizes, images, inputs, outputs, in, bytes))
        return 0;
    *tiling = tiling_of(images, outputs, inputs, sizes.in, sizes.out, &forward_filter);
    const struct tile_cost cost = {
        .rows = tiling->rows,
        .channels = tiling->channels,
        .tiles = filled(tiling->total, FILLED),
        .weight = 10,
        .channel = 20,
        .row = 14,
    };
    return tiles_pay(tiling, images, &cost);
}

static int grad_input_by_tiles(
    struct tiling *tiling, ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs,
    const ptrdiff_t *in, ptrdiff_t bytes)
{
    struct sizes sizes;
    if (!set_tiled_sizes(&sizes, images, inputs, outputs, in, bytes))
        return 0;
    *tiling = tiling_of(images, inputs, outputs, sizes.out, sizes.in, &grad_input_filter);
    const struct tile_cost cost = {
        .rows = tiling->rows,
        .channels = tiling->channels,
        .tiles = filled(tiling->total, FILLED),
        .weight = 10,
        .channel = 20,
        .row = 14,
    };
    return tiles_pay(tiling, images, &cost);
}

static int grad_weight_by_tiles(
    struct tiling *tiling, ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs,
    const ptrdiff_t *in, ptrdiff_t bytes)
{
    struct sizes sizes;
    if (!set_tiled_sizes(&sizes, images, inputs, outputs, in, bytes))
        return 0;
    *tiling = tiling_of(images, outputs, inputs, sizes.in, sizes.out, &forward_filter);
    const struct tile_cost cost = {
        .rows = filled(tiling->rows, ROWS),
        .channels = filled(tiling->channels, FILLED),
        .tiles = tiling->total,
        .weight = 3,
        .channel = 20,
        .row = 10,
    };
    return tiles_pay(tiling, images, &cost);
}

#endif
