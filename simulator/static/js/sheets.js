// Small dialogs over a phone: a call, a date to choose, a line that fades.

import { el } from "./dom.js";

const TOAST_MS = 3500;

/** Say something for a moment. */
export function toast(phone, text) {
  const line = el("p", { class: "toast", role: "status", text });
  phone.append(line);
  setTimeout(() => line.remove(), TOAST_MS);
}

/** A dialog with a title, some content and buttons; resolves with the chosen button's value, "" when closed. */
export function ask(phone, title, content, buttons, more = "") {
  return new Promise((resolve) => {
    const row = el("div", { class: "sheet-buttons" }, ...buttons.map(({ label, value, main }) =>
      el("button", { value, class: main ? "main" : "", text: label })));
    const form = el("form", { method: "dialog" }, el("h2", { text: title }), ...content, row);
    const sheet = el("dialog", { class: `sheet ${more}`, "data-testid": "sheet" }, form);
    sheet.addEventListener("close", () => {
      sheet.remove();
      resolve(sheet.returnValue);
    });
    phone.append(sheet);
    sheet.showModal();
  });
}

/** What a phone does with `tel:`; nobody is called. */
export async function dial(phone, number) {
  await ask(phone, "電話をかけます", [el("p", { class: "number", text: number }),
    el("p", { text: "実際の電話では、ここで発信します。" })], [{ label: "閉じる", value: "" }]);
}

const INPUTS = { date: "date", time: "time", datetime: "datetime-local" };

/** Let the person choose a date or a time; resolves with the postback's params, or null. */
export async function pick(phone, action) {
  const input = el("input", { type: INPUTS[action.mode], value: action.initial, min: action.min, max: action.max,
    required: true, "aria-label": action.label || "日時" });
  const chosen = await ask(phone, action.label || "日時を選んでください", [input],
    [{ label: "やめる", value: "" }, { label: "決定", value: "ok", main: true }]);
  return chosen === "ok" && input.value ? { [action.mode]: input.value } : null;
}
