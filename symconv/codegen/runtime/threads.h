/* How many threads share a call. In the child of a fork it is one: the threads that OpenMP keeps for
   later calls stay in the parent, and the child would wait for them for ever. */
#include <omp.h>
#include <pthread.h>

static int symconv_threads = SYMCONV_SHARED_BY;

static void symconv_forked(void)
{
    symconv_threads = 1;
}

__attribute__((constructor)) static void symconv_watch_forks(void)
{
    pthread_atfork(0, 0, symconv_forked);
}

#define SYMCONV_THREADS symconv_threads
