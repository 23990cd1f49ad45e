/*
 * The same as spot.ts, with the same bits: + - * / and square roots are rounded alike everywhere. `npm run build:c` makes spot.wasm, in
 * which spot.json, what spot.ts declares, is the custom section `manyhands`.
 */
__asm__(".section .custom_section.manyhands,\"\",@\n.incbin \"spot.json\"\n");

static double values[1001];

/* The inputs in the order of spot.json; a choice is its place in the list. */
__attribute__((export_name("point")))
double point(double spot, double volatility, double strike, double rate, double years, double steps, double option) {
  double sign = option == 0 ? -1 : 1;
  double dt = years / steps;
  double change = volatility * __builtin_sqrt(dt);
  double up = 1 + change + (change * change) / 2;
  double down = 1 / up;
  double chance = (1 + rate * dt - down) / (up - down);
  double discount = 1 / (1 + rate * dt);

  double lowest = spot;
  for (int step = 0; step < steps; step++) lowest *= down;
  double price = lowest;
  for (int k = 0; k <= steps; k++) {
    double gain = sign * (price - strike);
    values[k] = gain > 0 ? gain : 0;
    price *= up * up;
  }

  for (int step = (int)steps - 1; step >= 0; step--) {
    lowest *= up;
    price = lowest;
    for (int k = 0; k <= step; k++) {
      double gain = sign * (price - strike);
      double kept = discount * (chance * values[k + 1] + (1 - chance) * values[k]);
      values[k] = gain > kept ? gain : kept;
      price *= up * up;
    }
  }
  return values[0];
}
