/* float16 into float and back, as IEEE 754 says, rounded to nearest and to even.

   Processors convert a vector at once, but C99 has no name for that; written without a branch, these
   loops become vectors, too. */
#include <stddef.h>
#include <stdint.h>

typedef union {
    uint32_t bits;
    float number;
} single;

void widen(float *restrict to, const uint16_t *restrict from, ptrdiff_t count);
void narrow(uint16_t *restrict to, const float *restrict from, ptrdiff_t count);

/* The exponents differ by 112; multiplied, numbers below the least normal one come out right, too. */
void widen(float *restrict to, const uint16_t *restrict from, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        const uint32_t sign = (from[i] & 0x8000u) << 16, size = (from[i] & 0x7fffu) << 13;
        single moved = { size };
        moved.number *= 0x1p112f;
        moved.bits |= sign | (size >= 0x7c00u << 13 ? 0x7f800000u : 0);
        to[i] = moved.number;
    }
}

/* All ones if a condition holds. */
static uint32_t mask(int holds)
{
    return 0u - (uint32_t)holds;
}

/* Below the least normal number, the sum with a power of two rounds to the unit of the last place. */
void narrow(uint16_t *restrict to, const float *restrict from, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        const single given = { .number = from[i] }, half = { .number = 0.5f };
        const uint32_t sign = given.bits & 0x80000000u, size = given.bits ^ sign;
        const single positive = { size }, sum = { .number = positive.number + half.number };
        const uint32_t tiny = mask(size < 113u << 23), huge = mask(size >= 143u << 23);
        const uint32_t normal = (size + 0xfffu + (size >> 13 & 1) - (112u << 23)) >> 13;
        const uint32_t finite = (tiny & (sum.bits - half.bits)) | (~tiny & normal);
        const uint32_t infinite = 0x7c00u | (mask(size > 0x7f800000u) & 0x200u);
        to[i] = (uint16_t)(sign >> 16 | (huge & infinite) | (~huge & finite));
    }
}
