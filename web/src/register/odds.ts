/** How likely a mix-up is, for people: certainties are natural logarithms of it. */

const BEYOND = 1_000_000;

/** The N of "1 in N", to the leading digit: more would claim to know it better than it is known. */
export function oneIn(certainty: number): number {
  const chance = Math.exp(Math.max(certainty, 0));
  const step = 10 ** Math.floor(Math.log10(chance));
  return Math.min(Math.round(chance / step) * step, BEYOND);
}
