/**
 * The Threefry generator: a random number for each (key, counter), without a state.
 *
 * It is the generator of JAX and of the library: a draw depends on (key, k, i) alone.
 * Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
 */

const PARITY = 0x1bd11bda;

/** The two words of the last hash: millions of them make no array each. */
export const hashed = new Int32Array(2);

/**
 * Hash a counter of two words of 32 bits under a key, by Threefry-2x32 with 20 rounds.
 *
 * @param {number[]} key two words.
 * @returns {number[]} two words, each from 0 to 2^32 - 1.
 */
export function threefry([first, second], high, low) {
  hash(first, second, high, low);
  return [hashed[0] >>> 0, hashed[1] >>> 0];
}

/** Hash a counter, as `threefry` does, into `hashed`. */
export function hash(first, second, high, low) {
  let here = first;
  let next = second;
  let last = first ^ second ^ PARITY;
  let x = (high + first) | 0;
  let y = (low + second) | 0;
  // Four rounds; then the parts of the key move on, and two of them are added.
  for (let group = 1; group <= 5; group++) {
    const isOdd = group % 2 === 1;
    x = (x + y) | 0;
    y = x ^ turned(y, isOdd ? 13 : 17);
    x = (x + y) | 0;
    y = x ^ turned(y, isOdd ? 15 : 29);
    x = (x + y) | 0;
    y = x ^ turned(y, isOdd ? 26 : 16);
    x = (x + y) | 0;
    y = x ^ turned(y, isOdd ? 6 : 24);
    const gone = here;
    here = next;
    next = last;
    last = gone;
    x = (x + here) | 0;
    y = (y + next + group) | 0;
  }
  hashed[0] = x;
  hashed[1] = y;
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
