// Writes the times that ical.js finds for a thousand generated rules, always the
// same ones: DTSTART, the rule and its first times, a line each. Left out are
// the kinds of rules that ical.js 2.2.1 does not follow (like_dateutil.py has them):
// FREQ=YEARLY with BYHOUR, BYMINUTE, negative BYMONTHDAY, or BYDAY from 10 on;
// BYWEEKNO with BYDAY; FREQ=MONTHLY with BYMONTH; BYSETPOS with times of day.
//   npm install --prefix DIR ical.js && NODE_PATH=DIR/node_modules node icaljs.mjs
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
const require = createRequire(process.env.NODE_PATH + "/");
const { default: ICAL } = await import(pathToFileURL(process.env.NODE_PATH + "/ical.js/dist/ical.js"));

let state = 20260101n;
const random = (n) => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number(state >> 33n) % n;
};
const chance = (percent) => random(100) < percent;
const pick = (list) => list[random(list.length)];
const some = (list, most) => {
  const out = new Set();
  for (let n = 1 + random(most); n > 0; n--) out.add(pick(list));
  return [...out].sort((a, b) => a - b);
};
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const days = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const pad = (n, width = 2) => String(n).padStart(width, "0");

function rule() {
  const freq = pick(["YEARLY", "YEARLY", "MONTHLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"]);
  const parts = ["FREQ=" + freq];
  const add = (name, list) => parts.push(name + "=" + list.join(","));
  if (chance(40)) parts.push("INTERVAL=" + (1 + random(freq === "YEARLY" ? 4 : 6)));
  if (chance(30)) parts.push("WKST=" + pick(["SU", "MO", "TU", "SA"]));
  const weekdays = (nth) => some(range(0, 6), 3).map((d) => (nth ? pick(nth) : "") + days[d]);
  const signed = (list) => [...list, ...list.map((n) => -n)];
  let several = false;
  if (freq === "YEARLY") {
    switch (random(8)) {
      case 0: add("BYMONTH", some(range(1, 12), 3)); break;
      case 1: add("BYMONTH", some(range(1, 12), 3)); add("BYDAY", weekdays(chance(50) ? [1, 2, 3, -1, -2] : null)); several = true; break;
      case 2: add("BYMONTH", some(range(1, 12), 3)); add("BYMONTHDAY", some(range(1, 28), 3)); several = true; break;
      case 3: add("BYYEARDAY", some(signed(range(1, 365)), 4)); several = true; break;
      case 4: add("BYWEEKNO", some(range(2, 51), 3)); break; // with BYDAY ical.js passes over BYWEEKNO
      case 5: add("BYDAY", weekdays([1, 2, 9, -1, -2])); several = true; break;
      case 6: add("BYDAY", weekdays(null)); several = true; break;
    }
  } else if (freq === "MONTHLY") {
    switch (random(5)) {
      case 0: add("BYMONTHDAY", some(signed(range(1, 31)), 4)); several = true; break;
      case 1: add("BYDAY", weekdays([1, 2, 3, 4, 5, -1, -2])); several = true; break;
      case 2: add("BYDAY", weekdays(null)); several = true; break;
      case 3: add("BYDAY", weekdays(null)); add("BYMONTHDAY", some(range(1, 28), 12)); several = true; break;
    }
  } else if (freq === "WEEKLY") {
    if (chance(20)) add("BYMONTH", some(range(1, 12), 4));
    if (chance(75)) { add("BYDAY", weekdays(null)); several = true; }
  } else {
    if (freq === "DAILY" && chance(25)) add("BYMONTH", some(range(1, 12), 4)); // of shorter periods ical.js looks at each
    if (freq === "DAILY" && chance(20)) add("BYMONTHDAY", some(range(1, 28), 8));
    if (chance(25)) add("BYDAY", weekdays(null));
  }
  const daily = freq === "DAILY" || freq === "WEEKLY";
  if (daily && chance(30)) add("BYHOUR", some(range(0, 23), 3));
  if ((daily || freq === "HOURLY") && chance(25)) add("BYMINUTE", some(range(0, 59), 3));
  if (freq === "MONTHLY" && several && parts.some((p) => /^BYDAY=[A-Z]/.test(p)) && !parts.some((p) => /MONTHDAY/.test(p)) && chance(40)) add("BYSETPOS", some([1, 2, 3, -1, -2], 2));
  if (chance(20)) parts.push("COUNT=" + (1 + random(25)));
  return parts;
}

const first = (text, start, most) => {
  const out = [];
  const it = ICAL.Recur.fromString(text).iterator(start);
  for (let t = it.next(); t && out.length < most; t = it.next()) out.push(t.clone());
  return out;
};

for (let n = 0; n < 1000; ) {
  const parts = rule();
  const date = parts.every((p) => !/HOUR|MINUTE/.test(p)) && chance(25);
  const text = `${2000 + random(30)}-${pad(1 + random(12))}-${pad(1 + random(28))}` + (date ? "" : `T${pad(random(24))}:${pad(random(60))}:00`);
  let start = ICAL.Time.fromString(text);
  const rest = parts.filter((p) => !p.startsWith("COUNT"));
  try {
    // The first time that ical.js finds is DTSTART whatever the rule says: most
    // start where the rule has one.
    const [given, found] = first(rest.join(";"), start, 2);
    const synchronised = chance(80) ? found : given;
    if (!synchronised) continue;
    if (chance(30)) { // one that ends; UNTIL is of the kind of DTSTART
      const at = synchronised.clone();
      at.adjust(random(800), 0, 0, 0);
      parts.splice(0, parts.length, ...rest, "UNTIL=" + at.toICALString());
    }
    const times = first(parts.join(";"), synchronised, 15);
    console.log([synchronised.toICALString(), parts.join(";"), times.map((t) => t.toICALString()).join(" ")].join("\t"));
    n++;
  } catch (e) {
    continue;
  }
}
