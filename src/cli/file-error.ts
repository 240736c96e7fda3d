/** An error about files: something is in the way, cannot be written, or is not there. */

/** The message names the file and the fix. */
export class FileError extends Error {
  override readonly name = 'FileError';
}
