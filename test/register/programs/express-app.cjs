'use strict';
require('./express-service.cjs').serve(require('express'), 'express');
