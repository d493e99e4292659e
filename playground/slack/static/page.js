// The playground's page. It asks the control API and shows the answers; the only HTML it inserts is `html`,
// rendered and escaped by the server.
import * as clock from "./clock.js";
import { ask, complete, confirmed, feedExternals, find, listenForPresses, make, redraw, valuesIn } from "./controls.js";
import * as inspector from "./inspector.js";
import * as log from "./log.js";

const CHIPS = [
  "/env help", "/env list", "/env status staging", "/env restart staging orders-api", "/env restart staging broken-api",
  "/env why staging broken-api", "/env logs staging orders-api", "/env schedule staging", "/env keep staging until 23:00",
  "/env digest", "/env cost staging", "/env orphans",
];
const BOT = "U0LAMP";
const NAMED = { USLACKBOT: "Slackbot" };
const NEAR = 90;
const here = { viewer: "", place: "", channel: "", cast: { people: [], channels: [], commands: [], shortcuts: [] } };
const typed = { lines: [], at: 0, draft: "" };
const asked = { messages: 0, views: 0 };
const shown = { messages: 0, views: 0 };
let openView = null;

// Answers may overtake one another: an answer to an older request than the one on show is not shown any more.
function turn(kind) {
  const mine = ++asked[kind];
  return () => {
    if (mine < shown[kind]) return false;
    shown[kind] = mine;
    return true;
  };
}

// ---- people and places

async function loadCast() {
  const told = await ask("/playground/cast");
  if (told.failed) return say(told.failed, true);
  here.cast = told;
  const people = told.people.filter((person) => person.role_line && !person.is_bot && person.id !== BOT);
  find("people").replaceChildren(...people.map((person) => make("option", {
    value: person.id, textContent: `${person.real_name || person.name}, ${person.role || person.role_line}`,
  })));
  find("channels").replaceChildren(...told.channels.filter((each) => !isDirect(each)).map(channelLink));
  const wanted = new URLSearchParams(location.search).get("as") || sessionStorage.getItem("as") || "U0DEV";
  find("people").value = people.some((person) => person.id === wanted) ? wanted : people[0]?.id;
  chooseViewer();
}

const isDirect = (channel) => channel.is_im || channel.id.startsWith("D");

function channelLink(channel) {
  const link = make("a", { href: `#${channel.id}` }, make("span", { className: "mark", textContent: "#" }), ` ${channel.name}`);
  link.firstChild.setAttribute("aria-hidden", "true");
  return make("li", {}, link);
}

function chooseViewer() {
  here.viewer = find("people").value;
  sessionStorage.setItem("as", here.viewer);
  const person = personOf(here.viewer);
  find("role-line").textContent = person.role_line || "";
  choosePlace();
}

function personOf(id) {
  return here.cast.people.find((person) => person.id === id) || { id, name: NAMED[id] || id };
}

function directChannel() {
  const own = here.cast.channels.find((each) => isDirect(each)
    && (each.user === here.viewer || each.id === here.viewer.replace(/^U/, "D")));
  return own?.id || here.viewer.replace(/^U/, "D");
}

function choosePlace() {
  const wanted = location.hash.slice(1) || "C0STAGING";
  const atHome = wanted === "home";
  here.place = wanted;
  here.channel = atHome || wanted === "dm" ? directChannel() : wanted;
  const channel = here.cast.channels.find((each) => each.id === here.channel);
  const named = wanted.startsWith("C");
  find("place-name").textContent = atHome ? "App Home" : named ? `# ${channel?.name || wanted}` : "Lamplighter";
  find("place-note").textContent = atHome ? "What Lamplighter shows only to you" : placeNote(channel, named);
  document.title = `${find("place-name").textContent} · Lamplighter playground`;
  for (const link of document.querySelectorAll(".rail a")) {
    const current = link.hash === `#${wanted}`;
    if (current) {
      link.setAttribute("aria-current", "page");
      link.classList.remove("unread");
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    else link.removeAttribute("aria-current");
  }
  find("home").hidden = !atHome;
  find("log").hidden = atHome;
  log.clear();
  say("");
  if (atHome) ask("/playground/event", { type: "app_home_opened", user: here.viewer, tab: "home" });
  refreshMessages(true);
  refreshViews();
}

function placeNote(channel, named) {
  if (!named) return "Direct messages with the bot";
  if (channel?.members && !channel.members.includes(here.viewer)) return `${personOf(here.viewer).real_name} is not in this channel`;
  if (channel?.is_archived) return "Archived";
  if (channel?.is_ext_shared) return "Shared with another company";
  return channel?.bot_is_member === false ? "Lamplighter is not a member here" : "";
}

// ---- messages

async function refreshMessages(toEnd = false) {
  if (here.place === "home") { find("empty").hidden = true; return; }
  const { channel, viewer } = here;
  const query = new URLSearchParams({ channel, viewer, html: "1" });
  const current = turn("messages");
  const told = await ask(`/playground/messages?${query}`);
  if (told.failed || channel !== here.channel || viewer !== here.viewer || !current()) return;
  const pane = find("pane");
  const stick = toEnd || pane.scrollHeight - pane.scrollTop - pane.clientHeight < NEAR;
  find("empty").hidden = log.show(told);
  if (stick) pane.scrollTop = pane.scrollHeight;
}

// ---- writing

function say(text, wrong = false) {
  find("said").textContent = text;
  find("said").classList.toggle("wrong", wrong);
}

async function send(event) {
  event.preventDefault();
  const box = find("message");
  const text = box.value.trim();
  if (!text) return;
  if (!text.startsWith("/")) {
    return say("That was not sent: the playground only sends slash commands. Try /env help.", true);
  }
  typed.lines.push(text);
  typed.at = typed.lines.length;
  box.value = "";
  say("Sending…");
  find("send").disabled = true;
  const told = await ask("/playground/command", { user: here.viewer, channel: here.channel, text });
  find("send").disabled = false;
  // Slack's words about a failed command stand in the conversation.
  if (told.failure) say(`${text} was not acknowledged.`, true);
  else report(told, text);
  await refreshMessages(true);
}

// The outcome in words: the acknowledgement is the only thing that Slack itself knows at once.
function report(told, what) {
  const wrong = told.failed || told.failure;
  if (wrong) return say(`${what}: ${wrong}`, true);
  if (told.status && told.status !== 200) return say(`${what} failed: the bot answered ${told.status}.`, true);
  say(told.ack_ms === undefined || told.ack_ms === null ? "" : `Acknowledged in ${Math.round(told.ack_ms)} ms.`);
}

function recall(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const next = typed.at + step;
  if (!step || next < 0 || next > typed.lines.length) return;
  event.preventDefault();
  if (typed.at === typed.lines.length) typed.draft = event.target.value;
  typed.at = next;
  event.target.value = typed.lines[next] ?? typed.draft;
}

function showChips() {
  find("chips").replaceChildren(...CHIPS.map((text) => {
    const chip = make("button", { type: "button", className: "chip", textContent: text });
    chip.addEventListener("click", () => {
      find("message").value = text;
      find("composer").requestSubmit();
      focusComposer();
    });
    return chip;
  }));
}

// ---- pressing

async function use(shortcut, ts) {
  const told = await ask("/playground/shortcut", { user: here.viewer, channel: here.channel, ts, action_id: shortcut });
  report(told, "That shortcut");
  await refreshMessages(true);
}

async function press(control, value) {
  if (!(await confirmed(control))) return control.matches("select") && (control.value = "");
  const message = control.closest(".message");
  const root = message || control.closest("#modal, #home");
  const where = message ? { channel: here.channel, ts: message.dataset.ts } : { view_id: root.dataset.viewId };
  const { actionId, blockId } = control.dataset;
  const busy = [...root.querySelectorAll("button:not(:disabled), select.overflow:not(:disabled)")];
  busy.forEach((each) => { each.disabled = true; });
  const told = await ask("/playground/click", {
    user: here.viewer, ...where, action_id: actionId, block_id: blockId, ...(value === null ? {} : { value }),
  });
  if (control.matches(".overflow")) control.value = "";
  report(told, control.matches("button") ? control.textContent : "That choice");
  if (!message) find("modal-said").textContent = told.failed || told.failure || "";
  await Promise.all([refreshMessages(), refreshViews()]);
  busy.forEach((each) => { each.disabled = false; });
  if (document.activeElement === document.body && control.isConnected) control.focus({ preventScroll: true });
}

// ---- modals and Home

async function refreshViews() {
  const { viewer } = here;
  const current = turn("views");
  const told = await ask(`/playground/views?${new URLSearchParams({ viewer, html: "1" })}`);
  if (told.failed || viewer !== here.viewer || !current()) return;
  const modals = told.views.filter((view) => view.kind === "modal");
  showModal(modals.at(-1) || null);
  showHome(told.views.find((view) => view.kind === "home"));
}

const wordsOf = (text, otherwise = "") => (typeof text === "string" ? text : text?.text) || otherwise;

function showModal(view) {
  const dialog = find("modal");
  if (!view) { openView = null; delete dialog.dataset.shown; if (dialog.open) dialog.close(); return; }
  const version = `${view.id} ${view.hash ?? view.html}`;
  if (openView?.version !== version) {
    openView = { ...view, version };
    const held = document.activeElement?.dataset.actionId;
    const bare = !firstField(dialog);
    dialog.dataset.viewId = view.id;
    find("modal-title").textContent = wordsOf(view.title);
    if (openView.id === dialog.dataset.shown) redraw(find("modal-body"), view.html);
    else find("modal-body").innerHTML = view.html;
    dialog.dataset.shown = view.id;
    find("modal-said").textContent = "";
    find("modal-close").textContent = wordsOf(view.close, "Cancel");
    find("modal-submit").textContent = wordsOf(view.submit);
    find("modal-submit").hidden = !view.submit;
    feedExternals(dialog, () => ({ user: here.viewer, view_id: view.id }));
    // A view replaced while somebody is in it keeps their place; a view that had no field gets focus on its first.
    const same = held && [...dialog.querySelectorAll("[data-action-id]")].find((each) => each.dataset.actionId === held);
    if (dialog.open && (same || bare)) (same || firstField(dialog))?.focus();
  }
  for (const block of dialog.querySelectorAll("[data-input]")) {
    const wrong = view.errors?.[block.dataset.blockId];
    if (wrong) block.querySelector(":scope > .bk-error").textContent = wrong;
  }
  if (dialog.open) return;
  dialog.showModal();
  firstField(dialog)?.focus();
}

const firstField = (dialog) => dialog.querySelector("#modal-body [autofocus]")
  || dialog.querySelector("#modal-body :is(input, select, textarea)");

function showHome(view) {
  const home = find("home");
  home.dataset.viewId = view?.id || "";
  const html = view?.html || "";
  if (home.dataset.written === html && html) return;
  home.dataset.written = html;
  if (html) home.innerHTML = html;
  else home.replaceChildren(make("p", { className: "empty", textContent: "Lamplighter has not published a Home for this person." }));
  feedExternals(home, () => ({ user: here.viewer, view_id: view.id }));
}

async function submitModal(event) {
  event.preventDefault();
  const form = find("modal-form");
  if (!openView || !complete(form)) return;
  const buttons = [...form.querySelectorAll("button:not(:disabled)")];
  const values = valuesIn(form);
  buttons.forEach((button) => { button.disabled = true; });
  const told = await ask("/playground/submit", { user: here.viewer, view_id: openView.id, values });
  buttons.forEach((button) => { button.disabled = false; });
  find("modal-said").textContent = told.failed || told.failure || "";
  if (!told.failed) await Promise.all([refreshViews(), refreshMessages()]);
}

async function closeModal(event) {
  event?.preventDefault();
  if (!openView) return find("modal").close();
  const told = await ask("/playground/close", { user: here.viewer, view_id: openView.id });
  if (told.failed) find("modal").close();
  await refreshViews();
}

// ---- changes from the server

function soon(work, wait = 40) {
  let timer = 0;
  return () => { timer ||= setTimeout(() => { timer = 0; work(); }, wait); };
}

function listen() {
  const messages = soon(refreshMessages);
  const views = soon(refreshViews);
  const traffic = soon(inspector.refreshTraffic, 200);
  const facts = soon(inspector.refreshFacts, 200);
  const stream = new EventSource("/playground/stream");
  stream.addEventListener("open", () => { messages(); views(); facts(); });
  stream.addEventListener("error", facts);
  stream.addEventListener("message", (event) => {
    const told = JSON.parse(event.data);
    if (told.kind === "traffic") return traffic();
    if (told.kind === "view") return views();
    if (told.kind === "bot" || told.kind === "clock") return facts();
    if (!told.channel || told.channel === here.channel) return messages();
    if (told.kind === "message") markUnread(told.channel);
  });
}

function markUnread(channel) {
  const hash = channel === directChannel() ? "#dm" : `#${channel}`;
  for (const link of document.querySelectorAll(".rail a")) if (link.hash === hash) link.classList.add("unread");
}

async function begin() {
  showChips();
  inspector.start();
  clock.start(say);
  log.start({
    personOf, isBot: (person) => person.id === BOT || person.is_bot,
    where: () => ({ user: here.viewer, channel: here.channel }), shortcuts: () => here.cast.shortcuts, use,
  });
  find("composer").addEventListener("submit", send);
  find("message").addEventListener("keydown", recall);
  find("people").addEventListener("change", chooseViewer);
  find("modal-form").addEventListener("submit", submitModal);
  find("modal").addEventListener("cancel", closeModal);
  for (const id of ["modal-close", "modal-x"]) find(id).addEventListener("click", closeModal);
  for (const id of ["log", "modal-body", "home"]) listenForPresses(find(id), press);
  window.addEventListener("hashchange", choosePlace);
  await loadCast();
  listen();
  await inspector.refreshFacts();
  focusComposer();
}

// Not on a touch screen, where the focus would bring up the keyboard over the messages.
function focusComposer() {
  if (matchMedia("(pointer: fine)").matches) find("message").focus();
}

begin();
