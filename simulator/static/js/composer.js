// Where a person writes: text, stickers, and what else a phone can send.

import { HERE } from "./actions.js";
import { el } from "./dom.js";
import { signOf, stickerDrawing, stickerName, TRAY } from "./drawings.js";

const EXTRAS = [
  ["写真", { type: "image" }],
  ["位置情報", HERE],
  ["ファイル", { type: "file", fileName: "見本.txt", fileSize: 40 }],
  ["音声", { type: "audio", duration: 3000 }],
  ["動画", { type: "video", duration: 5000 }],
];
const MOST_LINES_PX = 132;

/** @returns {{element: HTMLElement, type: function(string): void}} */
export function composer(talk) {
  const input = el("textarea", { class: "input", rows: "1", "data-testid": "input", "aria-label": "メッセージ", placeholder: "メッセージ", maxlength: "10000", enterkeyhint: "send" });
  const tray = el("div", { class: "tray", hidden: true });
  const fill = (...buttons) => {
    tray.replaceChildren(...buttons);
    tray.hidden = false;
  };
  const choice = (message, props, ...children) => el("button", { type: "button", ...props, on: { click: () => {
    tray.hidden = true;
    talk.send(message);
  } } }, ...children);
  const opens = (text, label, buttons) => el("button", { type: "button", class: "tool", "aria-label": label, text, on: { click: () => {
    const isOpen = !tray.hidden && tray.dataset.of === label;
    tray.dataset.of = label;
    if (isOpen) tray.hidden = true;
    else fill(...buttons());
  } } });
  const resize = () => {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, MOST_LINES_PX)}px`;
  };
  const submit = async () => {
    const text = input.value;
    if (!text.trim()) return;
    input.value = "";
    resize();
    if (!(await talk.send({ type: "text", text }))) input.value = text;
  };
  input.addEventListener("input", resize);
  input.addEventListener("keydown", (event) => {
    // While the input method is choosing characters, Enter belongs to it; some browsers only say 229.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  const form = el("form", { class: "composer", on: { submit: (event) => { event.preventDefault(); submit(); } } },
    opens("＋", "そのほかを送る", () => EXTRAS.map(([label, message]) => choice(message, { class: "extra" }, signOf(message.type), el("span", { text: label })))),
    opens("☺", "スタンプ", () => TRAY.map((sticker) => choice(sticker, { class: "face-choice", "aria-label": stickerName(sticker) }, stickerDrawing(sticker)))),
    input,
    el("button", { class: "send", "data-testid": "send", text: "送信" }));
  return { element: el("div", { class: "composing" }, tray, form), focus: () => input.focus(), type: (text) => { input.value = text; resize(); input.focus(); } };
}
