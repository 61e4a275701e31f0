/* The operations: by tiles where that is faster, else directly. */
#ifndef SYMCONV_TILE_CALLS_H
#define SYMCONV_TILE_CALLS_H

#include "calls.h"
#include "tile_sums.h"
#include "tile_weights.h"

static ptrdiff_t tiled_forward_workspace_f32(
    ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs, const ptrdiff_t *in)
{
    struct tiling tiling;
    if (!forward_by_tiles(&tiling, images, inputs, outputs, in, sizeof(float)))
        return direct_forward_workspace_f32(images, inputs, outputs, in);
    return filter_bytes_f32(&tiling);
}

static ptrdiff_t tiled_grad_input_workspace_f32(
    ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs, const ptrdiff_t *in)
{
    struct tiling tiling;
    if (!grad_input_by_tiles(&tiling, images, inputs, outputs, in, sizeof(float)))
        return direct_grad_input_workspace_f32(images, inputs, outputs, in);
    return filter_bytes_f32(&tiling);
}

static ptrdiff_t tiled_grad_weight_workspace_f32(
    ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs, const ptrdiff_t *in)
{
    struct tiling tiling;
    if (!grad_weight_by_tiles(&tiling, images, inputs, outputs, in, sizeof(float)))
        return direct_grad_weight_workspace_f32(images, inputs, outputs, in);
    return correlate_bytes_f32(&tiling);
}

static int tiled_forward_f32(
    float *restrict output, const float *restrict input, const float *restrict weight,
    const float *restrict bias, void *restrict workspace, ptrdiff_t images, ptrdiff_t inputs,
    ptrdiff_t outputs, const ptrdiff_t *in)
{
    struct tiling tiling;
    if (!forward_by_tiles(&tiling, images, inputs, outputs, in, sizeof(float)))
        return direct_forward_f32(
            output, input, weight, bias, workspace, images, inputs, outputs, in);
    if (filter_bytes_f32(&tiling) < 0)
        return 1;
    filter_f32(
        &tiling, output, input, weight, tiling.rows * tiling.channels * TAPS,
        tiling.channels * TAPS, TAPS, bias, (char *)workspace);
    return 0;
}

static int tiled_grad_input_f32(
    float *restrict grad_input, const float *restrict grad_output, const float *restrict weight,
    void *restrict workspace, ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs,
    const ptrdiff_t *in)
{
    struct tiling tiling;
    if (!grad_input_by_tiles(&tiling, images, inputs, outputs, in, sizeof(float)))
        return direct_grad_input_f32(
            grad_input, grad_output, weight, workspace, images, inputs, outputs, in);
    if (filter_bytes_f32(&tiling) < 0)
        return 1;
    filter_f32(
        &tiling, grad_input, grad_output, weight, tiling.rows * tiling.channels * TAPS, TAPS,
        tiling.rows * TAPS, NULL, (char *)workspace);
    return 0;
}

static int tiled_grad_weight_f32(
    float *restrict grad_weight, const float *restrict grad_output, const float *restrict input,
    void *restrict workspace, ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs,
    const ptrdiff_t *in)
{
    struct tiling tiling;
    if (!grad_weight_by_tiles(&tiling, images, inputs, outputs, in, sizeof(float)))
        return direct_grad_weight_f32(
            grad_weight, grad_output, input, workspace, images, inputs, outputs, in);
    if (correlate_bytes_f32(&tiling) < 0)
        return 1;
    for (ptrdiff_t group = 0; group < GROUPS; group++)
        correlate_f32(
            &tiling, grad_weight + group * tiling.rows * tiling.channels * TAPS,
            grad_output + group * tiling.rows * tiling.target[0] * tiling.target[1],
            input + group * tiling.channels * tiling.source[0] * tiling.source[1],
            (char *)workspace);
    return 0;
}

static int tiled_grad_bias_f32(
    float *restrict grad_bias, const float *restrict grad_output, ptrdiff_t images,
    ptrdiff_t inputs, ptrdiff_t outputs, const ptrdiff_t *in)
{
    return direct_grad_bias_f32(grad_bias, grad_output, images, inputs, outputs, in);
}

#endif
