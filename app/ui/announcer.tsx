/**
 * The app's one polite live region. What is announced is read once by assistive technology and shown
 * nowhere; saying nothing new is silent.
 */
import {
  createContext,
  type ReactElement,
  type ReactNode,
  use,
  useCallback,
  useState,
} from "react";

type Announce = (sentence: string) => void;

const AnnounceContext = createContext<Announce>(() => undefined);

export const useAnnounce = (): Announce => use(AnnounceContext);

export function Announcer({ children }: { readonly children: ReactNode }): ReactElement {
  const [said, setSaid] = useState({ sentence: "", turn: 0 });
  const announce = useCallback<Announce>(
    (sentence) => setSaid(({ turn }) => ({ sentence, turn: turn + 1 })),
    [],
  );
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="visually-hidden" aria-live="polite" aria-atomic="true">
        {/* A new element each time: the same sentence twice is read twice. */}
        <span key={said.turn}>{said.sentence}</span>
      </div>
    </AnnounceContext>
  );
}
