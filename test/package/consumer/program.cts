// A program of a user, only type-checked: every entry, required.
import cancelscope = require('cancelscope');
import node = require('cancelscope/node');
import opentelemetry = require('cancelscope/opentelemetry');
import prometheus = require('cancelscope/prometheus');
import testing = require('cancelscope/testing');

cancelscope.registerMonitor(opentelemetry.openTelemetryMonitor());
const token = new cancelscope.CancellationToken({ clock: testing.virtualClock() });
const won: boolean = token.cancel('timeout');

export = { won, prometheusMonitor: prometheus.prometheusMonitor, requestScope: node.requestScope };
