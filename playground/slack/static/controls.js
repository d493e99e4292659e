// What a person does with the controls inside messages, modals and the App Home.
// Nothing here builds HTML from text: the server renders blocks, the page sets textContent.

// The wall time of the playground's schedules, in Berlin. A message's time is shown in its reader's zone.
const WALL = { timeZone: "Europe/Berlin", hourCycle: "h23" };
export const clockTime = (instant, timeZone) => instant.toLocaleTimeString([], {
  ...WALL, timeZone, hour: "2-digit", minute: "2-digit",
});
export const fullTime = (instant, timeZone = WALL.timeZone) => instant.toLocaleString("en-GB", {
  ...WALL, timeZone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
});
export const dayOf = (instant, timeZone) => instant.toLocaleDateString("en-GB", {
  timeZone, weekday: "long", day: "numeric", month: "long",
});

const SHORT = new Intl.DateTimeFormat("en-GB", {
  ...WALL, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
});

// The wall time in Berlin: `Tue 8 Dec`, `19:30`, and whether it is a weekend.
export function wallOf(instant) {
  const told = Object.fromEntries(SHORT.formatToParts(instant).map(({ type, value }) => [type, value]));
  return {
    day: `${told.weekday} ${told.day} ${told.month}`, time: `${told.hour}:${told.minute}`,
    weekend: ["Sat", "Sun"].includes(told.weekday),
  };
}

const OFFSET = new Intl.DateTimeFormat("en-GB", { timeZone: WALL.timeZone, timeZoneName: "longOffset" });

// Seconds since 1970 of a wall time in Berlin such as `2026-12-01T22:00`; computed twice, for the hour when clocks change.
function instantOf(wall) {
  const offset = (instant) => {
    const { value } = OFFSET.formatToParts(instant).find(({ type }) => type === "timeZoneName");
    return Date.parse(`${wall}${value.replace("GMT", "") || "Z"}`);
  };
  return offset(offset(Date.parse(`${wall}Z`))) / 1000;
}

export const find = (id) => document.getElementById(id);

export function make(name, properties = {}, ...inside) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...inside);
  return node;
}

export async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  try {
    const answer = await fetch(path, options);
    const text = await answer.text();
    let told = {};
    try { told = text ? JSON.parse(text) : {}; } catch { told = { error: text }; }
    return answer.ok ? told : { ...told, failed: told.error || told.message || `the playground answered ${answer.status}` };
  } catch {
    return { failed: "the playground does not answer; is it still running?" };
  }
}

// Resolves to true if the person agrees, or if nothing had to be confirmed.
export function confirmed(control) {
  if (!control.dataset.confirm) return Promise.resolve(true);
  const asked = JSON.parse(control.dataset.confirm);
  const dialog = find("confirm");
  find("confirm-title").textContent = asked.title?.text || "Are you sure?";
  find("confirm-text").innerHTML = asked.html || "";
  find("confirm-yes").textContent = asked.confirm?.text || "Yes";
  find("confirm-yes").className = asked.style === "danger" ? "danger" : "primary";
  find("confirm-deny").textContent = asked.deny?.text || "No";
  dialog.returnValue = "";
  dialog.showModal();
  find("confirm-yes").focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm"), { once: true });
  });
}

// The value that Slack would receive for one control, or null while nothing is chosen.
export function valueOf(control) {
  const kind = control.dataset.kind;
  if (control.matches("fieldset")) {
    const chosen = [...control.querySelectorAll("input:checked")].map((box) => box.value);
    return kind === "radio_buttons" ? chosen[0] ?? null : chosen;
  }
  if (control.matches("select[multiple]")) return [...control.selectedOptions].map((option) => option.value);
  if (control.dataset.external !== undefined) return externalValue(control);
  if (kind === "datetimepicker") return control.value ? instantOf(control.value) : null;
  return control.value === "" ? null : control.value;
}

function externalValue(control) {
  const chosen = JSON.parse(control.dataset.chosen || "[]");
  if (control.dataset.multiple !== undefined) return chosen;
  return chosen.find((option) => option.text === control.value) ?? null;
}

// Slack wants an option as it was offered: its text object and its value.
const asOption = ({ text, value }) => ({ text: { type: "plain_text", text, emoji: true }, value });

export function valuesIn(form) {
  const values = {};
  for (const control of form.querySelectorAll("[data-action-id]:not(button):not(.overflow)")) {
    let value = valueOf(control);
    if (control.dataset.external !== undefined && value) {
      value = Array.isArray(value) ? value.map(asOption) : asOption(value);
    }
    (values[control.dataset.blockId] ??= {})[control.dataset.actionId] = value;
  }
  return values;
}

// Marks fields that the browser or Slack would not send, in words; true if there are none.
export function complete(form) {
  let first = null;
  for (const block of form.querySelectorAll("[data-input]")) {
    const control = block.querySelector("[data-action-id]");
    const wanting = control && faultOf(control);
    block.querySelector(":scope > .bk-error").textContent = wanting || "";
    if (wanting) first ??= control;
  }
  first?.focus();
  return !first;
}

function faultOf(control) {
  const value = valueOf(control);
  const empty = value === null || (Array.isArray(value) && !value.length);
  if (control.dataset.external !== undefined && control.value && empty) return "Choose one of the offered options.";
  if (empty && (control.required || control.dataset.required !== undefined)) return "Please fill in this field.";
  return control.checkValidity() ? "" : control.validationMessage;
}

// Gives every autocomplete field in a freshly rendered piece its own list, which the bot fills.
export function feedExternals(root, context) {
  for (const control of root.querySelectorAll("input[data-external]:not([data-fed])")) {
    control.dataset.fed = "";
    const list = control.parentElement.querySelector("datalist");
    list.id = `options-${crypto.randomUUID()}`;
    control.setAttribute("list", list.id);
    let timer = 0;
    control.addEventListener("input", () => {
      clearTimeout(timer);
      if (!remember(control, list) && control.value.length >= Number(control.dataset.least)) {
        timer = setTimeout(() => offer(control, list, context), 150);
      }
    });
    if (control.dataset.multiple !== undefined) showChips(control);
  }
}

async function offer(control, list, context) {
  const { actionId, blockId } = control.dataset;
  const told = await ask("/playground/options", {
    ...context(), action_id: actionId, block_id: blockId, query: control.value,
  });
  const groups = told.option_groups || told.response?.option_groups || [];
  const options = [...(told.options || []), ...groups.flatMap((group) => group.options)];
  const note = control.parentElement.querySelector("small") || control.parentElement.appendChild(make("small"));
  note.textContent = groups.map((group) => group.label.text).join(" ");
  list.replaceChildren(...options.map(({ text, value }) => {
    const option = make("option", { value: text.text });
    option.dataset.value = value;
    return option;
  }));
  // The whole name may have been typed, and the field left, before its option arrived.
  if (control.dataset.multiple !== undefined || !remember(control, list)) return;
  if (document.activeElement !== control) control.dispatchEvent(new Event("change", { bubbles: true }));
}

// Keeps the option whose text was typed or picked; true if there was one.
function remember(control, list) {
  const found = [...list.options].find((option) => option.value === control.value);
  if (!found) return false;
  const option = { text: found.value, value: found.dataset.value };
  if (control.dataset.multiple === undefined) {
    control.dataset.chosen = JSON.stringify([option]);
    return true;
  }
  const kept = JSON.parse(control.dataset.chosen).filter((each) => each.value !== option.value);
  control.dataset.chosen = JSON.stringify([...kept, option]);
  control.value = "";
  showChips(control);
  return true;
}

function showChips(control) {
  control.parentElement.querySelectorAll(".chip").forEach((chip) => chip.remove());
  const chosen = JSON.parse(control.dataset.chosen);
  for (const option of chosen) {
    const chip = make("button", { type: "button", className: "chip", textContent: `${option.text} ✕` });
    chip.setAttribute("aria-label", `Remove ${option.text}`);
    chip.addEventListener("click", () => {
      control.dataset.chosen = JSON.stringify(chosen.filter((each) => each !== option));
      showChips(control);
      control.dispatchEvent(new Event("change", { bubbles: true }));
    });
    control.before(chip);
  }
}

// Draws a view again. Filled-in values stay where the block's id stays, as in Slack's own client; a block
// without changes is left alone, so that nobody is disturbed while typing in it.
export function redraw(body, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const next = fresh.content.firstElementChild;
  const root = body.firstElementChild;
  if (!root || !next) return body.replaceChildren(fresh.content);
  const before = new Map([...root.children].map((block) => [block.dataset.blockId, block]));
  const wanted = [...next.children].map((block) => {
    const held = block.matches("[data-input]") ? before.get(block.dataset.blockId) : null;
    if (held && shape(held) === shape(block)) {
      held.querySelector(":scope > .bk-error").textContent = "";
      return held;
    }
    if (held) carry(held, block);
    return block;
  });
  for (const block of [...root.children]) if (!wanted.includes(block)) block.remove();
  let at = root.firstElementChild;
  for (const block of wanted) {
    if (block === at) at = at.nextElementSibling;
    else root.insertBefore(block, at);
  }
}

// A block without its filled-in values, offered options and errors.
function shape(block) {
  const bare = block.cloneNode(true);
  for (const each of bare.querySelectorAll("[selected], [checked]")) {
    each.removeAttribute("selected");
    each.removeAttribute("checked");
  }
  for (const each of bare.querySelectorAll("[data-external]")) {
    for (const name of ["value", "list", "data-chosen", "data-fed", "required", "autofocus"]) each.removeAttribute(name);
  }
  bare.querySelectorAll(".external small").forEach((each) => each.remove());
  for (const each of bare.querySelectorAll("datalist, .bk-error")) {
    each.removeAttribute("id");
    each.replaceChildren();
  }
  return bare.outerHTML;
}

function carry(held, block) {
  const [old, control] = [held, block].map((each) => each.querySelector("[data-action-id]"));
  if (!old || old.dataset.kind !== control?.dataset.kind || old.matches("fieldset")) return;
  if (!old.matches("select") || [...control.options].some((option) => option.value === old.value)) control.value = old.value;
  if (old.dataset.chosen) control.dataset.chosen = old.dataset.chosen;
}

// The keyboard moves through a menu one option at a time; only the option where it comes to rest counts.
const AT_REST = 250;
const resting = new WeakMap();
function settled(control, tell) {
  resting.get(control)?.();
  const done = () => { clearTimeout(timer); control.removeEventListener("blur", told); resting.delete(control); };
  const told = () => { done(); tell(); };
  const timer = setTimeout(told, AT_REST);
  control.addEventListener("blur", told);
  resting.set(control, done);
}

// Calls press(control, value) for every press and selection below root that Slack would report.
export function listenForPresses(root, press) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-action-id]");
    if (!button) return;
    if (button.dataset.url) window.open(button.dataset.url, "_blank", "noopener");
    press(button, button.dataset.value ?? null);
  });
  root.addEventListener("change", (event) => {
    const control = event.target.closest("[data-action-id]:not(button)");
    if (!control || control.closest("[data-input]:not([data-dispatch])")) return;
    if (control.matches("[data-dispatch] select")) settled(control, () => tell(control));
    else tell(control);
  });
  const tell = (control) => {
    const value = valueOf(control);
    if (value === null) return;
    const option = control.dataset.external !== undefined;
    press(control, !option ? value : Array.isArray(value) ? value.map(asOption) : asOption(value));
  };
}
