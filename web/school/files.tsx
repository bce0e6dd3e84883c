import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type * as z from 'zod';
import { schoolContract } from '../../functions/http/school/contract.ts';
import type { documentView } from '../../functions/submissions/views.ts';
import { ApiError, call } from '../shared/api.ts';
import { formatBytes } from '../shared/bytes.ts';
import { Tag, type TagColour } from '../shared/show.tsx';
import { openFile } from '../shared/upload.ts';
import { useText } from './texts.ts';

export type FileView = z.output<typeof documentView>;

const isPending = (file: FileView): boolean => file.status === 'SCANNING';

/** How long after another a check is asked for: at first often, a slow one ever less often. */
const pauseMs = (asked: number): number => Math.min(1000 * 1.4 ** asked, 10_000);

/** Asks for each file whose check is under way until it is accepted or refused, then reloads what shows them. */
export function useChecks(
  registrationId: string,
  files: readonly FileView[],
  reload: () => Promise<void>,
): void {
  const pending = files.filter(isPending).map((file) => file.documentId);
  const key = pending.join(' ');
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    if (key === '') return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    let asked = 0;
    const ask = async (): Promise<void> => {
      asked += 1;
      const settled = await Promise.all(
        key.split(' ').map(async (documentId) => {
          try {
            return !isPending(
              await call(schoolContract.document, { params: { registrationId, documentId } }),
            );
          } catch (error) {
            // A lost connection is no outcome: asked again later.
            if (error instanceof ApiError) return false;
            throw error;
          }
        }),
      );
      if (stopped) return;
      if (settled.some(Boolean)) await latest.current();
      if (!stopped) timer = setTimeout(() => void ask(), pauseMs(asked));
    };
    timer = setTimeout(() => void ask(), pauseMs(0));
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [registrationId, key]);
}

const colours: Readonly<Record<FileView['status'], TagColour>> = {
  UPLOADING: 'yellow',
  SCANNING: 'yellow',
  ACCEPTED: 'green',
  REFUSED: 'red',
  REPLACED: 'grey',
  DELETED: 'grey',
  ABANDONED: 'grey',
};

/** Files with where their check stands, the reason of a refusal, and what can be done with each. */
export function FileList(props: {
  registrationId: string;
  files: readonly FileView[];
  actions?: (file: FileView) => ComponentChildren;
}) {
  const t = useText();
  const [failed, setFailed] = useState<string | undefined>(undefined);
  const open = async (documentId: string): Promise<void> => {
    try {
      setFailed(undefined);
      await openFile(() =>
        call(schoolContract.documentFile, {
          params: { registrationId: props.registrationId, documentId },
        }),
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailed(error.message);
    }
  };
  return (
    <>
      {failed !== undefined && (
        <p class="govuk-error-message" role="alert">
          {failed}
        </p>
      )}
      <ul class="govuk-list psqm-files" aria-live="polite">
        {props.files.map((file) => (
          <li key={file.documentId}>
            <div>
              {file.status === 'ACCEPTED' ? (
                <button type="button" class="psqm-link-button" onClick={() => void open(file.documentId)}>
                  {file.name}
                </button>
              ) : (
                <span>{file.name}</span>
              )}{' '}
              <span class="psqm-nowrap">({formatBytes(file.bytes)})</span>{' '}
              <Tag colour={colours[file.status]}>{t(`file.${file.status}`)}</Tag>
            </div>
            {file.refusal !== null && <p class="govuk-error-message">{file.refusal.message}</p>}
            {props.actions?.(file)}
          </li>
        ))}
      </ul>
    </>
  );
}
