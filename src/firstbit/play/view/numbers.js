/** Numbers as the house writes them: two digits, 1.4·10⁻¹⁴, a true minus. */

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴" };
"56789".split("").forEach((digit, i) => (RAISED[digit] = "⁵⁶⁷⁸⁹"[i]));

/** Write a whole number as an exponent. */
export function raised(exponent) {
  return Array.from(String(exponent), (one) => RAISED[one]).join("");
}

/** Write a number with so many digits. */
export function written(number, digits = 2) {
  if (number === 0) return "0";
  if (!Number.isFinite(number)) return "beyond all numbers";
  const size = Math.abs(number);
  const sign = number < 0 ? "−" : "";
  if (size >= 0.01 && size < 10000) {
    return sign + String(Number(size.toPrecision(digits)));
  }
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  return `${sign}${mantissa}·10${raised(Number(exponent))}`;
}

/** Write a share as per cent. */
export function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** Write a whole number with commas; the browser's own way takes a long first time. */
export function counted(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}
