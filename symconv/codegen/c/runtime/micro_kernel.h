/* The innermost product: a tile of the result whose sums stay in registers. */
#ifndef SYMCONV_MICRO_KERNEL_H
#define SYMCONV_MICRO_KERNEL_H

#include "vectors.h"

/* multiply_runs for 6 rows: 12 vectors of sums stay in registers. */
static void micro_kernel6_f32(
    float *restrict tile, const float *restrict a, const float *restrict b, ptrdiff_t step,
    ptrdiff_t count, const ptrdiff_t *restrict starts, ptrdiff_t runs, int adds)
{
    const vector_f32 zero = { 0 };
    vector_f32 sum00 = zero;
    vector_f32 sum01 = zero;
    vector_f32 sum10 = zero;
    vector_f32 sum11 = zero;
    vector_f32 sum20 = zero;
    vector_f32 sum21 = zero;
    vector_f32 sum30 = zero;
    vector_f32 sum31 = zero;
    vector_f32 sum40 = zero;
    vector_f32 sum41 = zero;
    vector_f32 sum50 = zero;
    vector_f32 sum51 = zero;
    for (ptrdiff_t run = 0; run < runs; run++) {
        const float *at = b + starts[run];
        for (ptrdiff_t i = 0; i < count; i++, a += ROWS, at += step) {
            const vector_f32 b0 = load_f32(at + 0 * LANES_f32);
            const vector_f32 b1 = load_f32(at + 1 * LANES_f32);
            sum00 += a[0] * b0;
            sum01 += a[0] * b1;
            sum10 += a[1] * b0;
            sum11 += a[1] * b1;
            sum20 += a[2] * b0;
            sum21 += a[2] * b1;
            sum30 += a[3] * b0;
            sum31 += a[3] * b1;
            sum40 += a[4] * b0;
            sum41 += a[4] * b1;
            sum50 += a[5] * b0;
            sum51 += a[5] * b1;
        }
    }
    if (adds) {
        sum00 += load_f32(tile + 0 * COLUMNS_f32 + 0 * LANES_f32);
        sum01 += load_f32(tile + 0 * COLUMNS_f32 + 1 * LANES_f32);
        sum10 += load_f32(tile + 1 * COLUMNS_f32 + 0 * LANES_f32);
        sum11 += load_f32(tile + 1 * COLUMNS_f32 + 1 * LANES_f32);
        sum20 += load_f32(tile + 2 * COLUMNS_f32 + 0 * LANES_f32);
        sum21 += load_f32(tile + 2 * COLUMNS_f32 + 1 * LANES_f32);
        sum30 += load_f32(tile + 3 * COLUMNS_f32 + 0 * LANES_f32);
        sum31 += load_f32(tile + 3 * COLUMNS_f32 + 1 * LANES_f32);
        sum40 += load_f32(tile + 4 * COLUMNS_f32 + 0 * LANES_f32);
        sum41 += load_f32(tile + 4 * COLUMNS_f32 + 1 * LANES_f32);
        sum50 += load_f32(tile + 5 * COLUMNS_f32 + 0 * LANES_f32);
        sum51 += load_f32(tile + 5 * COLUMNS_f32 + 1 * LANES_f32);
    }
    store_f32(tile + 0 * COLUMNS_f32 + 0 * LANES_f32, sum00);
    store_f32(tile + 0 * COLUMNS_f32 + 1 * LANES_f32, sum01);
    store_f32(tile + 1 * COLUMNS_f32 + 0 * LANES_f32, sum10);
    store_f32(tile + 1 * COLUMNS_f32 + 1 * LANES_f32, sum11);
    store_f32(tile + 2 * COLUMNS_f32 + 0 * LANES_f32, sum20);
    store_f32(tile + 2 * COLUMNS_f32 + 1 * LANES_f32, sum21);
    store_f32(tile + 3 * COLUMNS_f32 + 0 * LANES_f32, sum30);
    store_f32(tile + 3 * COLUMNS_f32 + 1 * LANES_f32, sum31);
    store_f32(tile + 4 * COLUMNS_f32 + 0 * LANES_f32, sum40);
    store_f32(tile + 4 * COLUMNS_f32 + 1 * LANES_f32, sum41);
    store_f32(tile + 5 * COLUMNS_f32 + 0 * LANES_f32, sum50);
    store_f32(tile + 5 * COLUMNS_f32 + 1 * LANES_f32, sum51);
}

/* The same for 4 rows. */
static void micro_kernel4_f32(
    float *restrict tile, const float *restrict a, const float *restrict b, ptrdiff_t step,
    ptrdiff_t count, const ptrdiff_t *restrict starts, ptrdiff_t runs, int adds)
{
    const vector_f32 zero = { 0 };
    vector_f32 sum00 = zero;
    vector_f32 sum01 = zero;
    vector_f32 sum10 = zero;
    vector_f32 sum11 = zero;
    vector_f32 sum20 = zero;
    vector_f32 sum21 = zero;
    vector_f32 sum30 = zero;
    vector_f32 sum31 = zero;
    for (ptrdiff_t run = 0; run < runs; run++) {
        const float *at = b + starts[run];
        for (ptrdiff_t i = 0; i < count; i++, a += ROWS, at += step) {
            const vector_f32 b0 = load_f32(at + 0 * LANES_f32);
            const vector_f32 b1 = load_f32(at + 1 * LANES_f32);
            sum00 += a[0] * b0;
            sum01 += a[0] * b1;
            sum10 += a[1] * b0;
            sum11 += a[1] * b1;
            sum20 += a[2] * b0;
            sum21 += a[2] * b1;
            sum30 += a[3] * b0;
            sum31 += a[3] * b1;
        }
    }
    if (adds) {
        sum00 += load_f32(tile + 0 * COLUMNS_f32 + 0 * LANES_f32);
        sum01 += load_f32(tile + 0 * COLUMNS_f32 + 1 * LANES_f32);
        sum10 += load_f32(tile + 1 * COLUMNS_f32 + 0 * LANES_f32);
        sum11 += load_f32(tile + 1 * COLUMNS_f32 + 1 * LANES_f32);
        sum20 += load_f32(tile + 2 * COLUMNS_f32 + 0 * LANES_f32);
        sum21 += load_f32(tile + 2 * COLUMNS_f32 + 1 * LANES_f32);
        sum30 += load_f32(tile + 3 * COLUMNS_f32 + 0 * LANES_f32);
        sum31 += load_f32(tile + 3 * COLUMNS_f32 + 1 * LANES_f32);
    }
    store_f32(tile + 0 * COLUMNS_f32 + 0 * LANES_f32, sum00);
    store_f32(tile + 0 * COLUMNS_f32 + 1 * LANES_f32, sum01);
    store_f32(tile + 1 * COLUMNS_f32 + 0 * LANES_f32, sum10);
    store_f32(tile + 1 * COLUMNS_f32 + 1 * LANES_f32, sum11);
    store_f32(tile + 2 * COLUMNS_f32 + 0 * LANES_f32, sum20);
    store_f32(tile + 2 * COLUMNS_f32 + 1 * LANES_f32, sum21);
    store_f32(tile + 3 * COLUMNS_f32 + 0 * LANES_f32, sum30);
    store_f32(tile + 3 * COLUMNS_f32 + 1 * LANES_f32, sum31);
}

/* The same for 2 rows. */
static void micro_kernel2_f32(
    float *restrict tile, const float *restrict a, const float *restrict b, ptrdiff_t step,
    ptrdiff_t count, const ptrdiff_t *restrict starts, ptrdiff_t runs, int adds)
{
    const vector_f32 zero = { 0 };
    vector_f32 sum00 = zero;
    vector_f32 sum01 = zero;
    vector_f32 sum10 = zero;
    vector_f32 sum11 = zero;
    for (ptrdiff_t run = 0; run < runs; run++) {
        const float *at = b + starts[run];
        for (ptrdiff_t i = 0; i < count; i++, a += ROWS, at += step) {
            const vector_f32 b0 = load_f32(at + 0 * LANES_f32);
            const vector_f32 b1 = load_f32(at + 1 * LANES_f32);
            sum00 += a[0] * b0;
            sum01 += a[0] * b1;
            sum10 += a[1] * b0;
            sum11 += a[1] * b1;
        }
    }
    if (adds) {
        sum00 += load_f32(tile + 0 * COLUMNS_f32 + 0 * LANES_f32);
        sum01 += load_f32(tile + 0 * COLUMNS_f32 + 1 * LANES_f32);
        sum10 += load_f32(tile + 1 * COLUMNS_f32 + 0 * LANES_f32);
        sum11 += load_f32(tile + 1 * COLUMNS_f32 + 1 * LANES_f32);
    }
    store_f32(tile + 0 * COLUMNS_f32 + 0 * LANES_f32, sum00);
    store_f32(tile + 0 * COLUMNS_f32 + 1 * LANES_f32, sum01);
    store_f32(tile + 1 * COLUMNS_f32 + 0 * LANES_f32, sum10);
    store_f32(tile + 1 * COLUMNS_f32 + 1 * LANES_f32, sum11);
}

/* tile[row][column] = the sum over i of a[i][row] * b[i][column], for `rows` of ROWS rows, or one
   or two more, and for COLUMNS_f32 columns; a, b and tile are packed. A sum is made in the order of
   i. With `adds` that is added to what the tile holds. b lies in `runs` runs of `count` entries i;
   run number r begins at b[starts[r]], and its entries lie `step` apart. a has runs * count
   entries. */
static void multiply_runs_f32(
    float *restrict tile, ptrdiff_t rows, const float *restrict a, const float *restrict b,
    ptrdiff_t step, ptrdiff_t count, const ptrdiff_t *restrict starts, ptrdiff_t runs, int adds)
{
    if (rows > 4) {
        micro_kernel6_f32(tile, a, b, step, count, starts, runs, adds);
        return;
    }
    if (rows > 2) {
        micro_kernel4_f32(tile, a, b, step, count, starts, runs, adds);
        return;
    }
    if (rows > 0) {
        micro_kernel2_f32(tile, a, b, step, count, starts, runs, adds);
        return;
    }
}

/* The same for b in one run of `count` entries, packed. */
static void multiply_panels_f32(
    float *restrict tile, ptrdiff_t rows, const float *restrict a, const float *restrict b,
    ptrdiff_t count, int adds)
{
    const ptrdiff_t start = 0;
    multiply_runs_f32(tile, rows, a, b, COLUMNS_f32, count, &start, 1, adds);
}

#endif
