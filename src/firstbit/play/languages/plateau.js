/** Floors with names: where more symbols of a window help no more, and what is missing. */

/** Floors that are nearer to each other than this are one. */
const SAME = 1e-9;

/**
 * Return the plateaus of the window floors: {from, to, loss, name}.
 *
 * A plateau is two or more windows with one floor, above that of the known state. It is
 * named by two letters where forgetting which of them was read costs just as much.
 */
export function plateaus(floors, full, forgotten) {
  return runs(floors)
    .filter(({ from, to, loss }) => to > from && !isSame(loss, full))
    .map((run) => ({ ...run, name: nameOf(run.loss, forgotten) }));
}

/** Return the runs of equal window floors: {from, to, loss, name}. */
export function runs(floors) {
  const found = [];
  let from = 0;
  for (let m = 1; m <= floors.length; m++) {
    if (m < floors.length && isSame(floors[m], floors[from])) continue;
    const windows = m - 1 === from ? String(from) : `${from} to ${m - 1}`;
    const name = `last ${windows} symbols`;
    found.push({ from, to: m - 1, loss: floors[from], name });
    from = m;
  }
  return found;
}

function nameOf(loss, forgotten) {
  const fitting = forgotten.find((one) => isSame(one.loss, loss));
  return fitting ? `${fitting.letters.join(" or ")} forgotten` : "nothing new is seen";
}

/**
 * Return the names of the floors nearest to a loss; none if no floor is near enough.
 *
 * A floor is near if the loss is nearer to it than half the gap between that floor and
 * the next one.
 *
 * @param {{name: string, loss: number}[]} floors
 */
export function namedPlateau(floors, loss) {
  const away = floors.map((floor) => Math.abs(floor.loss - loss));
  const nearest = floors[away.indexOf(Math.min(...away))];
  const gaps = floors.map((floor) => Math.abs(floor.loss - nearest.loss));
  const gap = Math.min(...gaps.filter((one) => one >= SAME));
  if (Math.abs(nearest.loss - loss) >= gap / 2) return [];
  return floors.filter((_, i) => gaps[i] < SAME).map((floor) => floor.name);
}

function isSame(a, b) {
  return Math.abs(a - b) < SAME;
}
