/** What a button is called: the label, and in it what is to be read on the button. */
export function spokenName(label: string, shown: string): string {
  return holds(label, shown) ? label : `${label}, ${shown}`;
}

/**
 * Who steers by voice says what is to be read; a part of a longer word is not found (WCAG 2.5.3).
 * Chinese has no spaces: there the label is one word, unless something else stands in it.
 */
function holds(label: string, shown: string): boolean {
  const isUnspaced = !/[\p{Script=Latin}\p{N}\s]/u.test(label);
  return isUnspaced ? label.includes(shown) : words(label).includes(words(shown));
}

function words(text: string): string {
  return ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim()} `;
}
