// Answer calls of the playground's functions: a module and [name, arguments] pairs on
// standard input, the results on standard output.
import { readFileSync } from "node:fs";

const { module, calls } = JSON.parse(readFileSync(0, "utf8"));
const functions = await import(module);

function answer([name, parameters]) {
  try {
    return { value: functions[name](...parameters) };
  } catch (error) {
    return { error: error.message };
  }
}

function plain(_, value) {
  if (ArrayBuffer.isView(value)) return [...value];
  if (value instanceof Set) return [...value];
  if (typeof value?.next === "function") return [...value];
  if (value instanceof Map) return Object.fromEntries(value);
  if (value === Infinity) return "Infinity";
  return value;
}

process.stdout.write(JSON.stringify(calls.map(answer), plain));
