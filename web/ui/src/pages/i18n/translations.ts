import { fill, language } from "./translate";

type Words = Readonly<Record<string, string>>;

/** Words by key; `errors` says for codes of the server what happened and what to do. */
type Table = Readonly<Record<string, string | Words>>;

/** Exactly the same keys, with other words. */
type Like<T> = { readonly [K in keyof T]: T[K] extends string ? string : Like<T[K]> };

type WordKey<T> = { [K in keyof T]: T[K] extends string ? K : never }[keyof T] & string;

export interface Texts<T> {
  (key: WordKey<T>, values?: Readonly<Record<string, string | number>>): string;
  /** For tests. */
  readonly tables: { readonly en: T; readonly zh: Like<T> };
}

const errorTables: { readonly en: Words; readonly zh: Words }[] = [];

/** The words of one feature. Chinese must have exactly the keys that English has. */
export function translations<const T extends Table>(tables: {
  readonly en: T;
  readonly zh: Like<NoInfer<T>>;
}): Texts<T> {
  const { en } = tables;
  const zh = tables.zh as Table; // A table as well, since `en` is one.
  const words = { en, zh };
  if (isWords(en["errors"]) && isWords(zh["errors"])) {
    errorTables.push({ en: en["errors"], zh: zh["errors"] });
  }
  const text = (key: string, values: Readonly<Record<string, string | number>> = {}): string => {
    const found = words[language.value][key];
    return fill(typeof found === "string" ? found : key, values);
  };
  return Object.assign(text, { tables });
}

/** What a feature says of a code; null: no feature knows it. */
export function featureError(code: string): string | null {
  for (const table of errorTables) {
    const text = table[language.value][code];
    if (text !== undefined) return text;
  }
  return null;
}

function isWords(value: string | Words | undefined): value is Words {
  return typeof value === "object";
}
