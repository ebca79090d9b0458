/** The minimal automaton: no state from which no word ends, no two that do the same. */

/**
 * Return {alphabet, edges, final} with the fewest states, numbered breadth first.
 *
 * States are told apart by whether a word may end there, and then, again and again, by
 * the states that their letters lead to (Moore 1956).
 */
export function minimal({ alphabet, edges, final }) {
  const living = withWayToEnd(edges, final);
  const classes = refined(alphabet, edges, final, living);
  return numbered(alphabet, edges, final, classes);
}

/** Return for each state whether an end can be reached from it. */
function withWayToEnd(edges, final) {
  const living = [...final];
  let changed = true;
  while (changed) {
    changed = false;
    edges.forEach((leaving, state) => {
      const leads = [...leaving.values()].some((target) => living[target]);
      if (leads && !living[state]) {
        living[state] = true;
        changed = true;
      }
    });
  }
  return living;
}

const DEAD = -1;

/** Return the number of each state's class; states that never end have none. */
function refined(alphabet, edges, final, living) {
  let classes = final.map((ends, state) => (living[state] ? Number(ends) : DEAD));
  let count = 0;
  for (;;) {
    const number = new Map();
    const finer = edges.map((leaving, state) => {
      if (!living[state]) return DEAD;
      const targets = alphabet.map((letter) => classes[leaving.get(letter)] ?? DEAD);
      const name = `${classes[state]}:${targets.join()}`;
      if (!number.has(name)) number.set(name, number.size);
      return number.get(name);
    });
    if (number.size === count) return finer;
    count = number.size;
    classes = finer;
  }
}

/** Number the classes breadth first, letters in their order. */
function numbered(alphabet, edges, final, classes) {
  const member = new Map();
  classes.forEach((one, state) => {
    if (!member.has(one)) member.set(one, state);
  });
  const order = [classes[0]];
  const place = new Map([[classes[0], 0]]);
  const found = { alphabet, edges: [], final: [] };
  for (const one of order) {
    const state = member.get(one);
    const leaving = new Map();
    for (const letter of alphabet) {
      const target = classes[edges[state].get(letter)] ?? DEAD;
      if (target === DEAD) continue;
      if (!place.has(target)) {
        place.set(target, order.length);
        order.push(target);
      }
      leaving.set(letter, place.get(target));
    }
    found.edges.push(leaving);
    found.final.push(final[state]);
  }
  return found;
}
