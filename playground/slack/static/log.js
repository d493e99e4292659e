// The conversation as the page draws it: messages with their replies, typed commands above their answers, days.
// The only HTML it inserts is `html`, rendered and escaped by the server.
import { clockTime, dayOf, feedExternals, find, fullTime, make } from "./controls.js";

const drawn = new Map();
let page = null;

// `personOf` gives a person by id, `where` the viewer and the channel, `isBot` whether somebody is the bot itself.
export function start(given) {
  page = given;
}

// Shows nothing until the next conversation has arrived.
export function clear() {
  drawn.clear();
  find("log").replaceChildren();
  find("log").ariaBusy = "true";
}

// Shows a conversation; true if there is anything in it.
export function show(told) {
  const items = timeline(told);
  showItems(items);
  find("log").ariaBusy = "false";
  return items.length > 0;
}

// A typed command stands above its answer, and each day below its name.
function timeline({ messages, typed = [] }) {
  const lines = typed.map((line) => ({ kind: "typed", ...line }));
  const first = [...threaded(messages), ...lines.map((line) => [line])].sort(([a], [b]) => (a.ts < b.ts ? -1 : 1));
  const days = new Set();
  return first.flatMap((items) => {
    const day = dayOf(instantOf(items[0].ts), zone());
    if (days.has(day)) return items;
    days.add(day);
    return [{ kind: "day", ts: `day ${day}`, day }, ...items];
  });
}

// The reader's zone.
const zone = () => page.personOf(page.where().user).tz || "Europe/Berlin";

const instantOf = (ts) => new Date(Number(ts) * 1000);

// Each message, followed by its replies.
function threaded(messages) {
  const isReply = (each) => each.thread_ts && each.thread_ts !== each.ts;
  const roots = new Set(messages.filter((each) => !isReply(each)).map((each) => each.ts));
  const first = messages.filter((each) => !isReply(each) || !roots.has(each.thread_ts));
  return first.map((root) => [root, ...messages.filter((each) => isReply(each) && each.thread_ts === root.ts)]);
}

// Only changed messages are drawn again, so that a focused button or an open list stays as it is.
function showItems(items) {
  const log = find("log");
  const kept = new Set(items.map((each) => each.ts));
  for (const [ts, { node }] of drawn) if (!kept.has(ts)) { node.remove(); drawn.delete(ts); }
  let before = null;
  for (const item of items) {
    const known = drawn.get(item.ts);
    const written = JSON.stringify(item);
    let node = known?.node;
    if (known?.written !== written) {
      node = (DRAWS[item.kind] || drawMessage)(item);
      if (known) replaceMessage(known.node, node);
      drawn.set(item.ts, { node, written });
    }
    const next = before ? before.nextSibling : log.firstChild;
    if (next !== node) log.insertBefore(node, next);
    before = node;
  }
}

// A control that had the focus in the old message gets it in the new one, if it is still there.
function replaceMessage(old, node) {
  const held = old.contains(document.activeElement) ? document.activeElement.dataset.actionId : undefined;
  old.replaceWith(node);
  if (held === undefined) return;
  const same = [...node.querySelectorAll("[data-action-id]")].find((each) => each.dataset.actionId === held);
  (same || find("pane")).focus({ preventScroll: true });
}

const DRAWS = { typed: drawTyped, day: drawDay };

function drawDay({ day }) {
  return make("li", { className: "day" }, make("h2", { textContent: day }));
}

function drawTyped(line) {
  const who = make("span", { textContent: `${page.personOf(line.user).real_name} typed ` });
  return make("li", { className: "typed" }, who, make("code", { textContent: line.text }), timeOf(line.ts));
}

function timeOf(ts) {
  const instant = instantOf(ts);
  return make("time", { dateTime: instant.toISOString(), title: fullTime(instant, zone()), textContent: clockTime(instant, zone()) });
}

function drawMessage(message) {
  const person = page.personOf(message.user);
  const name = person.real_name || person.name;
  const bot = page.isBot(person) || Boolean(message.bot_id);
  const head = make("p", { className: "who" }, make("strong", { textContent: name }));
  if (bot) head.append(make("span", { className: "badge", textContent: "APP" }));
  head.append(timeOf(message.ts));
  if (!message.ephemeral) head.append(drawMenu(message));
  if (message.edited) head.append(make("span", { className: "edited", textContent: "(edited)" }));
  const body = make("div", { className: "body" });
  body.innerHTML = message.html;
  const inside = make("div", { className: "inside" }, head, body);
  if (message.ephemeral) inside.prepend(make("p", { className: "only", textContent: "Only visible to you" }));
  const avatar = make("span", { className: bot ? "avatar bot" : "avatar", textContent: initials(name) });
  avatar.setAttribute("aria-hidden", "true");
  const node = make("li", { className: "message" }, avatar, inside);
  node.classList.toggle("ephemeral", Boolean(message.ephemeral));
  node.classList.toggle("reply", Boolean(message.thread_ts && message.thread_ts !== message.ts));
  node.classList.toggle("failure", message.notice === "failure");
  node.dataset.ts = message.ts;
  feedExternals(node, () => ({ ...page.where(), ts: message.ts }));
  return node;
}

// The menu of a message, with the app's shortcuts. Labels, because the text of a message is what was said.
function drawMenu(message) {
  const first = make("option", { value: "", label: "⋯" });
  const entries = page.shortcuts().map((each) => make("option", { value: each.callback_id, label: `${each.name} (Lamplighter)` }));
  const menu = make("select", { className: "actions", ariaLabel: "More actions" }, first, ...entries);
  menu.addEventListener("change", () => {
    const chosen = menu.value;
    menu.value = "";
    if (chosen) page.use(chosen, message.ts);
  });
  return menu;
}

const initials = (name) => name.split(/\s+/).map((word) => word[0]).join("").slice(0, 2).toUpperCase();
