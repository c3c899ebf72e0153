/** One of a few values: radio buttons in a row, under what they decide. */
import { type ReactElement, useId } from "react";

type Props<Value extends string> = {
  readonly legend: string;
  readonly values: readonly Value[];
  readonly chosen: Value;
  readonly disabled?: boolean;
  /** Each value is a colour of the app's, and shows it. */
  readonly swatch?: boolean;
  readonly nameOf: (value: Value) => string;
  readonly onChoose: (value: Value) => void;
};

export function Choice<Value extends string>(props: Props<Value>): ReactElement {
  const { legend, values, chosen, disabled = false, swatch = false, nameOf, onChoose } = props;
  const group = useId();
  return (
    <fieldset className="choice" data-swatch={swatch} disabled={disabled}>
      <legend>{legend}</legend>
      <div className="choice-row">
        {values.map((value) => (
          <label key={value} data-accent={swatch ? value : undefined}>
            <input
              type="radio"
              name={group}
              value={value}
              checked={value === chosen}
              onChange={() => onChoose(value)}
            />
            <span>{nameOf(value)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
