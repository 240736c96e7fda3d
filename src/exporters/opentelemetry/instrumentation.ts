/**
 * The instrumentation: the monitor, in the shape OpenTelemetry SDKs take.
 *
 * I1. It has the interface's members and no base class, so no version of `@opentelemetry/instrumentation` is needed.
 * I2. `enable` and `disable` register and unregister the monitor; twice changes nothing.
 * I3. Made is not enabled: the SDK enables it. With `enabled: true` it enables itself at once.
 * I4. `mode: 'off'` stays off. `enabled: false` does not: `registerInstrumentations` enables exactly those.
 */
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { registerMonitor, VERSION } from '../../instrumentation/index.ts';
import { Claim } from './claim.ts';
import type { LoggerProviderLike } from './logger-like.ts';
import { hasOwnProviders, monitorOn } from './monitor.ts';
import { oneOf, type OpenTelemetryMonitorOptions, settingsOf } from './options.ts';
import { INSTRUMENTATION_NAME, Providers } from './providers.ts';

/** Settings of a {@link CancellationInstrumentation}. */
export interface CancellationInstrumentationConfig extends OpenTelemetryMonitorOptions {
  /** Whether it enables itself when made; default false. An SDK enables it in any case (I4). */
  readonly enabled?: boolean;
  /** `off` keeps it off whoever enables it (I4); default `on`. */
  readonly mode?: 'on' | 'off';
}

/**
 * {@link openTelemetryMonitor} as an entry of an SDK's `instrumentations`.
 *
 * @example
 * new NodeSDK({ instrumentations: [new CancellationInstrumentation({ spans: 'cancelled' })] }).start();
 */
export class CancellationInstrumentation {
  readonly instrumentationName = INSTRUMENTATION_NAME;
  readonly instrumentationVersion = VERSION;
  readonly #providers = new Providers();
  #config: CancellationInstrumentationConfig = {};
  #registered: Disposable | undefined;

  /** @throws {InvalidArgumentError} A setting is something it cannot be. */
  constructor(config: CancellationInstrumentationConfig = {}) {
    this.#take(config);
    if (config.enabled === true) this.enable(); // I3
  }

  /** Registers the monitor, unless it is, or the mode is `off` (I2, I4). */
  enable(): void {
    if (this.#registered !== undefined || this.#config.mode === 'off') return;
    const claim = new Claim(hasOwnProviders(this.#config));
    this.#registered = registerMonitor(monitorOn(this.#providers, settingsOf(this.#config), claim));
  }

  /** Unregisters it, if it is registered (I2). */
  disable(): void {
    const registered = this.#registered;
    this.#registered = undefined;
    registered?.[Symbol.dispose]();
  }

  /** Whether the monitor is registered. */
  isEnabled(): boolean {
    return this.#registered !== undefined;
  }

  /** Sends spans there, from the next one on; a provider from the config wins. */
  setTracerProvider(tracerProvider: TracerProvider): void {
    if (this.#config.tracerProvider === undefined) this.#providers.setTracerProvider(tracerProvider);
  }

  /** Sends metrics there, from the next event on; a provider from the config wins. */
  setMeterProvider(meterProvider: MeterProvider): void {
    if (this.#config.meterProvider === undefined) this.#providers.setMeterProvider(meterProvider);
  }

  /** Sends log events there, from the next one on; a provider from the config wins. */
  setLoggerProvider(loggerProvider: LoggerProviderLike): void {
    if (this.#config.loggerProvider === undefined) this.#providers.setLoggerProvider(loggerProvider);
  }

  /**
   * Replaces the settings; the monitor starts anew with them if it was enabled, and forgets the scopes that are open.
   *
   * @throws {InvalidArgumentError} A setting is something it cannot be.
   */
  setConfig(config: CancellationInstrumentationConfig): void {
    const wasEnabled = this.isEnabled();
    this.#take(config);
    this.disable();
    if (wasEnabled || config.enabled === true) this.enable();
  }

  /** The settings; `enabled` says whether the monitor is registered. */
  getConfig(): CancellationInstrumentationConfig {
    return { ...this.#config, enabled: this.isEnabled() };
  }

  #take(config: CancellationInstrumentationConfig): void {
    settingsOf(config);
    oneOf('mode', config.mode, ['on', 'off']);
    this.#config = config;
    if (config.tracerProvider !== undefined) this.#providers.setTracerProvider(config.tracerProvider);
    if (config.meterProvider !== undefined) this.#providers.setMeterProvider(config.meterProvider);
    if (config.loggerProvider !== undefined) this.#providers.setLoggerProvider(config.loggerProvider);
  }
}
