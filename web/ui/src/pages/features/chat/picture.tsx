import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { ChatImage } from "../../../client/plugins/chat";
import { t } from "../../i18n/translate";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import { texts } from "./texts";

const LONGEST_PX = 240;

/** A picture in a message; its place is kept from the first, so that nothing jumps when it comes. */
export function Picture({
  call,
  image,
  author,
}: {
  call: Call;
  image: ChatImage;
  author: string;
}): JSX.Element {
  const [isLarge, setLarge] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const alt = image.alt || texts("picture_of", { name: author });
  const scale = Math.min(1, LONGEST_PX / Math.max(image.widthPx, image.heightPx, 1));
  if (isBroken) return <p class="message-deleted">{texts("picture_failed")}</p>;
  return (
    <>
      <button
        type="button"
        class="message-picture"
        data-testid="chat-picture"
        aria-label={texts("picture_open", { alt })}
        onClick={() => setLarge(true)}
      >
        <img
          src={call.room.files.url(image.fileId)}
          alt={alt}
          width={Math.round(image.widthPx * scale)}
          height={Math.round(image.heightPx * scale)}
          loading="lazy"
          decoding="async"
          onError={() => setBroken(true)}
        />
      </button>
      {isLarge && (
        <Lightbox
          url={call.room.files.url(image.fileId)}
          alt={alt}
          caption={image.alt}
          onClose={() => setLarge(false)}
        />
      )}
    </>
  );
}

function Lightbox({
  url,
  alt,
  caption,
  onClose,
}: {
  url: string;
  alt: string;
  caption: string;
  onClose: () => void;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="lightbox"
      data-testid="lightbox"
      aria-label={alt}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && event.currentTarget.close()}
    >
      <figure>
        <img src={url} alt={alt} />
        {caption !== "" && <figcaption dir="auto">{caption}</figcaption>}
      </figure>
      <form method="dialog">
        <button class="icon-button" aria-label={t("app.close")}>
          <Icon name="close" size={24} />
        </button>
      </form>
    </dialog>
  );
}
