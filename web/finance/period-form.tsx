import { useState } from 'preact/hooks';
import { Button, Form, TextInput } from '../shared/forms.tsx';

/** Days, both included; a side that is left open is empty. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** The sides of a period that were given, as the API takes them. */
export const given = ({ from, to }: Period) => ({
  ...(from === '' ? {} : { from }),
  ...(to === '' ? {} : { to }),
});

/** Asks for the days that are to be shown. */
export function PeriodForm(props: {
  label: string;
  from: string;
  fromHint: string;
  to: string;
  button: string;
  show: (period: Period) => void;
}) {
  const [typed, setTyped] = useState<Period>({ from: '', to: '' });
  return (
    <Form onSubmit={() => props.show(typed)} label={props.label}>
      <TextInput
        name="from"
        label={props.from}
        hint={props.fromHint}
        type="date"
        width={10}
        value={typed.from}
        onInput={(from) => setTyped({ ...typed, from })}
      />
      <TextInput
        name="to"
        label={props.to}
        type="date"
        width={10}
        value={typed.to}
        onInput={(to) => setTyped({ ...typed, to })}
      />
      <Button type="submit" secondary>
        {props.button}
      </Button>
    </Form>
  );
}
