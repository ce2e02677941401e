import assert from "node:assert/strict";

const block = 512;

/** A number as tar has it: octal digits, and a NUL. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}

/** A regular file's header (POSIX.1-1988, ustar): of root, of no time, so that same files are the same bytes. */
function header(path: string, size: number): Buffer {
  assert(Buffer.byteLength(path) <= 100, `${path} is too long for a tar archive's header`);
  const fields = (checksum: string) =>
    [
      path.padEnd(100, "\0"),
      octal(0o644, 8),
      octal(0, 8),
      octal(0, 8),
      octal(size, 12),
      octal(0, 12),
      checksum,
      "0",
      "\0".repeat(100),
      "ustar\0",
      "00",
    ].join("");
  const sum = Buffer.from(fields(" ".repeat(8))).reduce((total, byte) => total + byte, 0);
  const text = fields(`${sum.toString(8).padStart(6, "0")}\0 `);
  return Buffer.concat([Buffer.from(text), Buffer.alloc(block - Buffer.byteLength(text))]);
}

/** Packs texts (pure), keyed by their paths, as a tar archive: in the order of their paths, and always the same bytes. */
export function tarArchive(files: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(files)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([path, text]) => {
      const content = Buffer.from(text);
      return [header(path, content.length), content, Buffer.alloc((block - (content.length % block)) % block)];
    });
  return Buffer.concat([...entries, Buffer.alloc(2 * block)]);
}
