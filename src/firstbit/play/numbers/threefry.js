/**
 * The Threefry generator: a random number for each (key, counter), without a state.
 *
 * It is the generator of JAX and of the library: a draw depends on (key, k, i) alone.
 * Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
 */

const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
];
const PARITY = 0x1bd11bda;

/**
 * Hash a counter of two words of 32 bits under a key, by Threefry-2x32 with 20 rounds.
 *
 * @param {number[]} key two words.
 * @returns {number[]} two words, each from 0 to 2^32 - 1.
 */
export function threefry([first, second], high, low) {
  const schedule = [first, second, first ^ second ^ PARITY];
  let x = (high + first) | 0;
  let y = (low + second) | 0;
  for (let group = 0; group < 5; group++) {
    for (const rotation of ROTATIONS[group % 2]) {
      x = (x + y) | 0;
      y = x ^ turned(y, rotation);
    }
    const number = group + 1;
    x = (x + schedule[number % 3]) | 0;
    y = (y + schedule[(number + 1) % 3] + number) | 0;
  }
  return [x >>> 0, y >>> 0];
}

function turned(word, places) {
  return (word << places) | (word >>> (32 - places));
}

/** Return the key for `number` under a key, as `jax.random.fold_in` does. */
export function foldIn(key, number) {
  return threefry(key, 0, number);
}

/** Return the key of draw i at hidden size k: from the seed, k and i, nothing else. */
export function drawKey(seed, size, draw) {
  const ofSize = foldIn([0, seed], size);
  return foldIn(ofSize, draw);
}
