/* The plan of sums for groups whose results have few channels. */
#ifndef SYMCONV_PLANES_H
#define SYMCONV_PLANES_H

#include "sizes.h"
#include "threads.h"
#include "work.h"

/* Whether channels are few in each group. */
static int is_few(ptrdiff_t channels)
{
    return channels / GROUPS <= SYMCONV_FEW;
}

/* Sums without panels, for groups whose results have few channels. The cells of a frame, row after
   row, are one long row, along which vectors lie wherever they end; the sums between the rows of a
   box mean nothing and are not delivered. Readings of the same frames share them, and those that
   differ in the last axis alone are delivered together. */
struct planes {
    struct work work;
    struct reading whole; /* the cells that all readings read */
    const struct reading *const *how;
    int readings, joined;
    ptrdiff_t together, length; /* the groups of one task; the cells of a row of sums */
};

static void plan_planes(
    struct planes *planes, const struct reading *const *how, int readings,
    const struct sizes *sizes, int forward)
{
    struct work *const work = &planes->work;
    struct reading *const whole = &planes->whole;
    ptrdiff_t step = 1;
    planes->how = how;
    planes->readings = readings;
    planes->joined = forward ? 1 : JOINED;
    *whole = *how[0];
    for (int axis = 0; axis < AXES; axis++) {
        ptrdiff_t stop = whole->start[axis] + whole->span[axis];
        for (int number = 1; number < readings; number++) {
            const struct reading *const other = how[number];
            stop = max_of(stop, other->start[axis] + other->span[axis]);
            whole->start[axis] = min_of(whole->start[axis], other->start[axis]);
            whole->to[axis] = min_of(whole->to[axis], other->to[axis]);
        }
        whole->span[axis] = stop - whole->start[axis];
    }
    *work = forward ? forward_work(sizes) : phase_work(sizes, whole);
    work->how = whole;
    work->in_place = 0;
    work->images = min_of(sizes->images, 1);
    cut_into_boxes(
        work, min_of(SYMCONV_PLANE, SYMCONV_FRAME / max_of(work->channels, 1)) / whole->frames);
    work->images = work->boxes[0] = sizes->images;
    planes->length = 1;
    for (int axis = AXES - 1; axis >= 0 && work->frame_cells >= 0; axis--) {
        planes->length += (work->box[axis + 1] - 1) * step;
        step *= work->frame[axis];
    }
    planes->together = min_of(GROUPS_AT_ONCE, ceil_div(GROUPS, 2 * thread_count()));
}

static void forward_planes(struct planes *planes, const struct sizes *sizes)
{
    static const struct reading *const how[] = { &forward_reading };
    plan_planes(planes, how, 1, sizes, 1);
}

/* Where each tap of each reading reads, a row of sums beginning at place 0. */
static void place_planes(
    ptrdiff_t *places, const struct planes *planes, const struct strides *strides)
{
    for (int number = 0; number < planes->readings; number++) {
        const struct reading *const how = planes->how[number];
        for (ptrdiff_t tap = 0; tap < how->taps; tap++, places++) {
            *places = how->tap[tap].frame * strides->frame;
            for (int axis = 0; axis < AXES; axis++)
                *places += (how->start[axis] + how->tap[tap].at[axis] - planes->whole.start[axis])
                           * strides->axis[axis];
        }
    }
}

/* Find the rows of a box that a reading makes, or those delivered with it, for the first channel of
   image 0; return how many there are. */
static ptrdiff_t rows_of_box(
    struct run *runs, const struct planes *planes, const struct box *box,
    const struct strides *strides, const struct reading *how)
{
    const struct work *const work = &planes->work;
    ptrdiff_t count[AXES], first[AXES], rows = 1;
    for (int axis = 0; axis < AXES; axis++) {
        const ptrdiff_t step = how->to_step[axis], begin = box->first[axis + 1] * step;
        const ptrdiff_t end = min_of(begin + box->count[axis + 1] * step, work->target[axis]);
        const int together = axis == AXES - 1 && planes->joined > 1;
        first[axis] = together ? begin : begin + how->to[axis];
        count[axis] = together ? end - begin : ceil_div(max_of(end - first[axis], 0), step);
        rows *= axis < AXES - 1 ? count[axis] : 1;
    }
    for (ptrdiff_t number = 0; number < rows; number++) {
        struct run *const run = runs + number;
        ptrdiff_t stride = work->target[AXES - 1], rest = number;
        run->lane = 0;
        run->count = count[AXES - 1];
        run->from = 0;
        run->to = first[AXES - 1];
        for (int axis = AXES - 2; axis >= 0; axis--) {
            const ptrdiff_t at = rest % count[axis];
            run->from += at * strides->axis[axis];
            run->to += (first[axis] + at * how->to_step[axis]) * stride;
            stride *= work->target[axis];
            rest /= count[axis];
        }
    }
    return rows;
}

/* Find the rows of the frames of a box. */
static void find_rows(struct frame_row *frame_rows, const struct work *work, const struct box *box)
{
    for (ptrdiff_t number = 0; number < work->frame_cells / work->frame[AXES - 1]; number++)
        frame_rows[number] = row_of_frames(work, box, number);
}

static ptrdiff_t frame_row_count(const struct work *work)
{
    return work->frame_cells / work->frame[AXES - 1];
}

static ptrdiff_t box_row_count(const struct work *work)
{
    ptrdiff_t rows = 1;
    for (int axis = 1; axis < AXES; axis++)
        rows *= work->box[axis];
    return rows;
}

/* The bytes of the rows of a box, as often as `times` says, and of its frames. */
static ptrdiff_t row_bytes(const struct work *work, ptrdiff_t times)
{
    return checked_add(
        checked_mul(box_row_count(work) * times, (ptrdiff_t)sizeof(struct run)),
        checked_mul(frame_row_count(work), (ptrdiff_t)sizeof(struct frame_row)));
}

#endif
