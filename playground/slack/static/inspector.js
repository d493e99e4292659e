// The inspector: what crossed the wire, the clock, the faults in force, and the bot's process.
import * as clock from "./clock.js";
import { ask, find, make } from "./controls.js";

const SHOWN = 150;
let newest = 0;

export const isOpen = () => !find("inspector").hidden;

export function start() {
  find("inspect").addEventListener("click", () => toggle(!isOpen()));
  find("inspector-close").addEventListener("click", () => toggle(false));
  find("inspector").addEventListener("keydown", (event) => { if (event.key === "Escape") toggle(false); });
  command("advance-10", "/playground/clock", { advance: 600 });
  command("advance-60", "/playground/clock", { advance: 3600 });
  command("to-evening", "/playground/clock", { next: "19:29" });
  command("to-morning", "/playground/clock", { next: "07:59" });
  command("bot-kill", "/playground/bot", { signal: "KILL" });
  command("bot-start", "/playground/bot", { start: true });
}

function toggle(open) {
  find("inspector").hidden = !open;
  find("inspect").setAttribute("aria-expanded", String(open));
  if (open) { refreshTraffic(); refreshFaults(); find("inspector-close").focus(); } else find("inspect").focus();
}

function command(id, path, body) {
  const button = find(id);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const told = await ask(path, body);
    button.disabled = false;
    if (told.failed) find("said").textContent = told.failed;
    refreshFacts();
  });
}

export async function refreshFacts() {
  const told = await ask("/playground");
  const bot = told.bot || {};
  const state = told.failed ? "unreachable" : bot.state || "unknown";
  const shown = find("bot-state");
  shown.textContent = `Bot ${state}`;
  shown.dataset.state = state;
  find("bot-kill").disabled = !bot.pid;
  const facts = {
    Bot: state, Process: bot.pid ?? "none", Transport: told.transport, Database: told.database,
    Clock: told.now && "…",
    Pace: told.pace && `${told.pace} ×`,
  };
  find("facts").replaceChildren(...Object.entries(facts).filter(([, value]) => value !== undefined && value !== "")
    .flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: String(value), id: `fact-${name}` })]));
  clock.take(told);
}

async function refreshFaults() {
  const told = await ask("/playground/faults");
  const rules = told.faults || told.rules || [];
  const items = rules.map((rule) => make("li", {
    textContent: `${rule.kind} ${rule.method}, ${String(rule.phase).replace("_", " ")}, hit ${rule.hits} of ${rule.seen}`
      + (rule.holding ? `, holding ${rule.holding}` : ""),
  }));
  find("faults").replaceChildren(...(items.length ? items : [make("li", { className: "none", textContent: "None." })]));
}

export async function refreshTraffic() {
  if (!isOpen()) return;
  const told = await ask(`/playground/traffic?after=${newest}`);
  const list = find("traffic");
  for (const row of told.traffic || []) {
    if (row.id !== undefined && row.id <= newest) continue;
    newest = row.id ?? newest;
    list.prepend(trafficRow(row));
  }
  while (list.children.length > SHOWN) list.lastChild.remove();
}

const WAYS = { to_bot: "→ bot", from_bot: "← bot", aws: "AWS" };

function trafficRow(row) {
  const errors = row.errors || row.answer?.response_metadata?.messages || [];
  const taken = row.ack_ms ?? row.latency_ms ?? row.ms;
  const bad = errors.length > 0 || row.status >= 400 || row.status === 0 || row.answer?.ok === false;
  const summary = make("summary", {},
    make("span", { className: "way", textContent: WAYS[row.direction || row.kind] || row.direction || "" }),
    make("span", { className: "method", textContent: row.method || row.kind || "" }),
    make("span", { className: bad ? "status bad" : "status", textContent: row.answer?.error || (row.status === 0 ? "no answer" : String(row.status ?? "")) }),
    make("span", { className: "ms", textContent: taken === undefined || taken === null ? "" : `${Math.round(taken)} ms` }));
  const details = make("details", {}, summary);
  // Payloads can be large: each is written out only when somebody opens it.
  details.addEventListener("toggle", () => {
    if (details.children.length > 1) return;
    if (errors.length) details.append(part("Validation errors", errors));
    details.append(part("Payload", row.payload ?? row.request), part("Answer", row.answer));
  });
  return make("li", { className: bad ? "bad" : "" }, details);
}

function part(title, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null, null, 2);
  return make("div", {}, make("h4", { textContent: title }), make("pre", { textContent: text, tabIndex: 0 }));
}
