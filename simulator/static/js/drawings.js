// Drawings of our own, so that nothing hangs on the fonts of a machine: stickers and the signs of media.

const SVG = "http://www.w3.org/2000/svg";

/** An SVG from a list of shapes: [tag, attributes]. */
function draw(shapes, viewBox, className) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("viewBox", viewBox);
  made.setAttribute("class", className);
  made.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    made.append(shape);
  }
  return made;
}

const path = (d, more = {}) => ["path", { d, fill: "none", stroke: "#3a2c20", "stroke-width": 4, "stroke-linecap": "round", "stroke-linejoin": "round", ...more }];
const dot = (cx, cy, r = 4.5, fill = "#3a2c20") => ["circle", { cx, cy, r, fill }];
const OPEN_EYES = [dot(36, 46), dot(64, 46)];
const SMILING_EYES = [path("M30 48q6-9 12 0"), path("M58 48q6-9 12 0")];
const SLEEPING_EYES = [path("M30 46q6 6 12 0"), path("M58 46q6 6 12 0")];
const SMILE = [path("M38 61q12 12 24 0")];
const CHEEKS = [dot(27, 58, 5, "#f4a58f"), dot(73, 58, 5, "#f4a58f")];
const HEART = "M50 100c-9-7-13-11-13-16a6.500 6.500 0 0 1 13-2 6.500 6.500 0 0 1 13 2c0 5-4 9-13 16z";

const FACES = [
  { name: "にっこり", parts: [...SMILING_EYES, ...SMILE, ...CHEEKS] },
  { name: "ありがとう", parts: [...SMILING_EYES, ...SMILE, ...CHEEKS, path(HEART, { fill: "#d9534f", stroke: "none" })] },
  { name: "了解", parts: [...OPEN_EYES, ...SMILE, path("M38 88l9 9 17-18", { stroke: "#17824a", "stroke-width": 7 })] },
  { name: "おねがい", parts: [...OPEN_EYES, path("M44 64h12"), path("M50 78v22M44 84l6-6 6 6", { stroke: "#1f5f7e" })] },
  { name: "かなしい", parts: [...OPEN_EYES, path("M40 66q10-9 20 0"), path("M34 54q-5 8 0 10 5-2 0-10z", { fill: "#6db4e0", stroke: "none" })] },
  { name: "びっくり", parts: [dot(36, 45, 6), dot(64, 45, 6), ["ellipse", { cx: 50, cy: 64, rx: 6, ry: 8, fill: "#3a2c20" }]] },
  { name: "読書", parts: [...SMILING_EYES, path("M43 60q7 6 14 0"), path("M22 76q14-5 28 2 14-7 28-2v22q-14-5-28 2-14-7-28-2z", { fill: "#fff", stroke: "#1f5f7e" }), path("M50 78v22", { stroke: "#1f5f7e" })] },
  { name: "おやすみ", parts: [...SLEEPING_EYES, path("M45 63h10"), path("M74 22h10l-10 12h10", { stroke: "#1f5f7e", "stroke-width": 3 })] },
];

const FIRST_ID = 1988n;

/** What the tray offers: ids of one of LINE's sample packages. */
export const TRAY = FACES.map((_, at) => ({ type: "sticker", packageId: "446", stickerId: String(FIRST_ID + BigInt(at)) }));

const faceOf = (sticker) => {
  const count = BigInt(FACES.length);
  return FACES[Number((((BigInt(sticker.stickerId) - FIRST_ID) % count) + count) % count)];
};

export const stickerName = (sticker) => faceOf(sticker).name;

/** A sticker in a style of our own: a face for each id, always the same one. */
export function stickerDrawing(sticker) {
  const head = ["circle", { cx: 50, cy: 50, r: 40, fill: "#ffe2a8", stroke: "#3a2c20", "stroke-width": 4 }];
  return draw([head, ...faceOf(sticker).parts], "0 0 100 104", "face-drawing");
}

const STROKE = { stroke: "currentColor", "stroke-width": 2 };
const SIGNS = {
  image: [["rect", { x: 3, y: 5, width: 18, height: 14, rx: 2, fill: "none", ...STROKE }], path("M4 17l5-5 4 4 3-3 4 4", STROKE), ["circle", { cx: 15.5, cy: 9.5, r: 1.5, fill: "currentColor" }]],
  video: [["rect", { x: 3, y: 5, width: 18, height: 14, rx: 2, fill: "none", ...STROKE }], path("M10 9l5 3-5 3z", { ...STROKE, fill: "currentColor" })],
  audio: [["rect", { x: 9, y: 3, width: 6, height: 11, rx: 3, fill: "none", ...STROKE }], path("M6 11a6 6 0 0 0 12 0M12 17v4", STROKE)],
  keyboard: [["rect", { x: 2, y: 6, width: 20, height: 12, rx: 2, fill: "none", ...STROKE }], path("M6 10h.01M10 10h.01M14 10h.01M18 10h.01M8 14.500h8", STROKE)],
  file: [path("M6 3h8l4 4v14H6zM14 3v4h4", STROKE)],
  location: [path("M12 21c5-6 7-9 7-12a7 7 0 0 0-14 0c0 3 2 6 7 12z", STROKE), ["circle", { cx: 12, cy: 9, r: 2.5, fill: "currentColor" }]],
};

/** The sign of a kind of message that is not text. */
export const signOf = (type) => draw(SIGNS[type] ?? SIGNS.file, "0 0 24 24", "sign");
