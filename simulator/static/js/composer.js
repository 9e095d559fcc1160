// Where a person writes: text, stickers, and what else a phone can send.

import { HERE } from "./actions.js";
import { el } from "./dom.js";
import { signOf, stickerDrawing, stickerName, TRAY } from "./drawings.js";

/** What is chosen from the machine: the kind of message and what may be chosen. */
const OWN = [["写真を選ぶ", "image", "image/png,image/jpeg,image/gif,image/webp"], ["ファイルを選ぶ", "file", ""], ["音声を選ぶ", "audio", "audio/*"]];
const SAMPLES = [
  ["位置情報", HERE],
  ["見本の写真", { type: "image" }],
  ["見本のファイル", { type: "file", fileName: "見本.txt", fileSize: 40 }],
  ["見本の音声", { type: "audio", duration: 3000 }],
  ["見本の動画", { type: "video", duration: 5000 }],
];
const MOST_LINES_PX = 132;

/** @returns {{element: HTMLElement, type: function(string): void, choose: function(string): void}} */
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
  const chooser = el("input", { type: "file", hidden: true, "data-testid": "chooser" });
  const choose = (kind) => {
    chooser.accept = OWN.find(([, one]) => one === kind)?.[2] ?? "";
    chooser.dataset.kind = kind;
    chooser.click();
  };
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    const kind = chooser.dataset.kind;
    if (file) await talk.send(await messageOf(kind, file), { content: await base64(file), contentType: file.type || "application/octet-stream" });
    chooser.value = "";
  });
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
    opens("＋", "そのほかを送る", () => [...OWN.map(([label, kind]) => el("button", { type: "button", class: "extra", on: { click: () => { tray.hidden = true; choose(kind); } } },
      signOf(kind), el("span", { text: label }))), ...SAMPLES.map(([label, message]) => choice(message, { class: "extra" }, signOf(message.type), el("span", { text: label })))]),
    opens("☺", "スタンプ", () => TRAY.map((sticker) => choice(sticker, { class: "face-choice", "aria-label": stickerName(sticker) }, stickerDrawing(sticker)))),
    input,
    el("button", { class: "send", "data-testid": "send", text: "送信" }));
  return { element: el("div", { class: "composing" }, tray, form, chooser), choose, focus: () => input.focus(), type: (text) => { input.value = text; resize(); input.focus(); } };
}

async function messageOf(kind, file) {
  if (kind === "file") return { type: "file", fileName: file.name, fileSize: file.size };
  return kind === "image" ? { type: "image" } : { type: kind, duration: await durationOf(file) };
}

/** Milliseconds of a recording; 1000 where the browser can't tell. */
function durationOf(file) {
  return new Promise((resolve) => {
    const sound = new Audio(URL.createObjectURL(file));
    const settle = (seconds) => {
      URL.revokeObjectURL(sound.src);
      resolve(Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : 1000);
    };
    sound.addEventListener("loadedmetadata", () => settle(sound.duration));
    sound.addEventListener("error", () => settle(0));
  });
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
