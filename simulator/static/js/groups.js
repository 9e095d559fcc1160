// Groups and rooms: making one, and who is in it.

import * as api from "./api.js";
import { el } from "./dom.js";
import { ask } from "./sheets.js";

const choice = (type, name, value, label, more = {}) =>
  el("label", { class: "choice" }, el("input", { type, name, value, ...more }), el("span", { text: label }));

const chosen = (element, name) => [...element.querySelectorAll(`input[name="${name}"]:checked`)].map((input) => input.value);

/** Ask for name, members and kind, and make the group; resolves with its id, or "". */
export async function makeGroup(people) {
  const name = el("input", { type: "text", maxlength: "20", "aria-label": "グループの名前", placeholder: "名前（例：読書会）", "data-testid": "group-name" });
  const form = el("div", { class: "choices" },
    name,
    el("fieldset", {}, el("legend", { text: "メンバー" }), ...people.map((person, at) => choice("checkbox", "member", person.user, person.name, { checked: at < 2 }))),
    el("fieldset", {}, el("legend", { text: "種類" }), choice("radio", "kind", "group", "グループ", { checked: true }), choice("radio", "kind", "room", "複数人トーク")),
    choice("checkbox", "invite", "yes", "アカウントを招待する", { checked: true }));
  const answer = await ask(document.body, "グループを作る", [form], [{ label: "やめる", value: "" }, { label: "作る", value: "ok", main: true }]);
  const users = chosen(form, "member").map(Number);
  if (answer !== "ok" || !users.length) return "";
  const made = await api.addGroup(name.value, users, chosen(form, "kind")[0], chosen(form, "invite").length > 0);
  return made.chat;
}

/** Who is in this group; people and the account come and go. */
export async function showMembers(phone, people) {
  const { chatId, view } = phone;
  const inside = new Set(view.members.map(({ user }) => user));
  const form = el("div", { class: "choices" },
    el("fieldset", {}, el("legend", { text: "メンバー" }), ...people.map((person) => choice("checkbox", "member", person.user, person.name, { checked: inside.has(person.user) }))),
    choice("checkbox", "bot", "yes", "アカウント", { checked: view.hasBot }));
  const answer = await ask(phone.element, "このグループにいる人", [form], [{ label: "やめる", value: "" }, { label: "変える", value: "ok", main: true }]);
  if (answer !== "ok") return;
  const wanted = new Set(chosen(form, "member").map(Number));
  const come = [...wanted].filter((user) => !inside.has(user));
  const go = [...inside].filter((user) => !wanted.has(user));
  const wantsBot = chosen(form, "bot").length > 0;
  // The account first, so that it hears of those who come.
  if (wantsBot && !view.hasBot) await phone.do(api.inviteAccount(chatId));
  if (come.length) await phone.do(api.enter(chatId, come));
  if (go.length) await phone.do(api.goOut(chatId, go));
  if (!wantsBot && view.hasBot) await phone.do(api.removeAccount(chatId));
}
