/* Arithmetic of sizes, which are never larger than PTRDIFF_MAX. */
#ifndef SYMCONV_SIZES_H
#define SYMCONV_SIZES_H

#include <stddef.h>
#include <stdint.h>

static inline ptrdiff_t min_of(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static inline ptrdiff_t max_of(ptrdiff_t a, ptrdiff_t b)
{
    return a > b ? a : b;
}

/* a / b, rounded up. */
static inline ptrdiff_t ceil_div(ptrdiff_t a, ptrdiff_t b)
{
    return (a + b - 1) / b;
}

/* a * b and a + b; -1 if one of them is negative, or if the result is too large. */
static inline ptrdiff_t checked_mul(ptrdiff_t a, ptrdiff_t b)
{
    return a < 0 || b < 0 || (b > 0 && a > PTRDIFF_MAX / b) ? -1 : a * b;
}

static inline ptrdiff_t checked_add(ptrdiff_t a, ptrdiff_t b)
{
    return a < 0 || b < 0 || a > PTRDIFF_MAX - b ? -1 : a + b;
}

#endif
