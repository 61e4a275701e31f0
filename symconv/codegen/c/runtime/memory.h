/* Memory: copied, and parts of the workspace. */
#ifndef SYMCONV_MEMORY_H
#define SYMCONV_MEMORY_H

#include "tuning.h"
#include <stddef.h>
#include <stdint.h>

/* Declared here, for small devices may have no <string.h>; compilers ask for them anyway. */
#ifdef __cplusplus
#include <string.h>
#else
void *memcpy(void *restrict target, const void *restrict source, size_t bytes);
void *memset(void *target, int byte, size_t bytes);
#endif

/* A part of the workspace, of so many entries, from the next multiple of ALIGNED on. Callers cast
   it, for C++ does not. */
static void *take(char **rest, ptrdiff_t entries, size_t bytes)
{
    char *const begin = *rest + (ALIGNED - (uintptr_t)*rest % ALIGNED) % ALIGNED;
    *rest = begin + (size_t)entries * bytes;
    return begin;
}

#endif
