import { useState } from 'preact/hooks';
import { Button, ErrorSummary, Form, fieldId, TextInput, useSubmission } from './forms.tsx';
import { useSharedText } from './language.ts';

/** Does one thing that needs a reason, which is kept with it. `name` tells several such forms of a page apart. */
export function ReasonForm(props: {
  name: string;
  /** What the form does, for its reader. */
  label: string;
  button: string;
  warning?: boolean;
  run: (reason: string) => Promise<void>;
}) {
  const t = useSharedText();
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const field = `${props.name}.reason`;
  const send = async (): Promise<void> => {
    if (await submission.run(() => props.run(reason))) setReason('');
  };
  return (
    <Form onSubmit={() => void send()} label={props.label}>
      <ErrorSummary
        errors={submission.errors}
        general={submission.general}
        hrefOf={() => `#${fieldId(field)}`}
      />
      <TextInput
        name={field}
        label={t('reason.label')}
        hint={t('reason.hint')}
        value={reason}
        onInput={setReason}
        error={submission.errors.reason}
      />
      <Button type="submit" warning={props.warning ?? false} secondary disabled={submission.busy}>
        {props.button}
      </Button>
    </Form>
  );
}
