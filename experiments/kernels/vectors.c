/*
 * What the twins of mandelbrot and julia do, in C with 128-bit vectors and on threads, but without their proofs: interior
 * points are iterated to the limit. A yardstick for the machine that the twins run on.
 *
 * Arguments: threads, repeats, maxIterations, isJulia, cRe, cIm, rows, columns. Standard input: y and x, Float64.
 * Standard output: the counts, Uint32, then for each repeat milliseconds of wall time, and of the processor by thread.
 */
#define _GNU_SOURCE
#include <pthread.h>
#ifdef __linux__
#include <sched.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __FMA__
#include <immintrin.h>
#endif

typedef double pair __attribute__((vector_size(16)));
typedef long long mask __attribute__((vector_size(16)));

enum { EIGHT = 4, TWELVE = 6, FIRST = 20, ROOM = 2 * TWELVE };

typedef struct {
  double *zr, *zi, *cr, *ci;
  unsigned *cell;
  int length;
} list;

static unsigned limit, rows, columns, threads, *out;
static int julia;
static double cRe, cIm, *ys, *xs;

static pair load(const double *from) {
  pair value;
  memcpy(&value, from, sizeof value);
  return value;
}

static void store(double *to, pair value) { memcpy(to, &value, sizeof value); }

/* Twice the product is exact: fused or not, the bits are the same. */
static pair nextIm(pair product, pair ci) {
#ifdef __FMA__
  return _mm_fmadd_pd(product, (pair){2, 2}, ci);
#else
  return product + product + ci;
#endif
}

/* Counts for eight points how often |z| <= 2, in at most n iterations, and leaves the last z. */
static void countEight(double *zr, double *zi, const double *cr, const double *ci, unsigned n, long long *counts) {
  pair re[EIGHT], im[EIGHT];
  mask count[EIGHT], any;
#pragma GCC unroll 4
  for (int k = 0; k < EIGHT; k++) {
    re[k] = load(zr + 2 * k);
    im[k] = load(zi + 2 * k);
    count[k] = (mask){0, 0};
  }
  for (unsigned made = 0;; made++) {
    any = (mask){0, 0};
    pair difference[EIGHT], product[EIGHT];
#pragma GCC unroll 4
    for (int k = 0; k < EIGHT; k++) {
      pair re2 = re[k] * re[k], im2 = im[k] * im[k];
      mask inside = re2 + im2 <= 4;
      any |= inside;
      count[k] -= inside;
      difference[k] = re2 - im2;
      product[k] = re[k] * im[k];
    }
    if (made == n || !(any[0] | any[1])) break;
#pragma GCC unroll 4
    for (int k = 0; k < EIGHT; k++) {
      re[k] = difference[k] + load(cr + 2 * k);
      im[k] = nextIm(product[k], load(ci + 2 * k));
    }
  }
#pragma GCC unroll 4
  for (int k = 0; k < EIGHT; k++) {
    store(zr + 2 * k, re[k]);
    store(zi + 2 * k, im[k]);
    memcpy(counts + 2 * k, &count[k], sizeof count[k]);
  }
}

/* Iterates twelve points n times. Returns a bit for each that is inside; where all are, and only there, z is stored. */
static unsigned iterateTwelve(const list *points, int slot, unsigned n, pair *re, pair *im) {
  const double *cr = points->cr + slot, *ci = points->ci + slot;
  pair zr[TWELVE], zi[TWELVE];
#pragma GCC unroll 6
  for (int k = 0; k < TWELVE; k++) {
    zr[k] = load(points->zr + slot + 2 * k);
    zi[k] = load(points->zi + slot + 2 * k);
  }
  for (; n > 0; n--) {
#pragma GCC unroll 6
    for (int k = 0; k < TWELVE; k++) {
      pair product = zr[k] * zi[k];
      zr[k] = zr[k] * zr[k] - zi[k] * zi[k] + load(cr + 2 * k);
      zi[k] = nextIm(product, load(ci + 2 * k));
    }
  }
  unsigned inside = 0;
#pragma GCC unroll 6
  for (int k = 0; k < TWELVE; k++) {
    mask in = zr[k] * zr[k] + zi[k] * zi[k] <= 4;
    inside |= (unsigned)((in[0] & 1) | (in[1] & 2)) << (2 * k);
    re[k] = zr[k];
    im[k] = zi[k];
  }
  return inside;
}

static void set(list *to, int slot, double zr, double zi, double cr, double ci, unsigned cell) {
  to->zr[slot] = zr;
  to->zi[slot] = zi;
  to->cr[slot] = cr;
  to->ci[slot] = ci;
  to->cell[slot] = cell;
}

static list makeList(int length) {
  double *numbers = calloc(4 * (size_t)length, sizeof(double));
  return (list){numbers, numbers + length, numbers + 2 * length, numbers + 3 * length, calloc(length, 4), 0};
}

static void freeList(list *points) {
  free(points->zr);
  free(points->cell);
}

static void recount(list *escaped, unsigned count, unsigned stride) {
  long long counts[2 * EIGHT];
  if (escaped->length) countEight(escaped->zr, escaped->zi, escaped->cr, escaped->ci, stride, counts);
  for (int k = 0; k < escaped->length; k++) out[escaped->cell[k]] = count + counts[k] - 1;
  escaped->length = 0;
}

static void pursue(list *points) {
  list escaped = makeList(ROOM);
  for (unsigned count = FIRST < limit ? FIRST : limit, stride; points->length && count < limit; count += stride) {
    stride = count < 100 ? 12 : 24;
    if (stride > limit - count) stride = limit - count;
    for (int slot = (points->length - 1) / 12 * 12; slot >= 0; slot -= 12) {
      pair re[TWELVE], im[TWELVE];
      unsigned all = slot + 12 > points->length ? (1u << (points->length - slot)) - 1 : 0xfff;
      unsigned outside = ~iterateTwelve(points, slot, stride, re, im) & all;
      double old[24];
      if (outside) {
        memcpy(old, points->zr + slot, 96);
        memcpy(old + 12, points->zi + slot, 96);
      }
      memcpy(points->zr + slot, re, 96);
      memcpy(points->zi + slot, im, 96);
      for (; outside; outside &= ~(1u << (31 - __builtin_clz(outside)))) {
        int lane = 31 - __builtin_clz(outside), at = slot + lane, last = --points->length;
        set(&escaped, escaped.length++, old[lane], old[12 + lane], points->cr[at], points->ci[at], points->cell[at]);
        set(points, at, points->zr[last], points->zi[last], points->cr[last], points->ci[last], points->cell[last]);
        if (escaped.length == 8) recount(&escaped, count, stride);
      }
    }
    recount(&escaped, count, stride);
  }
  for (int slot = 0; slot < points->length; slot++) out[points->cell[slot]] = limit;
  freeList(&escaped);
}

/* A core for each thread, where the system lets one choose: some leave two threads on one. */
static void pin(unsigned core) {
#ifdef __linux__
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  pthread_setaffinity_np(pthread_self(), sizeof cores, &cores);
#else
  (void)core;
#endif
}

static void *computeRows(void *argument) {
  unsigned thread = (unsigned)(size_t)argument, first = FIRST < limit ? FIRST : limit;
  pin(thread);
  list points = makeList((rows / threads + 1) * columns + ROOM);
  for (unsigned row = thread; row < rows; row += threads) {
    for (unsigned column = 0; column < columns; column += 8) {
      double zr[8], zi[8], cr[8], ci[8];
      long long counts[8];
      for (int k = 0; k < 8; k++) {
        zr[k] = column + k < columns ? xs[column + k] : 9;
        zi[k] = ys[row];
        cr[k] = julia ? cRe : zr[k];
        ci[k] = julia ? cIm : zi[k];
      }
      /* After one iteration mandelbrot's z is c; julia's z to start from does not count. */
      countEight(zr, zi, cr, ci, julia ? first : first - 1, counts);
      for (unsigned k = 0; k < 8 && column + k < columns; k++) {
        unsigned cell = row * columns + column + k, count = julia && counts[k] ? counts[k] - 1 : counts[k];
        out[cell] = count;
        if (count == first) set(&points, points.length++, zr[k], zi[k], cr[k], ci[k], cell);
      }
    }
  }
  pursue(&points);
  freeList(&points);
  return NULL;
}

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

int main(int count, char **arguments) {
  if (count != 9) return 2;
  threads = atoi(arguments[1]);
  int repeats = atoi(arguments[2]);
  limit = atoi(arguments[3]);
  julia = atoi(arguments[4]);
  cRe = atof(arguments[5]);
  cIm = atof(arguments[6]);
  rows = atoi(arguments[7]);
  columns = atoi(arguments[8]);
  ys = malloc((rows + columns) * sizeof(double));
  xs = ys + rows;
  out = calloc((size_t)rows * columns, sizeof *out);
  double *times = calloc(2 * repeats, sizeof(double));
  if (fread(ys, sizeof(double), rows + columns, stdin) != rows + columns) return 2;
  for (int repeat = -1; repeat < repeats; repeat++) {
    pthread_t others[threads];
    double wall = now(CLOCK_MONOTONIC), processor = now(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t k = 1; k < threads; k++) pthread_create(&others[k], NULL, computeRows, (void *)k);
    computeRows((void *)0);
    for (size_t k = 1; k < threads; k++) pthread_join(others[k], NULL);
    if (repeat < 0) continue;
    times[2 * repeat] = now(CLOCK_MONOTONIC) - wall;
    times[2 * repeat + 1] = (now(CLOCK_PROCESS_CPUTIME_ID) - processor) / threads;
  }
  fwrite(out, sizeof *out, (size_t)rows * columns, stdout);
  fwrite(times, sizeof(double), 2 * repeats, stdout);
  return 0;
}
