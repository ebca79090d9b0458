/** The memory order: how many last symbols are as good as the state. */

import { nextOutput, predicts } from "./language.js";

/**
 * Return the least m with F_m = F_inf; Infinity if no window is enough.
 *
 * F_m is above F_inf just when one window of m symbols can end in two states with
 * different next outputs: when a path of m edges in the graph of pairs of different
 * states ends in such a pair. Pairs without an edge into them have level 0. Take them
 * away, and those that then have none are level 1, and so on; what stays lies on a cycle
 * or behind one.
 */
export function memoryOrder(language) {
  const graph = pairGraph(language);
  const levels = longestPathInto(graph);
  const seen = followsASymbol(language);
  let longest = -1;
  for (const [p, q] of pairsApart(language)) {
    const level = levels.get(pairName(p, q));
    if (level === 0 && !(seen[p] && seen[q])) continue;
    longest = Math.max(longest, level);
  }
  return longest + 1;
}

function pairName(p, q) {
  return p < q ? `${p},${q}` : `${q},${p}`;
}

/** Return pair -> the pairs that it leads to, by the same symbol in both states. */
function pairGraph({ edges }) {
  const graph = new Map();
  for (let p = 0; p < edges.length; p++) {
    for (let q = p + 1; q < edges.length; q++) {
      const targets = [];
      for (const [symbol, first] of edges[p]) {
        const second = edges[q].get(symbol);
        if (second === undefined || second === first) continue;
        targets.push(pairName(first, second));
      }
      graph.set(pairName(p, q), targets);
    }
  }
  return graph;
}

function longestPathInto(graph) {
  const incoming = new Map([...graph.keys()].map((pair) => [pair, 0]));
  for (const targets of graph.values()) {
    for (const pair of targets) incoming.set(pair, incoming.get(pair) + 1);
  }
  const levels = new Map([...graph.keys()].map((pair) => [pair, Infinity]));
  let free = [...graph.keys()].filter((pair) => incoming.get(pair) === 0);
  for (let level = 0; free.length > 0; level++) {
    const next = [];
    for (const pair of free) {
      levels.set(pair, level);
      for (const target of graph.get(pair)) {
        incoming.set(target, incoming.get(target) - 1);
        if (incoming.get(target) === 0) next.push(target);
      }
    }
    free = next;
  }
  return levels;
}

/** Return the pairs of states in which something else may follow. */
function pairsApart(language) {
  const counts = predicts(language);
  const rows = language.edges.map((_, q) => {
    const outputs = [...nextOutput(language, q)];
    return outputs.map(([output, share]) => `${output}${share.toFixed(12)}`).join();
  });
  const pairs = [];
  for (let p = 0; p < rows.length; p++) {
    for (let q = p + 1; q < rows.length; q++) {
      if (counts[p] && counts[q] && rows[p] !== rows[q]) pairs.push([p, q]);
    }
  }
  return pairs;
}

function followsASymbol({ edges }) {
  const seen = edges.map(() => true);
  seen[0] = edges.some((leaving) => [...leaving.values()].includes(0));
  return seen;
}
