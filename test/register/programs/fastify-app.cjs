'use strict';
require('./fastify-service.cjs').serve(require('fastify'), 'fastify');
