/** Means, quantiles, and intervals of shares. */

/** The quantiles that the library reports. */
export const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

/** Return the mean of numbers. */
export function mean(numbers) {
  let total = 0;
  for (const one of numbers) total += one;
  return total / numbers.length;
}

/** Return a sample quantile, linear between neighbours, of values in ascending order. */
export function quantileOfOrdered(ordered, probability) {
  const last = ordered.length - 1;
  const place = probability * last;
  const below = Math.floor(place);
  const above = Math.min(below + 1, last);
  const share = place - below;
  return ordered[below] * (1 - share) + ordered[above] * share;
}

/**
 * Return mean and quantiles at each length.
 *
 * @param {Float64Array[]} draws the distances of each net.
 */
export function summary(draws, length) {
  const found = { mean: [], quantiles: QUANTILES.map(() => []) };
  const column = new Float64Array(draws.length);
  for (let t = 0; t < length; t++) {
    for (let i = 0; i < column.length; i++) column[i] = draws[i][t];
    found.mean.push(mean(column));
    column.sort();
    QUANTILES.forEach((probability, i) => {
      found.quantiles[i].push(quantileOfOrdered(column, probability));
    });
  }
  return found;
}

/**
 * Return the 95 % interval of a share of n trials (Wilson 1927).
 *
 * With z = 1.96 and p = count / n its middle is (p + z^2 / 2n) / (1 + z^2 / n).
 */
export function wilson(count, n) {
  const z = 1.959963984540054;
  const share = count / n;
  const below = 1 + (z * z) / n;
  const middle = (share + (z * z) / (2 * n)) / below;
  const spread = Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const half = (z * spread) / below;
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
