/* The same as magnets.c for a window of the grid, two cells at a time. */
__asm__(".section .custom_section.manyhands,\"\",@\n.incbin \"magnets.json\"\n");

typedef double pair __attribute__((vector_size(16)));

static const double HALF_ROOT_OF_3 = 0.8660254037844386;
static const double MAGNETS[3][2] = {{1, 0}, {-0.5, HALF_ROOT_OF_3}, {-0.5, -HALF_ROOT_OF_3}};
static const double SECONDS = 0.02;

static pair paths(double y, pair x, double friction, double height, int steps) {
  pair px = x, py = {y, y}, vx = {0, 0}, vy = {0, 0}, path = {0, 0};
  for (int step = 0; step < steps; step++) {
    pair ax = -0.5 * px - friction * vx;
    pair ay = -0.5 * py - friction * vy;
    for (int m = 0; m < 3; m++) {
      pair dx = MAGNETS[m][0] - px;
      pair dy = MAGNETS[m][1] - py;
      pair square = dx * dx + dy * dy + height * height;
      pair pull = 1 / (square * __builtin_elementwise_sqrt(square));
      ax += dx * pull;
      ay += dy * pull;
    }
    vx += ax * SECONDS;
    vy += ay * SECONDS;
    px += vx * SECONDS;
    py += vy * SECONDS;
    path += __builtin_elementwise_sqrt(vx * vx + vy * vy) * SECONDS;
  }
  return path;
}

/* Counts and coordinates of the axes y and x, the other inputs in the order of the manifest, the values row by row. */
__attribute__((export_name("fill")))
void fill(int rows, int columns, const double *y, const double *x, const double *others, double *out) {
  double friction = others[0], height = others[1];
  int steps = others[2];
  for (int row = 0; row < rows; row++) {
    for (int column = 0; column < columns; column += 2) {
      int last = column + 1 == columns;
      pair two = paths(y[row], (pair){x[column], x[column + !last]}, friction, height, steps);
      *out++ = two[0];
      if (!last) *out++ = two[1];
    }
  }
}
