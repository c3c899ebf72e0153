/**
 * Keeps what the person looks at where it is, whatever is put in above, below or changes its
 * height. The browser's own anchoring is off (WebKit has none, the others anchor to other things).
 *
 * [ASK1] At the bottom of a log that follows its end it stays there. [ASK2] Elsewhere the first
 * visible message keeps its place on the screen. [ASK3] What the person opens or closes keeps its place,
 * also at the end. A class, because only `getSnapshotBeforeUpdate` can measure after rendering and before
 * the document changes.
 */
import { Component, createContext, createRef, type ReactElement, type ReactNode, use } from "react";

/** Nearer to the end than this counts as being there. */
const BOTTOM_PX = 15;
/** Nearer to an end than this: time to read more. */
const MORE_PX = 600;

type Props = {
  readonly children: ReactNode;
  /** The children reach to the newest end. */
  readonly follows: boolean;
  /** Called when it changes whether the end is in view. */
  readonly onAtBottom: (atBottom: boolean) => void;
  readonly onNearTop: () => void;
  readonly onNearBottom: () => void;
  /** Messages are its elements that carry this attribute. */
  readonly itemSelector: string;
};

/** Does `change`, which changes heights before it returns, and leaves `held` where it is on the screen. */
type KeepPlace = (held: Element | null, change: () => void) => void;

const KeepPlaceContext = createContext<KeepPlace>((_held, change) => change());

/** For what is inside of a log; elsewhere nothing is kept. */
export const useKeepPlace = (): KeepPlace => use(KeepPlaceContext);

type Anchor = { readonly element: Element; readonly top: number } | null;

export class ScrollKeeper extends Component<Props> {
  readonly #scroller = createRef<HTMLDivElement>();
  #observer: ResizeObserver | undefined;
  /** Undefined before the first look. */
  #atBottom: boolean | undefined;
  #toBottom = 0;
  /** Where the scroller stood at the last look. */
  #top = 0;

  override componentDidMount(): void {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    // The composer grew, the keyboard came, a font arrived: the distance to the end stays.
    this.#observer = new ResizeObserver(() => this.#keepDistance());
    this.#observer.observe(scroller);
    if (scroller.firstElementChild !== null) this.#observer.observe(scroller.firstElementChild);
    this.scrollToBottom();
  }

  override componentWillUnmount(): void {
    this.#observer?.disconnect();
  }

  override getSnapshotBeforeUpdate(before: Props): Anchor | "bottom" {
    if (this.#isKept(before) && this.props.follows) return "bottom";
    const scroller = this.#scroller.current;
    if (scroller === null) return null;
    const edge = scroller.getBoundingClientRect().top;
    for (const element of scroller.querySelectorAll(this.props.itemSelector)) {
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom > edge) return { element, top };
    }
    return null;
  }

  override componentDidUpdate(_props: Props, _state: unknown, anchor: Anchor | "bottom"): void {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    if (anchor === "bottom") scroller.scrollTop = scroller.scrollHeight;
    else if (anchor?.element.isConnected === true) {
      scroller.scrollTop += anchor.element.getBoundingClientRect().top - anchor.top;
    }
    this.#measure();
    // A jump to the top asked while the last change was on its way: nobody scrolls again for it.
    this.#askForMore();
  }

  scrollToBottom(): void {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    scroller.scrollTop = scroller.scrollHeight;
    this.#measure();
  }

  /** Puts the element into the upper third. */
  scrollTo(element: Element): void {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    const offset = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += offset - scroller.clientHeight / 4;
    this.#measure();
  }

  readonly #keepPlace: KeepPlace = (held, change) => {
    const before = held?.getBoundingClientRect().top ?? 0;
    change();
    const scroller = this.#scroller.current;
    if (scroller === null || held?.isConnected !== true) return;
    scroller.scrollTop += held.getBoundingClientRect().top - before;
    this.#measure();
  };

  readonly #onScroll = (): void => {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    // Children grew since, and the observer comes after this: only who turns back leaves the end.
    if (this.#isKept() && scroller.scrollTop >= this.#top) this.#keepDistance();
    else this.#measure();
    // At 0 the browser would keep showing the top when older messages come in above.
    if (scroller.scrollTop === 0) scroller.scrollTop = 1;
    this.#askForMore();
  };

  #askForMore(): void {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    if (scroller.scrollTop < MORE_PX) this.props.onNearTop();
    if (this.#toBottom < MORE_PX) this.props.onNearBottom();
  }

  #measure(): void {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    this.#top = scroller.scrollTop;
    this.#toBottom = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    const atBottom = this.#toBottom <= BOTTOM_PX;
    if (atBottom === this.#atBottom) return;
    this.#atBottom = atBottom;
    this.props.onAtBottom(atBottom);
  }

  #isKept({ follows } = this.props): boolean {
    return this.#atBottom === true && follows;
  }

  #keepDistance(): void {
    const scroller = this.#scroller.current;
    if (scroller === null) return;
    scroller.scrollTop = this.#isKept()
      ? scroller.scrollHeight
      : scroller.scrollHeight - scroller.clientHeight - this.#toBottom;
    this.#measure();
  }

  override render(): ReactElement {
    return (
      <div ref={this.#scroller} className="log-scroller" onScroll={this.#onScroll}>
        <div className="log-content">
          <KeepPlaceContext value={this.#keepPlace}>{this.props.children}</KeepPlaceContext>
        </div>
      </div>
    );
  }
}
