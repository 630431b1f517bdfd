// Moments and numbers as dashboard/words.py writes them, for what moves between two messages of the server.
// A test compares both in a browser.
const NONE = "–", MINUS = "\u2212", GAP = "\u00a0";

function even(x) {  // rounds half to even, as Python does
  const floor = Math.floor(x), rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

function when(at, tick) {
  if (at == null) return NONE;
  const two = (n) => String(n).padStart(2, "0");
  if (tick >= 3600) {
    const minutes = even(at / 60), rest = minutes % 1440;
    return `day${GAP}${Math.floor(minutes / 1440)}, ${two(Math.floor(rest / 60))}:${two(rest % 60)}`;
  }
  const seconds = even(at), minutes = Math.floor(seconds / 60);
  const hours = minutes >= 60 ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}` : `${minutes}`;
  return `${hours}:${two(seconds % 60)}`;
}

function three(size) {
  if (size >= 99.95) return Math.round(size).toLocaleString("en-US");
  if (size < 1e-9) return "0";
  const text = Number(size.toPrecision(3)).toFixed(12);
  return text.replace(/\.?0+$/, "");
}

function short(size) {
  for (const [step, letter] of [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]])
    if (size >= 0.9995 * step) return `${Number((size / step).toPrecision(3)).toLocaleString("en-US")}${letter}`;
  return three(size);
}

function count(value) {
  const size = Math.abs(value), sign = value < 0 ? MINUS : "";
  if (size >= 9999.5) return sign + short(size);
  return sign + (size >= 999.5 ? Math.round(size).toLocaleString("en-US") : three(size));
}

function money(usd) {
  const size = Math.abs(usd), sign = usd < 0 ? MINUS : "";
  if (size >= 999.5) return `${sign}$${short(size)}`;
  if (size >= 99.995 || size === Math.floor(size)) return `${sign}$${size.toFixed(0)}`;
  return `${sign}$${size >= 0.0995 ? size.toFixed(2) : three(size)}`;
}

function percent(size) {
  if (size > 99 && size < 99.995) return size.toFixed(2).replace(/0$/, "");
  if (size >= 9.995 || size === 0) return size.toFixed(1).replace(/\.0$/, "");
  return size >= 0.995 ? size.toFixed(1) : three(Number(size.toPrecision(2)));
}

function share(part) {
  return `${part < 0 ? MINUS : ""}${percent(Math.abs(part) * 100)}${GAP}%`;
}

function duration(time) {
  const size = Math.abs(time), sign = time < 0 ? MINUS : "";
  for (const [above, unit, name] of [[172800, 86400, "days"], [7200, 3600, "h"], [120, 60, "min"]])
    if (size >= above) return `${sign}${three(size / unit)}${GAP}${name}`;
  const small = size > 0 && size < 1;
  return `${sign}${three(small ? size * 1000 : size)}${GAP}${small ? "ms" : "s"}`;
}

function ms(value) {
  if (Math.abs(value) >= 10000) return duration(value / 1000);
  return `${value < 0 ? MINUS : ""}${three(Math.abs(value))}${GAP}ms`;
}

function quantity(value, unit) {
  if (value == null || Number.isNaN(value)) return NONE;
  const said = { "$": money, "share": share, "ms": ms, "s": duration, "": count, "probability": count };
  if (Object.hasOwn(said, unit)) return said[unit](value);
  if (unit.startsWith("$ ")) return `${money(value)}${GAP}${unit.slice(2)}`;
  if (unit.startsWith("share of ")) return `${share(value)}${GAP}${unit.slice(6)}`;
  const number = count(value);
  return `${number}${unit.startsWith("/") ? "" : GAP}${counted(number, unit)}`;
}

function counted(number, unit) {
  if (number !== "1" && number !== `${MINUS}1`) return unit;
  return unit === "people" ? "person" : unit.replace(/^((?:\w+ )?\w\w+)(?<!odd)s(?=$|\/| a | of | per )/, "$1");
}
