/** Usage: what the command says of itself, and the error for a command line it cannot follow. */

/** What `--help` prints. */
export const USAGE = `npx cancelscope COMMAND [options]
Writes what Grafana and Prometheus need to show the metrics of cancelscope.

  dashboards --out DIR     Grafana dashboards, to import or to provision
    --datasource UID       the Prometheus they open with; default: the one Grafana has as default
    --tag NAME             one tag more; may be repeated
  rules [--out FILE]       recording rules and alerts for Prometheus; without --out on stdout
    --slow 500ms           a cancel that takes longer is slow; a latency bucket boundary, no whole second
    --objective 0.99       the share of cancels that must not be slow
    --selector 'job="api"' which services, as PromQL matchers; default: all
    --process-label NAME   a label that tells processes of a service apart; may be repeated; default: instance, pod
    --runbook-url URL      where alerts find their runbooks
    --dashboard-url URL    where alerts find Grafana
  runbooks --out DIR       what to do about each alert, as Markdown

  --force                  replace files that say something else; without it, one such file and nothing is written
  --help, --version

Exit code: 0 done, 1 a file is in the way or cannot be written, 2 the command line is wrong.
`;

/** The command line cannot be followed; the message names the option and the fix. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
