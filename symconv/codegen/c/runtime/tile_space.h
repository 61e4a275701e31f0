/* Tiles: what a strip of them needs, in entries. */
#ifndef SYMCONV_TILE_SPACE_H
#define SYMCONV_TILE_SPACE_H

#include "tiling.h"
#include "vectors.h"

/* Sizes of what a strip needs, in entries. Panels lie an odd number of lines of the cache apart. */
static ptrdiff_t strip_of_f32(const struct tiling *tiling)
{
    const ptrdiff_t channels = checked_add(tiling->rows, tiling->channels);
    const ptrdiff_t fitting =
        SYMCONV_STRIP / (POINTS * max_of(channels, 1)) / COLUMNS_f32 * COLUMNS_f32;
    const ptrdiff_t share =
        ceil_div(ceil_div(tiling->total, thread_count()), COLUMNS_f32) * COLUMNS_f32;
    return min_of(
        max_of(fitting, ceil_div(SYMCONV_FEWEST, COLUMNS_f32) * COLUMNS_f32),
        max_of(share, COLUMNS_f32));
}

static ptrdiff_t point_entries_f32(const struct tiling *tiling)
{
    const ptrdiff_t rows = ceil_div(tiling->rows, ROWS) * ROWS;
    return checked_mul(
        GROUPS * POINTS, checked_add(checked_mul(rows, tiling->channels), COLUMNS_f32));
}

static ptrdiff_t line_entries_f32(const struct tiling *tiling, ptrdiff_t strip)
{
    const ptrdiff_t across = min_of(strip, tiling->across);
    return checked_add(
        checked_mul(2 * SPAN_H, across * TILE_W + SPAN_W), checked_mul(POINTS, strip));
}

static ptrdiff_t strip_entries_f32(const struct tiling *tiling)
{
    const ptrdiff_t strip = strip_of_f32(tiling), rows = ceil_div(tiling->rows, ROWS) * ROWS;
    const ptrdiff_t channels = checked_add(rows, tiling->channels);
    const ptrdiff_t panels = checked_mul(POINTS, checked_mul(strip, channels) + COLUMNS_f32);
    return checked_add(panels, line_entries_f32(tiling, strip));
}

/* Whether there are more weights than can be kept: then some rows of them at a time are
   transformed, and multiply all tiles of a long strip. */
static int by_rows_f32(const struct tiling *tiling)
{
    return point_entries_f32(tiling) / GROUPS > SYMCONV_WEIGHTS;
}

static ptrdiff_t long_strip_f32(const struct tiling *tiling)
{
    const ptrdiff_t channels = checked_add(tiling->rows, tiling->channels);
    const ptrdiff_t most = max_of(SYMCONV_LONG / (POINTS * max_of(channels, 1)), COLUMNS_f32);
    const ptrdiff_t strips = max_of(ceil_div(tiling->total, most), 1);
    return max_of(ceil_div(ceil_div(tiling->total, strips), COLUMNS_f32), 1) * COLUMNS_f32;
}

static ptrdiff_t rows_at_once_f32(const struct tiling *tiling)
{
    const ptrdiff_t fitting = SYMCONV_STRIP / (POINTS * max_of(tiling->channels, 1)) / ROWS;
    const ptrdiff_t share = ceil_div(ceil_div(tiling->rows, ROWS), 2 * thread_count());
    return max_of(min_of(fitting, share), 1) * ROWS;
}

/* What all threads share, and what each needs of its own. */
static ptrdiff_t shared_entries_f32(const struct tiling *tiling)
{
    if (!by_rows_f32(tiling))
        return point_entries_f32(tiling);
    return checked_mul(
        POINTS, checked_add(checked_mul(long_strip_f32(tiling), tiling->channels), COLUMNS_f32));
}

static ptrdiff_t own_entries_f32(const struct tiling *tiling)
{
    const ptrdiff_t strip = long_strip_f32(tiling), rows = rows_at_once_f32(tiling);
    const ptrdiff_t weights =
        checked_mul(POINTS, checked_mul(rows, tiling->channels) + COLUMNS_f32);
    const ptrdiff_t products = checked_mul(POINTS, checked_mul(rows, strip));
    if (!by_rows_f32(tiling))
        return strip_entries_f32(tiling);
    return max_of(checked_add(weights, products), line_entries_f32(tiling, strip));
}

static ptrdiff_t filter_bytes_f32(const struct tiling *tiling)
{
    const ptrdiff_t own =
        checked_add(own_entries_f32(tiling), 8 * ALIGNED / (ptrdiff_t)sizeof(float));
    const ptrdiff_t entries =
        checked_add(shared_entries_f32(tiling), checked_mul(own, thread_count()));
    return checked_add(checked_mul(entries, (ptrdiff_t)sizeof(float)), 2 * ALIGNED);
}

#endif
