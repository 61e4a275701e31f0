/* grad_bias: the sum of dy over images and cells. */
#ifndef SYMCONV_BIAS_H
#define SYMCONV_BIAS_H

#include "vectors.h"
#include "work.h"

/* The sum of all cells of dy of one output channel: in vectors over an image, then image by image.
 */
static float sum_channel_f32(
    const float *restrict dy, ptrdiff_t images, ptrdiff_t stride, ptrdiff_t cells)
{
    float total = 0;
    for (ptrdiff_t image = 0; image < images; image++, dy += stride) {
        const vector_f32 zero = { 0 };
        vector_f32 even = zero, odd = zero;
        float lanes[LANES_f32], sum = 0;
        ptrdiff_t cell = 0;
        for (; cells - cell >= 2 * LANES_f32; cell += 2 * LANES_f32) {
            even += load_f32(dy + cell);
            odd += load_f32(dy + cell + LANES_f32);
        }
        store_f32(lanes, even + odd);
        for (; cell < cells; cell++)
            lanes[cell % LANES_f32] += dy[cell];
        for (ptrdiff_t lane = 0; lane < LANES_f32; lane++)
            sum += lanes[lane];
        total += sum;
    }
    return total;
}

#endif
