// The page: which phones stand on it, and whose.

import * as api from "./api.js";
import { el } from "./dom.js";
import { makeGroup } from "./groups.js";
import { Panel } from "./panel.js";
import { Phone } from "./phone.js";
import { ask } from "./sheets.js";

const stage = document.getElementById("stage");
const switcher = document.getElementById("users");
const aside = document.getElementById("panel");
const alone = Number(new URLSearchParams(location.search).get("user")) || 0;

const phones = new Map();
const MOST_PHONES = 4;
/** So many people have a button; the others are in a list. */
const MOST_BUTTONS = 8;
/** So many people are asked for at all. */
const MOST_LISTED = 200;

let shown = [alone || 1];
let isBeside = false;
let people = [];
let account = "";
let count = 0;

async function refresh() {
  const found = await api.users(MOST_LISTED, shown).catch(() => null);
  if (!found) return;
  count = found.count;
  account = found.account;
  people = found.users;
  if (alone && !people.some((person) => person.user === alone)) {
    stage.replaceChildren(el("p", { class: "nobody", text: `${alone}番の利用者はいません。` }));
    return;
  }
  draw();
  await Promise.all(shown.map((user) => phones.get(user).refresh()));
  await panel.refresh(phones.get(shown[0]));
}

function draw() {
  for (const user of shown) {
    const person = people.find((one) => one.user === user);
    if (!phones.has(user)) phones.set(user, new Phone(person, account));
    phones.get(user).know(person, people);
  }
  const elements = shown.map((user) => phones.get(user).element);
  if (elements.length !== stage.children.length || elements.some((element, at) => stage.children[at] !== element)) {
    stage.replaceChildren(...elements);
    for (const user of shown) phones.get(user).scrollToEnd();
  }
  drawSwitcher();
}

function drawSwitcher() {
  const state = JSON.stringify([people.map(({ user, name }) => [user, name]), shown, count]);
  if (switcher.dataset.state === state) return;
  switcher.dataset.state = state;
  const others = people.slice(MOST_BUTTONS).filter(({ user }) => !shown.includes(user));
  const listed = people.filter((person) => !others.includes(person));
  switcher.replaceChildren(...listed.map((person) => el("button", { type: "button", class: "person", "data-testid": "user-switch",
    "data-user": person.user, "aria-pressed": String(shown.includes(person.user)), text: person.name, on: { click: () => choose(person.user) } })));
  if (!others.length) return;
  const list = el("select", { class: "person", "aria-label": "ほかの人", "data-testid": "other-users" }, el("option", { value: "", text: `ほか${count - listed.length}人` }),
    ...others.map(({ user, name }) => el("option", { value: user, text: name })));
  list.addEventListener("change", () => choose(Number(list.value)));
  switcher.append(list);
}

/** Alone: this one. Beside each other: one more, or one less. */
function choose(user) {
  if (!isBeside) shown = [user];
  else if (!shown.includes(user)) shown = [...shown.slice(0, MOST_PHONES - 1), user];
  else if (shown.length > 1) shown = shown.filter((one) => one !== user);
  refresh();
}

function toggleBeside() {
  isBeside = !isBeside;
  const other = people.find((person) => !shown.includes(person.user));
  shown = isBeside && other ? [shown[0], other.user] : [shown[0]];
  document.getElementById("two").setAttribute("aria-pressed", String(isBeside));
  refresh();
}

async function addGroup() {
  const chat = await makeGroup(people.slice(0, MOST_BUTTONS * 2));
  if (!chat) return;
  await refresh();
  for (const user of shown) {
    const { groups } = people.find((person) => person.user === user);
    if (groups.some((group) => group.chat === chat)) phones.get(user).open(chat, groups);
  }
}

async function addUser() {
  const name = el("input", { type: "text", maxlength: "20", "aria-label": "名前", placeholder: "名前（例：はなこ）", "data-testid": "user-name" });
  const chosen = await ask(document.body, "利用者を追加", [name], [{ label: "やめる", value: "" }, { label: "追加", value: "ok", main: true }]);
  if (chosen !== "ok") return;
  const { user } = await api.addUser(name.value);
  shown = isBeside ? [...shown.slice(0, MOST_PHONES - 1), user] : [user];
  refresh();
}

function togglePanel() {
  aside.hidden = !aside.hidden;
  document.body.classList.toggle("looking", !aside.hidden);
  document.getElementById("look").setAttribute("aria-expanded", String(!aside.hidden));
  panel.refresh(phones.get(shown[0]));
}

const panel = new Panel(aside);
document.body.classList.toggle("alone", Boolean(alone));
document.getElementById("add-user").addEventListener("click", addUser);
document.getElementById("two").addEventListener("click", toggleBeside);
document.getElementById("add-group").addEventListener("click", addGroup);
document.getElementById("look").addEventListener("click", togglePanel);

let isRefreshing = false;
let again = false;
/** One round at a time; what comes meanwhile leads to one more. */
async function onChange() {
  if (isRefreshing) {
    again = true;
    return;
  }
  isRefreshing = true;
  do {
    again = false;
    await refresh();
  } while (again);
  isRefreshing = false;
}

api.watch(onChange);
