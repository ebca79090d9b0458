/** Where the states of an automaton stand: in layers, by their distance from the start. */

/**
 * Return the place of each state, {layer, row}, and the size {layers, rows} of all.
 *
 * A layer holds the states that as many symbols reach at the earliest. Within a layer
 * each stands, where it can, in the middle of those before it that lead to it.
 */
export function layout({ edges }) {
  const depth = distanceFromStart(edges);
  const layers = [];
  depth.forEach((at, state) => (layers[at] ??= []).push(state));
  const rows = Math.max(...layers.map((layer) => layer.length));
  const place = [];
  layers.forEach((layer, at) => {
    const ordered = layer
      .map((state) => ({ state, wish: middle(state, edges, depth, place, rows) }))
      .sort((a, b) => a.wish - b.wish || a.state - b.state);
    const first = (rows - layer.length) / 2;
    ordered.forEach(({ state }, i) => (place[state] = { layer: at, row: first + i }));
  });
  return { place, layers: layers.length, rows };
}

function distanceFromStart(edges) {
  const depth = edges.map(() => Infinity);
  depth[0] = 0;
  const queue = [0];
  for (const state of queue) {
    for (const target of edges[state].values()) {
      if (depth[target] < Infinity) continue;
      depth[target] = depth[state] + 1;
      queue.push(target);
    }
  }
  return depth;
}

/** Return the mean row of the states one layer before that lead here. */
function middle(state, edges, depth, place, rows) {
  const before = edges.flatMap((leaving, source) => {
    const leads = [...leaving.values()].includes(state);
    return leads && depth[source] === depth[state] - 1 ? [place[source].row] : [];
  });
  if (before.length === 0) return rows / 2;
  return before.reduce((sum, row) => sum + row, 0) / before.length;
}

/** Return the arrows: {from, to, letters}, those between the same states in one. */
export function arrows({ edges }) {
  const found = [];
  edges.forEach((leaving, from) => {
    const letters = new Map();
    for (const [letter, to] of leaving) {
      letters.set(to, [...(letters.get(to) ?? []), letter]);
    }
    for (const [to, together] of letters) found.push({ from, to, letters: together });
  });
  return found;
}
