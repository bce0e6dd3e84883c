import { useText } from './texts.ts';

/** The way back to the registration's first page. */
export function BackToSchool(props: { registrationId: string }) {
  const t = useText();
  return (
    <a class="govuk-back-link" href={`/school/registrations/${props.registrationId}`}>
      {t('back')}
    </a>
  );
}
