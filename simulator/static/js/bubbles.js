// One line of the chat: who, what, when, read or not.

import { el } from "./dom.js";
import { signOf, stickerDrawing, stickerName } from "./drawings.js";
import { flex } from "./flex.js";
import { template } from "./templates.js";
import { timeOf } from "./times.js";

const ARRIVALS = { read: "既読", failed: "届きません", sending: "" };

export function line(entry, talk) {
  const made = el("li", {
    class: `line line-${entry.from}`, "data-testid": "message", "data-from": entry.from,
    "data-message-type": entry.message.type, "data-id": entry.id,
  });
  if (entry.from === "system") {
    made.append(el("span", { text: entry.message.text }));
    return made;
  }
  if (entry.isUnsent) {
    made.className = "line line-system";
    made.append(el("span", { text: "メッセージの送信を取り消しました" }));
    return made;
  }
  const content = body(entry.message, talk);
  if (entry.from === "other") made.append(el("span", { class: "speaker", text: entry.name }));
  if (entry.from === "bot") made.append(el("span", { class: "face", "aria-hidden": "true", text: talk.initial }));
  made.append(el("span", { class: "unseen", text: entry.from === "bot" ? "窓口：" : `${entry.name}：` }));
  made.append(content, meta(entry, talk));
  if (["flex", "template"].includes(entry.message.type)) made.classList.add("line-wide");
  return made;
}

/** The time, and whether it was read. */
export function meta(entry, talk) {
  const made = el("span", { class: "meta" });
  if (entry.from === "user" && ARRIVALS[entry.arrival]) {
    made.append(el("span", { class: `arrival arrival-${entry.arrival}`, text: ARRIVALS[entry.arrival] }));
  }
  made.append(el("time", { text: timeOf(entry.at), datetime: new Date(entry.at).toISOString() }));
  if (entry.from === "user" && entry.message.id) {
    made.append(el("button", { type: "button", class: "unsend", title: "送信を取り消す", "aria-label": "送信を取り消す", text: "×",
      on: { click: () => talk.unsend(entry.id) } }));
  }
  return made;
}

function body(message, talk) {
  return (BODIES[message.type] ?? unknown)(message, talk);
}

const BODIES = {
  text: (message) => el("div", { class: "balloon", text: message.text }),
  textV2: (message) => el("div", { class: "balloon", text: message.text }),
  sticker: (message) => el("div", { class: "sticker", role: "img", "aria-label": `スタンプ（${stickerName(message)}）` }, stickerDrawing(message)),
  flex: (message, talk) => el("div", { class: "flex", role: "group", "aria-label": message.altText }, flex(message.contents, talk)),
  template: (message, talk) => el("div", { class: "flex", role: "group", "aria-label": message.altText }, template(message.template, talk)),
  image: (message) => media(message, "写真"),
  video: (message) => media(message, "動画"),
  audio: (message) => media(message, "音声"),
  file: (message) => media(message, message.fileName),
  location: (message) => media(message, `${message.title}\n${message.address}`),
};

function media(message, words) {
  const url = message.previewImageUrl;
  if (url) return el("img", { class: "photo", src: url, alt: words, loading: "lazy", referrerpolicy: "no-referrer" });
  return el("div", { class: "balloon media" }, signOf(message.type), el("span", { text: words }));
}

function unknown(message) {
  return el("div", { class: "balloon media", text: `（${message.type}）${message.altText ?? ""}` });
}
