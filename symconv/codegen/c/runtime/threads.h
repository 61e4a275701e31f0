/* How many threads share the work, and which one this is. */
#ifndef SYMCONV_THREADS_H
#define SYMCONV_THREADS_H

#include <stddef.h>

#ifdef _OPENMP
#include <omp.h>
#endif

static inline int thread_count(void)
{
#if defined SYMCONV_THREADS
    return SYMCONV_THREADS;
#elif defined _OPENMP
    return omp_get_max_threads();
#else
    return 1;
#endif
}

static inline int thread_number(void)
{
#ifdef _OPENMP
    return omp_get_thread_num();
#else
    return 0;
#endif
}

#endif
