/* C with POSIX threads: each takes the next row until none is left. gcc -O3, and no fused multiply-add, whose bits differ. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ITERATIONS = 1000, MAX_POINTS = 100000 };

static double y[MAX_POINTS], x[MAX_POINTS];
static int height, width;
static uint16_t *result;
static atomic_int next_row;

/* By repeated addition, as the tutorial's loop does. */
static int coordinates(double *values, double start, double end, int size) {
  double step = 2 * (end - start) / size;
  int count = 0;
  for (double value = start; step > 0 ? value < end : value > end; value += step) values[count++] = value;
  return count;
}

static uint16_t escape_time(double cr, double ci) {
  double zr = 0, zi = 0;
  for (int count = 0; count < MAX_ITERATIONS; count++) {
    double imaginary = zr * zi;
    zr = zr * zr - zi * zi + cr;
    zi = imaginary + imaginary + ci;
    if (zr * zr + zi * zi > 4) return count;
  }
  return MAX_ITERATIONS;
}

static void *work(void *unused) {
  for (int row; (row = atomic_fetch_add(&next_row, 1)) < height;)
    for (int column = 0; column < width; column++)
      result[(size_t)row * width + column] = escape_time(x[column], y[row]);
  return unused;
}

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return 1e3 * now.tv_sec + now.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int size = atoi(argv[2]);
  height = coordinates(y, 1.3, -1.3, size);
  width = coordinates(x, -2.13, 0.77, size);
  result = malloc(sizeof(uint16_t) * height * width);
  if (!result) return 1;
  double ready = now_ms();
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  pthread_t threads[cores];
  for (long k = 0; k < cores; k++)
    if (pthread_create(&threads[k], NULL, work, NULL)) return 1;
  for (long k = 0; k < cores; k++) pthread_join(threads[k], NULL);
  double done = now_ms();
  uint64_t sum = 0;
  for (size_t at = 0; at < (size_t)height * width; at++) sum += result[at];
  const char *started = getenv("STARTED_AT_MS");
  printf("{\"startUpMs\": %f, \"computeMs\": %f, \"sum\": %lu}\n", ready - atof(started ? started : "0"), done - ready, sum);
  free(result);
  return 0;
}
