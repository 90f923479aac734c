/** The client's side of the server's error tree: stable dotted codes, never texts, decide what happens. */

/** Codes that arise in the page itself; the server's codes are passed on as they come. */
export const LOCAL_CODES = {
  connectionLost: "connection.lost",
  connectionFailed: "connection.failed",
  requestTimedOut: "connection.request_timeout",
  resumeWindowOver: "connection.resume_window_over",
  left: "left",
  cancelled: "cancelled",
  protocol: "protocol.remote",
  mediaFailed: "media.failed",
  capture: "media.capture_failed",
} as const;

/** A request or a session that failed, named by its code. */
export class EmporionError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, retryable = false) {
    super(message);
    this.name = "EmporionError";
    this.code = code;
    this.retryable = retryable;
  }
}

/** Whatever was thrown, as an error with a code. */
export function toEmporionError(thrown: unknown, code: string): EmporionError {
  if (thrown instanceof EmporionError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new EmporionError(code, message);
}
