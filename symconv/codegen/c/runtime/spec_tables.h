/* The tables that an emitted file has for its own kernel: here for 3x3, stride 2, padding 1. */
#ifndef SYMCONV_SPEC_TABLES_H
#define SYMCONV_SPEC_TABLES_H

#include "tables.h"

/* What y reads of x. */
static const ptrdiff_t forward_residues[][AXES] = { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } };
static const struct tap forward_taps[] = {
    /* number in w, frame, offset: product */
    { 4, 0, { 1, 1 } }, /* x[n, c, 2i, 2j] * w[o, c, 1, 1] */
    { 3, 1, { 1, 0 } }, /* x[n, c, 2i, 2j - 1] * w[o, c, 1, 0] */
    { 5, 1, { 1, 1 } }, /* x[n, c, 2i, 2j + 1] * w[o, c, 1, 2] */
    { 1, 2, { 0, 1 } }, /* x[n, c, 2i - 1, 2j] * w[o, c, 0, 1] */
    { 7, 2, { 1, 1 } }, /* x[n, c, 2i + 1, 2j] * w[o, c, 2, 1] */
    { 0, 3, { 0, 0 } }, /* x[n, c, 2i - 1, 2j - 1] * w[o, c, 0, 0] */
    { 2, 3, { 0, 1 } }, /* x[n, c, 2i - 1, 2j + 1] * w[o, c, 0, 2] */
    { 6, 3, { 1, 0 } }, /* x[n, c, 2i + 1, 2j - 1] * w[o, c, 2, 0] */
    { 8, 3, { 1, 1 } }, /* x[n, c, 2i + 1, 2j + 1] * w[o, c, 2, 2] */
};
static const struct line forward_lines[] = { { 0, 1 }, { 1, 2 }, { 3, 1 },
                                             { 4, 1 }, { 5, 2 }, { 7, 2 } };
static const struct reading forward_reading = {
    .step = { 2, 2 },
    .start = { -1, -1 },
    .span = { 1, 1 },
    .to = { 0, 0 },
    .to_step = { 1, 1 },
    .frames = 4,
    .taps = 9,
    .lines = 6,
    .residues = forward_residues,
    .tap = forward_taps,
    .line = forward_lines,
};

/* Phase (0, 0): what dx[n, c, 2K - 1, 2L - 1] reads of dy. */
static const ptrdiff_t phase0_residues[][AXES] = { { 0, 0 } };
static const struct tap phase0_taps[] = {
    /* number in w, frame, offset: product */
    { 8, 0, { 0, 0 } }, /* dy[n, o, K - 1, L - 1] * w[o, c, 2, 2] */
    { 6, 0, { 0, 1 } }, /* dy[n, o, K - 1, L] * w[o, c, 2, 0] */
    { 2, 0, { 1, 0 } }, /* dy[n, o, K, L - 1] * w[o, c, 0, 2] */
    { 0, 0, { 1, 1 } }, /* dy[n, o, K, L] * w[o, c, 0, 0] */
};
static const struct line phase0_lines[] = { { 0, 2 }, { 2, 2 } };
static const struct reading phase0_reading = {
    .step = { 1, 1 },
    .start = { 0, 0 },
    .span = { 1, 1 },
    .to = { 1, 1 },
    .to_step = { 2, 2 },
    .frames = 1,
    .taps = 4,
    .lines = 2,
    .residues = phase0_residues,
    .tap = phase0_taps,
    .line = phase0_lines,
};

/* Phase (0, 1): what dx[n, c, 2K - 1, 2L] reads of dy. */
static const ptrdiff_t phase1_residues[][AXES] = { { 0, 0 } };
static const struct tap phase1_taps[] = {
    /* number in w, frame, offset: product */
    { 7, 0, { 0, 0 } }, /* dy[n, o, K - 1, L] * w[o, c, 2, 1] */
    { 1, 0, { 1, 0 } }, /* dy[n, o, K, L] * w[o, c, 0, 1] */
};
static const struct line phase1_lines[] = { { 0, 1 }, { 1, 1 } };
static const struct reading phase1_reading = {
    .step = { 1, 1 },
    .start = { 0, 0 },
    .span = { 1, 0 },
    .to = { 1, 0 },
    .to_step = { 2, 2 },
    .frames = 1,
    .taps = 2,
    .lines = 2,
    .residues = phase1_residues,
    .tap = phase1_taps,
    .line = phase1_lines,
};

/* Phase (1, 0): what dx[n, c, 2K, 2L - 1] reads of dy. */
static const ptrdiff_t phase2_residues[][AXES] = { { 0, 0 } };
static const struct tap phase2_taps[] = {
    /* number in w, frame, offset: product */
    { 5, 0, { 0, 0 } }, /* dy[n, o, K, L - 1] * w[o, c, 1, 2] */
    { 3, 0, { 0, 1 } }, /* dy[n, o, K, L] * w[o, c, 1, 0] */
};
static const struct line phase2_lines[] = { { 0, 2 } };
static const struct reading phase2_reading = {
    .step = { 1, 1 },
    .start = { 0, 0 },
    .span = { 0, 1 },
    .to = { 0, 1 },
    .to_step = { 2, 2 },
    .frames = 1,
    .taps = 2,
    .lines = 1,
    .residues = phase2_residues,
    .tap = phase2_taps,
    .line = phase2_lines,
};

/* Phase (1, 1): what dx[n, c, 2K, 2L] reads of dy. */
static const ptrdiff_t phase3_residues[][AXES] = { { 0, 0 } };
static const struct tap phase3_taps[] = {
    /* number in w, frame, offset: product */
    { 4, 0, { 0, 0 } }, /* dy[n, o, K, L] * w[o, c, 1, 1] */
};
static const struct line phase3_lines[] = { { 0, 1 } };
static const struct reading phase3_reading = {
    .step = { 1, 1 },
    .start = { 0, 0 },
    .span = { 0, 0 },
    .to = { 0, 0 },
    .to_step = { 2, 2 },
    .frames = 1,
    .taps = 1,
    .lines = 1,
    .residues = phase3_residues,
    .tap = phase3_taps,
    .line = phase3_lines,
};

static const struct reading *const phases[PHASES] = {
    &phase0_reading,
    &phase1_reading,
    &phase2_reading,
    &phase3_reading,
};

#endif
