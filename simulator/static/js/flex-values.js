// LINE's words for lengths as CSS. The pixels are what LINE's apps show at their normal text size.

const SPACES = { none: "0", xs: "2px", sm: "4px", md: "8px", lg: "12px", xl: "16px", xxl: "20px" };
const TEXTS = { xxs: "11px", xs: "13px", sm: "14px", md: "16px", lg: "19px", xl: "22px", xxl: "29px", "3xl": "35px", "4xl": "48px", "5xl": "74px" };
const IMAGES = { xxs: "40px", xs: "60px", sm: "80px", md: "100px", lg: "120px", xl: "140px", xxl: "160px", "3xl": "180px", "4xl": "200px", "5xl": "220px", full: "100%" };
const BORDERS = { none: "0", light: "0.5px", normal: "1px", medium: "2px", "semi-bold": "3px", bold: "4px" };
const BUBBLES = { nano: "120px", micro: "160px", deca: "220px", hecto: "241px", kilo: "260px", mega: "300px", giga: "386px" };

const read = (table) => (value) => (value === undefined ? undefined : table[value] ?? value);

export const space = read(SPACES);
export const textSize = read(TEXTS);
export const imageSize = read(IMAGES);
export const border = read(BORDERS);
export const bubbleWidth = (size) => BUBBLES[size] ?? BUBBLES.mega;
export const ratio = (value) => (value ? value.replace(":", " / ") : "1 / 1");

const PLACES = { start: "flex-start", end: "flex-end", center: "center", top: "flex-start", bottom: "flex-end" };
export const place = read(PLACES);

const WEIGHTS = { bold: "700", regular: "400" };
export const weight = read(WEIGHTS);

/** `linearGradient` as CSS. */
export function gradient(background) {
  if (!background || background.type !== "linearGradient") return undefined;
  const middle = background.centerColor ? `, ${background.centerColor} ${background.centerPosition || "50%"}` : "";
  return `linear-gradient(${background.angle}, ${background.startColor}${middle}, ${background.endColor})`;
}
