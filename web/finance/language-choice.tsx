import { Choices } from '../shared/forms.tsx';

type Language = 'en' | 'cy';

/** English or Welsh, each under its own name. */
export function LanguageChoice(props: {
  name: string;
  label: string;
  value: Language;
  onChange: (language: Language) => void;
}) {
  return (
    <Choices
      inline
      name={props.name}
      label={props.label}
      options={[
        { value: 'en', label: 'English' },
        { value: 'cy', label: 'Cymraeg' },
      ]}
      value={[props.value]}
      onChange={([value]) => props.onChange(value === 'cy' ? 'cy' : 'en')}
    />
  );
}
