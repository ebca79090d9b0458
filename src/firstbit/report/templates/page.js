// Without this script the page is whole: its tables stand in the order of the report.
const folds = () => document.querySelectorAll("details");
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...folds()].filter((fold) => !fold.open);
  opened.forEach((fold) => { fold.open = true; });
});
addEventListener("afterprint", () => opened.forEach((fold) => { fold.open = false; }));

// What scrolls can be reached by the keyboard, and nothing else is a stop on the way.
const reach = () => {
  for (const box of document.querySelectorAll(".scroll")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("resize", reach);
addEventListener("load", reach);
document.addEventListener("toggle", reach, true);

const value = (row, column) => row.cells[column].textContent.trim();
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = (letter) => (letter === "⁻" ? "-" : RAISED.indexOf(letter));
const number = (text) => {
  const plain = text.replaceAll(",", "").replace("−", "-");
  const power = (_, letters) => `e${[...letters].map(raised).join("")}`;
  return parseFloat(plain.replace(/·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/, power));
};
const compare = (one, other) => {
  const [first, second] = [one, other].map(number);
  if (Number.isNaN(first) || Number.isNaN(second)) return one.localeCompare(other);
  return first - second;
};
const sort = (head) => {
  const table = head.closest("table"), sign = head.ariaSort === "ascending" ? -1 : 1;
  const rows = [...table.tBodies[0].rows], column = head.cellIndex;
  rows.sort((a, b) => sign * compare(value(a, column), value(b, column)));
  table.tBodies[0].append(...rows);
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.ariaSort = sign > 0 ? "ascending" : "descending";
};
for (const head of document.querySelectorAll("thead th")) {
  if (head.closest("table").tBodies[0].rows.length < 3) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  button.addEventListener("click", () => sort(head));
  head.append(button);
}

// "How this was made" is copied as lines of text: the command, then name and value.
const text = (fold) => {
  const lines = [...fold.querySelectorAll("pre")].map((one) => one.textContent.trim());
  for (const row of fold.querySelectorAll("tbody tr"))
    lines.push([...row.cells].map((cell) => cell.textContent.trim()).join(": "));
  return `${lines.join("\n")}\n`;
};
for (const fold of document.querySelectorAll(".making")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text(fold));
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed here";
    }
  });
  fold.querySelector("summary").after(button);
}
