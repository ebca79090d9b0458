/** Systems of linear equations with a positive matrix, by Cholesky's factorisation. */

/**
 * Return x of (A + ridge I) x = b.
 *
 * @param {Float64Array} A (row, column), symmetric; its lower half is read.
 */
export function solve(A, b, ridge) {
  const factor = cholesky(A, b.length, ridge);
  return backward(factor, forward(factor, b));
}

/** Return L of L L' = A + ridge I, row by row. */
function cholesky(A, size, ridge) {
  const L = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = A[i * size + j] + (i === j ? ridge : 0);
      for (let m = 0; m < j; m++) rest -= L[i * size + m] * L[j * size + m];
      // What rounding leaves of an entry that is fixed by the others is not below 0.
      L[i * size + j] =
        i === j ? Math.sqrt(Math.max(rest, 1e-14)) : rest / L[j * size + j];
    }
  }
  return L;
}

function forward(L, b) {
  const size = b.length;
  const y = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let rest = b[i];
    for (let m = 0; m < i; m++) rest -= L[i * size + m] * y[m];
    y[i] = rest / L[i * size + i];
  }
  return y;
}

function backward(L, y) {
  const size = y.length;
  const x = new Float64Array(size);
  for (let i = size - 1; i >= 0; i--) {
    let rest = y[i];
    for (let m = i + 1; m < size; m++) rest -= L[m * size + i] * x[m];
    x[i] = rest / L[i * size + i];
  }
  return x;
}
