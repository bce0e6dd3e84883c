/** Words of a text as people count them: runs of letters or digits, with what joins them inside ("pupil-led", "Mae'r" are one). */
export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}]+(?:['’\-‐‑][\p{L}\p{N}]+)*/gu)?.length ?? 0;
}
