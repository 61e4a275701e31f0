/* The operations: few channels are summed in planes, others by panels. */
#ifndef SYMCONV_CALLS_H
#define SYMCONV_CALLS_H

#include "bias.h"
#include "panel_sums.h"
#include "panel_weights.h"
#include "plane_sums.h"
#include "plane_weights.h"

static ptrdiff_t direct_forward_workspace_f32(
    ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs, const ptrdiff_t *in)
{
    struct sizes sizes;
    struct work work;
    struct planes planes;
    if (!set_sizes(&sizes, images, inputs, outputs, in, sizeof(float)))
        return -1;
    if (is_few(outputs)) {
        forward_planes(&planes, &sizes);
        return planes_bytes_f32(&planes);
    }
    work = forward_work(&sizes);
    return gather_bytes_f32(&work);
}

static ptrdiff_t direct_grad_input_workspace_f32(
    ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs, const ptrdiff_t *in)
{
    struct sizes sizes;
    struct planes planes;
    ptrdiff_t most = 0;
    if (!set_sizes(&sizes, images, inputs, outputs, in, sizeof(float)))
        return -1;
    if (is_few(inputs)) {
        plan_planes(&planes, phases, PHASES, &sizes, 0);
        return planes_bytes_f32(&planes);
    }
    for (int phase = 0; phase < PHASES; phase++) {
        const struct work work = phase_work(&sizes, phases[phase]);
        const ptrdiff_t bytes = gather_bytes_f32(&work);
        if (bytes < 0)
            return -1;
        most = max_of(most, bytes);
    }
    return most;
}

static ptrdiff_t direct_grad_weight_workspace_f32(
    ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs, const ptrdiff_t *in)
{
    struct sizes sizes;
    struct weights weights;
    struct planes planes;
    if (!set_sizes(&sizes, images, inputs, outputs, in, sizeof(float)))
        return -1;
    if (is_few(inputs) && is_few(outputs)) {
        forward_planes(&planes, &sizes);
        return dots_bytes_f32(&planes);
    }
    weights = weights_work_f32(&sizes);
    return checked_mul(weights_bytes_f32(&weights), thread_count());
}

static int direct_forward_f32(
    float *restrict output, const float *restrict input, const float *restrict weight,
    const float *restrict bias, void *restrict workspace, ptrdiff_t images, ptrdiff_t inputs,
    ptrdiff_t outputs, const ptrdiff_t *in)
{
    struct sizes sizes;
    struct work work;
    if (!set_sizes(&sizes, images, inputs, outputs, in, sizeof(float))
        || direct_forward_workspace_f32(images, inputs, outputs, in) < 0)
        return 1;
    if (cell_count(sizes.out) == 0)
        return 1;
    if (is_few(outputs)) {
        const struct operands_f32 operands = {
            .target = output,
            .source = input,
            .weight = weight,
            .bias = bias,
            .row = inputs / GROUPS * TAPS,
            .channel = TAPS,
        };
        struct planes planes;
        forward_planes(&planes, &sizes);
        make_planes_f32(&planes, &operands, (char *)workspace);
        return 0;
    }
    work = forward_work(&sizes);
    gather_f32(&work, output, input, weight, work.channels * TAPS, TAPS, bias, (char *)workspace);
    return 0;
}

static int direct_grad_input_f32(
    float *restrict grad_input, const float *restrict grad_output, const float *restrict weight,
    void *restrict workspace, ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs,
    const ptrdiff_t *in)
{
    struct sizes sizes;
    if (!set_sizes(&sizes, images, inputs, outputs, in, sizeof(float))
        || direct_grad_input_workspace_f32(images, inputs, outputs, in) < 0)
        return 1;
    if (GAPPED)
        fill_f32(grad_input, images * inputs * cell_count(sizes.in), 0);
    if (is_few(inputs)) {
        const struct operands_f32 operands = {
            .target = grad_input,
            .source = grad_output,
            .weight = weight,
            .row = TAPS,
            .channel = inputs / GROUPS * TAPS,
        };
        struct planes planes;
        plan_planes(&planes, phases, PHASES, &sizes, 0);
        make_planes_f32(&planes, &operands, (char *)workspace);
        return 0;
    }
    for (int phase = 0; phase < PHASES; phase++) {
        const struct work work = phase_work(&sizes, phases[phase]);
        gather_f32(
            &work, grad_input, grad_output, weight, TAPS, work.rows * TAPS, NULL,
            (char *)workspace);
    }
    return 0;
}

static int direct_grad_weight_f32(
    float *restrict grad_weight, const float *restrict grad_output, const float *restrict input,
    void *restrict workspace, ptrdiff_t images, ptrdiff_t inputs, ptrdiff_t outputs,
    const ptrdiff_t *in)
{
    struct sizes sizes;
    struct weights weights;
    struct strides strides;
    if (!set_sizes(&sizes, images, inputs, outputs, in, sizeof(float))
        || direct_grad_weight_workspace_f32(images, inputs, outputs, in) < 0)
        return 1;
    if (is_few(inputs) && is_few(outputs)) {
        const struct operands_f32 operands = {
            .target = grad_weight,
            .source = input,
            .weight = grad_output,
        };
        struct planes planes;
        forward_planes(&planes, &sizes);
        sum_few_weights_f32(&planes, &operands, (char *)workspace);
        return 0;
    }
    weights = weights_work_f32(&sizes);
    strides = strides_of(&weights.work);
#ifdef _OPENMP
#pragma omp parallel for num_threads(thread_count()) schedule(dynamic)
#endif
    for (ptrdiff_t number = 0; number < GROUPS * weights.chunk_parts * weights.row_parts; number++)
        sum_weights_f32(
            grad_weight, grad_output, input, &weights, &strides, number,
            (char *)workspace + thread_number() * weights_bytes_f32(&weights));
    return 0;
}

static int direct_grad_bias_f32(
    float *restrict grad_bias, const float *restrict grad_output, ptrdiff_t images,
    ptrdiff_t inputs, ptrdiff_t outputs, const ptrdiff_t *in)
{
    struct sizes sizes;
    if (!set_sizes(&sizes, images, inputs, outputs, in, sizeof(float)))
        return 1;
    const ptrdiff_t cells = cell_count(sizes.out);
#ifdef _OPENMP
#pragma omp parallel for num_threads(thread_count())
#endif
    for (ptrdiff_t channel = 0; channel < outputs; channel++)
        grad_bias[channel] =
            sum_channel_f32(grad_output + channel * cells, images, outputs * cells, cells);
    return 0;
}

#endif
