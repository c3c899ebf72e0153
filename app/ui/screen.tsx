/** A page of its own with one column in the middle: the first screen, and those that explain. */
import type { ReactElement, ReactNode } from "react";

import { Brand } from "./brand.tsx";

type Props = { readonly heading: string; readonly children: ReactNode };

export const Screen = ({ heading, children }: Props): ReactElement => (
  <main className="screen">
    <div className="screen-column">
      <div className="screen-brand">
        <Brand />
        <span>Kith</span>
      </div>
      <h1>{heading}</h1>
      {children}
    </div>
  </main>
);
