import { describe, expect, it } from 'vitest';
import { contentRefusal } from '../../../functions/submissions/content-check.ts';
import { officeFile, pdfFile, zipOf } from '../../support/office-files.ts';

const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const slides = 'application/vnd.openxmlformats-officedocument.presentationml.presentation';
const sheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const maximumBytes = 1_000_000;
const refusal = (bytes: Uint8Array, mediaType: string) => contentRefusal(bytes, { mediaType, maximumBytes });

describe('the content of an uploaded file', () => {
  it('is accepted where it is what was announced', async () => {
    expect(await refusal(pdfFile(), 'application/pdf')).toBeUndefined();
    expect(await refusal(officeFile('docx'), word)).toBeUndefined();
    expect(await refusal(officeFile('pptx'), slides)).toBeUndefined();
    expect(await refusal(officeFile('xlsx'), sheet)).toBeUndefined();
    const png = Buffer.from(
      '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6300010000050001',
      'hex',
    );
    expect(await refusal(png, 'image/png')).toBeUndefined();
    expect(
      await refusal(Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex'), 'image/jpeg'),
    ).toBeUndefined();
  });

  it('decides, never the name: a program, a page or another format under a false flag is refused', async () => {
    expect(await refusal(Buffer.from('MZ\x90\0'.padEnd(300, '\0'), 'latin1'), 'application/pdf')).toBe(
      'content-mismatch',
    );
    expect(await refusal(Buffer.from('<html><script>1</script></html>'), 'application/pdf')).toBe(
      'content-mismatch',
    );
    expect(await refusal(officeFile('xlsx'), word)).toBe('content-mismatch');
    expect(await refusal(zipOf({ 'run.sh': 'echo' }), word)).toBe('content-mismatch');
  });

  it('is refused with macros, by its own type and hidden in a plain document', async () => {
    expect(await refusal(officeFile('docm'), word)).toBe('macros');
    expect(await refusal(officeFile('docx', { 'word/vbaProject.bin': 'macro' }), word)).toBe('macros');
  });

  it('is refused with a password, since nobody could open it', async () => {
    expect(
      await refusal(Buffer.concat([pdfFile(), Buffer.from('trailer <</Encrypt 5 0 R>>')]), 'application/pdf'),
    ).toBe('encrypted');
    const ole = Buffer.concat([
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.alloc(1000),
      Buffer.from('EncryptedPackage', 'utf16le'),
    ]);
    expect(await refusal(ole, word)).toBe('encrypted');
    expect(
      await refusal(Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(1000)]), word),
    ).toBe('content-mismatch');
  });

  it('is refused empty and too big', async () => {
    expect(await refusal(new Uint8Array(), 'application/pdf')).toBe('empty');
    expect(await contentRefusal(pdfFile(), { mediaType: 'application/pdf', maximumBytes: 10 })).toBe(
      'too-big',
    );
  });
});
