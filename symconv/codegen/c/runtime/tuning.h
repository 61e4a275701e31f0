/* How the sums are cut, for processors with caches. */
#ifndef SYMCONV_TUNING_H
#define SYMCONV_TUNING_H

/* Any positive numbers give the same sums in another order; -DSYMCONV_DEPTH=64 sets another. */
#ifndef SYMCONV_DEPTH
#define SYMCONV_DEPTH 256 /* products added up in one go */
#endif
#ifndef SYMCONV_HEIGHT
#define SYMCONV_HEIGHT 98304 /* rows of weights, times products, that stay in the cache */
#endif
#ifndef SYMCONV_FRAME
#define SYMCONV_FRAME 65536 /* entries of the frames of a box */
#endif
#ifndef SYMCONV_TILES
#define SYMCONV_TILES 131072 /* entries of sums that are added to later */
#endif
#ifndef SYMCONV_SHORTEST
#define SYMCONV_SHORTEST 64 /* cells of a row that a box has at least */
#endif
#ifndef SYMCONV_FEW
#define SYMCONV_FEW 4 /* so many channels are summed without panels */
#endif
#ifndef SYMCONV_PLANE
#define SYMCONV_PLANE 4096 /* entries of the frames of a box of theirs */
#endif
#ifndef SYMCONV_CELLS
#define SYMCONV_CELLS 320 /* products added up in one go by grad_weight */
#endif

enum {
    ROWS = 6,            /* channels of the result that the micro-kernel makes at once */
    GROUPS_AT_ONCE = 32, /* groups of one task without panels, at most */
    ALIGNED = 64         /* bytes of a line of the cache */
};

#endif
