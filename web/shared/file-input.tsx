import { Field, fieldId } from './forms.tsx';

/** One file of the person's device; `accept` as in HTML, for example `.csv`. */
export function FileInput(props: {
  name: string;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  accept: string;
  onChange: (file: File | undefined) => void;
}) {
  return (
    <Field {...props}>
      {(described) => (
        <input
          class={`govuk-file-upload${props.error ? ' govuk-file-upload--error' : ''}`}
          id={fieldId(props.name)}
          name={props.name}
          type="file"
          accept={props.accept}
          aria-describedby={described}
          aria-invalid={props.error ? true : undefined}
          onChange={(event) => props.onChange(event.currentTarget.files?.[0])}
        />
      )}
    </Field>
  );
}
