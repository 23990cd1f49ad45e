/* The manifest becomes the module's custom section `manyhands`. */
__asm__(".section .custom_section.manyhands,\"\",@\n.incbin \"magnets.json\"\n");

static const double HALF_ROOT_OF_3 = 0.8660254037844386;
static const double MAGNETS[3][2] = {{1, 0}, {-0.5, HALF_ROOT_OF_3}, {-0.5, -HALF_ROOT_OF_3}};
static const double SECONDS = 0.02;

__attribute__((export_name("point")))
double point(double y, double x, double friction, double height, double steps) {
  double px = x, py = y, vx = 0, vy = 0, path = 0;
  for (int step = 0; step < steps; step++) {
    double ax = -0.5 * px - friction * vx;
    double ay = -0.5 * py - friction * vy;
    for (int m = 0; m < 3; m++) {
      double dx = MAGNETS[m][0] - px;
      double dy = MAGNETS[m][1] - py;
      double square = dx * dx + dy * dy + height * height;
      double pull = 1 / (square * __builtin_sqrt(square));
      ax += dx * pull;
      ay += dy * pull;
    }
    vx += ax * SECONDS;
    vy += ay * SECONDS;
    px += vx * SECONDS;
    py += vy * SECONDS;
    path += __builtin_sqrt(vx * vx + vy * vy) * SECONDS;
  }
  return path;
}
