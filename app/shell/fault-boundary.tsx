/** Catches what a screen contradicts itself in, and says so: better than an empty page. */
import { Component, type ReactNode } from "react";

import { texts } from "../text/speech.ts";
import { Screen } from "../ui/screen.tsx";

type Props = { readonly children: ReactNode };
type State = { readonly failed: boolean };

export class FaultBoundary extends Component<Props, State> {
  override readonly state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    const { fault, strip } = texts();
    return (
      <Screen heading={fault.heading}>
        <p className="lead">{fault.body}</p>
        <button type="button" className="primary-button" onClick={() => location.reload()}>
          {strip.reload}
        </button>
      </Screen>
    );
  }
}
