import { useEffect, useRef, useState } from 'preact/hooks';
import * as z from 'zod';
import { schoolContract } from '../../functions/http/school/contract.ts';
import { ApiError, call } from '../shared/api.ts';

/** After this long without a key a text is saved. */
const PAUSE_MS = 1500;

/** A text that is not saved yet, with the revision on which its typing began. */
const keptText = z.object({ text: z.string(), revision: z.number() });

function keptUnder(key: string): z.output<typeof keptText> | undefined {
  try {
    return keptText.safeParse(JSON.parse(sessionStorage.getItem(key) ?? 'null')).data;
  } catch {
    return undefined;
  }
}

export type SaveState = 'SAVED' | 'TYPING' | 'SAVING' | 'FAILED' | 'CONFLICT';

export interface Autosave {
  readonly text: string;
  readonly state: SaveState;
  readonly savedAt: string | null;
  /** Words of the API's refusal or of a lost connection; undefined otherwise. */
  readonly problem: string | undefined;
  readonly type: (text: string) => void;
  /** Saves what is not saved yet, now. Resolves to whether everything is saved. */
  readonly save: () => Promise<boolean>;
  /** After a conflict: goes on from the revision and text that are saved, with the text kept or replaced. */
  readonly resolve: (revision: number, saved: string, text: string) => Promise<boolean>;
}

/**
 * A reflection saved as it is typed. What could not be saved yet lies in this tab's storage, so that a reload or a lost
 * connection loses nothing; a text that somebody else saved meanwhile is never overwritten unasked.
 */
export function useAutosave(
  registrationId: string,
  criterionId: string,
  stored: { readonly text: string; readonly revision: number; readonly savedAt: string | null },
): Autosave {
  const key = `psqm-reflection-${registrationId}-${criterionId}`;
  const [kept] = useState(() => keptUnder(key));
  const overtaken = kept !== undefined && kept.revision !== stored.revision && kept.text !== stored.text;
  const [text, setText] = useState(kept?.text ?? stored.text);
  const [state, setState] = useState<SaveState>(overtaken ? 'CONFLICT' : kept ? 'TYPING' : 'SAVED');
  const [savedAt, setSavedAt] = useState(stored.savedAt);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const now = useRef({ text, saved: stored.text, revision: stored.revision, conflict: overtaken });
  const saving = useRef<Promise<boolean> | undefined>(undefined);

  const saveOnce = async (): Promise<boolean> => {
    const sent = now.current.text;
    if (now.current.conflict) return false;
    if (sent === now.current.saved) {
      sessionStorage.removeItem(key);
      setState('SAVED');
      return true;
    }
    setState('SAVING');
    try {
      const answer = await call(schoolContract.saveReflection, {
        params: { registrationId, criterionId },
        body: { text: sent, revision: now.current.revision },
      });
      now.current.saved = sent;
      now.current.revision = answer.revision;
      setSavedAt(answer.savedAt);
      setProblem(undefined);
      return saveOnce();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      now.current.conflict = error.code === 'try-again';
      setProblem(error.message);
      setState(now.current.conflict ? 'CONFLICT' : 'FAILED');
      return false;
    }
  };
  // One save at a time: the next begins from the revision that the last one made.
  const save = (): Promise<boolean> => {
    saving.current ??= saveOnce().finally(() => {
      saving.current = undefined;
    });
    return saving.current;
  };
  const type = (next: string): void => {
    now.current.text = next;
    sessionStorage.setItem(key, JSON.stringify({ text: next, revision: now.current.revision }));
    setText(next);
    if (!now.current.conflict) setState('TYPING');
  };
  useEffect(() => {
    if (state !== 'TYPING') return undefined;
    const timer = setTimeout(() => void save(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, state]);
  // Leaving for another page of the site saves what the pause has not yet.
  useEffect(
    () => () => {
      void save();
    },
    [],
  );
  const resolve = (revision: number, saved: string, chosen: string): Promise<boolean> => {
    now.current = { text: chosen, saved, revision, conflict: false };
    setText(chosen);
    setProblem(undefined);
    return save();
  };
  return { text, state, savedAt, problem, type, save, resolve };
}
