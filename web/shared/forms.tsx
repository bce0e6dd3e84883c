import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { countWords } from '../../functions/submissions/words.ts';
import { ApiError } from './api.ts';
import { useSharedText } from './language.ts';

/** Messages by field, in the path notation of the API (`contacts.0.email`). */
export type FieldErrors = Readonly<Record<string, string>>;

export const fieldId = (name: string): string => `field-${name.replaceAll('.', '-')}`;

/** The list of what is wrong at the top of a form, each leading to its field; takes the focus when it appears. */
export function ErrorSummary(props: {
  errors: FieldErrors;
  general?: string | undefined;
  /** Where a field is, if it is on another page. */
  hrefOf?: (name: string) => string;
}) {
  const t = useSharedText();
  const box = useRef<HTMLDivElement>(null);
  const entries = Object.entries(props.errors);
  const shown = entries.length > 0 || props.general !== undefined;
  const key = JSON.stringify([props.errors, props.general]);
  // By value, so that the same messages do not take the focus twice.
  useEffect(() => {
    if (shown) box.current?.focus();
  }, [key]);
  if (!shown) return null;
  return (
    <div class="govuk-error-summary" ref={box} tabIndex={-1}>
      <div role="alert">
        <h2 class="govuk-error-summary__title">{t('error-summary')}</h2>
        <div class="govuk-error-summary__body">
          <ul class="govuk-list govuk-error-summary__list">
            {entries.map(([name, message]) => (
              <li key={name}>
                <a href={props.hrefOf?.(name) ?? `#${fieldId(name)}`}>{message}</a>
              </li>
            ))}
            {props.general !== undefined && !entries.some(([, message]) => message === props.general) && (
              <li>{props.general}</li>
            )}
          </ul>
        </div>
      </div>
    </div>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}

/** Label, hint and message around one input, tied to it for assistive technology. */
export function Field(
  props: FieldProps & { children: (described: string | undefined) => ComponentChildren; large?: boolean },
) {
  const t = useSharedText();
  const id = fieldId(props.name);
  const described =
    [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return (
    <div class={`govuk-form-group${props.error ? ' govuk-form-group--error' : ''}`}>
      <label class={`govuk-label${props.large ? ' govuk-label--m' : ''}`} for={id}>
        {props.label}
      </label>
      {props.hint && (
        <div id={`${id}-hint`} class="govuk-hint">
          {props.hint}
        </div>
      )}
      {props.error && (
        <p id={`${id}-error`} class="govuk-error-message">
          <span class="govuk-visually-hidden">{t('error')}: </span>
          {props.error}
        </p>
      )}
      {props.children(described)}
    </div>
  );
}

export function TextInput(
  props: FieldProps & {
    value: string;
    onInput: (value: string) => void;
    type?: 'text' | 'email' | 'search' | 'date' | 'tel';
    inputMode?: 'numeric' | 'decimal' | 'text';
    autoComplete?: 'off' | 'email' | 'name' | 'organization' | 'postal-code' | 'one-time-code' | 'tel';
    width?: 4 | 5 | 10 | 20;
  },
) {
  return (
    <Field {...props}>
      {(described) => {
        const common = {
          class: `govuk-input${props.width === undefined ? '' : ` govuk-input--width-${props.width}`}${props.error ? ' govuk-input--error' : ''}`,
          id: fieldId(props.name),
          name: props.name,
          autoComplete: props.autoComplete ?? 'off',
          'aria-describedby': described,
          'aria-invalid': props.error ? true : undefined,
          value: props.value,
          onInput: (event: Event) => {
            if (event.currentTarget instanceof HTMLInputElement) props.onInput(event.currentTarget.value);
          },
          ...(props.inputMode === undefined ? {} : { inputMode: props.inputMode }),
        };
        // One element per type: each type has its own attributes and its own implied role.
        switch (props.type ?? 'text') {
          case 'email':
            return <input {...common} type="email" />;
          case 'search':
            return <input {...common} type="search" />;
          case 'date':
            return <input {...common} type="date" />;
          case 'tel':
            return <input {...common} type="tel" />;
          case 'text':
            return <input {...common} type="text" />;
        }
      }}
    </Field>
  );
}

export function TextArea(
  props: FieldProps & {
    value: string;
    onInput: (value: string) => void;
    rows?: number;
    maximumWords?: number;
  },
) {
  const t = useSharedText();
  const words = countWords(props.value);
  return (
    <Field {...props}>
      {(described) => (
        <>
          <textarea
            class={`govuk-textarea${props.error ? ' govuk-textarea--error' : ''}`}
            id={fieldId(props.name)}
            name={props.name}
            rows={props.rows ?? 5}
            aria-describedby={described}
            aria-invalid={props.error ? true : undefined}
            value={props.value}
            onInput={(event) => props.onInput(event.currentTarget.value)}
          />
          {props.maximumWords !== undefined && (
            <div class="govuk-hint" aria-live="polite">
              {t('words-used', { words, maximum: props.maximumWords })}
            </div>
          )}
        </>
      )}
    </Field>
  );
}

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string | undefined;
}

export function Select(
  props: FieldProps & { value: string; onChange: (value: string) => void; options: readonly Option[] },
) {
  return (
    <Field {...props}>
      {(described) => (
        <select
          class={`govuk-select${props.error ? ' govuk-select--error' : ''}`}
          id={fieldId(props.name)}
          name={props.name}
          aria-describedby={described}
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        >
          {props.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Radios, or checkboxes where `multiple`; `value` holds what is chosen. */
export function Choices(
  props: FieldProps & {
    options: readonly Option[];
    value: readonly string[];
    onChange: (value: string[]) => void;
    multiple?: boolean;
    inline?: boolean;
  },
) {
  const t = useSharedText();
  const kind = props.multiple ? 'checkboxes' : 'radios';
  const id = fieldId(props.name);
  const described =
    [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  const toggle = (value: string, on: boolean): void => {
    if (!props.multiple) props.onChange([value]);
    else props.onChange(on ? [...props.value, value] : props.value.filter((each) => each !== value));
  };
  return (
    <div class={`govuk-form-group${props.error ? ' govuk-form-group--error' : ''}`}>
      <fieldset class="govuk-fieldset" aria-describedby={described}>
        <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{props.label}</legend>
        {props.hint && (
          <div id={`${id}-hint`} class="govuk-hint">
            {props.hint}
          </div>
        )}
        {props.error && (
          <p id={`${id}-error`} class="govuk-error-message">
            <span class="govuk-visually-hidden">{t('error')}: </span>
            {props.error}
          </p>
        )}
        <div class={`govuk-${kind}${props.inline ? ` govuk-${kind}--inline` : ''}`}>
          {props.options.map((option, index) => {
            const optionId = index === 0 ? id : `${id}-${index}`;
            return (
              <div class={`govuk-${kind}__item`} key={option.value}>
                <input
                  class={`govuk-${kind}__input`}
                  id={optionId}
                  name={props.name}
                  type={props.multiple ? 'checkbox' : 'radio'}
                  value={option.value}
                  checked={props.value.includes(option.value)}
                  aria-describedby={option.hint ? `${optionId}-hint` : undefined}
                  onChange={(event) => toggle(option.value, event.currentTarget.checked)}
                />
                <label class={`govuk-label govuk-${kind}__label`} for={optionId}>
                  {option.label}
                </label>
                {option.hint && (
                  <div id={`${optionId}-hint`} class={`govuk-hint govuk-${kind}__hint`}>
                    {option.hint}
                  </div>
                )}
              </div>
            );
          })}
        </div>
      </fieldset>
    </div>
  );
}

export function Button(props: {
  children: ComponentChildren;
  onClick?: () => void;
  secondary?: boolean;
  warning?: boolean;
  disabled?: boolean;
  type?: 'button' | 'submit';
}) {
  const look = props.warning ? ' govuk-button--warning' : props.secondary ? ' govuk-button--secondary' : '';
  // Not the attribute `disabled`, which would take the focus away from whoever has just pressed the button.
  const press = (event: Event): void => {
    if (props.disabled) event.preventDefault();
    else props.onClick?.();
  };
  return (
    <button
      type={props.type ?? 'button'}
      class={`govuk-button${look}`}
      aria-disabled={props.disabled ? true : undefined}
      onClick={press}
    >
      {props.children}
    </button>
  );
}

export interface Submission {
  readonly errors: FieldErrors;
  readonly general: string | undefined;
  readonly busy: boolean;
  /** Runs `work`; what the API refuses becomes the form's messages. Resolves to whether it went well. */
  readonly run: (work: () => Promise<void>) => Promise<boolean>;
  readonly setErrors: (errors: FieldErrors) => void;
}

/** State of a form being sent: never sent twice at once, refusals beside their fields, nothing typed lost. */
export function useSubmission(): Submission {
  const [state, set] = useState<{ errors: FieldErrors; general: string | undefined; busy: boolean }>({
    errors: {},
    general: undefined,
    busy: false,
  });
  const running = useRef(false);
  return {
    ...state,
    setErrors: (errors) => set({ errors, general: undefined, busy: false }),
    run: async (work) => {
      if (running.current) return false;
      running.current = true;
      set({ errors: {}, general: undefined, busy: true });
      try {
        await work();
        set({ errors: {}, general: undefined, busy: false });
        return true;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        set({ errors: error.fields, general: error.message, busy: false });
        return false;
      } finally {
        running.current = false;
      }
    },
  };
}

/** A form that sends by Enter and by its button, without leaving the page. */
export function Form(props: { onSubmit: () => void; children: ComponentChildren; label?: string }) {
  const submit = (event: Event): void => {
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <form onSubmit={submit} noValidate aria-label={props.label}>
      {props.children}
    </form>
  );
}
