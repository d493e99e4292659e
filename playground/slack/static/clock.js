// The playground's clock as the page shows it, and the chips that move it to where a schedule does something.
import { ask, find, fullTime, wallOf } from "./controls.js";

// What the playground's clock read, how fast it runs, and when that was on the browser's clock.
const reading = { read: 0, pace: 1, at: 0 };
const NOTICE = "19:30";
const STOP = "20:00";

export const now = () => new Date(reading.read + (performance.now() - reading.at) * reading.pace);

export function take(told) {
  if (told.now) Object.assign(reading, { read: Date.parse(told.now), pace: told.pace || 1, at: performance.now() });
  show();
}

// `told` receives the outcome of a press in words, and whether it went wrong.
export function start(told) {
  moves("evening", () => eveningStep(), told);
  moves("morning", () => "08:00", told);
  setInterval(show, 500);
}

// In the half hour after the notice, staging's evening goes on to the stop.
function eveningStep() {
  const { weekend, time } = wallOf(now());
  return !weekend && time >= NOTICE && time < STOP ? STOP : NOTICE;
}

function moves(id, next, told) {
  const chip = find(id);
  chip.addEventListener("click", async () => {
    if (chip.ariaDisabled === "true") return;
    chip.ariaDisabled = "true";
    const answer = await ask("/playground/clock", { next: next() });
    chip.ariaDisabled = "false";
    take(answer);
    const { day, time } = wallOf(now());
    if (answer.failed) told(answer.failed, true);
    else told(`It is ${day}, ${time} in Berlin now.`);
  });
}

function show() {
  if (!reading.read) return;
  const { day, time } = wallOf(now());
  put(find("clock-now"), `${day}, ${time}`);
  put(find("evening"), `evening ${eveningStep()}`);
  const fact = find("fact-Clock");
  if (fact) put(fact, `${fullTime(now())} in Berlin`);
}

// Writes only a changed text, so that a screen reader does not repeat it.
function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
