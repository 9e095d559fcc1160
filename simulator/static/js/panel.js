// The panel at the side: what goes wrong on purpose, what goes over the wire, the JSON of the last messages.

import * as api from "./api.js";
import { el } from "./dom.js";
import { timeOf } from "./times.js";

const SHOWN = 6;
const EXCHANGES = 30;
const SWITCHES = [
  ["api_delay_ms", "APIの応答を遅らせる（ミリ秒）"],
  ["fail_calls", "次のn回の送信をエラーにする"],
  ["fail_status", "そのときのステータス"],
  ["fail_after", "その前にn回は成功させる"],
  ["fail_everything", "送信以外も対象にする（1）"],
  ["lose_answers", "次のn回は受け付けて応答を返さない"],
  ["duplicate_webhooks", "次のn個のWebhookを2回送る"],
  ["reorder_webhooks", "次のn個のWebhookを後回しにする"],
  ["webhook_delay_ms", "Webhookを遅らせる（ミリ秒）"],
];
const CHANCES = [
  ["fail_percent", "送信を429か500にする（％）"],
  ["lose_percent", "受け付けて応答を返さない（％）"],
  ["duplicate_percent", "Webhookを2回送る（％）"],
  ["reorder_percent", "Webhookを後回しにする（％）"],
  ["seed", "くじの番号（同じ番号なら同じ結果）"],
];

export class Panel {
  constructor(element) {
    this.element = element;
    this.json = el("div", { class: "json", "data-testid": "json" });
    this.traffic = el("div", { class: "json", "data-testid": "traffic" });
    this.newest = 0;
    this.inputs = new Map([...SWITCHES, ...CHANCES].map(([name]) => [name, el("input", { type: "number", min: "0", name, inputmode: "numeric" })]));
    const rows = (switches) => switches.map(([name, label]) => el("label", { class: "switch" }, el("span", { text: label }), this.inputs.get(name)));
    const form = el("form", { class: "switches", "data-testid": "misbehaviour", on: { submit: (event) => { event.preventDefault(); this.apply(); } } },
      ...rows(SWITCHES), el("details", {}, el("summary", { text: "くじで失敗させる" }), ...rows(CHANCES)), el("div", { class: "sheet-buttons" },
        el("button", { type: "button", text: "すべて元に戻す", on: { click: () => this.reset() } }),
        el("button", { class: "main", text: "設定する" })));
    element.append(section("わざと失敗させる", true, form), section("通信", true, this.traffic), section("最近のメッセージ（JSON）", true, this.json));
  }

  async refresh(phone) {
    if (this.element.hidden) return;
    const [values, { exchanges }] = await Promise.all([api.switches(), api.traffic(EXCHANGES)]);
    for (const [name, input] of this.inputs) if (document.activeElement !== input) input.value = values[name];
    this.showTraffic(exchanges);
    const last = [...phone.entries.values()].filter((entry) => entry.from !== "system").slice(-SHOWN).reverse();
    this.json.replaceChildren(...last.map((entry) => folded(el("summary", { text: `${WHO[entry.from]} · ${entry.message.type}` }), entry.message)));
  }

  /** New exchanges come on top; what is open stays open. */
  showTraffic(exchanges) {
    const fresh = exchanges.filter(({ number }) => number > this.newest);
    this.newest = exchanges[0]?.number ?? 0;
    this.traffic.prepend(...fresh.map(exchange));
    while (this.traffic.children.length > EXCHANGES) this.traffic.lastElementChild.remove();
  }

  async apply() {
    await api.setSwitches(Object.fromEntries([...this.inputs].map(([name, input]) => [name, Number(input.value) || 0])));
  }

  async reset() {
    const values = await api.setSwitches({});
    for (const [name, input] of this.inputs) input.value = values[name];
  }
}

const WHO = { bot: "アカウント", user: "本人", other: "ほかの人" };

function section(title, isOpen, ...content) {
  return el("details", { class: "section", open: isOpen }, el("summary", {}, el("h2", { text: title })), ...content);
}

function folded(summary, value) {
  return el("details", {}, summary, el("pre", { tabindex: "0", text: JSON.stringify(value, null, 2) }));
}

function exchange({ direction, request, status, at, body, answer }) {
  const isWebhook = direction === "webhook";
  const kinds = isWebhook ? body.events.map((event) => event.type).join(", ") || "（空）" : request.replace("/v2/bot", "");
  const summary = el("summary", {}, el("span", { class: `status status-${Math.floor(status / 100)}`, text: status || "×" }),
    el("span", { class: "way", text: isWebhook ? "→ bot" : "← bot" }), el("span", { class: "call", text: kinds }), el("time", { text: timeOf(at) }));
  return folded(summary, isWebhook ? body : { request: body, answer });
}
