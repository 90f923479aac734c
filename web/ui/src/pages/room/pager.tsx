import type { JSX } from "preact";

import { t } from "../i18n/translate";
import { Icon } from "../shared/icons";

export function Pager({
  page,
  pages,
  left,
  onPage,
}: {
  page: number;
  pages: number;
  /** Where what is leafed through begins. */
  left: number;
  onPage: (page: number) => void;
}): JSX.Element {
  return (
    <nav
      class="pager"
      aria-label={t("stage.page", { page: page + 1, pages })}
      style={{ left: `${left}px` }}
    >
      <button
        type="button"
        class="icon-button"
        aria-label={t("stage.previous")}
        disabled={page === 0}
        onClick={() => onPage(page - 1)}
      >
        <Icon name="chevronLeft" size={18} />
      </button>
      <span>{`${page + 1} / ${pages}`}</span>
      <button
        type="button"
        class="icon-button"
        aria-label={t("stage.next")}
        disabled={page === pages - 1}
        onClick={() => onPage(page + 1)}
      >
        <Icon name="chevronRight" size={18} />
      </button>
    </nav>
  );
}
