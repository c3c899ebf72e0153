/** The mark: two speech bubbles of one shape, the second behind the first. */
import type { ReactElement } from "react";

export const Brand = (): ReactElement => (
  <svg className="brand" viewBox="84 98 344 326" aria-hidden="true">
    <path
      className="brand-front"
      d="M98 206a92 92 0 0 1 92-92h66a92 92 0 0 1 92 92v10a92 92 0 0 1-92 92h-78l-62 46a8 8 0 0 1-13-6l2-62a92 92 0 0 1-7-35Z"
    />
    <path
      className="brand-back"
      d="M414 306a92 92 0 0 1-8 38l3 58a8 8 0 0 1-13 6l-58-42h-56a92 92 0 0 1-84-54h62a116 116 0 0 0 116-116v-28a92 92 0 0 1 38 75Z"
    />
  </svg>
);
