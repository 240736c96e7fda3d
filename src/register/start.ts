/**
 * Starts what the settings ask for.
 */
import { isMainThread } from 'node:worker_threads';
import { startAbortWraps } from './abort-wraps.ts';
import { startHttpServer } from './http-server.ts';
import { startHttp2Server } from './http2-server.ts';
import { startLog } from './log.ts';
import { startOpenTelemetry } from './opentelemetry.ts';
import { startNodeClient } from './outgoing-node.ts';
import { startUndici } from './outgoing-undici.ts';
import { startPrometheus } from './prometheus.ts';
import { readSettings } from './settings.ts';
import { warn } from './warn.ts';
import { forwardToMain, hearWorkers } from './worker-events.ts';

/** Reads the environment, and observes accordingly. */
export function start(env: Readonly<Record<string, string | undefined>>): void {
  const settings = readSettings(env, warn);
  if (!settings.http && !settings.outgoing && !settings.abort) return;
  if (isMainThread) {
    if (settings.log) startLog();
    if (settings.metrics !== undefined) startPrometheus(settings.metrics);
    if (settings.openTelemetry) startOpenTelemetry();
    hearWorkers();
  } else {
    forwardToMain();
  }
  if (settings.http) {
    startHttpServer();
    startHttp2Server();
  }
  if (settings.outgoing) {
    startUndici();
    startNodeClient();
  }
  if (settings.abort) startAbortWraps(settings.callSites);
}
