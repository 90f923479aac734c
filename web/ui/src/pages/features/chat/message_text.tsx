import type { JSX } from "preact";

import { partsOf } from "./links";

/** The words of a message; addresses open in a window of their own that knows nothing of this one. */
export function MessageText({
  text,
  names,
}: {
  text: string;
  names: readonly string[];
}): JSX.Element {
  return (
    <p dir="auto">
      {partsOf(text, names).map((part, index) => {
        switch (part.kind) {
          case "text":
            return part.text;
          case "mention":
            return (
              <span key={index} class="mention">
                {part.text}
              </span>
            );
          case "link":
            return (
              <a
                key={index}
                href={part.href}
                target="_blank"
                rel="noopener noreferrer nofollow"
                title={part.href}
              >
                <span class="link-host">{part.host}</span>
                {part.rest}
              </a>
            );
        }
      })}
    </p>
  );
}
