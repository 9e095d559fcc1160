// The page: which phones stand on it, and whose.

import * as api from "./api.js";
import { el } from "./dom.js";
import { Panel } from "./panel.js";
import { Phone } from "./phone.js";
import { ask } from "./sheets.js";

const stage = document.getElementById("stage");
const switcher = document.getElementById("users");
const aside = document.getElementById("panel");
const alone = Number(new URLSearchParams(location.search).get("user")) || 0;

const phones = new Map();
let shown = [alone || 1];
let people = [];
let account = "";

async function refresh() {
  const found = await api.users().catch(() => null);
  if (!found) return;
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
    phones.get(user).setGroups(person.groups);
  }
  const elements = shown.map((user) => phones.get(user).element);
  if (elements.length !== stage.children.length || elements.some((element, at) => stage.children[at] !== element)) {
    stage.replaceChildren(...elements);
    for (const user of shown) phones.get(user).scrollToEnd();
  }
  drawSwitcher();
}

function drawSwitcher() {
  const state = JSON.stringify([people.map(({ user, name }) => [user, name]), shown]);
  if (switcher.dataset.state === state) return;
  switcher.dataset.state = state;
  switcher.replaceChildren(...people.map((person) => el("button", { type: "button", class: "person", "data-testid": "user-switch",
    "data-user": person.user, "aria-pressed": String(shown.includes(person.user)), text: person.name, on: { click: () => choose(person.user) } })));
}

function choose(user) {
  shown = shown.length === 2 && !shown.includes(user) ? [shown[0], user] : shown.length === 2 ? shown : [user];
  refresh();
}

function toggleTwo() {
  const other = people.find((person) => !shown.includes(person.user));
  shown = shown.length === 2 ? [shown[0]] : other ? [shown[0], other.user] : shown;
  document.getElementById("two").setAttribute("aria-pressed", String(shown.length === 2));
  refresh();
}

async function addUser() {
  const name = el("input", { type: "text", maxlength: "20", "aria-label": "名前", placeholder: "名前（例：はなこ）", "data-testid": "user-name" });
  const chosen = await ask(document.body, "利用者を追加", [name], [{ label: "やめる", value: "" }, { label: "追加", value: "ok", main: true }]);
  if (chosen !== "ok") return;
  const { user } = await api.addUser(name.value);
  shown = shown.length === 2 ? [shown[0], user] : [user];
  refresh();
}

function togglePanel() {
  aside.hidden = !aside.hidden;
  document.getElementById("look").setAttribute("aria-expanded", String(!aside.hidden));
  panel.refresh(phones.get(shown[0]));
}

const panel = new Panel(aside);
document.body.classList.toggle("alone", Boolean(alone));
document.getElementById("add-user").addEventListener("click", addUser);
document.getElementById("two").addEventListener("click", toggleTwo);
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
