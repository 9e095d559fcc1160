// The panel at the side: the JSON of the last messages, and what goes wrong on purpose.

import * as api from "./api.js";
import { el } from "./dom.js";

const SHOWN = 6;
const SWITCHES = [
  ["api_delay_ms", "APIの応答を遅らせる（ミリ秒）"],
  ["fail_calls", "次のn回の送信をエラーにする"],
  ["fail_status", "そのときのステータス"],
  ["lose_answers", "次のn回は受け付けて応答を返さない"],
  ["duplicate_webhooks", "次のn個のWebhookを2回送る"],
  ["reorder_webhooks", "次のn個のWebhookを後回しにする"],
  ["webhook_delay_ms", "Webhookを遅らせる（ミリ秒）"],
];

export class Panel {
  constructor(element) {
    this.element = element;
    this.json = el("div", { class: "json", "data-testid": "json" });
    this.inputs = new Map(SWITCHES.map(([name]) => [name, el("input", { type: "number", min: "0", name, inputmode: "numeric" })]));
    const rows = SWITCHES.map(([name, label]) => el("label", { class: "switch" }, el("span", { text: label }), this.inputs.get(name)));
    const form = el("form", { class: "switches", "data-testid": "misbehaviour", on: { submit: (event) => { event.preventDefault(); this.apply(); } } },
      ...rows, el("div", { class: "sheet-buttons" },
        el("button", { type: "button", text: "すべて元に戻す", on: { click: () => this.reset() } }),
        el("button", { class: "main", text: "設定する" })));
    element.append(el("h2", { text: "わざと失敗させる" }), form, el("h2", { text: "最近のメッセージ（JSON）" }), this.json);
  }

  async refresh(phone) {
    if (this.element.hidden) return;
    const values = await api.switches();
    for (const [name, input] of this.inputs) if (document.activeElement !== input) input.value = values[name];
    const last = [...phone.entries.values()].filter((entry) => entry.from !== "system").slice(-SHOWN).reverse();
    this.json.replaceChildren(...last.map((entry) => el("details", {}, el("summary", { text: `${entry.from} · ${entry.message.type}` }),
      el("pre", { text: JSON.stringify(entry.message, null, 2) }))));
  }

  async apply() {
    await api.setSwitches(Object.fromEntries([...this.inputs].map(([name, input]) => [name, Number(input.value) || 0])));
  }

  async reset() {
    const values = await api.setSwitches({});
    for (const [name, input] of this.inputs) input.value = values[name];
  }
}
