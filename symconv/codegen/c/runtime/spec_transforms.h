/* What an emitted file spells for its own transforms: here nothing is transformed. */
#ifndef SYMCONV_SPEC_TRANSFORMS_H
#define SYMCONV_SPEC_TRANSFORMS_H

#include "vectors.h"

/* Along the columns (h) and the rows (w) of a tile, for `count` of them side by side. */

static inline void input_h_f32(
    float *restrict t, ptrdiff_t t_step, const float *restrict x, ptrdiff_t x_step, ptrdiff_t count)
{
    (void)t_step;
    (void)x_step;
    for (ptrdiff_t i = 0; i < count; i++)
        t[i] = x[i];
}

static inline void input_w_f32(
    float *restrict t, ptrdiff_t t_step, const float *restrict x, ptrdiff_t x_step, ptrdiff_t count)
{
    (void)t_step;
    (void)x_step;
    for (ptrdiff_t i = 0; i < count; i++)
        t[i] = x[i];
}

static inline void weight_h_f32(
    float *restrict t, ptrdiff_t t_step, const float *restrict x, ptrdiff_t x_step, ptrdiff_t count)
{
    (void)t_step;
    (void)x_step;
    for (ptrdiff_t i = 0; i < count; i++)
        t[i] = x[i];
}

static inline void weight_w_f32(
    float *restrict t, ptrdiff_t t_step, const float *restrict x, ptrdiff_t x_step, ptrdiff_t count)
{
    (void)t_step;
    (void)x_step;
    for (ptrdiff_t i = 0; i < count; i++)
        t[i] = x[i];
}

static inline void output_h_f32(
    float *restrict t, ptrdiff_t t_step, const float *restrict x, ptrdiff_t x_step, ptrdiff_t count)
{
    (void)t_step;
    (void)x_step;
    for (ptrdiff_t i = 0; i < count; i++)
        t[i] = x[i];
}

static inline void output_w_f32(
    float *restrict t, ptrdiff_t t_step, const float *restrict x, ptrdiff_t x_step, ptrdiff_t count)
{
    (void)t_step;
    (void)x_step;
    for (ptrdiff_t i = 0; i < count; i++)
        t[i] = x[i];
}

static inline void gradient_h_f32(
    float *restrict t, ptrdiff_t t_step, const float *restrict x, ptrdiff_t x_step, ptrdiff_t count)
{
    (void)t_step;
    (void)x_step;
    for (ptrdiff_t i = 0; i < count; i++)
        t[i] = x[i];
}

static inline void gradient_w_f32(
    float *restrict t, ptrdiff_t t_step, const float *restrict x, ptrdiff_t x_step, ptrdiff_t count)
{
    (void)t_step;
    (void)x_step;
    for (ptrdiff_t i = 0; i < count; i++)
        t[i] = x[i];
}

static inline void taps_h_f32(
    float *restrict t, ptrdiff_t t_step, const float *restrict x, ptrdiff_t x_step, ptrdiff_t count)
{
    (void)t_step;
    (void)x_step;
    for (ptrdiff_t i = 0; i < count; i++)
        t[i] = x[i];
}

static inline void taps_w_f32(
    float *restrict t, ptrdiff_t t_step, const float *restrict x, ptrdiff_t x_step, ptrdiff_t count)
{
    (void)t_step;
    (void)x_step;
    for (ptrdiff_t i = 0; i < count; i++)
        t[i] = x[i];
}

#endif
