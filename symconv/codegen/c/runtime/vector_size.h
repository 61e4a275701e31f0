/* Vectors of the compiler, where it has them, and runs of cells that they read. */
#ifndef SYMCONV_VECTOR_SIZE_H
#define SYMCONV_VECTOR_SIZE_H

#include <stddef.h>

#if defined __GNUC__ && !defined SYMCONV_WITHOUT_VECTORS
#if defined __AVX512F__
#define VECTOR_BYTES 64
#elif defined __AVX__
#define VECTOR_BYTES 32
#elif defined __SSE2__ || defined __ARM_NEON || defined __wasm_simd128__
#define VECTOR_BYTES 16
#endif
#endif

/* Tell the processor what is read soon. */
static inline void prefetch(const void *place)
{
#ifdef __GNUC__
    __builtin_prefetch(place);
#else
    (void)place;
#endif
}

/* Cells side by side: where they lie in a tile, in the frames, and in the result. */
struct run {
    ptrdiff_t lane, count, from, to;
};

#endif
