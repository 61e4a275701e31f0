/* A vector of entries: one register of the processor, or a single entry. */
#ifndef SYMCONV_VECTORS_H
#define SYMCONV_VECTORS_H

#include "memory.h"
#include "vector_size.h"

#ifdef VECTOR_BYTES
typedef float vector_f32 __attribute__((vector_size(VECTOR_BYTES)));
typedef __typeof__((vector_f32){ 0 } == (vector_f32){ 0 }) mask_f32;
enum { LANES_f32 = VECTOR_BYTES / sizeof(float) };
#else
typedef float vector_f32;
typedef int mask_f32;
enum { LANES_f32 = 1 };
#endif

enum { COLUMNS_f32 = 2 * LANES_f32 }; /* cells of the result that the micro-kernel makes at once */

static inline vector_f32 load_f32(const float *place)
{
    vector_f32 loaded;
    memcpy(&loaded, place, sizeof(loaded));
    return loaded;
}

static inline void store_f32(float *place, vector_f32 stored)
{
    memcpy(place, &stored, sizeof(stored));
}

/* Which lanes are the first `count`. */
static inline mask_f32 first_lanes_f32(ptrdiff_t count)
{
#ifdef VECTOR_BYTES
    const vector_f32 zero = { 0 };
    float numbers[LANES_f32];
    for (ptrdiff_t lane = 0; lane < LANES_f32; lane++)
        numbers[lane] = (float)lane;
    return load_f32(numbers) < zero + (float)count;
#else
    return count > 0;
#endif
}

/* The lanes of the mask; the others are 0, whatever they hold. */
static inline vector_f32 masked_f32(vector_f32 whole, mask_f32 mask)
{
#ifdef VECTOR_BYTES
    return (vector_f32)((mask_f32)whole & mask);
#else
    return mask ? whole : 0;
#endif
}

static void fill_f32(float *restrict place, ptrdiff_t size, float number)
{
    for (ptrdiff_t i = 0; i < size; i++)
        place[i] = number;
}

#endif
