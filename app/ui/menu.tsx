/**
 * A menu by the ARIA Authoring Practices: what one can do with a thing.
 *
 * [AMN1] Its first item has the focus; Up, Down, Home and End go round, Enter or a click chooses.
 * [AMN2] Escape, Tab, a click elsewhere, the focus elsewhere and another size of the window close it. [AMN3] It
 * stays inside the window, and leaves in sight what it is about where there is room. [AMN4] A letter leads to the next item that begins with it, and nowhere else.
 * [AMN5] What is dangerous stands behind a line, and the second click of a double click, meant for what the menu
 * has just covered, does not choose it.
 */
import {
  type FocusEvent,
  Fragment,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
} from "react";

export type MenuItem = {
  readonly label: string;
  readonly icon: ReactNode;
  /** Nothing brings back what it takes. */
  readonly isDangerous?: boolean;
  readonly act: () => void;
};

/**
 * Where it was asked for, in CSS pixels of the window: it opens below, and above `above` when there is no room below,
 * so that what it is about is seen.
 */
export type Point = { readonly x: number; readonly y: number; readonly above?: number };

type Props = {
  readonly label: string;
  readonly at: Point;
  readonly items: readonly MenuItem[];
  /** `isChosen`: an item was; else the focus goes back to where it came from. */
  readonly onClose: (isChosen: boolean) => void;
};

/** Distance from the window's edge. */
const EDGE_PX = 8;

export function Menu({ label, at, items, onClose }: Props): ReactElement {
  const menu = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = menu.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    const isRtl = getComputedStyle(element).direction === "rtl";
    const left = isRtl ? at.x - width : at.x;
    element.style.left = `${within(left, innerWidth - width)}px`;
    element.style.top = `${within(topFor(at, height), innerHeight - height)}px`;
    element.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [at]);
  useEffect(() => {
    const onPointerDown = ({ target }: Event): void => {
      if (!(target instanceof Node) || menu.current?.contains(target) !== true) onClose(false);
    };
    const onScroll = (): void => onClose(false);
    document.addEventListener("pointerdown", onPointerDown);
    addEventListener("resize", onScroll);
    return () => {
      document.removeEventListener("pointerdown", onPointerDown);
      removeEventListener("resize", onScroll);
    };
  }, [onClose]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Tab" || event.key === "Escape") {
      event.preventDefault();
      onClose(false);
      return;
    }
    const next = neighbourOf(event.key, menu.current) ?? beginningWith(event, menu.current);
    if (next === null && !isLetter(event)) return;
    event.preventDefault();
    next?.focus();
  };
  const onBlur = ({ relatedTarget }: FocusEvent): void => {
    // Null: the window lost it, and gives it back.
    if (relatedTarget !== null && menu.current?.contains(relatedTarget) !== true) onClose(false);
  };
  return (
    <div
      ref={menu}
      className="menu"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={onKeyDown}
      onBlur={onBlur}
    >
      <Items
        items={items}
        onChoose={(act) => {
          onClose(true);
          act();
        }}
      />
    </div>
  );
}

function topFor({ y, above }: Point, height: number): number {
  const isRoomBelow = y + height <= innerHeight - EDGE_PX;
  if (isRoomBelow || above === undefined || above - height < EDGE_PX) return y;
  return above - height;
}

type ItemsProps = {
  readonly items: readonly MenuItem[];
  readonly onChoose: (act: () => void) => void;
};

const Items = ({ items, onChoose }: ItemsProps): ReactElement => (
  <>
    {items.map(({ label, icon, isDangerous = false, act }, i) => (
      <Fragment key={label}>
        {isDangerous && items[i - 1]?.isDangerous !== true ? <hr className="menu-line" /> : null}
        <button
          type="button"
          role="menuitem"
          tabIndex={-1}
          className="menu-item"
          data-dangerous={isDangerous}
          onClick={({ detail }) => {
            if (!isDangerous || detail <= 1) onChoose(act);
          }}
        >
          {icon}
          {label}
        </button>
      </Fragment>
    ))}
  </>
);

const within = (px: number, max: number): number => Math.max(EDGE_PX, Math.min(px, max - EDGE_PX));

const itemsIn = (menu: HTMLElement | null): readonly HTMLElement[] => [
  ...(menu?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? []),
];

/** The space bar chooses. */
const isLetter = ({ key, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  key.length === 1 && key !== " " && !altKey && !ctrlKey && !metaKey;

/** The next one after that which has the focus, going round. */
function beginningWith(event: KeyboardEvent, menu: HTMLElement | null): HTMLElement | null {
  if (!isLetter(event)) return null;
  const items = itemsIn(menu);
  const now = items.findIndex((it) => it === document.activeElement);
  const letter = event.key.toLocaleLowerCase();
  const begins = (it: HTMLElement): boolean =>
    it.textContent.trim().toLocaleLowerCase().startsWith(letter);
  return [...items.slice(now + 1), ...items.slice(0, now + 1)].find(begins) ?? null;
}

function neighbourOf(key: string, menu: HTMLElement | null): HTMLElement | null {
  const items = itemsIn(menu);
  const now = items.findIndex((it) => it === document.activeElement);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: now + 1,
    ArrowUp: now < 0 ? -1 : now - 1,
    Home: 0,
    End: -1,
  };
  const step = steps[key];
  return step === undefined ? null : (items.at(step % Math.max(1, items.length)) ?? null);
}
