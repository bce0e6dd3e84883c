import { useState } from 'preact/hooks';
import type * as z from 'zod';
import { schoolContract } from '../../functions/http/school/contract.ts';
import type { frozenVersionView } from '../../functions/submissions/views.ts';
import { ApiError, call } from '../shared/api.ts';
import { formatBytes } from '../shared/bytes.ts';
import { Details, formatInstant } from '../shared/show.tsx';
import { openFile } from '../shared/upload.ts';
import { useText } from './texts.ts';

/** What was submitted, as it is stored for good: exactly what assessors read. */
export function FrozenVersions(props: {
  registrationId: string;
  versions: readonly z.output<typeof frozenVersionView>[];
}) {
  const t = useText();
  const [failed, setFailed] = useState<string | undefined>(undefined);
  if (props.versions.length === 0) return null;
  const open = async (version: number, documentId: string): Promise<void> => {
    try {
      setFailed(undefined);
      await openFile(() =>
        call(schoolContract.frozenFile, {
          params: { registrationId: props.registrationId, version, documentId },
        }),
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailed(error.message);
    }
  };
  return (
    <>
      <h2 class="govuk-heading-m">{t('frozen.title')}</h2>
      {failed !== undefined && (
        <p class="govuk-error-message" role="alert">
          {failed}
        </p>
      )}
      {props.versions.map((version) => (
        <section key={version.version}>
          <h3 class="govuk-heading-s">{t('frozen.version', { number: version.version })}</h3>
          <p class="govuk-body">
            {t('frozen.text', {
              level: t(`level.${version.level}`),
              declared: formatInstant(version.declaredAt),
              files: version.files.length,
              reflections: version.reflections,
            })}
          </p>
          <ul class="govuk-list">
            {version.files.map((file) => (
              <li key={file.documentId}>
                {file.title}:{' '}
                <button
                  type="button"
                  class="psqm-link-button"
                  onClick={() => void open(version.version, file.documentId)}
                >
                  {file.name}
                </button>{' '}
                ({formatBytes(file.bytes)})
              </li>
            ))}
          </ul>
          <Details summary={t('frozen.fingerprint')}>
            <p class="govuk-body">{t('frozen.fingerprint-text')}</p>
            <code class="psqm-break">{version.manifestSha256}</code>
          </Details>
        </section>
      ))}
    </>
  );
}
