/** The Markov chain of the states: how often a word visits each. */

/**
 * Return the expected visits to each state in one word, v = (I - T')^-1 e_start.
 *
 * The states are removed one by one; nothing is subtracted, so rare ends keep their
 * digits (Grassmann, Taksar, Heyman 1985).
 */
export function expectedVisits(language) {
  const size = language.edges.length;
  const steps = moves(language);
  const stop = language.final.map((ends, q) => (ends ? language.choice[q] : 0));
  const leaving = new Float64Array(size);
  for (let k = size - 1; k >= 0; k--) {
    leaving[k] = stop[k];
    for (let j = 0; j < k; j++) leaving[k] += steps[k][j];
    for (let i = 0; i < k; i++) {
      const into = steps[i][k] / leaving[k];
      if (into === 0) continue;
      for (let j = 0; j < k; j++) steps[i][j] += into * steps[k][j];
      stop[i] += into * stop[k];
    }
  }
  const visits = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    let arriving = k === 0 ? 1 : 0;
    for (let i = 0; i < k; i++) arriving += visits[i] * steps[i][k];
    visits[k] = arriving / leaving[k];
  }
  return visits;
}

/** Return the (state, state) probabilities of going on. */
function moves(language) {
  return language.edges.map((leaving, q) => {
    const row = new Float64Array(language.edges.length);
    for (const target of leaving.values()) row[target] += language.choice[q];
    return row;
  });
}

/** Return the expected visits to each state with at least one symbol read. */
export function visitsAfterASymbol(language) {
  const visits = expectedVisits(language);
  const found = visits.slice();
  found[0] = 0;
  language.edges.forEach((leaving, q) => {
    for (const target of leaving.values()) {
      if (target === 0) found[0] += visits[q] * language.choice[q];
    }
  });
  return found;
}
